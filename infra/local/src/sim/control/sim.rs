//! Every control route as a method, for tests and for other parts of the embedded world.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::input::Input;
use crate::sim::{ControlError, Sim};

/// How far a clock is set ahead at most at a time, in seconds.
const YEAR: u64 = 366 * 86_400;

type Answer = Result<Value, ControlError>;

impl Sim {
    /// Everybody with WhatsApp.
    #[must_use]
    pub fn people(&self) -> Value {
        self.read(|state| state.show_people())
    }

    /// A person with the chat as they see it; by id, phone or BSUID.
    ///
    /// # Errors
    /// When nobody is found.
    pub fn person(&self, id: &str) -> Answer {
        self.read(|state| state.show_person(id))
    }

    /// A new person.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn add_person(&self, fields: Value) -> Answer {
        self.write(|state, now| state.add_person(fields, now))
    }

    /// Many people at once: `{count, prefix}`.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn add_people(&self, fields: Value) -> Answer {
        self.write(|state, now| state.add_people(fields, now))
    }

    /// Changes a person: the fields of a new one.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn change_person(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.change_person(id, fields, now))
    }

    /// How a person's phone and its owner behave.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_behaves(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.change_person(id, json!({ "behaviour": fields }), now))
    }

    /// A person writes.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_writes(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.person_writes(id, fields, now))
    }

    /// A person reacts to a message.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_reacts(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.person_reacts(id, fields, now))
    }

    /// A person reads what arrived.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_reads(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.person_reads(id, fields, now))
    }

    /// A person stops marketing messages, or takes that back.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_stops(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.person_prefers(id, fields, now))
    }

    /// A person blocks a number of ours.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_blocks(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, _| state.person_blocks(id, fields))
    }

    /// A person moves to another phone number.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn person_changes_number(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.person_changes_number(id, fields, now))
    }

    /// The faults that stand.
    #[must_use]
    pub fn faults(&self) -> Value {
        self.read(|state| state.faults.shown())
    }

    /// Orders faults.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn add_faults(&self, fields: Value) -> Answer {
        self.write(|state, now| state.add_faults(fields, now))
    }

    /// Takes all faults back, and lets go of what was held.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn clear_faults(&self) -> Answer {
        self.write(|state, now| Ok(state.clear_faults(now)))
    }

    /// What was asked of the Graph API, oldest first: `number`, `person`, `since`, `outcome`, `on`, `limit`.
    ///
    /// # Errors
    /// Names the filter that is wrong.
    pub fn ledger(&self, filter: &BTreeMap<String, String>) -> Answer {
        self.read(|state| state.show_ledger(filter))
    }

    /// Every webhook post with its attempts: `state`, `field`, `limit`, `bodies`.
    ///
    /// # Errors
    /// Names the filter that is wrong.
    pub fn webhooks(&self, filter: &BTreeMap<String, String>) -> Answer {
        self.read(|state| state.show_webhooks(filter))
    }

    /// Totals since the last reset.
    #[must_use]
    pub fn counters(&self) -> Value {
        self.read(|state| serde_json::to_value(&state.counters).unwrap_or_default())
    }

    /// What an outside observer counts.
    #[must_use]
    pub fn oracle(&self) -> Value {
        let now = self.clock().now();
        self.read(|state| state.oracle.shown(&state.counters, now))
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> Value {
        self.read(|state| state.show_settings())
    }

    /// Changes settings.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn change_settings(&self, fields: Value) -> Answer {
        self.write(|state, now| state.change_settings(fields, now))
    }

    /// Portfolios, accounts and numbers.
    #[must_use]
    pub fn numbers(&self) -> Value {
        self.read(|state| state.show_numbers())
    }

    /// A new number.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn add_number(&self, fields: Value) -> Answer {
        self.write(|state, _| state.add_number(fields))
    }

    /// Changes a number.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn change_number(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, _| state.change_number(id, fields))
    }

    /// Changes a portfolio's messaging limit.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn change_portfolio(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.change_portfolio(id, fields, now))
    }

    /// All templates.
    #[must_use]
    pub fn templates(&self) -> Value {
        self.read(|state| {
            state.templates.values().map(|t| json!({ "waba_id": t.waba, "template": t.shown() })).collect()
        })
    }

    /// A template that is approved at once.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn add_template(&self, fields: Value) -> Answer {
        self.write(|state, _| state.add_template(fields))
    }

    /// What Meta changes of a template by itself: status, quality, category, components; each told by its webhook.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn change_template(&self, id: &str, fields: Value) -> Answer {
        self.write(|state, now| state.change_template(id, fields, now))
    }

    /// Back to the default world.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn reset(&self) -> Answer {
        self.write(|state, _| {
            state.reset()?;
            Ok(json!({ "reset": true }))
        })
    }

    /// What time it is.
    #[must_use]
    pub fn time(&self) -> Value {
        json!({ "now": self.clock().now() })
    }

    /// Sets the clock ahead by `forward` seconds, a year at most.
    ///
    /// # Errors
    /// It is not such a number, or the clock is not to be set: with `--data`, what is kept would be of the future.
    pub fn forward(&self, fields: Value) -> Answer {
        let mut input = Input::new(fields)?;
        let seconds = input.count("forward")?;
        let seconds = input.needed("forward", seconds)?;
        input.done()?;
        if seconds > YEAR {
            return Err(ControlError::field("forward", format!("must be at most {YEAR} seconds, a year")));
        }
        if !self.clock().forward(Duration::from_secs(seconds)) {
            return Err(ControlError::conflict("the clock can only be set ahead without --data"));
        }
        Ok(self.time())
    }
}
