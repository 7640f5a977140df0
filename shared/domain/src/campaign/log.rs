//! The chunk log: who is in which chunk, what may be released, and when a campaign is through.
//!
//! Chunk n is put if it is absent, with its members and the key at which the walk goes on: it is the membership and the
//! cursor in one. A job on a queue is a hint; the log is the truth. Chunks of people who were put off stand in the same
//! log under the hour at which their turn comes.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::CampaignId;
use super::definition::SendOrder;

/// People in a chunk.
pub const CHUNK: usize = 100;
/// People in a result block: as many as stay under 1 KB together.
pub const BLOCK: usize = 25;
/// Partitions of a campaign's log.
pub const PARTITIONS: u64 = 16;
/// How many seconds' worth of chunks are at most released beyond what is through without a gap.
pub const AHEAD_SECONDS: u64 = 120;
/// What a worker sends in a second, on its own: steps of 25 people, one after another.
const OF_ONE_WORKER: u64 = 20;
/// A hint is stale after so many times the time that a chunk should take.
const STALE_AFTER: u64 = 3;
/// Nothing is stale sooner than this, in seconds: a worker may start cold and wait for its lease.
const SHORTEST_STALE: u64 = 60;

/// A chunk's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chunk {
    /// The n-th of the frozen audience.
    Walked(u64),
    /// People who were put off until an hour.
    Deferred {
        /// Hours since 1970.
        hour: u64,
        /// The n-th of that hour.
        n: u64,
    },
}

/// The text is not a chunk's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a chunk")]
pub struct NotAChunk;

impl Chunk {
    /// Which of the campaign's partitions it stands in.
    #[must_use]
    pub fn partition(self) -> u64 {
        let (Self::Walked(n) | Self::Deferred { n, .. }) = self;
        n % PARTITIONS
    }

    /// When its turn comes; at once, for the audience.
    #[must_use]
    pub fn due_at(self) -> Timestamp {
        let Self::Deferred { hour, .. } = self else { return Timestamp::UNIX_EPOCH };
        let seconds = i64::try_from(hour.saturating_mul(3_600)).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    }

    /// The hour in which whoever is put off until `until` has their turn: it begins at that time or after it.
    #[must_use]
    pub fn hour_of(until: Timestamp) -> u64 {
        let seconds = u64::try_from(until.as_second()).unwrap_or_default();
        (seconds + u64::from(until.subsec_nanosecond() > 0)).div_ceil(3_600)
    }
}

/// Sorts as text in the order of the numbers, up to 10^9 chunks.
impl fmt::Display for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Walked(n) => write!(f, "{n:09}"),
            Self::Deferred { hour, n } => write!(f, "D{hour:07}#{n:09}"),
        }
    }
}

impl FromStr for Chunk {
    type Err = NotAChunk;

    fn from_str(text: &str) -> Result<Self, NotAChunk> {
        let number = |text: &str| -> Result<u64, NotAChunk> {
            let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if plain { text.parse().map_err(|_| NotAChunk) } else { Err(NotAChunk) }
        };
        match text.strip_prefix('D') {
            Some(rest) => {
                let (hour, n) = rest.split_once('#').ok_or(NotAChunk)?;
                Ok(Self::Deferred { hour: number(hour)?, n: number(n)? })
            }
            None => number(text).map(Self::Walked),
        }
    }
}

/// The block of a chunk's member, and the member's place in it.
#[must_use]
pub fn block_of(member: usize) -> (usize, usize) {
    (member / BLOCK, member % BLOCK)
}

/// How far a walk over an audience got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Walk<K> {
    /// The next chunk, and the key after which it begins; `None` is the beginning.
    At {
        /// The chunk's number.
        chunk: u64,
        /// Members come after this key.
        after: Option<K>,
    },
    /// Everybody is in a chunk.
    Frozen {
        /// How many chunks there are.
        chunks: u64,
    },
}

impl<K: Clone> Walk<K> {
    /// The beginning.
    #[must_use]
    pub fn new() -> Self {
        Self::At { chunk: 0, after: None }
    }

    /// Goes on from the chunk that stands in the log, whoever wrote it: a walk that lost a race has read the same or
    /// other people, and adopts the winner's. `next_key` of the last chunk is `None`.
    #[must_use]
    pub fn adopt(&self, chunk: u64, next_key: Option<K>) -> Self {
        match self {
            Self::At { chunk: own, .. } if *own != chunk => self.clone(),
            Self::At { .. } => match next_key {
                Some(key) => Self::At { chunk: chunk + 1, after: Some(key) },
                None => Self::Frozen { chunks: chunk + 1 },
            },
            Self::Frozen { .. } => self.clone(),
        }
    }

    /// Where a walk goes on that was interrupted, from the last chunk of the log.
    #[must_use]
    pub fn resume(last: Option<(u64, Option<K>)>) -> Self {
        match last {
            None => Self::new(),
            Some((chunk, Some(key))) => Self::At { chunk: chunk + 1, after: Some(key) },
            Some((chunk, None)) => Self::Frozen { chunks: chunk + 1 },
        }
    }
}

