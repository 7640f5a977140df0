//! A person's line of a campaign: what became of them, with the whole story of why.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::attribution::Method;
use super::outcome::{Outcome, Skip};
use super::result::Entry;

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignStoryStep)]
pub struct Step {
    /// When, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// What, in a word: `skipped`, `put_off`, `accepted`, `sent`, `delivered`, `read`, `failed`, ….
    pub what: String,
    /// Why, in a sentence. No name, no number, no text of a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignLine)]
pub struct Line {
    /// Where it ended, in a word, such as `read` or `no_consent`.
    pub outcome: String,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

/// Tells the line of a person from the entries of the chunks in which they had a turn, oldest first. `begun`: a worker
/// wrote ahead that it starts with the newest.
#[must_use]
pub fn tell(entries: &[Entry], begun: bool, started_at: Timestamp) -> Line {
    let mut steps: Vec<Step> = Vec::new();
    for entry in entries {
        first(entry, &mut steps);
        later(entry, started_at, &mut steps);
    }
    let outcome = match entries.iter().rev().find(|entry| **entry != Entry::default()) {
        Some(entry) => ended(entry),
        None => "waiting",
    };
    let silent = entries.last().is_none_or(|newest| *newest == Entry::default());
    if silent && begun {
        let why = "the message may have been sent, but no answer came; it is not sent again by itself";
        steps.push(Step { at: None, what: "unknown".to_owned(), why: Some(why.to_owned()) });
        return Line { outcome: "unknown".to_owned(), steps };
    }
    Line { outcome: outcome.to_owned(), steps }
}

/// Every word that the outcome of a line may be.
pub fn outcomes() -> impl Iterator<Item = &'static str> {
    let words = ["waiting", "unknown", "put_off", "accepted", "held_for_quality_assessment", "held", "sent"];
    let arrived = ["delivered", "read", "failed"];
    words.into_iter().chain(arrived).chain(Skip::ALL.iter().map(|why| why.as_str()))
}

/// The newest turn decides, whatever an older one put off.
fn ended(entry: &Entry) -> &'static str {
    if entry.read.is_some() {
        return "read";
    }
    if entry.is_delivered() {
        return "delivered";
    }
    if entry.is_failed() {
        return "failed";
    }
    if entry.sent.is_some() {
        return "sent";
    }
    match entry.outcome.as_ref().map(|placed| placed.outcome) {
        Some(Outcome::Skipped(why)) => why.as_str(),
        Some(outcome) => outcome.as_str(),
        None => "unknown",
    }
}

fn first(entry: &Entry, steps: &mut Vec<Step>) {
    let Some(placed) = &entry.outcome else { return };
    let why = match placed.outcome {
        Outcome::Skipped(why) => Some(why.story().to_owned()),
        Outcome::PutOff(why) => Some(why.story().to_owned()),
        Outcome::Refused => entry.error.map(|code| format!("Meta refused it with code {code}")),
        Outcome::Held => Some("Meta answered with a code that is not known; somebody decides".to_owned()),
        Outcome::Pacing => Some("Meta holds it until the template's quality is known".to_owned()),
        Outcome::Accepted => None,
    };
    steps.push(Step { at: None, what: placed.outcome.as_str().to_owned(), why });
}

fn later(entry: &Entry, started_at: Timestamp, steps: &mut Vec<Step>) {
    let instant =
        |seconds: u32| started_at.saturating_add(SignedDuration::from_secs(i64::from(seconds))).ok();
    let failed = entry.error.map(|code| format!("Meta reported code {code}"));
    let replied = entry.reply.map(|(method, _)| match method {
        Method::Button => "tapped a button of it",
        Method::Quote => "quoted it",
        Method::Window => "wrote within the hours in which an answer counts",
    });
    let mut told: Vec<(u32, &str, Option<String>)> = [
        (entry.sent, "sent", None),
        (entry.delivered, "delivered", None),
        (entry.read, "read", None),
        (entry.failed, "failed", failed),
        (entry.reply.map(|(_, at)| at), "replied", replied.map(str::to_owned)),
        (entry.opted_out, "opted_out", None),
    ]
    .into_iter()
    .filter_map(|(at, what, why)| Some((at?, what, why)))
    .collect();
    // Of one second the order above is the natural one: the sort is stable.
    told.sort_by_key(|(at, _, _)| *at);
    let told = told.into_iter().map(|(at, what, why)| Step { at: instant(at), what: what.to_owned(), why });
    steps.extend(told);
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Put;
    use super::super::result::Placed;
    use super::*;

    const START: Timestamp = Timestamp::constant(1_795_392_000, 0);

    fn entry(outcome: Outcome) -> Entry {
        Entry { outcome: Some(Placed { outcome, variant: 0, market: String::new() }), ..Entry::default() }
    }

    fn words(line: &Line) -> Vec<&str> {
        line.steps.iter().map(|step| step.what.as_str()).collect()
    }

    #[test]
    fn a_line_tells_why_somebody_waited_and_what_became_of_them() {
        let night = entry(Outcome::PutOff(Put::QuietHours));
        let read = Entry {
            sent: Some(40_000),
            read: Some(40_009),
            reply: Some((Method::Quote, 40_100)),
            ..entry(Outcome::Accepted)
        };
        let line = tell(&[night, read], true, START);
        assert_eq!(line.outcome, "read");
        assert_eq!(words(&line), ["put_off", "accepted", "sent", "read", "replied"]);
        assert_eq!(line.steps[0].why.as_deref(), Some("waits for the end of the quiet hours"));
        assert_eq!(line.steps[2].at, Some(START + SignedDuration::from_secs(40_000)));
    }

    #[test]
    fn a_line_without_a_message_says_the_reason() {
        let line = tell(&[entry(Outcome::Skipped(Skip::FrequencyCap))], true, START);
        assert_eq!((line.outcome.as_str(), words(&line)), ("over_frequency_cap", vec!["skipped"]));
        assert_eq!(tell(&[Entry::default()], false, START).outcome, "waiting");
        let failed = Entry { error: Some(131_026), ..entry(Outcome::Refused) };
        let line = tell(&[failed], true, START);
        assert_eq!(
            (line.outcome.as_str(), line.steps[0].why.as_deref()),
            ("failed", Some("Meta refused it with code 131026"))
        );
    }

    #[test]
    fn every_line_ends_in_a_word_that_is_known() {
        let ends = [Outcome::Accepted, Outcome::Pacing, Outcome::Refused, Outcome::Held];
        let skips = Skip::ALL.iter().map(|why| Outcome::Skipped(*why));
        let puts = Put::ALL.iter().map(|why| Outcome::PutOff(*why));
        for outcome in ends.into_iter().chain(skips).chain(puts) {
            let line = tell(&[entry(outcome)], true, START);
            assert!(outcomes().any(|word| word == line.outcome), "{line:?}");
        }
    }

    #[test]
    fn what_nobody_knows_is_told_as_unknown_until_a_status_comes() {
        assert_eq!(tell(&[Entry::default()], true, START).outcome, "unknown");
        let told = Entry { sent: Some(9), ..Entry::default() };
        assert_eq!(tell(&[told], true, START).outcome, "sent");
    }
}
