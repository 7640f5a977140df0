//! How a team handles a conversation: open, pending, snoozed or closed; whose it is; what it is about.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::agent::{AgentId, DepartmentId};
use crate::label::{self, LabelId};

/// The longest that a conversation may be put aside.
pub const LONGEST_SNOOZE: Duration = Duration::from_secs(366 * 86_400);

/// Where the work on a conversation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Somebody has to do something.
    #[default]
    Open,
    /// Waits for something outside of the conversation.
    Pending,
    /// Put aside until a time. Then it is open again, by itself: nothing has to be written for that.
    Snoozed {
        /// That time.
        until: Timestamp,
    },
    /// Done. A customer's message opens it again.
    Closed,
}

impl Status {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Snoozed { .. } => "snoozed",
            Self::Closed => "closed",
        }
    }

    /// What it is at a time: what was put aside until then is open.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Snoozed { until } if until <= now => Self::Open,
            status => status,
        }
    }
}

/// How a conversation is handled. A customer's message does not touch it, except that it opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// Where the work stands, as it was written; see [`Status::at`].
    pub status: Status,
    /// Whose it is. A closed conversation is nobody's.
    pub assignee: Option<AgentId>,
    /// Since when it is theirs.
    pub assigned_at: Option<Timestamp>,
    /// Whose it was before it was closed or given back.
    pub previous: Option<AgentId>,
    /// The department that it was sent to.
    pub department: Option<DepartmentId>,
    /// What it is about.
    pub labels: BTreeSet<LabelId>,
    /// Since when it is marked as important, if it is.
    pub important_since: Option<Timestamp>,
    /// Whether anybody has answered since it was last opened.
    pub answered: bool,
}

/// What somebody wants to be otherwise. `None` leaves a thing as it is; `Some(None)` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Where the work stands.
    pub status: Option<Status>,
    /// Whose it is.
    pub assignee: Option<Option<AgentId>>,
    /// The department.
    pub department: Option<Option<DepartmentId>>,
    /// All its labels.
    pub labels: Option<BTreeSet<LabelId>>,
    /// Whether it is important.
    pub important: Option<bool>,
}

/// A change that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It would be over before it began.
    #[error("must be in the future")]
    SnoozeInThePast,
    /// Nobody would ever see it again.
    #[error("must be within a year")]
    SnoozeTooLong,
    /// More than the state has room for.
    #[error("at most 20 are possible")]
    TooManyLabels,
    /// What is closed is nobody's.
    #[error("a closed conversation is nobody's; open it in the same request")]
    ClosedIsNobodys,
}

/// One thing that a change made otherwise, in words for a line in the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `state`, `assignee`, `department`, `labels` or `important`.
    pub what: &'static str,
    /// What it was; empty if nothing.
    pub from: Vec<String>,
    /// What it is; empty if nothing.
    pub to: Vec<String>,
}

