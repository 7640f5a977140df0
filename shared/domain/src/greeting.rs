//! What a customer hears at once, without anybody at work.

use jiff::Timestamp;

use crate::number::Settings;
use crate::{ConversationId, hash16};

/// Who asks for such messages to be sent, in the send request. Such a message is no answer: the customer waits on.
pub const SOURCE: &str = "ventana.automatic";

/// Whether a message of ours is an answer of somebody, by who asked for it.
#[must_use]
pub fn is_answer(source: &str) -> bool {
    source != SOURCE
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The request's id: fixed by the conversation and the wait, so that it is sent once per wait however often a
    /// message is delivered.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// What a customer hears who begins to wait: out of hours, that nobody is there; else, if nobody has answered since
/// the conversation was opened, a welcome.
#[must_use]
pub fn of(
    settings: &Settings,
    conversation: &ConversationId,
    answered: bool,
    waiting_since: Timestamp,
) -> Option<Greeting> {
    // Groups are not greeted: everybody there would hear it.
    conversation.contact()?;
    let (kind, text) = if !settings.is_open_at(waiting_since) && settings.away.is_some() {
        ("away", settings.away.as_ref()?)
    } else if answered {
        return None;
    } else {
        ("welcome", settings.welcome.as_ref()?)
    };
    let id = format!("{kind}.{}.{}", hash16(&conversation.to_string()), waiting_since.as_second());
    Some(Greeting { id, text: text.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContactId;
    use crate::hours::Hours;

    fn settings() -> Settings {
        let hours: Hours = serde_json::from_value(serde_json::json!({
            "zone": "UTC", "week": { "monday": [{"from": "09:00", "to": "17:00"}] } }))
        .unwrap();
        Settings {
            hours: Some(hours),
            welcome: Some("Hello!".to_owned()),
            away: Some("We are back on Monday.".to_owned()),
            ..Settings::default()
        }
    }

    #[test]
    fn a_wait_that_begins_out_of_hours_hears_so_and_a_new_conversation_a_welcome() {
        let id = ConversationId::with_contact("900".into(), ContactId::new("01K").unwrap());
        let monday: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let sunday: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let text = |answered, since| of(&settings(), &id, answered, since).map(|greeting| greeting.text);
        assert_eq!(text(false, monday).as_deref(), Some("Hello!"));
        assert_eq!(text(true, monday), None);
        assert_eq!(text(false, sunday).as_deref(), Some("We are back on Monday."));
        assert_eq!(text(true, sunday).as_deref(), Some("We are back on Monday."));
        let silent = Settings { away: None, ..settings() };
        assert_eq!(of(&silent, &id, false, sunday).unwrap().text, "Hello!");
        assert_eq!(of(&Settings::default(), &id, false, sunday), None);
        let group = ConversationId::with_group("900".into(), "G".into());
        assert_eq!(of(&settings(), &group, false, monday), None);
    }

    #[test]
    fn a_wait_has_one_greeting_and_another_wait_another() {
        let id = ConversationId::with_contact("900".into(), ContactId::new("01K").unwrap());
        let first: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let greeting = |since| of(&settings(), &id, false, since).unwrap().id;
        assert_eq!(greeting(first), greeting(first));
        assert_ne!(greeting(first), greeting("2026-11-23T10:00:00Z".parse().unwrap()));
    }
}
