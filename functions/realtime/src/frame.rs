//! Frames: what clients say, and what is said to them.

use domain::realtime::What;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use views::{ConversationView, Time};

/// The most bytes of what is put into one frame: the gateway takes 128 KB, and the frame itself needs room.
pub(crate) const MOST_BYTES: usize = 100_000;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(crate) enum Said {
    /// I am there still.
    Ping,
    /// This conversation is on my screen.
    Open { conversation: String },
    /// None is.
    Close,
    /// I write, or do not any more.
    Typing { conversation: String, what: String },
}

/// What is said to a client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Frame {
    /// The answer to a ping.
    Pong,
    /// Messages of the conversation on the screen, new or changed.
    Messages { conversation: String, messages: Vec<Box<RawValue>> },
    /// Rows of lists. `at` is what a client asks for changes since, when it was away.
    Conversations { conversations: Vec<ConversationView>, at: Time },
    /// Who else has the conversation on the screen.
    Presence { conversation: String, people: Vec<Person> },
    /// A conversation that may not be seen any more.
    Gone { conversation: String },
    /// Too much to push, or something was lost: read anew, everything or one conversation.
    Resync {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<String>,
    },
}

/// A colleague.
#[derive(Debug, Serialize)]
pub(crate) struct Person {
    id: String,
    name: String,
    what: &'static str,
}

impl Person {
    pub(crate) fn new(id: String, name: String, what: What) -> Self {
        Self { id, name, what: what.word() }
    }
}

impl Frame {
    /// Its JSON.
    pub(crate) fn text(&self) -> String {
        // Texts, numbers and JSON: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_says_reads_and_what_it_should_not_say_does_not() {
        let read = |text: &str| serde_json::from_str::<Said>(text).ok();
        assert!(matches!(read(r#"{"action":"ping"}"#), Some(Said::Ping)));
        assert!(matches!(read(r#"{"action":"open","conversation":"900.a"}"#), Some(Said::Open { .. })));
        assert!(matches!(read(r#"{"action":"close"}"#), Some(Said::Close)));
        let typing = r#"{"action":"typing","conversation":"900.a","what":"reply"}"#;
        assert!(matches!(read(typing), Some(Said::Typing { .. })));
        for no in ["", "7", "{}", r#"{"action":"open"}"#, r#"{"action":"shout"}"#] {
            assert!(read(no).is_none(), "{no}");
        }
    }

    #[test]
    fn a_frame_names_its_type_and_leaves_out_what_it_does_not_know() {
        assert_eq!(Frame::Pong.text(), r#"{"type":"pong"}"#);
        assert_eq!(Frame::Resync { conversation: None }.text(), r#"{"type":"resync"}"#);
        let people = vec![Person::new("u1".to_owned(), "Ana".to_owned(), What::Reply)];
        let frame = Frame::Presence { conversation: "900.a".to_owned(), people };
        let text = r#"{"type":"presence","conversation":"900.a","people":[{"id":"u1","name":"Ana","what":"reply"}]}"#;
        assert_eq!(frame.text(), text);
    }
}
