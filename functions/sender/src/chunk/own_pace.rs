//! The campaign's own pace, person by person: chunks are released whole, and the last of them may be ahead of it.

use domain::campaign::log::{CHUNK, Chunk, place_of};
use jiff::{SignedDuration, Timestamp};

use super::context::Context;

/// What a pace lets a chunk do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Everybody of it.
    All,
    /// So many members from the first, more than were begun with.
    Upto(u32),
    /// Nobody before this time.
    NotBefore(Timestamp),
}

impl Context {
    /// How far into the chunk the campaign's pace lets it go, when so many members were begun with. People who were put
    /// off had their turn in it.
    pub(crate) fn own_pace(&self, begun: u32, now: Timestamp) -> Allowed {
        let (definition, log) = (&self.campaign.definition, &self.campaign.log);
        let (Some(pace), Some(started), Chunk::Walked(number)) =
            (&definition.pace, self.campaign.started_at, self.place.chunk)
        else {
            return Allowed::All;
        };
        let seconds = now.duration_since(started).as_secs().max(0).unsigned_abs();
        // Chunks are full but for a few.
        let place = place_of(definition.order, &self.campaign.id, log.chunks, number);
        let before = place.saturating_mul(u64::try_from(CHUNK).unwrap_or(100));
        let Some(allowed) = pace.allowed_after(log.people, seconds).filter(|allowed| *allowed < log.people)
        else {
            return Allowed::All;
        };
        let upto = u32::try_from(allowed.saturating_sub(before)).unwrap_or(u32::MAX);
        if upto > begun {
            return Allowed::Upto(upto);
        }
        let next = before.saturating_add(u64::from(begun) + 1).min(log.people);
        let after = i64::try_from(pace.due_after(log.people, next)).unwrap_or(i64::MAX);
        let due = started.saturating_add(SignedDuration::from_secs(after)).unwrap_or(Timestamp::MAX);
        Allowed::NotBefore(due.max(now))
    }
}
