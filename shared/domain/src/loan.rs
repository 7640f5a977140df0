//! How several conversations of one person are handled as one, and each by itself again.
//!
//! A conversation that becomes part of another one keeps how it is handled. The other one takes over what it has not
//! itself: that is lent, noted down, and given back when they part, except for what somebody changed meanwhile.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::ContactId;
use crate::agent::{AgentId, DepartmentId};
use crate::inbox::{Handling, Status};
use crate::label::{self, LabelId};

/// What a conversation has from another one. What it had itself, or from a third one, is not in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loan {
    /// Whose conversation lends it.
    pub of: ContactId,
    /// Since when.
    pub at: Timestamp,
    /// Where the work stood before anything was lent, `None` where nothing had been said; and what was lent.
    pub status: Option<(Option<Status>, Status)>,
    /// Whose it is, since when.
    pub assignee: Option<(AgentId, Option<Timestamp>)>,
    /// Whose it was.
    pub previous: Option<AgentId>,
    /// The department.
    pub department: Option<DepartmentId>,
    /// Labels.
    pub labels: BTreeSet<LabelId>,
    /// Since when it is important.
    pub important_since: Option<Timestamp>,
    /// Whether it was answered.
    pub answered: bool,
}

/// A conversation that is part of another one, and how it was handled by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose it is.
    pub of: ContactId,
    /// How it was handled.
    pub handling: Handling,
}

impl Loan {
    fn new(of: &ContactId, at: Timestamp) -> Self {
        Self {
            of: of.clone(),
            at,
            status: None,
            assignee: None,
            previous: None,
            department: None,
            labels: BTreeSet::new(),
            important_since: None,
            answered: false,
        }
    }
}

/// Tells how a conversation is handled whose parts are these by now: what those lent that are not among them any more is
/// given back, and what the conversation lacks is lent by those that are. `is_new`: nothing was ever said in it.
/// `received_at`: when the newest message of a customer came that belongs to it by now.
pub fn unite(
    handling: &mut Handling,
    loans: &mut Vec<Loan>,
    parts: &[Part],
    (is_new, received_at): (bool, Option<Timestamp>),
    now: Timestamp,
) {
    let lent = lent_status(handling, loans);
    let (kept, ended): (Vec<_>, Vec<_>) =
        loans.drain(..).partition(|loan| parts.iter().any(|part| part.of == loan.of));
    *loans = kept;
    let gone: Vec<_> = ended.into_iter().rev().map(|loan| give_back(handling, loan)).collect();
    let before = match &lent {
        Some(lent) if ends(lent, handling, loans, received_at) => lent.before,
        Some(_) => Some(handling.status),
        None => (!is_new).then_some(handling.status),
    };
    let is_there = |part: &Part| loans.iter().any(|loan| loan.of == part.of);
    let (there, come): (Vec<_>, Vec<_>) = parts.iter().partition(|part| is_there(part));
    loans.extend(come.iter().map(|part| Loan::new(&part.of, now)));
    // Once somebody has said where the work stands, what was there then has no say in it any more.
    let lenders = if lent.is_some() { parts.iter().collect() } else { come.clone() };
    unite_status(handling, loans, &lenders, before);
    for part in there {
        // What has just been given back to another one, this one may have as well.
        gone.iter().for_each(|gone| borrow(handling, loans, &only(part, gone)));
    }
    come.into_iter().for_each(|part| borrow(handling, loans, part));
}

/// A status that is lent, and that nobody has changed since.
struct LentStatus {
    of: ContactId,
    at: Timestamp,
    before: Option<Status>,
}

fn lent_status(handling: &Handling, loans: &[Loan]) -> Option<LentStatus> {
    let standing = |loan: &Loan| {
        let (before, lent) = loan.status?;
        (lent == handling.status).then(|| LentStatus { of: loan.of.clone(), at: loan.at, before })
    };
    loans.iter().find_map(standing)
}

/// Whether what stood before stands again once nobody lends any more. Not if a message came after the loan, and its
/// lender leaves: a message opens whatever it comes to. Nor if it was closed, which is nobody's, and somebody took it.
fn ends(lent: &LentStatus, handling: &Handling, loans: &[Loan], received_at: Option<Timestamp>) -> bool {
    if loans.iter().any(|loan| loan.of == lent.of) {
        return true;
    }
    let has = handling.assignee.clone().map(|agent| (agent, handling.assigned_at));
    let is_taken = has.is_some() && loans.iter().all(|loan| loan.assignee != has);
    let was_closed = lent.before == Some(Status::Closed);
    received_at.is_none_or(|at| at <= lent.at) && !(was_closed && is_taken)
}

