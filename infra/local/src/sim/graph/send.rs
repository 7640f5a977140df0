//! `POST /{number}/messages`: the rules, in the order in which Meta seems to check them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Request;
use super::accept::Draft;
use super::errors::GraphError;
use super::recipient::Recipient;
use crate::sim::ledger::LedgerEntry;
use crate::sim::model::{Number, Template};
use crate::sim::rules::{lengths, pace, window};
use crate::sim::state::State;
use crate::sim::templates::fill::fill;

const FREE_FORM: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
];

impl State {
    pub(crate) fn post_message(
        &mut self,
        request: &Request,
        number: &str,
        edge: &str,
        entry: &mut LedgerEntry,
        now: Timestamp,
    ) -> Result<Value, GraphError> {
        let number = self.sender(number)?;
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| GraphError::new(100, "The request body is not valid JSON"))?;
        if body["messaging_product"] != "whatsapp" {
            return Err(GraphError::new(100, "The parameter messaging_product is required."));
        }
        if body["status"].is_string() {
            return self.mark_read(&number, &body);
        }
        let recipient = self.recipient(&number, &body)?;
        entry.person = recipient.person.as_ref().map(|person| person.id.clone());
        common(&body)?;
        let draft = self.draft(&number, &recipient, &body, edge, now)?;
        let tat = self.paced(&number, &recipient, now)?;
        let who = recipient.who().to_owned();
        let answer = self.accept(&number, recipient, draft, body, entry, now)?;
        // Only what was accepted counts for the pair.
        self.change_pair(&number.id, &who, |pair| pair.tat = Some(tat));
        Ok(answer)
    }

    fn sender(&self, id: &str) -> Result<Number, GraphError> {
        let number = self.numbers.get(id).cloned().ok_or_else(|| GraphError::unknown_object("post", id))?;
        match number.status.as_str() {
            "CONNECTED" | "FLAGGED" => Ok(number),
            "PENDING" | "UNVERIFIED" | "DISCONNECTED" | "DELETED" => {
                Err(GraphError::new(133_010, "The number is not registered."))
            }
            other => Err(GraphError::new(131_031, format!("The number is {other}."))),
        }
    }

    /// What is to be sent, checked for shape.
    fn draft(
        &self,
        number: &Number,
        recipient: &Recipient,
        body: &Value,
        edge: &str,
        now: Timestamp,
    ) -> Result<Draft, GraphError> {
        let kind = body["type"].as_str().unwrap_or("text");
        if kind == "template" {
            return self.template_draft(number, recipient, &body["template"], edge);
        }
        if edge == "marketing_messages" {
            return Err(GraphError::new(134_100, "Only marketing templates can be sent here."));
        }
        if !FREE_FORM.contains(&kind) {
            let kinds = FREE_FORM.join(", ");
            return Err(GraphError::new(
                100,
                format!("Param type must be one of {{{kinds}, template}} - got \"{kind}\"."),
            ));
        }
        lengths::check(kind, body)?;
        let mismatch = self.media_fits(number, kind, &body[kind], now)?;
        if kind == "reaction" {
            self.reaction_target(&body["reaction"], now)?;
        }
        let mut seen_as = json!({ kind: body[kind] });
        if body["context"].is_object() {
            seen_as["context"] = body["context"].clone();
        }
        Ok(Draft { kind: kind.into(), category: "service".into(), lite: false, seen_as, mismatch })
    }

    fn template_draft(
        &self,
        number: &Number,
        recipient: &Recipient,
        sent: &Value,
        edge: &str,
    ) -> Result<Draft, GraphError> {
        lengths::required(sent, "template", "name")?;
        lengths::required(&sent["language"], "template['language']", "code")?;
        let template = self.sendable(number, sent)?;
        if edge == "marketing_messages" && template.category != "MARKETING" {
            return Err(GraphError::new(134_100, "Only marketing templates can be sent here."));
        }
        if template.category == "AUTHENTICATION" && recipient.by_user_id {
            return Err(GraphError::new(131_062, "Authentication templates need a phone number."));
        }
        let parts = sent["components"].as_array().map_or(&[][..], Vec::as_slice);
        let seen_as = fill(template, parts)?;
        Ok(Draft {
            kind: "template".into(),
            category: template.category.to_ascii_lowercase(),
            lite: edge == "marketing_messages",
            seen_as,
            mismatch: None,
        })
    }

    /// The template by exact name and language; there is no fallback.
    fn sendable(&self, number: &Number, sent: &Value) -> Result<&Template, GraphError> {
        let (name, language) = (&sent["name"], &sent["language"]["code"]);
        let found = self.templates.values().find(|template| {
            template.waba == number.waba && *name == *template.name && *language == *template.language
        });
        let absent =
            || GraphError::new(132_001, format!("template name ({name}) does not exist in {language}"));
        let template = found.ok_or_else(absent)?;
        match template.status.as_str() {
            "APPROVED" | "REINSTATED" | "FLAGGED" => Ok(template),
            "PAUSED" => Err(GraphError::new(132_015, "The template is paused because of low quality.")),
            "DISABLED" => Err(GraphError::new(132_016, "The template was paused too often and is disabled.")),
            _ => Err(absent()),
        }
    }

    /// A reaction needs a message of the last 30 days.
    fn reaction_target(&self, reaction: &Value, now: Timestamp) -> Result<(), GraphError> {
        let id = reaction["message_id"].as_str().unwrap_or_default();
        let written = self
            .writers
            .get(id)
            .and_then(|person| self.chats.get(person)?.iter().find(|entry| entry.id == id));
        let at = self.sent.get(id).map(|sent| sent.at).or(written.map(|entry| entry.at));
        let month = jiff::SignedDuration::from_hours(30 * 24);
        if at.is_some_and(|at| now < at + month) {
            Ok(())
        } else {
            Err(GraphError::new(131_009, "reaction['message_id'] is unknown or too old"))
        }
    }

    /// Throughput first, then the pair, whose next theoretical arrival time is the answer.
    fn paced(
        &mut self,
        number: &Number,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Timestamp, GraphError> {
        let second = self.oracle.seconds.entry(number.id.clone()).or_default();
        if second.count(now) >= number.mps {
            self.counters.throughput_violations += 1;
            return Err(GraphError::new(
                130_429,
                "Message failed to send because there were too many messages in a short time.",
            ));
        }
        let tat = self.pair(&number.id, recipient.who()).and_then(|pair| pair.tat);
        let Some(next) = pace::pair(tat, now) else {
            self.counters.pair_violations += 1;
            let why = "Too many messages sent from this phone number to the same recipient in a short period of time.";
            return Err(GraphError::new(131_056, why));
        };
        Ok(next)
    }

    /// Marks a message and all earlier ones of that chat as seen.
    fn mark_read(&mut self, number: &Number, body: &Value) -> Result<Value, GraphError> {
        if body["status"] != "read" {
            return Err(GraphError::new(100, "Param status must be one of {read}"));
        }
        lengths::required(body, "body", "message_id")?;
        if !body["typing_indicator"].is_null() && body["typing_indicator"]["type"] != "text" {
            return Err(GraphError::new(100, "Param typing_indicator['type'] must be one of {text}"));
        }
        let id = body["message_id"].as_str().unwrap_or_default();
        let unknown = || GraphError::new(131_009, "message_id is not a message to this number");
        let person = self.writers.get(id).cloned().ok_or_else(unknown)?;
        let chat = self.chats.entry(person.clone()).or_default();
        let last =
            chat.iter().position(|entry| entry.id == id && entry.number == number.id).ok_or_else(unknown)?;
        let earlier = chat[..=last]
            .iter_mut()
            .rev()
            .filter(|entry| entry.direction == "wrote" && entry.number == number.id);
        // Seen from the last one back: an earlier mark has seen the rest.
        for entry in earlier.take_while(|entry| !entry.seen) {
            entry.seen = true;
            self.disk.put("chat", crate::sim::state::ordered(entry.seq), Some(&(&person, &*entry)));
        }
        Ok(json!({ "success": true }))
    }

    /// Why the message will not be delivered, if it will not.
    pub(crate) fn delivery_error(
        &self,
        number: &Number,
        recipient: &Recipient,
        draft: &Draft,
        now: Timestamp,
    ) -> Option<(u32, String)> {
        let Some(person) = &recipient.person else {
            return Some((
                131_026,
                "Recipient is not on WhatsApp, or could not receive this message.".into(),
            ));
        };
        let pair = self.pair(&number.id, &person.id);
        let failure = |code: u32, why: &str| Some((code, why.to_owned()));
        if pair.is_some_and(|pair| pair.blocked) {
            return failure(130_403, "This user is on your block list.");
        }
        if person.blocks.contains(&number.id) {
            return failure(131_026, "Recipient could not receive this message.");
        }
        if let Some(code) = person.behaviour.fail_with {
            return failure(code, "Ordered by the simulator's settings for this person.");
        }
        if draft.kind != "template" && !window::is_open(pair, now) {
            return failure(131_047, "More than 24 hours have passed since the last reply.");
        }
        if draft.category == "marketing" && person.stopped_marketing {
            return failure(131_050, "The user has stopped marketing messages from this business.");
        }
        draft.mismatch.clone().map(|why| (131_053, why))
    }
}

fn common(body: &Value) -> Result<(), GraphError> {
    lengths::at_most(100, "biz_opaque_callback_data", &body["biz_opaque_callback_data"], 512)?;
    let context = &body["context"];
    if !context.is_null() && !context["message_id"].is_string() {
        return Err(GraphError::new(100, "Param context['message_id'] must be a string"));
    }
    Ok(())
}
