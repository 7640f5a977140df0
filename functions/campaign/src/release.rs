//! Releasing chunks: hints for as many as can be worked on side by side, so that workers do not stand in each other's way, and
//! a pause, an agent's message or a limit has little before it.

use std::collections::BTreeSet;

use domain::campaign::log::{CHUNK, Chunk, Left, Progress, chunk_at, is_through, release_upto, side_by_side};
use domain::campaign::state::Action;
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{ChunkHint, Entry};
use store::Campaign;

use crate::{Campaigns, canary, failure};

/// So many seconds after its hour began, an hour of people who were put off gets no more of them.
const HOUR_CLOSED: i64 = 2 * 3_600;
/// No worker is at a chunk for longer, be it awake: the function has a third of it. Whom it puts off stands in the log by then.
const LONGEST_SLEEP: i64 = 60;
/// How many runs are asked for at a time.
const AT_ONCE: u64 = 100;

impl Campaigns {
    /// Whether the campaign's own pace allows fewer people than are released.
    pub(crate) fn is_held_by_its_pace(campaign: &Campaign, now: Timestamp) -> bool {
        let log = &campaign.log;
        let released = log.released_upto.saturating_mul(u64::try_from(CHUNK).unwrap_or(100)).min(log.people);
        allowed(campaign, now).is_some_and(|allowed| allowed < released)
    }

    /// Releases what may be worked on now; ends the campaign if nothing is left. `again` also sends the hints of what
    /// was released before and is not through.
    ///
    /// Hints go before they are noted: whoever dies in between has them sent twice, which hurts nobody.
    pub(crate) async fn release(&self, id: &str, again: bool) -> Result<(), Failure> {
        let Some(campaign) = self.open(id).await? else { return Ok(()) };
        if !campaign.state.sends() || campaign.log.frozen_at.is_none() {
            return Ok(());
        }
        // What Meta has told meanwhile is heeded before the first message.
        let campaign = match campaign.log.released_upto {
            0 => match self.heed(campaign).await? {
                Some(campaign) => campaign,
                None => return Ok(()),
            },
            _ => campaign,
        };
        let (log, now) = (&campaign.log, self.kit.clock.now());
        let (done_upto, open) = self.open_places(&campaign).await?;
        let progress = Progress {
            released: log.released_upto,
            done: done_upto,
            open: u64::try_from(open.len()).unwrap_or(u64::MAX),
        };
        let allowed = allowed(&campaign, now);
        let canary = canary::pending(&campaign);
        let first = canary.map(|canary| canary.share.of(log.people));
        let allowed = allowed.into_iter().chain(first).min();
        let rate = self.rate(&campaign);
        let upto = release_upto(progress, log.chunks, rate, allowed);
        let mut hints = if again { open } else { Vec::new() };
        hints.extend((log.released_upto..upto).map(|place| place_of(&campaign, place)));
        let is_deferred_left = self.release_deferred(&campaign, again).await?;
        self.hint(&campaign, &hints).await?;
        if upto > log.released_upto || done_upto > log.done_upto || !hints.is_empty() {
            let released_at = (!hints.is_empty()).then_some(now);
            let heartbeat = (done_upto > log.done_upto).then_some(now);
            let places = (upto, done_upto);
            let noted = self.store.note_released(&campaign.id, places, (released_at, heartbeat)).await;
            noted.map_err(failure)?;
        }
        if let Some(canary) = canary.filter(|canary| done_upto >= canary::places(&campaign, canary)) {
            return self.after_canary(campaign, canary).await;
        }
        let left = Left {
            frozen: true,
            chunks: log.chunks - done_upto.min(log.chunks),
            deferred: u64::from(is_deferred_left),
            held: 0,
        };
        if is_through(left, campaign.definition.ends_at, now) {
            return self.change(campaign, &Action::Finish).await;
        }
        Ok(())
    }

