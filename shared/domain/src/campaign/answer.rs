//! What Meta's answer to a message of a campaign means: for the person, for the number, for the template, for the
//! campaign. The same codes come with the answer and later with a `failed` status.

use cloud_api::error::Remedy;
use jiff::{SignedDuration, Timestamp};

use super::guard::Guard;
use super::outcome::{Outcome, Put, Skip};
use super::percent::Percent;

/// What is true of the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which, from 1.
    pub number: u32,
    /// Whether the campaign tries again after Meta's marketing limit of a person.
    pub retry_marketing_limit: bool,
    /// When the answer came.
    pub now: Timestamp,
}

/// What follows for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForPerson {
    /// It is over.
    Done(Outcome),
    /// Another attempt: nothing was sent, so the gate and the slot are free again. A wait of seconds is waited out by
    /// the worker that holds the chunk, a longer one in a deferred chunk.
    Again {
        /// Not before.
        until: Timestamp,
        /// Why.
        why: Put,
    },
    /// Somebody has to decide. Never skipped, never tried again by itself.
    Hold,
}

/// What follows for everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForOthers {
    /// Nothing.
    GoOn,
    /// The number sends slower: its lease moves a second on and its rate shrinks.
    SlowDown,
    /// The number rests.
    RestNumber(SignedDuration),
    /// The campaign pauses, as everybody who follows would fail too.
    Pause(Guard),
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// For the person.
    pub person: ForPerson,
    /// For everybody else.
    pub others: ForOthers,
    /// Whether the person's opt-out of marketing is noted.
    pub opt_out: bool,
}

/// The attempt after which Meta's marketing limit of a person is not tried again.
pub const MOST_ATTEMPTS: u32 = 2;

const REST: SignedDuration = SignedDuration::from_secs(60);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Reads an answer by its remedy. A refusal says that nothing was sent.
#[must_use]
pub fn after_refusal(remedy: Remedy, attempt: Attempt) -> Meaning {
    let meaning = |person, others| Meaning { person, others, opt_out: false };
    let refused = ForPerson::Done(Outcome::Refused);
    match remedy {
        // Our own limits, and Meta's of numbers and calls, never mark a person as failed.
        Remedy::SlowDown => meaning(again(attempt, 1, Put::Throughput), ForOthers::SlowDown),
        Remedy::WaitNumber => meaning(again(attempt, 60, Put::Maintenance), ForOthers::RestNumber(REST)),
        Remedy::WaitPair => meaning(again(attempt, 6, Put::PairRate), ForOthers::GoOn),
        Remedy::Later24h => meaning(after_marketing_limit(attempt), ForOthers::GoOn),
        Remedy::SkipPerson => meaning(refused, ForOthers::GoOn),
        Remedy::OptOut => Meaning { opt_out: true, ..meaning(refused, ForOthers::GoOn) },
        // A campaign sends templates only: this answer makes no sense of one.
        Remedy::SwitchToTemplate | Remedy::HoldAndAsk => meaning(ForPerson::Hold, ForOthers::GoOn),
        // Nobody has failed: whoever resumes the campaign goes on with them.
        Remedy::StopTemplate => stopped(attempt, Guard::TemplateRefused),
        Remedy::StopMarketingOnNumber => stopped(attempt, Guard::MarketingStopped),
        Remedy::StopNumber => stopped(attempt, Guard::NumberStopped),
        // A remedy that this build does not know.
        _ => meaning(ForPerson::Hold, ForOthers::GoOn),
    }
}

fn again(attempt: Attempt, seconds: i64, why: Put) -> ForPerson {
    let until = attempt.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(attempt.now);
    ForPerson::Again { until, why }
}

/// Never in a loop: once more after a day, if the campaign allows.
fn after_marketing_limit(attempt: Attempt) -> ForPerson {
    if !attempt.retry_marketing_limit || attempt.number >= MOST_ATTEMPTS {
        return ForPerson::Done(Outcome::Skipped(Skip::MarketingLimit));
    }
    again(attempt, DAY.as_secs(), Put::MarketingLimit)
}

fn stopped(attempt: Attempt, guard: Guard) -> Meaning {
    let person = ForPerson::Again { until: attempt.now, why: Put::Stopped };
    Meaning { person, others: ForOthers::Pause(guard), opt_out: false }
}

