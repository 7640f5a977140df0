//! What people do: write, react, read, stop, block, change their number.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::control::input::Input;
use super::error::ControlError;
use super::graph::errors::status_error;
use super::ids;
use super::inbound::Content;
use super::model::{ChatEntry, Number, Person};
use super::rules::window;
use super::state::State;
use super::webhooks::{Change, contact, metadata};

type Answer = Result<Value, ControlError>;

impl State {
    pub(crate) fn person(&self, id: &str) -> Result<Person, ControlError> {
        let found = self.people.get(id).or_else(|| self.people.get(self.addresses.get(id)?));
        found.cloned().ok_or_else(|| ControlError::missing("person", id))
    }

    /// The number that is meant: by id or digits; the first one if none is named.
    pub(crate) fn number(&self, named: Option<&str>) -> Result<Number, ControlError> {
        let digits = named.map(ids::digits);
        let found = match named {
            None => self.numbers.values().next(),
            Some(id) => self
                .numbers
                .get(id)
                .or_else(|| self.numbers.values().find(|n| Some(&n.digits) == digits.as_ref())),
        };
        found.cloned().ok_or_else(|| ControlError::field("to", "is not a number of ours"))
    }

    /// A person writes to a number.
    pub(crate) fn person_writes(&mut self, id: &str, body: Value, now: Timestamp) -> Answer {
        let person = self.person(id)?;
        let mut input = Input::new(body)?;
        let number = self.number(input.text("to")?.as_deref())?;
        let mut message = json!({});
        self.add_context(&mut message, &person, &number, &mut input)?;
        for key in ["referral", "errors"] {
            if let Some(value) = input.value(key) {
                message[key] = value;
            }
        }
        let extra = input.value("extra").unwrap_or(json!({}));
        let timestamp = input.time("timestamp")?.unwrap_or(now);
        let content = self.content(&number.id, &mut input, now)?;
        let Value::Object(extra) = extra else { return Err(input.wrong("extra", "must be an object")) };
        input.done()?;
        for (key, value) in extra {
            message[key] = value;
        }
        self.inbound(&person, &number, content, message, timestamp, now)
    }

    fn add_context(
        &self,
        message: &mut Value,
        person: &Person,
        number: &Number,
        input: &mut Input,
    ) -> Result<(), ControlError> {
        if let Some(quoted) = input.text("reply_to")? {
            let ours = self.sent.contains_key(&quoted);
            let from = if ours { &number.digits } else { &person.phone };
            message["context"] = json!({ "from": from, "id": quoted });
        }
        for key in ["forwarded", "frequently_forwarded"] {
            if input.flag(key)? == Some(true) {
                message["context"][key] = true.into();
            }
        }
        if let Some(context) = input.value("context") {
            message["context"] = context;
        }
        Ok(())
    }

    fn inbound(
        &mut self,
        person: &Person,
        number: &Number,
        content: Content,
        extra: Value,
        timestamp: Timestamp,
        now: Timestamp,
    ) -> Answer {
        let wamid = self.new_wamid();
        let blocked = self.pair(&number.id, &person.id).is_some_and(|pair| pair.blocked);
        let mut message = self.author(person, number, now);
        message["id"] = wamid.as_str().into();
        message["timestamp"] = timestamp.as_second().to_string().into();
        message["type"] = content.kind.as_str().into();
        if !content.body.is_null() {
            message[content.kind.as_str()] = content.body.clone();
        }
        if content.kind == "unsupported" && extra["errors"].is_null() {
            message["errors"] =
                json!([status_error(131_051, "This kind of message cannot be delivered through the API.")]);
        }
        for (key, value) in extra.as_object().into_iter().flatten() {
            message[key.as_str()] = value.clone();
        }
        let quotes = message["context"]["id"].as_str().map(String::from);
        let entry = ChatEntry {
            seq: 0,
            at: timestamp,
            number: number.id.clone(),
            direction: "wrote".into(),
            id: wamid.clone(),
            kind: content.kind.clone(),
            content: content.body.clone(),
            quotes,
            seen: false,
        };
        self.chat(&person.id, entry);
        if !blocked {
            self.counters.people_wrote += 1;
            self.oracle.second(&mut self.counters, &number.id, now);
            self.open_window(person, number, &message, now);
            self.tell_message(person, number, message, now);
        }
        Ok(json!({ "id": wamid, "to": number.id, "person": person.id, "told": !blocked }))
    }

    /// Who a message is from, as far as this number sees it.
    fn author(&self, person: &Person, number: &Number, now: Timestamp) -> Value {
        let mut message = json!({});
        if window::sees_phone(person, self.pair(&number.id, &person.id), now) {
            message["from"] = person.phone.as_str().into();
        }
        message["from_user_id"] = person.user_id.as_str().into();
        if let Some(parent) = &person.parent_user_id {
            message["from_parent_user_id"] = parent.as_str().into();
        }
        message
    }

