//! What a campaign would do if it started now: the decisions of the run, without its effects.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::decide::Decision;
use super::definition::Pace;
use super::outcome::{Put, Skip};

/// People by what they would get.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Who would get it, now or later, by template and market.
    pub receive: BTreeMap<(usize, String), u64>,
    /// Who would get nothing, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Of those who would get it, who would wait, by reason.
    pub wait: BTreeMap<Put, u64>,
    /// Whoever was taken before.
    pub before: u64,
    /// The last time until which somebody would wait.
    pub latest: Option<Timestamp>,
    /// How many lack each parameter.
    pub missing: BTreeMap<String, u64>,
}

impl Preflight {
    /// Adds a person: the decision with room for everybody, what the template lacks, and the place among templates and
    /// markets that the cost is asked for.
    pub fn add(&mut self, decision: &Decision, (variant, market): (usize, &str), missing: &[String]) {
        missing.iter().for_each(|name| *self.missing.entry(name.clone()).or_default() += 1);
        match decision {
            Decision::Go { variant, .. } => {
                *self.receive.entry((*variant, market.to_owned())).or_default() += 1
            }
            Decision::Defer { until, why } => {
                *self.receive.entry((variant, market.to_owned())).or_default() += 1;
                *self.wait.entry(*why).or_default() += 1;
                self.latest = self.latest.max(Some(*until));
            }
            Decision::Skip(why) => *self.skipped.entry(*why).or_default() += 1,
            Decision::Before(_) => self.before += 1,
        }
    }

    /// How many would get it.
    #[must_use]
    pub fn receiving(&self) -> u64 {
        self.receive.values().sum()
    }

    /// When it would be through: the latest of what the numbers' rate, the campaign's pace, sleeping people and the
    /// messaging limit allow. `tier` says when so many more people have room.
    #[must_use]
    pub fn expected_end(
        &self,
        start: Timestamp,
        rate: u64,
        pace: Option<&Pace>,
        tier: impl Fn(u64) -> Timestamp,
    ) -> Timestamp {
        let people = self.receiving();
        let after = |seconds: u64| {
            let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            start.saturating_add(seconds).unwrap_or(Timestamp::MAX)
        };
        let by_rate = after(people.div_ceil(rate.max(1)));
        let by_pace = after(pace.map_or(0, |pace| pace.due_after(people, people)));
        let by_tier = if people == 0 { start } else { tier(people) };
        [by_rate, by_pace, by_tier].into_iter().chain(self.latest).max().unwrap_or(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

    #[test]
    fn a_preflight_counts_people_by_what_they_would_get_and_says_when_it_ends() {
        let mut preflight = Preflight::default();
        let later = NOW + SignedDuration::from_hours(9);
        for _ in 0..800 {
            preflight.add(&Decision::Go { attempt: 1, variant: 0, marketing: true }, (0, "MX"), &[]);
        }
        assert_eq!(preflight.expected_end(NOW, 80, None, |_| NOW), NOW + SignedDuration::from_secs(10));
        let missing = ["body.1".to_owned()];
        preflight.add(&Decision::Skip(Skip::MissingParameter), (0, "PE"), &missing);
        preflight.add(&Decision::Defer { until: later, why: Put::QuietHours }, (1, "PE"), &[]);
        assert_eq!(preflight.receiving(), 801);
        assert_eq!(preflight.receive[&(1, "PE".to_owned())], 1);
        assert_eq!((preflight.skipped[&Skip::MissingParameter], preflight.missing["body.1"]), (1, 1));
        assert_eq!(preflight.expected_end(NOW, 80, None, |_| NOW), later);
        let tomorrow = NOW + SignedDuration::from_hours(24);
        assert_eq!(
            preflight.expected_end(NOW, 80, None, |people| if people > 250 { tomorrow } else { NOW }),
            tomorrow
        );
        let spread = Pace { over_hours: Some(48), ..Pace::default() };
        assert!(preflight.expected_end(NOW, 80, Some(&spread), |_| NOW) > tomorrow);
    }
}
