//! An embedded EventBridge: buses, rules and their targets, durable, on the world's clock, faithful to AWS as
//! far as this project and its tests use it. What a rule delivers is written down before `PutEvents` answers.

mod buses;
mod errors;
mod pattern;
mod protocol;
mod put;
mod rows;
mod rules;
mod transform;
mod types;

use lambda_kit::Clock;

use crate::targets::Db;

pub use errors::EventsError;
pub use pattern::Pattern;
pub use put::{EventEntry, PutOutcome};
pub use types::{Bus, InputTransformer, Rule, RuleSpec, RuleTarget, bus_arn, rule_arn};

/// The bus of rules and events that name none.
pub const DEFAULT_BUS: &str = "default";

/// All buses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    db: Db,
    clock: Clock,
}

impl Events {
    /// Opens the buses in a file.
    ///
    /// # Errors
    /// The storage failed.
    pub async fn open(db: Db, clock: Clock) -> Result<Self, EventsError> {
        let events = Self { db, clock };
        events.ensure_buses(vec![DEFAULT_BUS.to_owned()]).await?;
        Ok(events)
    }
}

/// A name of 1 to `longest` letters, digits, dots, hyphens and underscores.
fn check_name(what: &str, name: &str, longest: usize) -> Result<(), EventsError> {
    let letters = name.bytes().all(|it| it.is_ascii_alphanumeric() || b".-_".contains(&it));
    if letters && (1..=longest).contains(&name.len()) {
        return Ok(());
    }
    Err(EventsError::Validation(format!(
        "1 validation error detected: Value '{name}' at '{what}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+ and have length between 1 and {longest}"
    )))
}
