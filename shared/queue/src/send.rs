//! The send request: the body of `POST /v1/messages` with its source, and what any other service posts to
//! the send queue. A published format.

use cloud_api::PhoneNumberId;
use cloud_api::outbound::{Content, Message, Template};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::correlation::{CorrelationId, lenient};
use crate::pack::V1;

/// Who a message is for. Exactly one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A phone number with country code; `+`, spaces, dashes and parentheses may stand in it.
    Phone(String),
    /// A business-scoped user id, such as `US.77001122334455`.
    UserId(String),
    /// A contact of ours, by id.
    Contact(String),
    /// A conversation of ours, by id. Its number is the sender.
    Conversation(String),
}

/// A request to send one message.
///
/// Whoever posts it names itself (`source`) and chooses an `id` that it will use again if it has to repeat
/// the request: the same source and id are sent once, however often they are posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SendRequest {
    /// The version: `"1"`.
    pub v: V1,
    /// Who asks, such as `billing`. Letters, digits, `-`, `_` and `.`, at most 64.
    pub source: String,
    /// The asker's own id of the request, at most 128 characters.
    pub id: String,
    /// The business number that sends, by id.
    pub from: PhoneNumberId,
    /// The person.
    pub to: Target,
    /// The message, in Meta's own shape.
    pub message: Message,
    /// The poster's own id of what led to this request: our log lines of it carry the id. Nothing is decided by it,
    /// and an id of another form is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient")]
    pub correlation_id: Option<CorrelationId>,
    /// The template that goes instead, if the customer service window is closed when the message's turn comes. Consent
    /// is asked for it as for any template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_template: Option<Template>,
    /// Nothing is done before this time. Whoever has to be written to at all is looked at then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub not_before: Option<Timestamp>,
    /// From this time on it is not sent any more: it fails, whatever held it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub expires_at: Option<Timestamp>,
    /// What the asker wants to have back with every event about the message: at most 128 letters, digits, `-`, `_`,
    /// `.` and `:`. Nothing is decided by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_id: Option<String>,
    /// How often we put it back on the queue ourselves. Posters leave it out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requeued: u32,
}

// serde hands the field over by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl SendRequest {
    /// Reads a job.
    ///
    /// # Errors
    /// It is not a send request of a version that this build knows; says which key, never which value.
    pub fn parse(body: &str) -> Result<Self, NotASendRequest> {
        serde_json::from_str(body).map_err(|error| NotASendRequest {
            line: error.line(),
            column: error.column(),
            what: match error.classify() {
                serde_json::error::Category::Data => "wrong shape",
                _ => "not JSON",
            },
        })
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings and numbers only: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of what is asked, to tell a repeat from another request under the same id.
    #[must_use]
    pub fn body_hash(&self) -> String {
        let asked = match &self.fallback_template {
            Some(template) => serde_json::to_string(&(&self.from, &self.to, &self.message, template)),
            None => serde_json::to_string(&(&self.from, &self.to, &self.message)),
        };
        hex::encode(Sha256::digest(asked.unwrap_or_default().as_bytes()))
    }

    /// The message that goes if the customer service window is closed.
    #[must_use]
    pub fn fallback(&self) -> Option<Message> {
        let template = self.fallback_template.clone()?;
        Some(Message { content: Content::Template(template), context: None })
    }

    /// The FIFO group: messages of one number to one person leave in order, others do not wait for them.
    #[must_use]
    pub fn group(&self) -> String {
        let pair = serde_json::to_string(&(&self.from, &self.to)).unwrap_or_default();
        hex::encode(Sha256::digest(pair.as_bytes()))[..32].to_owned()
    }

    /// The FIFO deduplication id: grows when we requeue, so that our own requeue is not taken for a repeat.
    #[must_use]
    pub fn deduplication_id(&self) -> String {
        let id = format!("{}#{}", self.source, self.id);
        let digest = hex::encode(Sha256::digest(id.as_bytes()));
        format!("{}#{}", &digest[..32], self.requeued)
    }
}

/// A job that is not a send request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a send request of version 1: {what} (line {line}, column {column})")]
pub struct NotASendRequest {
    what: &'static str,
    line: usize,
    column: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A job as version 1 wrote it on 2026-11-23. Other services post this: it never changes.
    const FROZEN: &str = r#"{"v":"1","source":"billing","id":"invoice-77","from":"900000000000201","to":{"phone":"+1 555 010 0177"},"message":{"type":"text","text":{"body":"Your invoice is ready."}}}"#;

    #[test]
    fn a_send_request_of_version_1_reads_the_same_forever() {
        let request = SendRequest::parse(FROZEN).unwrap();
        assert_eq!(request.source, "billing");
        assert_eq!(request.to, Target::Phone("+1 555 010 0177".to_owned()));
        assert_eq!(request.to_json(), FROZEN);
    }

    /// A job as version 1 writes it since 2026-11-26.
    #[test]
    fn a_send_request_with_a_correlation_id_reads_the_same_forever() {
        let frozen = FROZEN.replace("}}}", r#"}},"correlation_id":"c-1"}"#);
        let request = SendRequest::parse(&frozen).unwrap();
        assert_eq!(request.correlation_id.as_ref().map(CorrelationId::as_str), Some("c-1"));
        assert_eq!(request.to_json(), frozen);
    }

    /// A job as version 1 writes it since 2026-11-27.
    #[test]
    fn a_send_request_with_a_time_and_a_fallback_reads_the_same_forever() {
        let more = r#","fallback_template":{"name":"hello_world","language":{"code":"en_US"}},"not_before":"2026-11-27T09:00:00Z","expires_at":"2026-11-27T10:00:00Z","callback_id":"order:77"}"#;
        let frozen = FROZEN.replace("}}}", &format!("}}}}{more}"));
        let request = SendRequest::parse(&frozen).unwrap();
        assert_eq!(request.to_json(), frozen);
        assert!(matches!(request.fallback().unwrap().content, Content::Template(_)));
        let plain = SendRequest::parse(FROZEN).unwrap();
        assert_ne!(request.body_hash(), plain.body_hash(), "another message may go");
        let timed = SendRequest { not_before: request.not_before, ..plain.clone() };
        assert_eq!(timed.body_hash(), plain.body_hash(), "when it goes makes no other message");
        assert!(SendRequest::parse(&frozen.replace("2026-11-27T10", "tomorrow")).is_err());
    }

    #[test]
    fn the_correlation_id_makes_no_other_request_and_a_bad_one_loses_none() {
        let plain = SendRequest::parse(FROZEN).unwrap();
        for (id, read) in [
            (r#""c-1""#, Some("c-1")),
            (r#""two words""#, None),
            ("7", None),
            ("null", None),
            (r#"{"a":[]}"#, None),
        ] {
            let job = FROZEN.replace("}}}", &format!(r#"}}}},"correlation_id":{id}}}"#));
            let request = SendRequest::parse(&job).unwrap();
            assert_eq!(request.correlation_id.as_ref().map(CorrelationId::as_str), read, "{id}");
            assert_eq!(request.body_hash(), plain.body_hash());
            assert_eq!(request.group(), plain.group());
            assert_eq!(request.deduplication_id(), plain.deduplication_id());
        }
    }

    #[test]
    fn a_requeue_keeps_the_group_and_the_body_but_not_the_deduplication_id() {
        let first = SendRequest::parse(FROZEN).unwrap();
        let again = SendRequest { requeued: 1, ..first.clone() };
        assert_eq!(first.group(), again.group());
        assert_eq!(first.body_hash(), again.body_hash());
        assert_ne!(first.deduplication_id(), again.deduplication_id());
    }
}
