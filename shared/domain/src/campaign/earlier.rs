//! Which people of an earlier campaign are meant.

use super::definition::Who;
use super::outcome::{Outcome, Skip};
use super::result::Entry;

/// Whether somebody is meant, by one line of the earlier campaign's log. A line whose turn was put off is nobody: a later
/// line counts, so that each person counts once. Whoever was excluded, or had another line, is not of its audience.
#[must_use]
pub fn is_meant(who: Who, line: &Entry) -> bool {
    let outcome = line.outcome.as_ref().map(|placed| placed.outcome);
    let is_accepted = line.is_accepted();
    match outcome {
        Some(Outcome::PutOff(_)) if !is_accepted => return false,
        Some(Outcome::Skipped(Skip::Excluded | Skip::Duplicate | Skip::Merged)) if !is_accepted => {
            return false;
        }
        _ => {}
    }
    match who {
        Who::Got => line.is_delivered(),
        Who::DidNotGet => !line.is_delivered(),
        Who::DidNotRead => line.is_delivered() && line.read.is_none(),
        Who::Read => line.read.is_some(),
        Who::Replied => line.reply.is_some(),
        Who::HeldOut => outcome == Some(Outcome::Skipped(Skip::HeldOut)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::attribution::Method;
    use crate::campaign::outcome::Put;
    use crate::campaign::result::Placed;

    const ALL: [Who; 6] = [Who::Got, Who::DidNotGet, Who::DidNotRead, Who::Read, Who::Replied, Who::HeldOut];

    fn line(outcome: Outcome) -> Entry {
        let placed = Placed { outcome, variant: 0, market: String::new() };
        Entry { outcome: Some(placed), ..Entry::default() }
    }

    fn groups(line: &Entry) -> Vec<Who> {
        ALL.into_iter().filter(|who| is_meant(*who, line)).collect()
    }

    #[test]
    fn everybody_of_the_audience_got_it_or_did_not() {
        let accepted = line(Outcome::Accepted);
        assert_eq!(groups(&accepted), [Who::DidNotGet], "it may still come");
        let delivered = Entry { delivered: Some(9), ..accepted };
        assert_eq!(groups(&delivered), [Who::Got, Who::DidNotRead]);
        let read = Entry { read: Some(12), ..delivered };
        assert_eq!(groups(&read), [Who::Got, Who::Read]);
        let replied = Entry { reply: Some((Method::Quote, 60)), ..read };
        assert_eq!(groups(&replied), [Who::Got, Who::Read, Who::Replied]);
        assert_eq!(groups(&line(Outcome::Refused)), [Who::DidNotGet]);
        assert_eq!(groups(&line(Outcome::Skipped(Skip::HeldOut))), [Who::DidNotGet, Who::HeldOut]);
        assert_eq!(groups(&Entry::default()), [Who::DidNotGet], "no turn yet");
    }

    #[test]
    fn a_turn_that_was_put_off_and_whoever_was_excluded_count_as_nobody() {
        assert_eq!(groups(&line(Outcome::PutOff(Put::QuietHours))), []);
        assert_eq!(groups(&line(Outcome::Skipped(Skip::Excluded))), []);
        let resolved = Entry { delivered: Some(5), ..line(Outcome::PutOff(Put::Throughput)) };
        assert_eq!(groups(&resolved), [Who::Got, Who::DidNotRead], "a status says that it went");
    }
}
