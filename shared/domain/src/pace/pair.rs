//! How often one person may hear from one number: a message every six seconds, and a burst borrowed from the future.
//!
//! The instant stands on the person's gate, `tat_<number>`, and is written with everything else that is decided there.
//!
//! See [Cloud API/Error codes/131056], read 2026-11: at most 45 within six seconds, to be paid back at one in six; retry
//! after 4^X seconds.

use jiff::{SignedDuration, Timestamp};

use super::Purpose;

/// A message each.
pub const EVERY: SignedDuration = SignedDuration::from_secs(6);

/// The most that may be owed for another one to go: 45 at once from nothing.
pub const BORROWED: SignedDuration = SignedDuration::from_secs(44 * 6);

/// Whether a message may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// It may.
    Go {
        /// What is to stand on the gate.
        tat: Timestamp,
    },
    /// Not before this time. A campaign puts the person off; a single message waits.
    Wait {
        /// When.
        until: Timestamp,
    },
}

/// Decides whether a message from a number to a person may go now. Campaigns go where nothing is owed: the burst is left
/// to agents, who may answer with several messages.
#[must_use]
pub fn take(tat: Option<Timestamp>, purpose: Purpose, now: Timestamp) -> Pair {
    let owed = tat.unwrap_or(now).max(now);
    let borrowed = match purpose {
        Purpose::Campaign => SignedDuration::ZERO,
        Purpose::Agent => BORROWED,
    };
    if owed.duration_since(now) > borrowed {
        return Pair::Wait { until: owed.saturating_sub(borrowed).unwrap_or(owed) };
    }
    Pair::Go { tat: owed.saturating_add(EVERY).unwrap_or(Timestamp::MAX) }
}

/// Meta refused all the same (131056), at the n-th attempt (from 1): another program sends to them, too. Nothing goes
/// for 4^(n - 1) seconds, at least six and at most a quarter of an hour.
#[must_use]
pub fn refused(tat: Option<Timestamp>, attempt: u32, now: Timestamp) -> Timestamp {
    let seconds = 4_i64.saturating_pow(attempt.saturating_sub(1)).clamp(6, 900);
    let rest = SignedDuration::from_secs(seconds) + BORROWED;
    now.saturating_add(rest).unwrap_or(Timestamp::MAX).max(tat.unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + seconds).unwrap()
    }

    #[test]
    fn an_agent_may_send_forty_five_at_once_and_then_one_in_six_seconds() {
        let mut tat = None;
        let mut sent = 0;
        while let Pair::Go { tat: next } = take(tat, Purpose::Agent, at(0)) {
            (tat, sent) = (Some(next), sent + 1);
        }
        assert_eq!(sent, 45);
        assert_eq!(take(tat, Purpose::Agent, at(0)), Pair::Wait { until: at(6) });
        assert!(matches!(take(tat, Purpose::Agent, at(6)), Pair::Go { .. }));
    }

    #[test]
    fn a_campaign_borrows_nothing() {
        let Pair::Go { tat } = take(None, Purpose::Campaign, at(0)) else { panic!("nothing is owed") };
        assert_eq!(take(Some(tat), Purpose::Campaign, at(5)), Pair::Wait { until: at(6) });
        assert!(matches!(take(Some(tat), Purpose::Campaign, at(6)), Pair::Go { .. }));
        assert!(matches!(take(Some(tat), Purpose::Agent, at(1)), Pair::Go { .. }));
    }

    #[test]
    fn after_a_refusal_everybody_waits_agents_four_times_longer_each_time() {
        let tat = refused(None, 1, at(0));
        assert_eq!(take(Some(tat), Purpose::Agent, at(0)), Pair::Wait { until: at(6) });
        let tat = refused(Some(tat), 4, at(6));
        assert_eq!(take(Some(tat), Purpose::Agent, at(6)), Pair::Wait { until: at(6 + 64) });
        assert_eq!(take(Some(tat), Purpose::Campaign, at(6)), Pair::Wait { until: at(6 + 64 + 44 * 6) });
    }
}
