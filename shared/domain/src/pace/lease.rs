//! Blocks of a number's throughput.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::inbound::Inbound;

/// How much a number may do in a second, in and out together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A number whose phone has the app as well: 20.
    Coexistence,
    /// 80.
    Standard,
    /// 1,000, which Meta gives by itself to portfolios without a limit and with many people.
    High,
}

impl Level {
    /// From what Meta says of a number: its `throughput.level`, and whether the phone's app has it too.
    #[must_use]
    pub fn of(throughput: Option<&str>, in_the_app: Option<bool>) -> Self {
        match throughput {
            _ if in_the_app == Some(true) => Self::Coexistence,
            Some("HIGH") => Self::High,
            _ => Self::Standard,
        }
    }

    /// Messages a second.
    #[must_use]
    pub fn per_second(self) -> u32 {
        match self {
            Self::Coexistence => 20,
            Self::Standard => 80,
            Self::High => 1_000,
        }
    }
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A campaign.
    Campaign,
    /// An agent, or another program, to one person: somebody waits for it.
    Agent,
}

/// The time that a campaign's block takes. An agent's message waits behind it.
const BLOCK: SignedDuration = SignedDuration::from_millis(250);

/// How much of the rate is used, in thousandths. Within any second, messages arrive that were due in a little more than a
/// second: clocks are off by [`COVERED`] either way, and requests differ by some 20 ms on their way.
const GUARD: u64 = 970;

/// How far a clock may be off without more distance than the guard makes.
pub const COVERED: SignedDuration = SignedDuration::from_millis(5);

/// A campaign leases its next block only if the present ones end so soon: enough that nothing stands still between them.
const AHEAD: SignedDuration = SignedDuration::from_millis(150);

/// Workers that wait for the same moment ask again at different times, up to so much later, by chance: of all who write at
/// once one succeeds, and every attempt is paid for.
pub const STAGGER: SignedDuration = SignedDuration::from_millis(100);

/// How long an agent's message stands in line before it jumps. Mostly that is long enough for everything that is leased:
/// a message that jumps leaves in a time that others have.
const PATIENCE: SignedDuration = SignedDuration::from_millis(350);

/// How far an agent's message jumps the queue, at most.
pub const JUMP: SignedDuration = SignedDuration::from_millis(250);

/// How long a worker waits for a lease. If it would be longer, a chunk's hint goes back to its queue with a delay.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(1);

/// How long a number rests that Meta has in maintenance (131057, 2494100), such as an upgrade of its throughput.
const MAINTENANCE: SignedDuration = SignedDuration::from_secs(60);

/// How much a refusal takes of the rate, in thousandths of what is left, and how much comes back each second.
const SHRINK: u32 = 100;
const RECOVERED_PER_SECOND: u32 = 5;

/// The item `LEASE#<number> / LEASE`. One condition serves all its writes: `tat` is as it was read; each moves it, except
/// what came in, which no lease depends on to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What Meta allows.
    pub level: Level,
    /// When the next message is due: everything before is leased.
    pub tat: Timestamp,
    /// The same for agents' jumps alone, at a tenth of the rate: that tenth is kept for them, and lent to campaigns while
    /// nobody needs it.
    pub jumps: Timestamp,
    /// What a refusal took of the rate, in thousandths, at [`shrunk_at`](Self::shrunk_at).
    pub shrunk: u32,
    /// When Meta last refused for the rate (130429).
    pub shrunk_at: Timestamp,
    /// What comes in.
    pub inbound: Inbound,
}

/// What a worker asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Who sends.
    pub purpose: Purpose,
    /// How many messages. Campaigns get at most a block ([`Lease::block_size`]).
    pub messages: u32,
    /// How far its clock may be off: [`Clock::may_send`](super::Clock::may_send). A campaign's block keeps that much
    /// distance from the ones before and after it: going slower would not do, as only its own messages would.
    pub skew: SignedDuration,
}

/// What it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// These, once the lease is written.
    Messages {
        /// When to send them.
        send: Send,
        /// What is to stand in the table.
        lease: Lease,
    },
    /// Nothing yet.
    Wait {
        /// When to ask again, or a little later ([`STAGGER`]). If that is further away than [`LONGEST_WAIT`], a worker does
        /// something else meanwhile.
        until: Timestamp,
    },
}

/// A time for some messages, evenly spread over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Send {
    /// When the first is due.
    pub from: Timestamp,
    /// When the first one after them is.
    pub to: Timestamp,
    /// How many.
    pub messages: u32,
}

impl Send {
    /// When the n-th of them is due, from 0.
    #[must_use]
    pub fn due(self, nth: u32) -> Timestamp {
        let all = self.to.as_microsecond() - self.from.as_microsecond();
        let after = all * i64::from(nth) / i64::from(self.messages.max(1));
        self.from.saturating_add(SignedDuration::from_micros(after)).unwrap_or(self.to)
    }