impl Handling {
    /// The handling after a change.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn changed(&self, change: &Change, now: Timestamp) -> Result<Self, Refused> {
        let mut to = self.clone();
        if let Some(status) = change.status {
            if let Status::Snoozed { until } = status {
                if until <= now {
                    return Err(Refused::SnoozeInThePast);
                }
                if until.duration_since(now).unsigned_abs() > LONGEST_SNOOZE {
                    return Err(Refused::SnoozeTooLong);
                }
            }
            to.status = status;
        }
        if let Some(assignee) = &change.assignee {
            if assignee.is_some() && to.status == Status::Closed {
                return Err(Refused::ClosedIsNobodys);
            }
            to.give(assignee.clone(), now);
        }
        if let Some(department) = &change.department {
            to.department.clone_from(department);
        }
        if let Some(labels) = &change.labels {
            if labels.len() > label::MOST {
                return Err(Refused::TooManyLabels);
            }
            to.labels.clone_from(labels);
        }
        match change.important {
            Some(true) => to.important_since = to.important_since.or(Some(now)),
            Some(false) => to.important_since = None,
            None => {}
        }
        if to.status == Status::Closed {
            to.give(None, now);
            to.answered = false;
        }
        Ok(to)
    }

    fn give(&mut self, to: Option<AgentId>, now: Timestamp) {
        if self.assignee == to {
            return;
        }
        if let Some(before) = self.assignee.take() {
            self.previous = Some(before);
        }
        self.assigned_at = to.as_ref().map(|_| now);
        self.assignee = to;
    }

    /// The handling after a customer's message: it is open, whatever it was.
    #[must_use]
    pub fn received(&self) -> Self {
        Self { status: Status::Open, ..self.clone() }
    }

    /// Whether a customer can wait in it. Nobody waits in what is closed.
    #[must_use]
    pub fn lets_wait(&self) -> bool {
        self.status != Status::Closed
    }

    /// What is otherwise in `to`.
    #[must_use]
    pub fn differences(&self, to: &Self) -> Vec<Difference> {
        let status = |of: &Self| match of.status {
            Status::Snoozed { until } => vec!["snoozed".to_owned(), until.to_string()],
            status => vec![status.word().to_owned()],
        };
        fn one<T: ToString>(value: Option<&T>) -> Vec<String> {
            value.iter().map(|value| value.to_string()).collect()
        }
        let labels = |of: &Self| of.labels.iter().map(ToString::to_string).collect::<Vec<_>>();
        let important = |of: &Self| vec![of.important_since.is_some().to_string()];
        let all = [
            ("state", status(self), status(to)),
            ("assignee", one(self.assignee.as_ref()), one(to.assignee.as_ref())),
            ("department", one(self.department.as_ref()), one(to.department.as_ref())),
            ("labels", labels(self), labels(to)),
            ("important", important(self), important(to)),
        ];
        let differs = |(what, from, to): (&'static str, Vec<String>, Vec<String>)| {
            (from != to).then_some(Difference { what, from, to })
        };
        all.into_iter().filter_map(differs).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn agent(name: &str) -> Option<AgentId> {
        AgentId::new(name)
    }

    fn to(status: Status) -> Change {
        Change { status: Some(status), ..Change::default() }
    }

    #[test]
    fn what_is_put_aside_is_open_again_when_its_time_has_come() {
        let aside = Handling::default().changed(&to(Status::Snoozed { until: at(100) }), at(50)).unwrap();
        assert_eq!(aside.status.at(at(99)).word(), "snoozed");
        assert_eq!(aside.status.at(at(100)), Status::Open);
        let late = Handling::default().changed(&to(Status::Snoozed { until: at(50) }), at(50));
        assert_eq!(late, Err(Refused::SnoozeInThePast));
        let far = Handling::default().changed(&to(Status::Snoozed { until: at(400 * 86_400) }), at(50));
        assert_eq!(far, Err(Refused::SnoozeTooLong));
    }

    #[test]
    fn what_is_closed_is_nobodys_and_remembers_whose_it_was() {
        let change = Change { assignee: Some(agent("ana")), ..Change::default() };
        let hers = Handling { answered: true, ..Handling::default() }.changed(&change, at(5)).unwrap();
        assert_eq!(hers.assigned_at, Some(at(5)));
        let closed = hers.changed(&to(Status::Closed), at(6)).unwrap();
        assert_eq!((&closed.assignee, &closed.previous), (&None, &agent("ana")));
        assert!(!closed.answered && !closed.lets_wait());
        assert_eq!(closed.changed(&change, at(7)), Err(Refused::ClosedIsNobodys));
        let both = Change { status: Some(Status::Open), ..change };
        assert_eq!(closed.changed(&both, at(7)).unwrap().assignee, agent("ana"));
    }

    #[test]
    fn a_line_in_the_thread_names_what_is_otherwise_and_nothing_else() {
        let before = Handling::default();
        let change = Change { assignee: Some(agent("ana")), important: Some(true), ..to(Status::Pending) };
        let after = before.changed(&change, at(5)).unwrap();
        let what: Vec<_> =
            before.differences(&after).into_iter().map(|it| (it.what, it.from, it.to)).collect();
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            what,
            [
                ("state", texts(&["open"]), texts(&["pending"])),
                ("assignee", texts(&[]), texts(&["ana"])),
                ("important", texts(&["false"]), texts(&["true"])),
            ]
        );
        assert!(after.differences(&after).is_empty());
    }

    fn status() -> impl Strategy<Value = Status> {
        prop_oneof![
            Just(Status::Open),
            Just(Status::Pending),
            Just(Status::Closed),
            (1_000_i64..2_000).prop_map(|until| Status::Snoozed { until: at(until) }),
        ]
    }

    fn change() -> impl Strategy<Value = Change> {
        let assignee = proptest::option::of(proptest::option::of("[a-c]"));
        let labels = proptest::option::of(proptest::collection::btree_set("[a-z]{1,3}", 0..25));
        (proptest::option::of(status()), assignee, labels, proptest::option::of(any::<bool>())).prop_map(
            |(status, assignee, labels, important)| Change {
                status,
                assignee: assignee.map(|name| name.and_then(AgentId::new)),
                department: None,
                labels: labels.map(|labels| labels.into_iter().filter_map(LabelId::new).collect()),
                important,
            },
        )
    }

    proptest! {
        #[test]
        fn after_any_changes_nobody_has_what_is_closed_and_a_message_opens_everything(
            changes in proptest::collection::vec(change(), 0..12)
        ) {
            let mut handling = Handling::default();
            for (n, change) in changes.iter().enumerate() {
                let now = at(900 + i64::try_from(n).unwrap());
                let Ok(after) = handling.changed(change, now) else { continue };
                // A repeat changes nothing further.
                prop_assert_eq!(&after.changed(change, now).unwrap(), &after);
                prop_assert!(after.status != Status::Closed || after.assignee.is_none());
                prop_assert_eq!(after.assignee.is_some(), after.assigned_at.is_some());
                prop_assert!(after.labels.len() <= label::MOST);
                prop_assert_eq!(after.received().status, Status::Open);
                prop_assert_eq!(&after.received().assignee, &after.assignee);
                handling = after;
            }
        }
    }
}