/// Codes that nobody knows, as they come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unreadable {
    /// In a row, up to now.
    pub in_a_row: u32,
    /// In all.
    pub all: u64,
    /// Answers in all.
    pub answers: u64,
}

/// So many in a row pause a campaign.
pub const MOST_IN_A_ROW: u32 = 5;
/// More than this share of at least 100 answers pauses a campaign.
pub const MOST_UNREADABLE: Percent = Percent::whole(1);

impl Unreadable {
    /// One more answer.
    #[must_use]
    pub fn and(self, is_unreadable: bool) -> Self {
        Self {
            in_a_row: if is_unreadable { self.in_a_row + 1 } else { 0 },
            all: self.all + u64::from(is_unreadable),
            answers: self.answers + 1,
        }
    }

    /// Whether the campaign pauses: five in a row, or more than one in a hundred.
    #[must_use]
    pub fn pauses(self) -> bool {
        let share = self.answers >= 100 && MOST_UNREADABLE.is_passed_by(self.all, self.answers);
        self.in_a_row >= MOST_IN_A_ROW || share
    }
}

#[cfg(test)]
mod tests {
    use cloud_api::error::remedy;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

    fn after(code: u32, number: u32, retry_marketing_limit: bool) -> Meaning {
        after_refusal(remedy(code), Attempt { number, retry_marketing_limit, now: NOW })
    }

    #[test]
    fn a_limit_puts_a_person_off_and_never_marks_them_failed() {
        for (code, seconds, why) in [
            (130_429, 1, Put::Throughput),
            (80_007, 1, Put::Throughput),
            (131_056, 6, Put::PairRate),
            (131_057, 60, Put::Maintenance),
        ] {
            let until = NOW + SignedDuration::from_secs(seconds);
            assert_eq!(after(code, 9, false).person, ForPerson::Again { until, why }, "{code}");
        }
        assert_eq!(after(130_429, 1, false).others, ForOthers::SlowDown);
        assert_eq!(after(131_057, 1, false).others, ForOthers::RestNumber(REST));
    }

    #[test]
    fn metas_marketing_limit_is_tried_once_more_after_a_day_only_if_the_campaign_allows() {
        let over = ForPerson::Done(Outcome::Skipped(Skip::MarketingLimit));
        assert_eq!(after(131_049, 1, false).person, over);
        assert_eq!(after(131_049, 2, true).person, over);
        let until = NOW + DAY;
        assert_eq!(after(131_049, 1, true).person, ForPerson::Again { until, why: Put::MarketingLimit });
    }

    #[test]
    fn who_asked_meta_to_stop_has_opted_out() {
        let meaning = after(131_050, 1, false);
        assert!(meaning.opt_out && meaning.person == ForPerson::Done(Outcome::Refused));
        assert!(!after(131_026, 1, false).opt_out);
    }

    #[test]
    fn what_everybody_who_follows_would_meet_too_pauses_the_campaign_and_loses_nobody() {
        for (code, guard) in [
            (132_015, Guard::TemplateRefused),
            (131_048, Guard::MarketingStopped),
            (190, Guard::NumberStopped),
            (131_042, Guard::NumberStopped),
        ] {
            let meaning = after(code, 1, false);
            assert_eq!(meaning.others, ForOthers::Pause(guard), "{code}");
            assert!(matches!(meaning.person, ForPerson::Again { why: Put::Stopped, .. }), "{code}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_holds_the_person() {
        assert_eq!(after(999_999, 1, true).person, ForPerson::Hold);
        assert_eq!(after(131_047, 1, true).person, ForPerson::Hold);
    }

    #[test]
    fn five_unknown_codes_in_a_row_or_one_in_a_hundred_pause_the_campaign() {
        let run = |answers: &[bool]| answers.iter().fold(Unreadable::default(), |sum, it| sum.and(*it));
        assert!(!run(&[true; 4]).pauses() && run(&[true; 5]).pauses());
        assert!(!run(&[true, true, true, true, false, true]).pauses());
        let scattered: Vec<bool> = (0..200).map(|n| n % 100 == 0).collect();
        assert!(!run(&scattered).pauses());
        assert!(run(&[&scattered[..], &[true]].concat()).pauses());
    }
}