    /// How far the released places are through without a gap, and what is not through of them.
    async fn open_places(&self, campaign: &Campaign) -> Result<(u64, Vec<Chunk>), Failure> {
        let released = campaign.log.released_upto;
        let (mut done, mut place, mut open) = (campaign.log.done_upto, campaign.log.done_upto, Vec::new());
        while place < released {
            let end = released.min(place + AT_ONCE);
            let chunks: Vec<_> = (place..end).map(|place| place_of(campaign, place)).collect();
            let of_these = self.store.chunks_open(&campaign.id, &chunks).await.map_err(failure)?.open;
            if open.is_empty() {
                let through = chunks.iter().take_while(|chunk| !of_these.contains(chunk)).count();
                done += u64::try_from(through).unwrap_or_default();
            }
            open.extend(of_these);
            place = end;
        }
        Ok((done, open))
    }

    /// Releases people who were put off until an hour that has come. Whether there are any left, now or later.
    async fn release_deferred(&self, campaign: &Campaign, again: bool) -> Result<bool, Failure> {
        let now = self.kit.clock.now();
        let ahead = usize::try_from(side_by_side(self.rate(campaign))).unwrap_or(usize::MAX);
        let mut is_left = false;
        for (hour, released) in &campaign.log.deferred {
            let due_at = Chunk::Deferred { hour: *hour, n: 0 }.due_at();
            if due_at > now {
                is_left = true;
                continue;
            }
            let chunks = self.store.deferred_chunks(&campaign.id, *hour).await.map_err(failure)?;
            let found = self.store.chunks_open(&campaign.id, &chunks).await.map_err(failure)?;
            let (open, last) = (found.open, found.last_through.max(campaign.log.heartbeat));
            if open.is_empty() && seconds_since(due_at, now) > HOUR_CLOSED {
                self.store.forget_deferred(&campaign.id, *hour).await.map_err(failure)?;
                continue;
            }
            // A worker that slept may have put somebody off since.
            let lately = last.is_none_or(|last| seconds_since(last, now) <= LONGEST_SLEEP);
            is_left |= !open.is_empty() || lately;
            let known: BTreeSet<_> = open.iter().collect();
            let before = usize::try_from(*released).unwrap_or(usize::MAX).min(chunks.len());
            let still = chunks[..before].iter().filter(|chunk| known.contains(chunk)).count();
            let upto = (before + ahead.saturating_sub(still)).min(chunks.len());
            let first = if again { 0 } else { before };
            let hints: Vec<_> = chunks[first..upto.max(first)]
                .iter()
                .filter(|chunk| known.contains(chunk))
                .copied()
                .collect();
            if !hints.is_empty() {
                self.hint(campaign, &hints).await?;
                let upto = u64::try_from(upto).unwrap_or_default();
                self.store.note_deferred_released(&campaign.id, *hour, upto).await.map_err(failure)?;
            }
        }
        Ok(is_left)
    }

    async fn hint(&self, campaign: &Campaign, chunks: &[Chunk]) -> Result<(), Failure> {
        let entry = |chunk: &Chunk| {
            let hint = ChunkHint::of(campaign.id.as_str(), chunk.to_string());
            Entry::new(hint.to_json())
        };
        let entries: Vec<_> = chunks.iter().map(entry).collect();
        let sent = self.queue.send_all(&self.chunks_queue_url, &entries).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// How many messages a second all of a campaign's numbers may send together.
    pub(crate) fn rate(&self, campaign: &Campaign) -> u64 {
        campaign.snapshot.as_ref().map_or(0, store::Snapshot::per_second).max(1)
    }
}

/// The chunk that goes as the n-th.
fn place_of(campaign: &Campaign, place: u64) -> Chunk {
    Chunk::Walked(chunk_at(campaign.definition.order, &campaign.id, campaign.log.chunks, place))
}

/// How many people the campaign's own pace has let go by now; `None` if it has none.
fn allowed(campaign: &Campaign, now: Timestamp) -> Option<u64> {
    let seconds = campaign.started_at.map_or(0, |at| now.duration_since(at).as_secs().max(0));
    campaign.definition.pace.as_ref()?.allowed_after(campaign.log.people, seconds.unsigned_abs())
}

fn seconds_since(since: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(since).as_secs()
}
