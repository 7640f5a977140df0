//! People, over the control API.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::input::Input;
use crate::sim::error::ControlError;
use crate::sim::ids;
use crate::sim::model::{Behaviour, Due, Person};
use crate::sim::state::State;

type Answer = Result<Value, ControlError>;

impl State {
    pub(crate) fn show_people(&self) -> Value {
        self.people.values().map(|person| json!(person)).collect()
    }

    pub(crate) fn show_person(&self, id: &str) -> Answer {
        let person = self.person(id)?;
        let mut shown = json!(person);
        let chat = self.chats.get(&person.id).map_or(&[][..], Vec::as_slice);
        let lines = chat.iter().map(|entry| {
            let mut line = json!(entry);
            if let Some(sent) = self.sent.get(&entry.id) {
                line["seen"] = sent.read_at.is_some().into();
            }
            line
        });
        shown["chat"] = lines.collect();
        let pairs = self.pairs.values().filter(|pair| pair.person == person.id);
        shown["numbers"] =
            pairs.map(|pair| json!({ "number": pair.number, "last_inbound": pair.last_inbound })).collect();
        Ok(shown)
    }

    pub(crate) fn add_person(&mut self, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let seq = self.next_seq();
        let phone = input.text("phone")?.map_or_else(|| format!("1555{seq:07}"), |phone| ids::digits(&phone));
        if phone.len() < 5 || phone.len() > 15 {
            return Err(input.wrong("phone", "must have 5 to 15 digits"));
        }
        let id = input.text("id")?.unwrap_or_else(|| format!("person-{seq}"));
        if id.is_empty() || id == "many" || id.contains('/') || self.people.contains_key(&id) {
            return Err(input.wrong("id", "is taken, or cannot be part of a path"));
        }
        let user_id = input
            .text("user_id")?
            // The default people have the first numbers of this sequence.
            .unwrap_or_else(|| ids::user_id(ids::country(&phone), self.config.seed, 1_000_000 + seq));
        let name = input.text("name")?;
        let person = Person {
            id,
            name: input.needed("name", name)?,
            phone,
            dialled: Vec::new(),
            username: None,
            phone_visible: true,
            user_id,
            parent_user_id: None,
            on_whatsapp: true,
            stopped_marketing: false,
            blocks: BTreeSet::new(),
            behaviour: Behaviour::default(),
        };
        self.fill_person(person, input, now)
    }

    pub(crate) fn change_person(&mut self, id: &str, fields: Value, now: Timestamp) -> Answer {
        let mut person = self.person(id)?;
        let mut input = Input::new(fields)?;
        if let Some(name) = input.text("name")? {
            person.name = name;
        }
        self.fill_person(person, input, now)
    }

    /// What a new person and a changed one have in common.
    fn fill_person(&mut self, mut person: Person, mut input: Input, now: Timestamp) -> Answer {
        if let Some(username) = input.value("username") {
            person.username = match username {
                Value::Null => None,
                Value::String(name) => Some(name),
                _ => return Err(input.wrong("username", "must be a string or null")),
            };
        }
        if let Some(parent) = input.text("parent_user_id")? {
            person.parent_user_id = Some(parent);
        }
        if let Some(dialled) = input.list("dialled")? {
            person.dialled = dialled.iter().filter_map(Value::as_str).map(ids::digits).collect();
        }
        input.set_flag("phone_visible", &mut person.phone_visible)?;
        input.set_flag("on_whatsapp", &mut person.on_whatsapp)?;
        if let Some(fields) = input.value("behaviour") {
            behaviour(&mut person.behaviour, fields)?;
        }
        input.done()?;
        for (field, address) in [("phone", &person.phone), ("user_id", &person.user_id)] {
            if self.addresses.get(address).is_some_and(|owner| *owner != person.id) {
                return Err(ControlError::field(field, "belongs to somebody else"));
            }
        }
        self.keep_person(person.clone());
        match person.behaviour.phone_off_until {
            Some(until) if person.behaviour.is_off(now) => self.at(until, Due::PhoneOn(person.id.clone())),
            _ if !person.behaviour.is_off(now) => self.phone_on(&person.id, now),
            _ => {}
        }
        Ok(json!(person))
    }

    pub(crate) fn add_people(&mut self, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let count = input.count("count")?;
        let count = input.needed("count", count.filter(|count| (1..=1_000_000).contains(count)))?;
        let prefix = input.text("prefix")?.unwrap_or_else(|| "many".into());
        let behaviour = input.value("behaviour").unwrap_or(json!({}));
        input.done()?;
        let mut added = Vec::new();
        for i in 0..count {
            let fields = json!({ "id": format!("{prefix}-{i}"), "name": format!("Person {i}"), "behaviour": behaviour });
            added.push(self.add_person(fields, now)?["id"].take());
        }
        Ok(json!({ "people": added }))
    }
}

fn behaviour(behaviour: &mut Behaviour, fields: Value) -> Result<(), ControlError> {
    let mut input = Input::inside("behaviour.", fields)?;
    input.set_flag("never_delivered", &mut behaviour.never_delivered)?;
    input.set_flag("reads", &mut behaviour.reads)?;
    input.set_flag("plays", &mut behaviour.plays)?;
    input.set_flag("skip_delivered", &mut behaviour.skip_delivered)?;
    input.set_count("sent_after_ms", &mut behaviour.sent_after_ms)?;
    input.set_count("delivered_after_ms", &mut behaviour.delivered_after_ms)?;
    input.set_count("read_after_ms", &mut behaviour.read_after_ms)?;
    if let Some(off) = input.flag("phone_off")? {
        behaviour.phone_off = off;
        behaviour.phone_off_until = None;
    }
    if let Some(until) = input.time("phone_off_until")? {
        behaviour.phone_off = true;
        behaviour.phone_off_until = Some(until);
    }
    match input.value("fail_with") {
        None => {}
        Some(Value::Null) => behaviour.fail_with = None,
        Some(code) => {
            let code = code.as_u64().and_then(|code| u32::try_from(code).ok());
            behaviour.fail_with =
                Some(code.ok_or_else(|| input.wrong("fail_with", "must be an error code or null"))?);
        }
    }
    input.done()
}
