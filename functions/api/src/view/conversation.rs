//! A conversation in the list.

use domain::{Contact, ConversationId, Party};
use jiff::Timestamp;
use serde::Serialize;
use store::{ConversationState, Number};
use utoipa::ToSchema;

use crate::view::{ContactView, Time};

/// A number of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Number)]
pub(crate) struct NumberView {
    /// Meta's `phone_number_id`.
    pub(crate) id: String,
    /// How people read it, once a webhook told.
    pub(crate) display: Option<String>,
    /// The WABA that owns it, once a webhook told.
    waba: Option<String>,
}

impl From<Number> for NumberView {
    fn from(number: Number) -> Self {
        Self {
            id: number.id.to_string(),
            display: number.display,
            waba: number.waba.map(|waba| waba.to_string()),
        }
    }
}

/// A thread: one person, or one group, and one number of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(crate) struct ConversationView {
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
    /// Until when messages to this person are held back, if they are.
    hold: Option<Time>,
}

/// A number of the company, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ConversationNumber {
    /// Meta's `phone_number_id`.
    id: String,
    /// How people read it.
    display: Option<String>,
}

/// The 24 hours after the customer's last message. Outside of it only a template may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Window)]
struct WindowView {
    /// Whether anything may be sent now.
    open: bool,
    /// When it closes or closed; `null` if the customer never wrote.
    closes_at: Option<Time>,
}

impl ConversationView {
    /// A conversation as it stands now.
    pub(crate) fn new(
        id: &ConversationId,
        state: ConversationState,
        contact: Option<Contact>,
        number: Option<&NumberView>,
        now: Timestamp,
    ) -> Self {
        let display = number.and_then(|number| number.display.clone());
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
            hold: state.hold.filter(|until| *until > now).map(Time::from),
        }
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
            from: None,
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