/// Where the work stands: where it is open soonest, among what stood `before` and what is lent. One lends it at most.
fn unite_status(handling: &mut Handling, loans: &mut [Loan], lenders: &[&Part], before: Option<Status>) {
    loans.iter_mut().for_each(|loan| loan.status = None);
    handling.status = before.unwrap_or_default();
    let soonest = lenders.iter().min_by_key(|part| opens_in(part.handling.status));
    // Where nothing had been said, even the same is lent.
    let sooner = |part: &&&Part| before.is_none_or(|own| opens_in(part.handling.status) < opens_in(own));
    let Some(part) = soonest.filter(sooner) else { return };
    handling.status = part.handling.status;
    if let Some(loan) = loans.iter_mut().find(|loan| loan.of == part.of) {
        loan.status = Some((before, part.handling.status));
    }
}

/// Takes over what a conversation lacks, apart from the status.
fn borrow(handling: &mut Handling, loans: &mut [Loan], part: &Part) {
    let Some(loan) = loans.iter_mut().find(|loan| loan.of == part.of) else { return };
    let from = &part.handling;
    if handling.assignee.is_none() && handling.status != Status::Closed {
        handling.assignee.clone_from(&from.assignee);
        handling.assigned_at = from.assigned_at;
        loan.assignee = from.assignee.clone().map(|agent| (agent, from.assigned_at)).or(loan.assignee.take());
    }
    lend(&mut handling.previous, &from.previous, &mut loan.previous);
    lend(&mut handling.department, &from.department, &mut loan.department);
    lend(&mut handling.important_since, &from.important_since, &mut loan.important_since);
    let room = label::MOST.saturating_sub(handling.labels.len());
    let labels: Vec<_> = from.labels.difference(&handling.labels).take(room).cloned().collect();
    handling.labels.extend(labels.iter().cloned());
    loan.labels.extend(labels);
    loan.answered |= from.answered && !handling.answered;
    handling.answered |= from.answered;
}

fn lend<T: Clone>(to: &mut Option<T>, from: &Option<T>, loan: &mut Option<T>) {
    if to.is_none() && from.is_some() {
        to.clone_from(from);
        loan.clone_from(from);
    }
}

/// Takes away what was lent and stands as it was lent, apart from the status. Gives that.
fn give_back(handling: &mut Handling, mut loan: Loan) -> Loan {
    let has = handling.assignee.clone().map(|agent| (agent, handling.assigned_at));
    if loan.assignee.is_some() && loan.assignee == has {
        (handling.assignee, handling.assigned_at) = (None, None);
    } else {
        loan.assignee = None;
    }
    take_away(&mut handling.previous, &mut loan.previous);
    take_away(&mut handling.department, &mut loan.department);
    take_away(&mut handling.important_since, &mut loan.important_since);
    loan.labels.retain(|label| handling.labels.remove(label));
    loan.answered &= handling.answered;
    handling.answered &= !loan.answered;
    loan
}

fn take_away<T: PartialEq>(from: &mut Option<T>, lent: &mut Option<T>) {
    if lent == from {
        *from = None;
    } else {
        *lent = None;
    }
}

/// Of a part, what has just been given back to another one.
fn only(part: &Part, gone: &Loan) -> Part {
    let from = &part.handling;
    let (assignee, assigned_at) = match gone.assignee {
        Some(_) => (from.assignee.clone(), from.assigned_at),
        None => (None, None),
    };
    let handling = Handling {
        status: from.status,
        assignee,
        assigned_at,
        previous: from.previous.clone().filter(|_| gone.previous.is_some()),
        department: from.department.clone().filter(|_| gone.department.is_some()),
        labels: from.labels.intersection(&gone.labels).cloned().collect(),
        important_since: from.important_since.filter(|_| gone.important_since.is_some()),
        answered: from.answered && gone.answered,
    };
    Part { of: part.of.clone(), handling }
}

