//! What guards have found of a campaign, and what people have let go on in spite of it.
//!
//! A concern is a guard with what exactly it saw. Guards look at what is known now, whatever told it, how often and in
//! which order. Whoever resumes a campaign has seen its concern, so that this one stops it no more as long as things
//! stand so. What is over and comes again is a new concern.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::guard::Guard;

/// Something that stops a campaign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Concern {
    /// The guard.
    pub guard: Guard,
    /// What exactly: a template, a number, an account or a code, with what was seen of it. Names nobody.
    pub of: String,
    /// How bad, for shares: how often the threshold doubles before the share is not above it any more. Whoever accepted a
    /// share has not accepted twice as much.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub step: u8,
}

// serde hands the field over by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_zero(step: &u8) -> bool {
    *step == 0
}

impl Concern {
    /// Something that is so or is not.
    #[must_use]
    pub fn new(guard: Guard, of: impl Into<String>) -> Self {
        Self { guard, of: of.into(), step: 0 }
    }
}

/// How far a canary is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanaryStep {
    /// The first share goes out.
    #[default]
    Sends,
    /// The first share is out; its results are waited for.
    Waits {
        /// Since when.
        since: Timestamp,
    },
    /// The rest follows: the results were good, or somebody let it go on.
    Passed,
}

/// What guards have found of a campaign so far. Written upon the campaign's version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// What stopped it, until somebody resumes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Concern>,
    /// What it was resumed in spite of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accepted: BTreeSet<Concern>,
    /// How far its canary is.
    #[serde(default)]
    pub canary: CanaryStep,
}

impl Watch {
    /// The first concern that nobody has accepted.
    #[must_use]
    pub fn stops<'a>(&self, standing: &'a [Concern]) -> Option<&'a Concern> {
        standing.iter().find(|concern| !self.has_accepted(concern))
    }

    fn has_accepted(&self, concern: &Concern) -> bool {
        let covers =
            |it: &Concern| it.guard == concern.guard && it.of == concern.of && it.step >= concern.step;
        self.accepted.iter().any(covers)
    }

    /// Forgets what was accepted of Meta's words and stands no more. Whether there was any.
    pub fn forget(&mut self, standing: &[Concern]) -> bool {
        let before = self.accepted.len();
        self.accepted.retain(|concern| is_of_results(concern.guard) || standing.contains(concern));
        self.accepted.len() < before
    }

    /// Somebody resumes the campaign, and has seen what stopped it.
    pub fn resume(&mut self) {
        let Some(concern) = self.stopped.take() else { return };
        if concern.guard == Guard::Canary {
            self.canary = CanaryStep::Passed;
        } else {
            self.accepted.insert(concern);
        }
    }
}

/// Whether a guard looks at a campaign's own results: a share does not end, it is only diluted.
fn is_of_results(guard: Guard) -> bool {
    matches!(guard, Guard::Failures | Guard::OptOuts | Guard::OnlySent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn red() -> Concern {
        Concern::new(Guard::QualityRed, "number 1: quality RED")
    }

    fn failures(step: u8) -> Concern {
        Concern { step, ..Concern::new(Guard::Failures, "code 131026") }
    }

    #[test]
    fn who_resumes_has_accepted_what_stopped_it_and_nothing_else() {
        let mut watch = Watch { stopped: Some(red()), ..Watch::default() };
        watch.resume();
        assert_eq!((watch.stops(&[red()]), &watch.stopped), (None, &None));
        let gone = Concern::new(Guard::TemplateGone, "offer en: DISABLED");
        assert_eq!(watch.stops(&[red(), gone.clone()]), Some(&gone));
        watch.resume();
        assert_eq!(watch.stops(std::slice::from_ref(&gone)), Some(&gone), "nobody has seen it");
    }

    #[test]
    fn what_was_over_and_comes_again_stops_it_again() {
        let mut watch = Watch { accepted: [red()].into(), ..Watch::default() };
        assert!(!watch.forget(&[red()]));
        assert!(watch.forget(&[]));
        assert_eq!(watch.stops(&[red()]), Some(&red()));
    }

    #[test]
    fn an_accepted_share_stops_it_again_only_when_it_has_doubled() {
        let mut watch = Watch { accepted: [failures(2)].into(), ..Watch::default() };
        assert!(!watch.forget(&[]), "a share that is diluted is still accepted");
        assert_eq!(watch.stops(&[failures(1), failures(2)]), None);
        assert_eq!(watch.stops(&[failures(3)]), Some(&failures(3)));
    }

    #[test]
    fn who_resumes_after_the_canary_has_the_rest_follow() {
        let stopped = Some(Concern::new(Guard::Canary, "failures"));
        let since = Timestamp::UNIX_EPOCH;
        let mut watch = Watch { stopped, canary: CanaryStep::Waits { since }, ..Watch::default() };
        watch.resume();
        assert_eq!((watch.canary, watch.accepted.len()), (CanaryStep::Passed, 0));
    }

    #[test]
    fn it_reads_as_it_was_written() {
        let since = Timestamp::UNIX_EPOCH;
        let watch = Watch {
            stopped: Some(red()),
            accepted: [failures(1)].into(),
            canary: CanaryStep::Waits { since },
        };
        let json = serde_json::to_string(&watch).unwrap();
        assert_eq!(serde_json::from_str::<Watch>(&json).unwrap(), watch);
        assert_eq!(serde_json::from_str::<Watch>("{}").unwrap(), Watch::default());
    }
}
