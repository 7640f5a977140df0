//! Reading Meta's JSON without trusting its types.
//!
//! The same key comes as a number here and as a string there, and keys go missing. Optional parts are
//! therefore read as far as they can be; only the core of a type is strict, and says what broke.

mod scalar;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub(crate) use scalar::id_text;
use scalar::kind_of;

/// serde_json refuses deeper documents when it builds values; we refuse them before that.
const DEEPEST: usize = 100;

/// Bytes that are not the JSON they should be. They can be kept, but not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unreadable: {reason}")]
pub struct Unreadable {
    /// What is wrong; never quotes the content.
    pub reason: String,
}

impl Unreadable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Why a part could not be read, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    path: String,
    reason: String,
}

impl Broken {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    pub(crate) fn at(mut self, key: &str) -> Self {
        self.path = if self.path.is_empty() { key.to_owned() } else { format!("{key}.{}", self.path) };
        self
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// Something that can be read from Meta's JSON.
pub(crate) trait Wire: Sized {
    /// Reads it, or says what broke.
    fn read(value: Value) -> Result<Self, Broken>;

    /// What stands for a missing key.
    fn missing() -> Result<Self, Broken> {
        Err(Broken::new("missing"))
    }

    /// Reads it as an optional part: whatever can be made of it.
    fn lenient(value: Value) -> Option<Self> {
        Self::read(value).ok()
    }

    /// Leave it out when writing?
    fn is_absent(&self) -> bool {
        false
    }
}

/// For `skip_serializing_if`.
pub(crate) fn is_absent<T: Wire>(value: &T) -> bool {
    value.is_absent()
}

/// The members of one JSON object, taken out one by one.
pub(crate) struct Fields {
    map: Map<String, Value>,
    broken: BTreeMap<String, String>,
}

impl Fields {
    /// Opens an object from its text. A member that cannot be decoded (half an emoji, a number out of
    /// range) breaks only itself: the message around it still counts.
    pub(crate) fn open(raw: &str) -> Result<Self, Unreadable> {
        if is_too_deep(raw) {
            return Err(Unreadable::new(format!("nested deeper than {DEEPEST} levels")));
        }
        let members: BTreeMap<String, &RawValue> =
            serde_json::from_str(raw).map_err(|error| Unreadable::new(without_content(&error)))?;
        let mut fields = Self { map: Map::new(), broken: BTreeMap::new() };
        for (key, member) in members {
            match serde_json::from_str(member.get()) {
                Ok(value) => drop(fields.map.insert(key, value)),
                Err(error) => drop(fields.broken.insert(key, without_content(&error))),
            }
        }
        Ok(fields)
    }

    /// Opens an object that is already parsed.
    pub(crate) fn of(value: Value) -> Result<Self, Broken> {
        match value {
            Value::Object(map) => Ok(Self { map, broken: BTreeMap::new() }),
            other => Err(Broken::new(format!("{} instead of an object", kind_of(&other)))),
        }
    }

    /// Takes a member under the first of its spellings that is there.
    pub(crate) fn take<T: Wire>(&mut self, keys: &[&str]) -> Result<T, Broken> {
        for key in keys {
            if let Some(reason) = self.broken.get(*key) {
                return Err(Broken::new(reason.clone()).at(key));
            }
            if let Some(value) = self.map.remove(*key) {
                return T::read(value).map_err(|broken| broken.at(key));
            }
        }
        T::missing().map_err(|broken| broken.at(keys.first().copied().unwrap_or_default()))
    }

    /// Takes a member as far as it can be read.
    pub(crate) fn maybe<T: Wire>(&mut self, key: &str) -> Option<T> {
        self.map.remove(key).and_then(T::lenient)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|value| !value.is_null())
    }

    /// The first member that could not be decoded at all.
    pub(crate) fn first_broken(&self) -> Option<Broken> {
        self.broken.iter().next().map(|(key, reason)| Broken::new(reason.clone()).at(key))
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.map)
    }
}

/// How deep arrays and objects nest, found without recursion: the text may be hostile.
#[must_use]
pub fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

pub(crate) fn is_too_deep(json: &str) -> bool {
    depth(json.as_bytes()) > DEEPEST
}

/// The exact text of a document, kept beside what we read from it.
pub(crate) fn raw_value(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// serde_json's reason, which may quote a value in front of its position.
fn without_content(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "not the expected JSON type",
        serde_json::error::Category::Eof => "JSON ends too early",
        _ => "not JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}
