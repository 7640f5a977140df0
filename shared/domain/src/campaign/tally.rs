//! A campaign's results as its guards see them.

use std::collections::BTreeMap;

use cloud_api::error::{Remedy, remedy};

use super::guard::{Guard, Seen, Thresholds, on_results};
use super::result::{Block, Entry};
use super::watch::Concern;

/// When a message is old enough to be looked at if it is still only sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// Handed on by then, in seconds since the campaign's start.
    By(u32),
    /// None is: the campaign is too young.
    Nobody,
    /// Whenever it was taken: a canary waits as long as the campaign says.
    All,
}

/// Results, counted block by block in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    seen: Seen,
    failed: BTreeMap<u32, u64>,
}

impl Tally {
    /// Adds a block.
    pub fn add(&mut self, block: &Block, old: Old) {
        block.entries.values().for_each(|entry| self.add_entry(entry, old));
    }

    fn add_entry(&mut self, entry: &Entry, old: Old) {
        let one = |is: bool| u64::from(is);
        let is_accepted = entry.is_accepted();
        self.seen.accepted += one(is_accepted);
        self.seen.opted_out += one(entry.opted_out.is_some());
        if let Some(code) = entry.error.filter(|code| entry.is_failed() && speaks(*code)) {
            *self.failed.entry(code).or_default() += 1;
        }
        let told = [entry.sent, entry.delivered, entry.read, entry.failed].into_iter().flatten().min();
        let is_old = match old {
            Old::By(second) => told.is_some_and(|at| at <= second),
            Old::Nobody => false,
            Old::All => is_accepted,
        };
        self.seen.old += one(is_old);
        self.seen.old_only_sent += one(is_old && !entry.is_delivered() && !entry.is_failed());
    }

    /// What guards look at, with the code of the most failures.
    #[must_use]
    pub fn seen(&self) -> (Seen, Option<u32>) {
        let most = self.failed.iter().max_by_key(|(code, n)| (**n, std::cmp::Reverse(**code)));
        let most_failed = most.map_or(0, |(_, n)| *n);
        (Seen { most_failed, ..self.seen.clone() }, most.map(|(code, _)| *code))
    }

    /// What stands against a campaign by its results.
    #[must_use]
    pub fn concerns(&self) -> Vec<Concern> {
        let (seen, code) = self.seen();
        // One at a time: who accepts one has not accepted the others. Failures of a share are counted with what was taken.
        let parts = [
            Seen { accepted: seen.accepted, most_failed: seen.most_failed, ..Seen::default() },
            Seen { accepted: seen.accepted, opted_out: seen.opted_out, ..Seen::default() },
            Seen { old: seen.old, old_only_sent: seen.old_only_sent, ..Seen::default() },
        ];
        let concern = |part: &Seen| {
            let guard = on_results(part, Thresholds::USUAL)?;
            Some(Concern { step: step(part, guard), ..Concern::new(guard, what(guard, code)) })
        };
        parts.iter().filter_map(concern).collect()
    }
}

/// What a guard of results has seen.
#[must_use]
pub fn what(guard: Guard, code: Option<u32>) -> String {
    match (guard, code) {
        (Guard::Failures, Some(code)) => format!("code {code}"),
        (guard, _) => guard.as_str().to_owned(),
    }
}

/// How often the threshold doubles before the share is not above it any more.
fn step(seen: &Seen, guard: Guard) -> u8 {
    let usual = Thresholds::USUAL;
    let (most, part, whole) = match guard {
        Guard::Failures => (usual.failed, seen.most_failed, seen.accepted + seen.most_failed),
        Guard::OptOuts => (usual.opted_out, seen.opted_out, seen.accepted),
        _ => (usual.only_sent, seen.old_only_sent, seen.old),
    };
    // No share is above all.
    let passed = (0..8).take_while(|doubled| most.is_passed_by(part, whole << doubled)).count();
    u8::try_from(passed).unwrap_or(u8::MAX)
}

/// Whether a failure speaks of the message or the person. What only puts a turn off, or is an opt-out, counts elsewhere.
fn speaks(code: u32) -> bool {
    !matches!(
        remedy(code),
        Remedy::SlowDown
            | Remedy::WaitPair
            | Remedy::WaitNumber
            | Remedy::Later24h
            | Remedy::SwitchToTemplate
            | Remedy::OptOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::outcome::Outcome;
    use crate::campaign::result::Placed;

    fn entry(outcome: Outcome) -> Entry {
        let placed = Placed { outcome, variant: 0, market: String::new() };
        Entry { outcome: Some(placed), ..Entry::default() }
    }

    fn tally(entries: impl IntoIterator<Item = Entry>, old: Old) -> Tally {
        let mut tally = Tally::default();
        for entry in entries {
            let mut block = Block::default();
            block.note(0, entry);
            tally.add(&block, old);
        }
        tally
    }

    fn accepted(n: usize) -> impl Iterator<Item = Entry> {
        (0..n).map(|_| entry(Outcome::Accepted))
    }

    fn failed(n: usize, code: u32) -> impl Iterator<Item = Entry> {
        (0..n).map(move |_| Entry { error: Some(code), ..entry(Outcome::Refused) })
    }

    #[test]
    fn the_most_failures_of_one_code_count_and_limits_of_a_person_do_not() {
        let found = tally(accepted(200).chain(failed(30, 131_026)).chain(failed(90, 131_049)), Old::All);
        let (seen, code) = found.seen();
        assert_eq!((seen.most_failed, code), (30, Some(131_026)));
        let concern = &found.concerns()[0];
        assert_eq!((concern.guard, concern.of.as_str(), concern.step), (Guard::Failures, "code 131026", 1));
        let worse = tally(accepted(200).chain(failed(60, 131_026)), Old::All);
        assert_eq!(worse.concerns()[0].step, 2, "more than twice the share");
        let better = tally(accepted(400).chain(failed(30, 131_026)), Old::By(0));
        assert_eq!(better.concerns(), []);
    }

    #[test]
    fn what_is_still_only_sent_counts_once_it_is_old() {
        let only_sent = |at: u32| Entry { sent: Some(at), ..entry(Outcome::Accepted) };
        let got = Entry { sent: Some(5), delivered: Some(9), ..entry(Outcome::Accepted) };
        let all = || (0..120).map(|_| only_sent(5)).chain((0..90).map(|_| got.clone()));
        assert_eq!(tally(all().chain([only_sent(70)]), Old::By(60)).seen().0.old, 210);
        assert_eq!(tally(all(), Old::By(60)).concerns()[0].guard, Guard::OnlySent);
        assert_eq!(tally(all(), Old::By(4)).concerns(), []);
        let unsaid = tally(accepted(3), Old::All).seen().0;
        assert_eq!((unsaid.old, unsaid.old_only_sent), (3, 3), "of a canary all count");
    }

    #[test]
    fn one_in_fifty_who_opts_out_is_enough() {
        let gone = Entry { opted_out: Some(60), ..entry(Outcome::Accepted) };
        let found = tally(accepted(195).chain((0..5).map(|_| gone.clone())), Old::By(0));
        assert_eq!(found.concerns()[0].guard, Guard::OptOuts);
    }
}
