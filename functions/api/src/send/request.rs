//! The body of `POST /v1/messages`, and its idempotency key.

use cloud_api::PhoneNumberId;
use cloud_api::outbound::Message;
use http::HeaderMap;
use queue::Target;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::problem::Problem;

/// A message to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "describes the body; it is read member by member, so that each fault can be named"
)]
pub(crate) struct SendMessage {
    /// The caller's own id of this request, 1 to 128 characters: the same id is sent once. Or in the header
    /// `Idempotency-Key`.
    #[schema(nullable = false, min_length = 1, max_length = 128)]
    id: Option<String>,
    /// The business number that sends: Meta's `phone_number_id`.
    from: PhoneNumberId,
    /// The person or group.
    to: Target,
    /// The message, in Meta's own shape.
    message: Message,
}

/// A request that can be understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) id: Option<String>,
    pub(crate) from: PhoneNumberId,
    pub(crate) to: Target,
    pub(crate) message: Message,
}

const MEMBERS: [&str; 4] = ["id", "from", "to", "message"];
const TARGETS: [&str; 4] = ["phone", "user_id", "contact", "conversation"];

impl Ask {
    /// Reads a request: the shape first, Meta's limits last.
    pub(crate) fn read(headers: &HeaderMap, mut body: Map<String, Value>) -> Result<Self, Problem> {
        if let Some(stranger) = body.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
            return Err(Problem::field(shortened(stranger), "is not a member of this request"));
        }
        let id = one_key(key_of(headers)?, id_of(body.remove("id"))?)?;
        let from = match body.remove("from") {
            Some(Value::String(from)) if is_id(&from) => PhoneNumberId::new(from),
            None => return Err(Problem::field("from", "is required")),
            Some(_) => return Err(Problem::field("from", "must be the id of a number")),
        };
        let to = target(body.remove("to"))?;
        let message = match body.remove("message") {
            Some(message @ Value::Object(_)) => message,
            None => return Err(Problem::field("message", "is required")),
            Some(_) => return Err(Problem::field("message", "must be an object")),
        };
        let message = Message::read(&message).map_err(Problem::misshapen)?;
        message.validate().map_err(Problem::would_be_refused)?;
        Ok(Self { id, from, to, message })
    }
}

/// What a caller wrote, in an answer: never long.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Ids of Meta's stand in keys and paths.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| is_key(key) && keys.next().is_none());
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::field("Idempotency-Key", "must be one text of 1 to 128 visible characters"))
}

fn id_of(id: Option<Value>) -> Result<Option<String>, Problem> {
    match id {
        None => Ok(None),
        Some(Value::String(id)) if is_key(&id) => Ok(Some(id)),
        Some(_) => Err(Problem::field("id", "must be a text of 1 to 128 characters")),
    }
}

fn is_key(key: &str) -> bool {
    !key.trim().is_empty() && key.chars().count() <= 128 && !key.chars().any(char::is_control)
}

fn one_key(header: Option<String>, id: Option<String>) -> Result<Option<String>, Problem> {
    match (header, id) {
        (Some(header), Some(id)) if header != id => {
            Err(Problem::field("id", "is not what the header Idempotency-Key says"))
        }
        (header, id) => Ok(header.or(id)),
    }
}

