//! Events as API Gateway writes them for the function behind a WebSocket API.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::API;
use crate::template::{ACCOUNT, REGION, STAGE};

/// What is the same in every event of a connection.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) since: Timestamp,
}

impl Context {
    fn of(&self, route: &str, kind: &str, now: Timestamp) -> Value {
        json!({
            "routeKey": route, "eventType": kind, "connectionId": self.id, "apiId": API, "stage": STAGE,
            "connectedAt": self.since.as_millisecond(), "requestTimeEpoch": now.as_millisecond(),
            "requestId": ulid::Ulid::generate().to_string(), "messageDirection": "IN",
            "identity": { "sourceIp": self.source },
        })
    }

    /// For the authorizer.
    pub(super) fn authorize(&self, ticket: &str) -> Value {
        json!({
            "type": "REQUEST",
            "methodArn": format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{STAGE}/$connect"),
            "queryStringParameters": { "ticket": ticket },
            "requestContext": self.of("$connect", "CONNECT", self.since),
        })
    }

    /// For a route, with what the authorizer said and what the client did.
    pub(super) fn route(
        &self,
        (route, kind): (&str, &str),
        authorizer: &Value,
        body: Option<&str>,
        now: Timestamp,
    ) -> Value {
        let mut context = self.of(route, kind, now);
        context["authorizer"] = authorizer.clone();
        let mut event = json!({ "requestContext": context, "isBase64Encoded": false });
        if let Some(body) = body {
            event["body"] = Value::String(body.to_owned());
        }
        event
    }
}