    fn open_window(&mut self, person: &Person, number: &Number, message: &Value, now: Timestamp) {
        if window::refreshes(message["type"].as_str().unwrap_or_default()) {
            let entry = window::entry_point(message, now);
            self.change_pair(&number.id, &person.id, |pair| {
                pair.last_inbound = Some(now);
                pair.entry_point_until = entry.or(pair.entry_point_until);
            });
        }
    }

    pub(crate) fn tell_message(&mut self, person: &Person, number: &Number, message: Value, now: Timestamp) {
        let mut value = json!({ "messaging_product": "whatsapp", "metadata": metadata(number) });
        if message["type"] != "system" {
            let pair = self.pair(&number.id, &person.id);
            value["contacts"] = json!([contact(person, pair, true, now)]);
        }
        value["messages"] = json!([message]);
        self.emit(now, Change { waba: number.waba.clone(), time: None, field: "messages".into(), value });
    }

    /// A reaction to a message; without `message_id` to the last one received; `emoji: null` takes it back.
    pub(crate) fn person_reacts(&mut self, id: &str, body: Value, now: Timestamp) -> Answer {
        let person = self.person(id)?;
        let mut input = Input::new(body)?;
        let to = input.text("to")?;
        let emoji = input.value("emoji");
        let message = input.text("message_id")?;
        let last = self
            .chats
            .get(&person.id)
            .and_then(|chat| chat.iter().rev().find(|entry| entry.direction == "received"));
        let target = message.or_else(|| last.map(|entry| entry.id.clone()));
        let target = input.needed("message_id", target)?;
        let to = to.or_else(|| self.sent.get(&target).map(|sent| sent.number.clone()));
        let mut reaction = json!({ "message_id": target });
        match emoji {
            Some(Value::String(emoji)) if !emoji.is_empty() => reaction["emoji"] = emoji.into(),
            Some(Value::Null | Value::String(_)) | None => {}
            Some(_) => return Err(input.wrong("emoji", "must be a string or null")),
        }
        input.done()?;
        self.person_writes(&person.id, json!({ "to": to, "type": "reaction", "body": reaction }), now)
    }

    /// Reads everything that arrived, or one message.
    pub(crate) fn person_reads(&mut self, id: &str, body: Value, now: Timestamp) -> Answer {
        let person = self.person(id)?;
        let mut input = Input::new(body)?;
        let (only, to) = (input.text("message_id")?, input.text("to")?);
        input.done()?;
        let unread: Vec<String> = self
            .sent
            .values()
            .filter(|sent| {
                sent.person.as_ref() == Some(&person.id)
                    && sent.delivered_at.is_some()
                    && sent.read_at.is_none()
            })
            .filter(|sent| only.as_ref().is_none_or(|only| *only == sent.wamid))
            .filter(|sent| to.as_ref().is_none_or(|to| *to == sent.number))
            .map(|sent| sent.wamid.clone())
            .collect();
        for wamid in &unread {
            self.becomes_read(wamid, now);
        }
        Ok(json!({ "read": unread }))
    }

    /// Marketing off (`stop`) or on again (`resume`), told as `user_preferences`.
    pub(crate) fn person_prefers(&mut self, id: &str, body: Value, now: Timestamp) -> Answer {
        let mut person = self.person(id)?;
        let mut input = Input::new(body)?;
        let number = self.number(input.text("to")?.as_deref())?;
        let value = input.text("value")?.unwrap_or_else(|| "stop".into());
        if !matches!(value.as_str(), "stop" | "resume") {
            return Err(input.wrong("value", "must be stop or resume"));
        }
        input.done()?;
        person.stopped_marketing = value == "stop";
        self.keep_person(person.clone());
        let pair = self.pair(&number.id, &person.id);
        let contact = contact(&person, pair, true, now);
        let mut preference = json!({
            "user_id": person.user_id,
            "detail": if value == "stop" { "User asked to stop marketing messages" } else { "User asked to resume marketing messages" },
            "category": "marketing_messages",
            "value": value,
            "timestamp": now.as_second(),
        });
        if !contact["wa_id"].is_null() {
            preference["wa_id"] = contact["wa_id"].clone();
        }
        let value = json!({ "messaging_product": "whatsapp", "metadata": metadata(&number),
            "contacts": [contact], "user_preferences": [preference] });
        self.emit(now, Change { waba: number.waba, time: None, field: "user_preferences".into(), value });
        Ok(json!({ "person": person.id, "stopped_marketing": person.stopped_marketing }))
    }

    /// Blocks or unblocks one of our numbers. WhatsApp does not tell the business.
    pub(crate) fn person_blocks(&mut self, id: &str, body: Value) -> Answer {
        let mut person = self.person(id)?;
        let mut input = Input::new(body)?;
        let number = self.number(input.text("to")?.as_deref())?;
        let blocked = input.flag("blocked")?.unwrap_or(true);
        input.done()?;
        if blocked {
            person.blocks.insert(number.id)
        } else {
            person.blocks.remove(&number.id)
        };
        let blocks = person.blocks.clone();
        self.keep_person(person);
        Ok(json!({ "blocks": blocks }))
    }
}
