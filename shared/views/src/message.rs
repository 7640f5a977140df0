//! A message.

use cloud_api::error::{GraphError, Remedy};
use cloud_api::webhook::pricing::Pricing;
use domain::sending::SendState;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Direction, StoredMessage};
use utoipa::ToSchema;

use crate::related::{EditedView, ReactionView};
use crate::status::{StatusTimes, word};
use crate::{DecisionView, MediaView, SentByView, Time, content};

/// A message as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    /// Its id; opaque.
    pub id: String,
    /// The conversation's id.
    conversation: String,
    /// Meta's id, once it has one.
    pub wamid: Option<String>,
    /// `inbound`, `outbound`, or `note`: a line of this system's own.
    direction: &'static str,
    /// Meta's `type`.
    #[serde(rename = "type")]
    kind: String,
    /// Meta's time of a customer's message; of ours, when it was asked for.
    timestamp: Time,
    /// When we received it, or were asked for it.
    received_at: Time,
    /// Meta's own shape by type, without the ids of the envelope. Whole, where `reading` is not `known`.
    #[schema(value_type = Object)]
    content: Box<RawValue>,
    /// `known`; `unknown`, a type that this build does not know; `malformed`, a type that broke our model.
    reading: &'static str,
    /// `received`; of ours `queued`, `waiting`, `sending`, `accepted`, `unknown`, `sent`, `delivered`, `read`,
    /// `played` or `failed`.
    status: &'static str,
    /// When each status was reached.
    statuses: StatusTimes,
    /// Why it failed or waits; of a customer's message, what Meta could not deliver.
    errors: Vec<ErrorView>,
    /// What it costs, in Meta's own shape.
    #[schema(value_type = Option<Pricing>)]
    pricing: Option<Box<RawValue>>,
    /// If it waits: not before this time.
    not_before: Option<Time>,
    /// Of ours: who sent it.
    sent_by: Option<SentByView>,
    /// Of ours: attempts begun.
    attempt: Option<u32>,
    /// Of ours: why it was allowed to go, or was not, at the instant of the send.
    decision: Option<DecisionView>,
    /// Meta's word for a message that it took and holds back, such as `held_for_quality_assessment`.
    held: Option<String>,
    /// Its file, if it is one that was copied or uploaded here: `GET /v1/media/{id}` gives a link to it.
    media: Option<MediaView>,
    /// The message that it quotes.
    context: Option<Quoted>,
    /// The latest reaction of each person, oldest first. Taken-back ones are gone.
    pub reactions: Vec<ReactionView>,
    /// What it says now, if its author changed it.
    pub edited: Option<EditedView>,
    /// When its author deleted it for everyone.
    pub revoked_at: Option<Time>,
}

/// A message that is quoted. It may be one that we never had.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Quoted {
    /// Meta's id.
    wamid: String,
}

/// One error, in Meta's words, with what to do about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MessageError)]
struct ErrorView {
    /// Meta's code.
    code: Option<u32>,
    /// Title.
    title: Option<String>,
    /// Sentence.
    message: Option<String>,
    /// The most specific sentence: show this one.
    details: Option<String>,
    /// What to do next.
    remedy: Remedy,
}

impl From<GraphError> for ErrorView {
    fn from(error: GraphError) -> Self {
        let remedy = error.remedy();
        let details = Some(error.details().to_owned()).filter(|details| !details.is_empty());
        Self { code: error.code, title: error.title, message: error.message, details, remedy }
    }
}

impl MessageView {
    /// A message, with nothing about it yet.
    pub fn new(message: &StoredMessage) -> Self {
        let ours = message.direction == Direction::Outbound;
        let inbound = (message.direction == Direction::Inbound).then(|| content::inbound(&message.raw));
        let reading = inbound.as_ref().map_or("known", |said| said.reading);
        let quoted = inbound.as_ref().map_or_else(|| message.about.clone(), |said| said.quoted.clone());
        let errors = inbound.as_ref().map_or_else(|| errors_of(message), |said| said.errors.clone());
        let content = inbound.map_or_else(|| content::raw(&message.raw), |said| said.content);
        let waits = message.state == Some(SendState::Waiting);
        Self {
            id: message.id.to_string(),
            conversation: message.id.conversation.to_string(),
            wamid: message.wamid.clone(),
            direction: match message.direction {
                Direction::Inbound => "inbound",
                Direction::Outbound => "outbound",
                Direction::Note => "note",
            },
            kind: message.kind.clone(),
            timestamp: message.sent_at.into(),
            received_at: message.received_at.into(),
            content,
            reading,
            status: word(message),
            statuses: StatusTimes::of(message),
            errors: errors.into_iter().map(ErrorView::from).collect(),
            pricing: message.pricing.as_deref().map(content::raw),
            not_before: message.not_before.filter(|_| waits).map(Time::from),
            sent_by: ours.then(|| SentByView::of(message)),
            attempt: ours.then_some(message.attempt),
            decision: message.decision.as_ref().map(DecisionView::from),
            held: message.held.clone(),
            media: MediaView::of_message(message),
            context: quoted.map(|wamid| Quoted { wamid }),
            reactions: Vec::new(),
            edited: None,
            revoked_at: None,
        }
    }
}

