//! Ledger, webhooks and the posting of arbitrary bodies, over the control API.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::input::Input;
use crate::sim::error::ControlError;
use crate::sim::state::State;
use crate::sim::webhooks::{Job, body_of, signature};
use crate::sim::{Sim, webhooks};

type Answer = Result<Value, ControlError>;
type Filter = BTreeMap<String, String>;

fn checked(filter: &Filter, known: &[&str]) -> Result<usize, ControlError> {
    if let Some(unknown) = filter.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(ControlError::field(
            unknown.clone(),
            format!("is not a filter; there are {}", known.join(", ")),
        ));
    }
    match filter.get("limit") {
        None => Ok(usize::MAX),
        Some(limit) => limit.parse().map_err(|_| ControlError::field("limit", "must be a whole number")),
    }
}

impl State {
    /// The newest `limit` entries that fit, oldest first.
    pub(crate) fn show_ledger(&self, filter: &Filter) -> Answer {
        let limit = checked(filter, &["number", "person", "since", "outcome", "on", "limit"])?;
        let since: Option<Timestamp> = match filter.get("since") {
            None => None,
            Some(since) => Some(since.parse().map_err(|_| ControlError::field("since", "must be a time"))?),
        };
        let person = match filter.get("person") {
            None => None,
            Some(person) => Some(self.person(person)?.id),
        };
        let is = |key: &str, value: Option<&str>| {
            filter.get(key).is_none_or(|wanted| Some(wanted.as_str()) == value)
        };
        let mut found: Vec<Value> = self
            .ledger
            .iter()
            .rev()
            .filter(|entry| {
                is("number", entry.number.as_deref()) && (person.is_none() || entry.person == person)
            })
            .filter(|entry| is("outcome", Some(&entry.outcome)) && is("on", Some(&entry.on)))
            .filter(|entry| since.is_none_or(|since| entry.at >= since))
            .take(limit)
            .map(|entry| json!(entry))
            .collect();
        found.reverse();
        Ok(Value::Array(found))
    }

    pub(crate) fn show_webhooks(&self, filter: &Filter) -> Answer {
        let limit = checked(filter, &["state", "field", "limit", "bodies"])?;
        let bodies = filter.get("bodies").is_none_or(|wanted| wanted != "false");
        let fits = |post: &&webhooks::Post| {
            filter.get("state").is_none_or(|state| *state == post.state)
                && filter.get("field").is_none_or(|field| post.fields.contains(field))
        };
        let mut found: Vec<Value> =
            self.posts.values().rev().filter(fits).take(limit).map(|post| shown(post, bodies)).collect();
        found.reverse();
        Ok(Value::Array(found))
    }
}

fn shown(post: &webhooks::Post, bodies: bool) -> Value {
    let mut shown = json!(post);
    match serde_json::from_str::<Value>(&post.body) {
        Ok(body) if bodies => shown["body"] = body,
        _ if bodies => {}
        _ => shown["body"] = post.body.len().into(),
    }
    shown
}

impl Sim {
    /// The type and the bytes of something that was sent or uploaded.
    #[must_use]
    pub fn media(&self, id: &str) -> Option<(String, Vec<u8>)> {
        let media = self.read(|state| state.media.get(id).cloned())?;
        Some((media.mime_type, STANDARD.decode(media.base64).ok()?))
    }

    /// Posts to the webhook at once: `field` and `value` in Meta's envelope, or `body` as an object, as text,
    /// or as bytes in `base64`. `signature` is `valid`, `invalid`, `missing`, or the header's own value.
    /// Answers with the webhook's status.
    ///
    /// # Errors
    /// Names the field that is wrong, or says that there is no webhook address.
    pub async fn post_webhook(&self, fields: Value) -> Answer {
        let now = self.clock().now();
        let job = self.read(|state| state.custom_post(fields, now))?;
        match self.deliver(job).await {
            Ok(status) => Ok(json!({ "status": status })),
            Err(reason) => Ok(json!({ "status": null, "error": reason })),
        }
    }
}

impl State {
    fn custom_post(&self, fields: Value, now: Timestamp) -> Result<Job, ControlError> {
        let mut input = Input::new(fields)?;
        let body = self.custom_body(&mut input, now)?;
        let valid = signature(&self.config.app_secret, &body);
        let signature = match input.text("signature")?.as_deref() {
            None | Some("valid") => Some(valid),
            Some("invalid") => Some(format!("sha256={}", "0".repeat(64))),
            Some("missing") => None,
            Some(other) => Some(other.to_owned()),
        };
        input.done()?;
        if self.config.webhook_url.is_empty() {
            return Err(ControlError {
                status: 409,
                field: None,
                reason: "no webhook address is set".into(),
            });
        }
        Ok(Job { id: 0, url: self.config.webhook_url.clone(), body, signature })
    }

    fn custom_body(&self, input: &mut Input, now: Timestamp) -> Result<Vec<u8>, ControlError> {
        if let Some(text) = input.text("base64")? {
            return STANDARD.decode(text).map_err(|_| input.wrong("base64", "must be base64"));
        }
        match input.value("body") {
            Some(Value::String(text)) => return Ok(text.into_bytes()),
            Some(body) => return Ok(webhooks::ascii(&body.to_string()).into_bytes()),
            None => {}
        }
        let field = input.text("field")?;
        let field = input.needed("field", field)?;
        let value = input.value("value");
        let value = input.needed("value", value)?;
        let waba = input.text("waba_id")?.or_else(|| self.wabas.keys().next().cloned()).unwrap_or_default();
        let given = input
            .value("time")
            .map(|time| time.as_i64().ok_or_else(|| input.wrong("time", "must be epoch seconds")));
        // The messages family has no time of its own.
        let family = matches!(
            field.as_str(),
            "messages" | "user_preferences" | "calls" | "smb_message_echoes" | "history"
        );
        let time = given.transpose()?.or((!family).then(|| now.as_second()));
        Ok(body_of(&[webhooks::Change { waba, time, field, value }]).into_bytes())
    }
}