    /// Whether the n-th missed its time by more than 5 ms, because the worker was held up: it needs a lease again. All
    /// that are late would go at once, into others' time: at 1,000 a second, 20 ms of them were refused.
    #[must_use]
    pub fn has_missed(self, nth: u32, now: Timestamp) -> bool {
        now.duration_since(self.due(nth)) > SignedDuration::from_millis(5)
    }
}

impl Lease {
    /// A number that has not sent yet.
    #[must_use]
    pub fn new(level: Level) -> Self {
        let never = Timestamp::UNIX_EPOCH;
        Self { level, tat: never, jumps: never, shrunk: 0, shrunk_at: never, inbound: Inbound::default() }
    }

    /// Messages in a thousand seconds that may go out: what Meta allows, less what it refused lately, less what comes in.
    /// One a second stays unused: a second that begins with a message holds one more than its length is worth. At least
    /// a tenth of the level is left: agents answer while many write.
    #[must_use]
    pub fn rate(&self, now: Timestamp) -> u64 {
        let level = u64::from(self.level.per_second());
        let allowed = level * u64::from(1_000 - self.shrunk_now(now));
        let used = self.inbound.per_thousand_seconds(now) + 1_000;
        let left = allowed.saturating_sub(used).max(level * 100);
        left * GUARD / 1_000
    }

    /// How many messages a campaign leases at once: a quarter of a second's.
    #[must_use]
    pub fn block_size(&self, now: Timestamp) -> u32 {
        let messages = u128::from(self.rate(now)) * BLOCK.unsigned_abs().as_millis() / 1_000_000;
        u32::try_from(messages).unwrap_or(u32::MAX).max(1)
    }

    /// Leases time for some messages.
    #[must_use]
    pub fn take(&self, ask: Ask, now: Timestamp) -> Grant {
        let rate = self.rate(now);
        let free = self.tat.max(now);
        match ask.purpose {
            Purpose::Campaign => {
                if free.duration_since(now) > AHEAD {
                    return Grant::Wait { until: before(self.tat, AHEAD) };
                }
                let messages = ask.messages.clamp(1, self.block_size(now));
                let distance = (ask.skew - COVERED).clamp(SignedDuration::ZERO, AHEAD);
                let from = after(free, distance);
                let to = after(from, time_of(messages, rate));
                let lease = Self { tat: after(to, distance), ..*self };
                Grant::Messages { send: Send { from, to, messages }, lease }
            }
            Purpose::Agent => {
                let messages = ask.messages.max(1);
                let time = time_of(messages, rate);
                let waits = free.duration_since(now) > PATIENCE;
                let may_jump = waits && self.jumps <= after(now, JUMP);
                let from = if may_jump { before(free, JUMP).max(after(now, PATIENCE)) } else { free };
                if from.duration_since(now) > LONGEST_WAIT {
                    return Grant::Wait { until: before(from, LONGEST_WAIT) };
                }
                let jumped = may_jump.then(|| after(self.jumps.max(now), time * 10));
                let lease = Self { tat: after(free, time), jumps: jumped.unwrap_or(self.jumps), ..*self };
                Grant::Messages { send: Send { from, to: after(from, time), messages }, lease }
            }
        }
    }

    /// Meta refused a message for the rate (130429): everybody waits a second, and goes a tenth slower, which comes back
    /// with time. `None` if that was just done: one burst is refused many times.
    #[must_use]
    pub fn refused(&self, now: Timestamp) -> Option<Self> {
        if now.duration_since(self.shrunk_at) < SignedDuration::from_secs(1) {
            return None;
        }
        let before = self.shrunk_now(now);
        let shrunk = (before + (1_000 - before) * SHRINK / 1_000).min(500);
        let tat = after(self.tat.max(now), SignedDuration::from_secs(1));
        Some(Self { tat, shrunk, shrunk_at: now, ..*self })
    }

    /// Meta has the number in maintenance (131057): nobody sends for a minute. `None` if that is noted already.
    #[must_use]
    pub fn in_maintenance(&self, now: Timestamp) -> Option<Self> {
        let tat = after(now, MAINTENANCE);
        (self.tat < before(tat, SignedDuration::from_secs(5))).then_some(Self { tat, ..*self })
    }

    fn shrunk_now(&self, now: Timestamp) -> u32 {
        let seconds = now.duration_since(self.shrunk_at).as_secs().max(0);
        let recovered = u32::try_from(seconds).unwrap_or(u32::MAX).saturating_mul(RECOVERED_PER_SECOND);
        self.shrunk.min(1_000).saturating_sub(recovered)
    }
}

/// The time that so many messages take, at so many in a thousand seconds.
fn time_of(messages: u32, rate: u64) -> SignedDuration {
    let micros = u64::from(messages).saturating_mul(1_000_000_000) / rate.max(1);
    SignedDuration::try_from(Duration::from_micros(micros)).unwrap_or(SignedDuration::MAX)
}

fn after(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn before(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
#[path = "lease_tests.rs"]
mod tests;
