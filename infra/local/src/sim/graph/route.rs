//! From a path to what it means; token, faults and ledger on the way.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::errors::GraphError;
use super::{Reply, Request};
use crate::sim::faults::{GraphFault, GraphFaultKind};
use crate::sim::ids;
use crate::sim::ledger::LedgerEntry;
use crate::sim::state::{State, ordered};

pub(crate) type Answered = Result<Reply, GraphError>;

impl State {
    /// Answers one request. Nothing is awaited here, so that the whole of it is one commit.
    pub(crate) fn graph(&mut self, request: &Request, now: Timestamp) -> Reply {
        let mut entry = self.entry(request, now);
        let fault = self.faults.draw(&entry.on, entry.number.as_deref());
        entry.fault = fault.as_ref().map(|fault| fault.kind.name());
        let mut reply = match &fault {
            Some(fault) if !fault.kind.is_after() => {
                entry.outcome = "fault".into();
                self.counters.faults += 1;
                self.failure(fault)
            }
            _ => self.carried_out(request, &mut entry, now),
        };
        if let Some(fault) = fault.as_ref().filter(|fault| fault.kind == GraphFaultKind::Http5xxAfter) {
            reply = Reply::proxy_error(fault.status.unwrap_or(502));
        }
        reply.fault = fault;
        if request.method != "GET" {
            entry.http = reply.http;
            self.counters.posts_received += 1;
            self.disk.put("ledger", ordered(entry.seq), Some(&entry));
            self.ledger.push(entry);
        }
        reply
    }

    fn entry(&mut self, request: &Request, now: Timestamp) -> LedgerEntry {
        let body = shown_body(request);
        let number = request.segments.first().filter(|id| self.numbers.contains_key(*id)).cloned();
        let text = |key: &str| body[key].as_str().map(String::from);
        let on = match request.segments.get(1).map(String::as_str) {
            Some("messages" | "marketing_messages") if body["status"].is_string() => "read",
            Some("messages" | "marketing_messages") => "send",
            Some("media" | "whatsapp_business") => "media",
            Some("message_templates") => "templates",
            None if request.segments.first().is_some_and(|id| self.media.contains_key(id)) => "media",
            None if request.segments.first().is_some_and(|id| self.templates.contains_key(id)) => "templates",
            _ => "other",
        };
        LedgerEntry {
            seq: self.next_seq(),
            at: now,
            method: request.method.clone(),
            path: request.path.clone(),
            on: on.into(),
            number,
            person: None,
            recipient: text("to").or_else(|| text("recipient")),
            callback: text("biz_opaque_callback_data"),
            body,
            outcome: String::new(),
            http: 0,
            wamid: None,
            code: None,
            fails_with: None,
            outside_window: None,
            fault: None,
        }
    }

    fn carried_out(&mut self, request: &Request, entry: &mut LedgerEntry, now: Timestamp) -> Reply {
        match self.permitted(request).and_then(|()| self.route(request, entry, now)) {
            Ok(reply) => {
                entry.outcome = if entry.wamid.is_some() { "accepted" } else { "done" }.into();
                self.counters.accepted += u64::from(entry.wamid.is_some());
                reply
            }
            Err(error) => {
                entry.outcome = "refused".into();
                entry.code = Some(error.code);
                self.counters.refused += 1;
                *self.counters.refused_by_code.entry(error.code).or_default() += 1;
                self.refusal(&error)
            }
        }
    }

    fn refusal(&mut self, error: &GraphError) -> Reply {
        let seq = self.next_seq();
        Reply::json(error.http, error.body(&ids::fbtrace(self.config.seed, seq)))
    }

    /// The answer of a fault that keeps a request from being carried out.
    fn failure(&mut self, fault: &GraphFault) -> Reply {
        match fault.kind {
            GraphFaultKind::Error | GraphFaultKind::Graph5xx => {
                let mut error = GraphError::new(fault.code, "Ordered by the simulator's faults.");
                if fault.kind == GraphFaultKind::Graph5xx && error.http < 500 {
                    error.http = 500;
                }
                error.http = fault.status.unwrap_or(error.http);
                self.refusal(&error)
            }
            _ => Reply::proxy_error(fault.status.unwrap_or(503)),
        }
    }

    fn permitted(&self, request: &Request) -> Result<(), GraphError> {
        if !request.version_known {
            return Err(GraphError::unknown_path(&request.path));
        }
        let valid = |token: &str| self.config.access_token.split(',').any(|known| known.trim() == token);
        match &request.token {
            Some(token) if valid(token) => Ok(()),
            None if request.segments.first().is_some_and(|first| first == "me") => {
                Err(GraphError { message: super::errors::title(2500).into(), ..GraphError::new(2500, "") })
            }
            Some(_) => Err(GraphError {
                message: "Invalid OAuth access token - Cannot parse access token".into(),
                ..GraphError::new(190, "")
            }),
            None => Err(GraphError {
                message: "An access token is required to request this resource.".into(),
                ..GraphError::new(190, "")
            }),
        }
    }

    fn route(&mut self, request: &Request, entry: &mut LedgerEntry, now: Timestamp) -> Answered {
        let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let ok = |body: Value| Ok(Reply::json(200, body));
        match (request.method.as_str(), segments.as_slice()) {
            ("POST", [number, edge @ ("messages" | "marketing_messages")]) => {
                ok(self.post_message(request, number, edge, entry, now)?)
            }
            ("POST", [number, "media"]) => ok(self.upload(request, number, entry, now)?),
            ("GET", ["lookaside", "whatsapp_business", "attachments"]) => self.download(request, now),
            ("GET" | "DELETE", [id]) if self.media.contains_key(*id) => {
                ok(self.media_node(request, id, now)?)
            }
            ("GET", [waba, "message_templates"]) => ok(self.list_templates(request, waba)?),
            ("POST", [waba, "message_templates"]) => ok(self.create_template(request, waba, now)?),
            ("DELETE", [waba, "message_templates"]) => ok(self.delete_templates(request, waba)?),
            (method, [id]) if self.templates.contains_key(*id) => match method {
                "GET" => ok(self.template_node(request, id)?),
                "POST" => ok(self.edit_template(request, id, now)?),
                _ => Err(GraphError::unknown_object(method, id)),
            },
            ("GET", ["me"]) => ok(json!({ "id": "900000000000401", "name": "local" })),
            (_, []) => Err(GraphError::unknown_path("/")),
            _ => ok(self.node(request, &segments, now)?),
        }
    }
}

/// The body for the ledger: JSON if it is JSON, the start of its text if not. Codes and PINs are nobody's to read.
fn shown_body(request: &Request) -> Value {
    let form = request.content_type.starts_with("multipart/");
    let is_upload = request.segments.first().is_some_and(|first| first.starts_with("upload:"));
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(mut body) => {
            for secret in ["pin", "code"] {
                if body[secret].is_string() {
                    body[secret] = "******".into();
                }
            }
            body
        }
        Err(_) if is_upload => json!({ "bytes": request.body.len() }),
        Err(_) if form || request.body.is_empty() => Value::Null,
        Err(_) => String::from_utf8_lossy(&request.body).chars().take(4096).collect::<String>().into(),
    }
}
