//! How the JSON types themselves are read.

use serde_json::Value;

use super::{Broken, Wire};

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn expected<T>(what: &str, value: &Value) -> Result<T, Broken> {
    Err(Broken::new(format!("{} instead of {what}", kind_of(value))))
}

/// Text of an id: Meta writes ids as strings here and as 64-bit numbers there. Never through f64.
pub(crate) fn id_text(value: Value) -> Result<String, Broken> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text),
        Value::String(_) => Err(Broken::new("empty")),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        other => expected("an id", &other),
    }
}

impl Wire for String {
    fn read(value: Value) -> Result<Self, Broken> {
        match value {
            Value::String(text) => Ok(text),
            other => expected("a string", &other),
        }
    }

    fn lenient(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
}

impl Wire for i64 {
    #[expect(clippy::cast_possible_truncation, reason = "guarded: whole and within 2^53")]
    fn read(value: Value) -> Result<Self, Broken> {
        let found = match &value {
            Value::Number(number) => number.as_i64().or_else(|| {
                number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as Self)
            }),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        found.map_or_else(|| expected("an integer", &value), Ok)
    }
}

impl Wire for u32 {
    fn read(value: Value) -> Result<Self, Broken> {
        Self::try_from(i64::read(value)?).map_err(|_| Broken::new("out of range"))
    }
}

impl Wire for f64 {
    fn read(value: Value) -> Result<Self, Broken> {
        let found = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &Self| number.is_finite()),
            _ => None,
        };
        found.map_or_else(|| expected("a number", &value), Ok)
    }
}

impl Wire for bool {
    fn read(value: Value) -> Result<Self, Broken> {
        match &value {
            Value::Bool(flag) => Ok(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => expected("a boolean", &value),
        }
    }
}

impl Wire for Value {
    fn read(value: Value) -> Result<Self, Broken> {
        Ok(value)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn read(value: Value) -> Result<Self, Broken> {
        Ok(if value.is_null() { None } else { T::lenient(value) })
    }

    fn missing() -> Result<Self, Broken> {
        Ok(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read(value: Value) -> Result<Self, Broken> {
        match value {
            Value::Null => Ok(Self::new()),
            Value::Array(items) => {
                let numbered = items.into_iter().enumerate();
                numbered.map(|(n, item)| T::read(item).map_err(|b| b.at(&n.to_string()))).collect()
            }
            other => expected("an array", &other),
        }
    }

    fn missing() -> Result<Self, Broken> {
        Ok(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Wire> Wire for Box<T> {
    fn read(value: Value) -> Result<Self, Broken> {
        T::read(value).map(Self::new)
    }
}