fn target(to: Option<Value>) -> Result<Target, Problem> {
    let to = match to {
        Some(Value::Object(to)) => to,
        None => return Err(Problem::field("to", "is required")),
        Some(_) => return Err(Problem::field("to", "must be an object")),
    };
    let mut members = to.into_iter();
    let (Some((kind, value)), None) = (members.next(), members.next()) else {
        return Err(Problem::field("to", format!("must have exactly one of {}", TARGETS.join(", "))));
    };
    let field = format!("to.{}", shortened(&kind));
    if !TARGETS.contains(&kind.as_str()) {
        return Err(Problem::field(field, format!("is not known; possible are {}", TARGETS.join(", "))));
    }
    let Value::String(value) = value else { return Err(Problem::field(field, "must be a text")) };
    if value.trim().is_empty() || value.len() > 512 {
        return Err(Problem::field(field, "must have 1 to 512 characters"));
    }
    Ok(match kind.as_str() {
        "phone" => Target::Phone(value),
        "user_id" => Target::UserId(value),
        "contact" => Target::Contact(value),
        _ => Target::Conversation(value),
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, StatusCode};
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Result<Ask, Problem> {
        read_with(&[], body)
    }

    fn read_with(keys: &[&'static str], body: Value) -> Result<Ask, Problem> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append("idempotency-key", HeaderValue::from_static(key));
        }
        let Value::Object(body) = body else { panic!("an object") };
        Ask::read(&headers, body)
    }

    fn text() -> Value {
        json!({"from": "900", "to": {"phone": "+1 555 010 0177"}, "message": {"type": "text", "text": {"body": "Hi"}}})
    }

    fn with(change: impl FnOnce(&mut Map<String, Value>)) -> Value {
        let mut body = text();
        change(body.as_object_mut().unwrap());
        body
    }

    #[test]
    fn every_fault_in_the_shape_is_a_400_that_names_the_member() {
        let faults = [
            (with(|body| drop(body.remove("from"))), "from"),
            (with(|body| drop(body.insert("from".into(), json!(900)))), "from"),
            (with(|body| drop(body.insert("from".into(), json!("9#0")))), "from"),
            (with(|body| drop(body.remove("to"))), "to"),
            (with(|body| drop(body.insert("to".into(), json!("+1555")))), "to"),
            (with(|body| drop(body.insert("to".into(), json!({})))), "to"),
            (with(|body| drop(body.insert("to".into(), json!({"phone": "1", "contact": "2"})))), "to"),
            (with(|body| drop(body.insert("to".into(), json!({"fax": "1"})))), "to.fax"),
            (with(|body| drop(body.insert("to".into(), json!({"contact": 7})))), "to.contact"),
            (with(|body| drop(body.insert("to".into(), json!({"user_id": " "})))), "to.user_id"),
            (with(|body| drop(body.remove("message"))), "message"),
            (with(|body| drop(body.insert("message".into(), json!("Hi")))), "message"),
            (with(|body| drop(body.insert("message".into(), json!({"type": "fax"})))), "message.type"),
            (with(|body| drop(body.insert("message".into(), json!({"type": "text"})))), "message.text"),
            (
                with(|body| {
                    drop(body.insert("message".into(), json!({"type": "text", "text": {"body": 7}})))
                }),
                "message.text.body",
            ),
            (with(|body| drop(body.insert("mesage".into(), json!({})))), "mesage"),
            (with(|body| drop(body.insert("id".into(), json!("")))), "id"),
            (with(|body| drop(body.insert("id".into(), json!("x".repeat(129))))), "id"),
        ];
        for (body, field) in faults {
            let problem = read(body.clone()).unwrap_err();
            assert_eq!(
                (problem.status, problem.field.as_deref()),
                (StatusCode::BAD_REQUEST, Some(field)),
                "{body}"
            );
        }
    }

    #[test]
    fn the_key_comes_in_the_header_or_the_body_but_not_two_different_ones() {
        let body = with(|body| drop(body.insert("id".into(), json!("k1"))));
        assert_eq!(read(body.clone()).unwrap().id.as_deref(), Some("k1"));
        assert_eq!(read_with(&["k2"], text()).unwrap().id.as_deref(), Some("k2"));
        assert_eq!(read_with(&["k1"], body.clone()).unwrap().id.as_deref(), Some("k1"));
        assert_eq!(read_with(&["k2"], body).unwrap_err().field.as_deref(), Some("id"));
        assert_eq!(read_with(&["k1", "k2"], text()).unwrap_err().field.as_deref(), Some("Idempotency-Key"));
        assert_eq!(read(text()).unwrap().id, None);
    }

    #[test]
    fn what_meta_would_refuse_is_a_422_that_names_each_member() {
        let body = with(|body| {
            drop(body.insert("message".into(), json!({"type": "text", "text": {"body": "x".repeat(5000)}})))
        });
        let problem = read(body).unwrap_err();
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem.facts.errors[0].field, "message.text.body");
        assert!(problem.facts.errors[0].detail.contains("5000"));
    }
}
