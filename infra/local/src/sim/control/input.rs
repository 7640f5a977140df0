//! Reads a control request and says which field is wrong.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::sim::error::ControlError;

type Read<T> = Result<Option<T>, ControlError>;

/// The fields of a request; each is taken once, and what is left over is an error.
pub(crate) struct Input {
    fields: Map<String, Value>,
    inside: String,
}

impl Input {
    pub(crate) fn new(value: Value) -> Result<Self, ControlError> {
        Self::inside("", value)
    }

    /// A nested object, whose fields are named with a prefix.
    pub(crate) fn inside(prefix: &str, value: Value) -> Result<Self, ControlError> {
        match value {
            Value::Object(fields) => Ok(Self { fields, inside: prefix.into() }),
            Value::Null => Ok(Self { fields: Map::new(), inside: prefix.into() }),
            _ => Err(ControlError::field(prefix.trim_end_matches('.'), "must be a JSON object")),
        }
    }

    pub(crate) fn value(&mut self, field: &str) -> Option<Value> {
        self.fields.shift_remove(field)
    }

    pub(crate) fn wrong(&self, field: &str, reason: &str) -> ControlError {
        ControlError::field(format!("{}{field}", self.inside), reason)
    }

    fn read<T>(&mut self, field: &str, wanted: &str, read: impl Fn(&Value) -> Option<T>) -> Read<T> {
        match self.value(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(&value).map(Some).ok_or_else(|| self.wrong(field, wanted)),
        }
    }

    pub(crate) fn text(&mut self, field: &str) -> Read<String> {
        self.read(field, "must be a string", |value| value.as_str().map(String::from))
    }

    pub(crate) fn flag(&mut self, field: &str) -> Read<bool> {
        self.read(field, "must be true or false", Value::as_bool)
    }

    pub(crate) fn count(&mut self, field: &str) -> Read<u64> {
        self.read(field, "must be a whole number from 0", Value::as_u64)
    }

    pub(crate) fn share(&mut self, field: &str) -> Read<f64> {
        self.read(field, "must be a number from 0 to 1", |value| {
            value.as_f64().filter(|n| (0.0..=1.0).contains(n))
        })
    }

    pub(crate) fn code(&mut self, field: &str) -> Read<u32> {
        self.read(field, "must be an error code", |value| value.as_u64().and_then(|n| u32::try_from(n).ok()))
    }

    pub(crate) fn time(&mut self, field: &str) -> Read<Timestamp> {
        self.read(field, "must be a time such as 2026-11-23T00:00:00Z", |value| value.as_str()?.parse().ok())
    }

    pub(crate) fn list(&mut self, field: &str) -> Read<Vec<Value>> {
        self.read(field, "must be a list", |value| value.as_array().cloned())
    }

    pub(crate) fn needed<T>(&self, field: &str, value: Option<T>) -> Result<T, ControlError> {
        value.ok_or_else(|| self.wrong(field, "is required"))
    }

    /// Sets `target` if the field was given.
    pub(crate) fn set_flag(&mut self, field: &str, target: &mut bool) -> Result<(), ControlError> {
        if let Some(value) = self.flag(field)? {
            *target = value;
        }
        Ok(())
    }

    /// Sets `target` if the field was given.
    pub(crate) fn set_count(&mut self, field: &str, target: &mut u64) -> Result<(), ControlError> {
        if let Some(value) = self.count(field)? {
            *target = value;
        }
        Ok(())
    }

    /// Fails when a field is left that nobody knows.
    pub(crate) fn done(self) -> Result<(), ControlError> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(field) => Err(ControlError::field(format!("{}{field}", self.inside), "is not known here")),
        }
    }
}