/// Why a message of ours failed or waits. What it had to wait for is history once Meta took it.
fn errors_of(message: &StoredMessage) -> Vec<GraphError> {
    let stands = message.delivery.failed.is_some()
        || matches!(message.state, Some(SendState::Failed | SendState::Waiting | SendState::Queued));
    let lists = message.errors.iter().filter(|_| stands);
    lists.filter_map(|json| serde_json::from_str::<Vec<GraphError>>(json).ok()).flatten().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::Delivery;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    /// A message with nothing but what every message has.
    pub(crate) fn stored(id: &str, direction: Direction, raw: &str) -> StoredMessage {
        let kind = content::member(raw, &["type"]).and_then(|kind| kind.as_str().map(str::to_owned));
        let at = Timestamp::from_second(1_795_392_000).unwrap();
        StoredMessage {
            id: id.parse().unwrap(),
            wamid: content::member(raw, &["id"]).and_then(|id| id.as_str().map(str::to_owned)),
            direction,
            sent_at: at,
            received_at: at,
            kind: kind.unwrap_or_default(),
            raw: raw.to_owned(),
            state: None,
            attempt: 0,
            sending_at: None,
            not_before: None,
            callback: None,
            accepted_at: None,
            refused_at: None,
            delivery: Delivery::default(),
            errors: Vec::new(),
            pricing: None,
            held: None,
            about: None,
            source: None,
            campaign: None,
            decision: None,
            media: None,
        }
    }

    fn shown(message: &StoredMessage) -> Value {
        serde_json::to_value(MessageView::new(message)).unwrap()
    }

    #[test]
    fn a_customers_message_carries_metas_time_and_shape() {
        let raw = r#"{"id":"wamid.A","from":"15550100177","timestamp":"1795392000","type":"text","text":{"body":"Hi"}}"#;
        let message = shown(&stored("900.01K.m.1795392000000.0123456789abcdef", Direction::Inbound, raw));
        assert_eq!(message["conversation"], "900.01K");
        assert_eq!((&message["wamid"], &message["type"]), (&json!("wamid.A"), &json!("text")));
        assert_eq!(message["timestamp"], "2026-11-23T00:00:00Z");
        assert_eq!(message["content"], json!({"type": "text", "text": {"body": "Hi"}}));
        assert_eq!((&message["status"], &message["reading"]), (&json!("received"), &json!("known")));
        assert_eq!(message["attempt"], Value::Null);
    }

    #[test]
    fn an_answer_carries_its_times_its_price_and_the_message_it_quotes() {
        let raw = r#"{"type":"text","text":{"body":"Yes"},"context":{"message_id":"wamid.Q"}}"#;
        let mut message = stored("900.01K.m.5.0123456789abcdef", Direction::Outbound, raw);
        message.state = Some(SendState::Accepted);
        message.accepted_at = Some(message.sent_at);
        message.delivery.read = Some(message.sent_at);
        message.about = Some("wamid.Q".to_owned());
        message.pricing = Some(r#"{"billable":false,"category":"service"}"#.to_owned());
        // It had to wait once; nobody needs to know any more.
        message.errors = vec![r#"[{"code":131056}]"#.to_owned()];
        message.not_before = Some(message.sent_at);
        let message = shown(&message);
        assert_eq!(message["status"], "read");
        assert_eq!(message["statuses"]["accepted"], "2026-11-23T00:00:00Z");
        assert_eq!(message["statuses"]["delivered"], Value::Null);
        assert_eq!(message["pricing"]["category"], "service");
        assert_eq!(message["context"]["wamid"], "wamid.Q");
        assert_eq!((&message["errors"], &message["not_before"]), (&json!([]), &Value::Null));
    }

    #[test]
    fn a_refusal_says_what_to_do_next() {
        let mut message = stored("900.01K.m.5.0123456789abcdef", Direction::Outbound, r#"{"type":"text"}"#);
        message.state = Some(SendState::Failed);
        message.refused_at = Some(message.sent_at);
        message.errors = vec![
            r#"[{"code":131047,"title":"Closed","error_data":{"details":"Since yesterday."}}]"#.to_owned(),
        ];
        let message = shown(&message);
        assert_eq!(message["status"], "failed");
        assert_eq!(message["statuses"]["failed"], "2026-11-23T00:00:00Z");
        let error = &message["errors"][0];
        assert_eq!((&error["code"], &error["details"]), (&json!(131_047), &json!("Since yesterday.")));
        assert_eq!(error["remedy"], "switch_to_template");
    }
}