/// What is open sooner comes before what is open later: whoever waits in one of several conversations is not forgotten
/// because another one is done.
fn opens_in(status: Status) -> (u8, Option<Timestamp>) {
    match status {
        Status::Open => (0, None),
        Status::Snoozed { until } => (1, Some(until)),
        Status::Pending => (2, None),
        Status::Closed => (3, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn part(of: usize, handling: &Handling) -> Part {
        Part { of: ContactId::new(format!("part{of}")).unwrap(), handling: handling.clone() }
    }

    fn labels(names: &[&str]) -> BTreeSet<LabelId> {
        names.iter().filter_map(|name| LabelId::new(*name)).collect()
    }

    #[test]
    fn what_somebody_changed_meanwhile_stays_and_the_rest_is_given_back() {
        let theirs = Handling {
            assignee: AgentId::new("ana"),
            assigned_at: Some(at(5)),
            labels: labels(&["a", "b"]),
            important_since: Some(at(6)),
            ..Handling::default()
        };
        let mut handling = Handling { status: Status::Closed, labels: labels(&["b"]), ..Handling::default() };
        let mut loans = Vec::new();
        unite(&mut handling, &mut loans, &[part(1, &theirs)], (false, None), at(10));
        assert_eq!(handling, theirs, "open, hers, important, with both labels");
        // Somebody else takes it and adds a label.
        (handling.assignee, handling.assigned_at) = (AgentId::new("ben"), Some(at(20)));
        handling.labels = labels(&["a", "b", "c"]);
        unite(&mut handling, &mut loans, &[], (false, Some(at(9))), at(30));
        assert_eq!((handling.assignee.clone(), handling.status), (AgentId::new("ben"), Status::Open));
        assert_eq!((handling.labels.clone(), handling.important_since), (labels(&["b", "c"]), None));
    }

    #[test]
    fn a_message_that_came_meanwhile_keeps_a_conversation_open() {
        for (received, status) in [(9, Status::Closed), (11, Status::Open)] {
            let mut handling = Handling { status: Status::Closed, ..Handling::default() };
            let mut loans = Vec::new();
            unite(&mut handling, &mut loans, &[part(1, &Handling::default())], (false, None), at(10));
            assert_eq!(handling.status, Status::Open);
            unite(&mut handling, &mut loans, &[], (false, Some(at(received))), at(30));
            assert_eq!(handling.status, status);
        }
    }

    #[test]
    fn what_stands_elsewhere_is_seen_when_the_part_leaves_that_hid_it() {
        let pending = Handling { status: Status::Pending, ..Handling::default() };
        let (open, waits) = (part(1, &Handling::default()), part(2, &pending));
        let (mut handling, mut loans) = (Handling::default(), Vec::new());
        unite(&mut handling, &mut loans, std::slice::from_ref(&open), (true, None), at(10));
        unite(&mut handling, &mut loans, &[open, waits.clone()], (false, None), at(20));
        assert_eq!(handling.status, Status::Open);
        unite(&mut handling, &mut loans, &[waits], (false, None), at(30));
        assert_eq!(handling.status, Status::Pending);
        unite(&mut handling, &mut loans, &[], (false, None), at(40));
        assert_eq!((handling, loans), (Handling::default(), Vec::new()));
    }

    fn handling() -> impl Strategy<Value = Handling> {
        let status = prop_oneof![
            Just(Status::Open),
            Just(Status::Pending),
            Just(Status::Closed),
            (1_000_i64..1_003).prop_map(|until| Status::Snoozed { until: at(until) }),
        ];
        let names = proptest::collection::btree_set("[a-e]", 0..4);
        let (agent, other) = (proptest::option::of("[a-c]"), proptest::option::of("[a-c]"));
        (status, agent, other, names, proptest::option::of(1_i64..4), any::<bool>(), 1_i64..4).prop_map(
            |(status, agent, other, names, important, answered, second)| {
                let agent = agent.filter(|_| status != Status::Closed).and_then(AgentId::new);
                Handling {
                    status,
                    assigned_at: agent.as_ref().map(|_| at(second)),
                    assignee: agent,
                    previous: other.clone().and_then(AgentId::new),
                    department: other.and_then(DepartmentId::new),
                    labels: names.into_iter().filter_map(LabelId::new).collect(),
                    important_since: important.map(at),
                    answered: answered && status != Status::Closed,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn in_any_order_nothing_is_lent_that_is_not_given_back(
            own in handling(),
            is_new in any::<bool>(),
            others in proptest::collection::vec(handling(), 4),
            steps in proptest::collection::vec(0_usize..4, 0..12),
        ) {
            let own = if is_new { Handling::default() } else { own };
            let (mut now, mut loans, mut there) = (own.clone(), Vec::new(), BTreeSet::new());
            for step in steps {
                if !there.remove(&step) {
                    there.insert(step);
                }
                let parts: Vec<_> = there.iter().map(|n| part(*n, &others[*n])).collect();
                let blank = is_new && loans.is_empty();
                unite(&mut now, &mut loans, &parts, (blank, None), at(100));
                let all = || parts.iter().map(|part| &part.handling).chain((!is_new).then_some(&own));
                let soonest = all().map(|it| it.status).min_by_key(|status| opens_in(*status));
                prop_assert_eq!(now.status, soonest.unwrap_or_default());
                prop_assert_eq!(now.assignee.is_some(), all().any(|it| it.assignee.is_some()));
                prop_assert!(own.assignee.is_none() || now.assignee == own.assignee);
                prop_assert_eq!(now.important_since.is_some(), all().any(|it| it.important_since.is_some()));
                prop_assert_eq!(now.answered, all().any(|it| it.answered));
                let labels: BTreeSet<_> = all().flat_map(|it| it.labels.iter().cloned()).collect();
                prop_assert_eq!(&now.labels, &labels);
                let before = (now.clone(), loans.clone());
                unite(&mut now, &mut loans, &parts, (false, None), at(200));
                prop_assert_eq!((&now, &loans), (&before.0, &before.1), "done again, it changes nothing");
            }
            unite(&mut now, &mut loans, &[], (false, None), at(300));
            prop_assert_eq!(now, own);
            prop_assert!(loans.is_empty());
        }
    }
}