impl<K: Clone> Default for Walk<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// Which chunk goes as the n-th. Each of `chunks` places has another one. The audience's own order needs no total.
#[must_use]
pub fn chunk_at(order: SendOrder, campaign: &CampaignId, chunks: u64, place: u64) -> u64 {
    if chunks <= 1 || place >= chunks {
        return place;
    }
    match order {
        SendOrder::Audience => place,
        SendOrder::Reversed => chunks - 1 - place,
        SendOrder::Shuffled => {
            let network = Network::of(campaign, chunks);
            network.walk(place, |number| network.there(number))
        }
    }
}

/// As which a chunk goes: the other way round than [`chunk_at`].
#[must_use]
pub fn place_of(order: SendOrder, campaign: &CampaignId, chunks: u64, chunk: u64) -> u64 {
    if chunks <= 1 || chunk >= chunks {
        return chunk;
    }
    match order {
        SendOrder::Audience => chunk,
        SendOrder::Reversed => chunks - 1 - chunk,
        SendOrder::Shuffled => {
            let network = Network::of(campaign, chunks);
            network.walk(chunk, |number| network.back(number))
        }
    }
}

/// A permutation without memory: four rounds of a Feistel network over the next power of four, walked until the
/// number is one of ours.
struct Network {
    chunks: u64,
    bits: u32,
    seed: u64,
}

impl Network {
    fn of(campaign: &CampaignId, chunks: u64) -> Self {
        let bits = (u64::BITS - (chunks - 1).leading_zeros()).div_ceil(2).max(1);
        let seed = u64::from_str_radix(&crate::hash16(&format!("order|{campaign}")), 16).unwrap_or_default();
        Self { chunks, bits, seed }
    }

    fn walk(&self, mut number: u64, step: impl Fn(u64) -> u64) -> u64 {
        loop {
            number = step(number);
            if number < self.chunks {
                return number;
            }
        }
    }

    fn there(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.bits) - 1;
        let (mut left, mut right) = (number >> self.bits, number & mask);
        for round in 0..4 {
            (left, right) = (right, (left ^ mixed(self.seed, round, right)) & mask);
        }
        left << self.bits | right
    }

    fn back(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.bits) - 1;
        let (mut left, mut right) = (number >> self.bits, number & mask);
        for round in (0..4).rev() {
            (left, right) = ((right ^ mixed(self.seed, round, left)) & mask, left);
        }
        left << self.bits | right
    }
}

/// Mixes bits as SplitMix64 does: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014.
fn mixed(seed: u64, round: u64, number: u64) -> u64 {
    let mut bits = seed.wrapping_add((number << 2 | round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// How many chunks are worked on side by side: as many as use up the numbers' messages a second, and at least two, so that
/// one may end while the other sends. More of them stand in each other's way: each turn reads its hundred people and
/// takes slots, and waits for throughput that the others have.
#[must_use]
pub fn side_by_side(rate: u64) -> u64 {
    (rate / OF_ONE_WORKER).max(2)
}

/// How far chunks are released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// So many places of the order are released, from the first.
    pub released: u64,
    /// So many are through, without a gap.
    pub done: u64,
    /// So many of those that are released are not through.
    pub open: u64,
}

/// How far chunks may be released: so many places of the order, from the first.
///
/// As many are open as can be worked on [side by side](side_by_side), at most two minutes' worth of the numbers' rate is
/// beyond what is done, and never more than the campaign's own pace allows.
#[must_use]
pub fn release_upto(progress: Progress, chunks: u64, rate: u64, allowed_people: Option<u64>) -> u64 {
    let people = u64::try_from(CHUNK).unwrap_or(100);
    let Progress { released, done, open } = progress;
    let room = side_by_side(rate).saturating_sub(open);
    let ahead = done.saturating_add((rate.saturating_mul(AHEAD_SECONDS) / people).max(2));
    let paced = allowed_people.map_or(u64::MAX, |allowed| allowed.div_ceil(people));
    // What was released stays released.
    released.saturating_add(room).min(ahead).min(paced).min(chunks).max(released)
}

/// Whether the hint of a released chunk is to be sent again: three times as long ago as the chunk and all before it
/// in the queue should take, at this many messages a second.
#[must_use]
pub fn is_stale(released_at: Timestamp, heartbeat: Option<Timestamp>, rate: u64, now: Timestamp) -> bool {
    let people = u64::try_from(CHUNK).unwrap_or(100);
    let expected = AHEAD_SECONDS.max(people.div_ceil(rate.max(1)));
    let patience = i64::try_from((expected * STALE_AFTER).max(SHORTEST_STALE)).unwrap_or(i64::MAX);
    let last = heartbeat.map_or(released_at, |beat| beat.max(released_at));
    now.as_second().saturating_sub(last.as_second()) > patience
}

/// What is left of a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Whether everybody is in a chunk.
    pub frozen: bool,
    /// Chunks of the audience that are not done.
    pub chunks: u64,
    /// Chunks of people who were put off that are not done.
    pub deferred: u64,
    /// People who are held for somebody to decide.
    pub held: u64,
}

/// Whether a campaign is through: nobody is left, or its end has come. People whom an unknown answer holds keep it open
/// until its end: somebody has to decide about them.
#[must_use]
pub fn is_through(left: Left, ends_at: Option<Timestamp>, now: Timestamp) -> bool {
    let nobody_left = left.frozen && left.chunks == 0 && left.deferred == 0 && left.held == 0;
    nobody_left || ends_at.is_some_and(|end| end <= now)
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
