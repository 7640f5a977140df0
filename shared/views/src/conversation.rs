//! A conversation in the list.

use domain::inbox::Status;
use domain::{Contact, ConversationId, Party};
use jiff::Timestamp;
use serde::Serialize;
use store::ConversationState;
use utoipa::ToSchema;

use crate::{ContactView, Time};

/// A thread: one person, or one group, and one number of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationView {
    /// Its id.
    id: String,
    /// The company's number.
    number: ConversationNumber,
    /// The person, unless it is a group's.
    contact: Option<ContactView>,
    /// The group's id, if it is a group's.
    group: Option<String>,
    /// The last activity of either side.
    last_activity: Time,
    /// What the inbox shows of the last message.
    last_message_preview: String,
    /// Since when the customer waits for an answer; `null` if nobody waits.
    waiting_since: Option<Time>,
    /// When the customer's newest message was received.
    last_received: Option<Time>,
    /// The customer service window.
    window: WindowView,
    /// If the customer came by an ad or a page's button: until when Meta charges nothing, by its own word.
    free_entry: Option<WindowView>,
    /// Until when messages to this person are held back, if they are.
    hold: Option<Time>,
    /// Where the work stands: `open`, `pending`, `snoozed` or `closed`. What was put aside is open when its time has
    /// come.
    state: &'static str,
    /// Until when it is put aside, if it is.
    snoozed_until: Option<Time>,
    /// The agent who has it.
    assignee: Option<String>,
    /// Since when.
    assigned_at: Option<Time>,
    /// The agent who had it before.
    previous_assignee: Option<String>,
    /// The department that it was sent to.
    department: Option<String>,
    /// Labels, by their ids.
    labels: Vec<String>,
    /// Whether it is marked as important.
    important: bool,
    /// Whether anybody has answered since it was last opened.
    answered: bool,
    /// Whether the customer wrote something that the asker has not read.
    pub unread: bool,
    /// How much of it, up to 99; `null` in lists.
    unread_count: Option<usize>,
    /// Grows with everything that happens to it; a change may be made upon a version.
    version: i64,
    /// `last_received`, to be compared.
    #[serde(skip)]
    received_at: Option<Timestamp>,
}

/// A number of the company, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ConversationNumber {
    /// Meta's `phone_number_id`.
    id: String,
    /// How people read it.
    display: Option<String>,
}

/// A window of time that Meta opens. The customer service window is the 24 hours after the customer's last message:
/// outside of it only a template may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Window)]
struct WindowView {
    /// Whether it is open now.
    open: bool,
    /// When it closes or closed; `null` if the customer never wrote.
    closes_at: Option<Time>,
}

impl ConversationView {
    /// A conversation as it stands now, with its number as people read it.
    pub fn new(
        id: &ConversationId,
        state: ConversationState,
        contact: Option<Contact>,
        display: Option<String>,
        now: Timestamp,
    ) -> Self {
        let handling = state.handling;
        let status = handling.status.at(now);
        Self {
            id: id.to_string(),
            number: ConversationNumber { id: id.number.to_string(), display },
            contact: contact.map(ContactView::from),
            group: match &id.party {
                Party::Group(group) => Some(group.to_string()),
                Party::Contact(_) => None,
            },
            last_activity: state.active_at.into(),
            last_message_preview: state.preview,
            waiting_since: state.waiting_since.map(Time::from),
            last_received: state.received_at.map(Time::from),
            window: WindowView {
                open: state.window.is_some_and(|window| window.is_open_at(now)),
                closes_at: state.window.map(|window| window.closes_at().into()),
            },
            free_entry: state.free_entry.map(|window| WindowView {
                open: window.is_open_at(now),
                closes_at: Some(window.closes_at().into()),
            }),
            hold: state.hold.filter(|until| *until > now).map(Time::from),
            state: status.word(),
            snoozed_until: match status {
                Status::Snoozed { until } => Some(until.into()),
                _ => None,
            },
            assignee: handling.assignee.map(|agent| agent.to_string()),
            assigned_at: handling.assigned_at.map(Time::from),
            previous_assignee: handling.previous.map(|agent| agent.to_string()),
            department: handling.department.map(|department| department.to_string()),
            labels: handling.labels.iter().map(ToString::to_string).collect(),
            important: handling.important_since.is_some(),
            answered: handling.answered,
            unread: state.received_at.is_some(),
            unread_count: None,
            version: state.version,
            received_at: state.received_at,
        }
    }

    /// The same, to somebody who has read up to a time.
    #[must_use]
    pub fn seen(self, mark: Option<Timestamp>) -> Self {
        Self { unread: self.received_at > mark, ..self }
    }

    /// The same, with how many messages are not read.
    #[must_use]
    pub fn with_unread(self, unread: usize) -> Self {
        Self { unread_count: Some(unread), ..self }
    }
}

#[cfg(test)]
mod tests {
    use domain::CustomerServiceWindow;

    use super::*;

    #[test]
    fn a_group_has_no_contact_and_a_closed_window_says_when_it_closed() {
        let at = Timestamp::from_second(1_795_392_000).unwrap();
        let id = ConversationId::with_group("900".into(), "G.1".into());
        let state = ConversationState {
            active_at: at,
            received_at: Some(at),
            window: Some(CustomerServiceWindow::opened_by(at)),
            waiting_since: Some(at),
            preview: "Hello".to_owned(),
            hold: Some(at),
            ..ConversationState::default()
        };
        let view = ConversationView::new(&id, state, None, None, at + jiff::SignedDuration::from_hours(25));
        let json = serde_json::to_value(view).unwrap();
        assert_eq!(json["group"], "G.1");
        assert_eq!(json["contact"], serde_json::Value::Null);
        assert_eq!(json["window"]["open"], false);
        assert_eq!(json["window"]["closes_at"], "2026-11-24T00:00:00Z");
        assert_eq!(json["hold"], serde_json::Value::Null, "a hold that is over holds nothing");
    }
}
