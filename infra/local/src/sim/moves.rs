//! A person moves to another phone.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::control::input::Input;
use super::error::ControlError;
use super::ids;
use super::model::Person;
use super::rules::window;
use super::state::State;

impl State {
    /// A new phone number brings a new BSUID; every number that knows the person is told.
    pub(crate) fn person_changes_number(
        &mut self,
        id: &str,
        body: Value,
        now: Timestamp,
    ) -> Result<Value, ControlError> {
        let old = self.person(id)?;
        let mut input = Input::new(body)?;
        let phone = input.text("phone")?.map(|phone| ids::digits(&phone)).filter(|phone| !phone.is_empty());
        let phone = input.needed("phone", phone)?;
        input.done()?;
        if self.addresses.contains_key(&phone) {
            return Err(ControlError::field("phone", "belongs to somebody else"));
        }
        let seq = self.next_seq();
        let user_id = ids::user_id(ids::country(&phone), self.config.seed, seq);
        let new =
            Person { phone: phone.clone(), user_id: user_id.clone(), dialled: Vec::new(), ..old.clone() };
        self.keep_person(new);
        let known: Vec<String> = self
            .pairs
            .values()
            .filter(|pair| pair.person == old.id)
            .map(|pair| pair.number.clone())
            .collect();
        for number in known {
            self.tell_new_number(&old, &number, &phone, &user_id, now)?;
        }
        Ok(json!({ "person": old.id, "phone": phone, "user_id": user_id, "previous_user_id": old.user_id }))
    }

    fn tell_new_number(
        &mut self,
        old: &Person,
        number: &str,
        phone: &str,
        user_id: &str,
        now: Timestamp,
    ) -> Result<(), ControlError> {
        let number = self.number(Some(number))?;
        let wamid = self.new_wamid();
        let seen = window::sees_phone(old, self.pair(&number.id, &old.id), now);
        let mut message = json!({});
        let mut system = json!({ "type": "user_changed_user_id" });
        if seen {
            message["from"] = old.phone.as_str().into();
            let body = format!("User {} changed from {} to {phone}", old.name, old.phone);
            system = json!({ "type": "user_changed_number", "body": body, "wa_id": phone });
        }
        system["user_id"] = user_id.into();
        system["previous_user_id"] = old.user_id.as_str().into();
        message["from_user_id"] = old.user_id.as_str().into();
        message["id"] = wamid.into();
        message["timestamp"] = now.as_second().to_string().into();
        message["type"] = "system".into();
        message["system"] = system;
        self.tell_message(old, &number, message, now);
        Ok(())
    }
}
