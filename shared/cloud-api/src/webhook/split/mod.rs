//! Cutting a webhook body into items, without reading more than it must: array members, the ids that
//! tell people apart, and nothing else. What is said stays raw JSON.

mod object;
mod people;
mod value;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use object::Object;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A member of `value.messages` of the field `messages`.
    Message,
    /// A member of `value.statuses` of the field `messages`.
    Status,
    /// Any other change, whole.
    Event,
}

/// One item, with the envelope that it came in.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// What it is.
    pub kind: Kind,
    /// `entry[].id`.
    pub waba: Cow<'a, str>,
    /// `entry[].time`, Unix seconds.
    pub time: Option<i64>,
    /// The webhook field.
    pub field: Cow<'a, str>,
    /// `metadata.phone_number_id`.
    pub number: Option<Cow<'a, str>>,
    /// `metadata.display_phone_number`.
    pub display: Option<Cow<'a, str>>,
    /// The `contacts[]` entry of the person, or all of them if none matches.
    pub contacts: Vec<&'a RawValue>,
    /// The item itself.
    pub raw: Cow<'a, RawValue>,
}

/// A part of a body that could not be cut, with why. The rest of the body is not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncut<'a> {
    /// The bytes of the part.
    pub bytes: &'a [u8],
    /// Why.
    pub reason: &'static str,
}

/// Everything in a body: each part is in exactly one of the two.
#[derive(Clone, Debug, Default)]
pub struct Parts<'a> {
    /// What could be cut out.
    pub items: Vec<Item<'a>>,
    /// What could not.
    pub uncut: Vec<Uncut<'a>>,
}

/// A body. `E` is how much of an entry is read with it: all of it, or nothing but where it ends.
#[derive(Deserialize)]
struct Body<E> {
    entry: Vec<E>,
}

#[derive(Deserialize)]
struct Entry<'a, C> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    changes: Vec<C>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// A body in which everything is where it should be.
type Whole<'a> = Object<Body<Object<Entry<'a, Object<Change<'a>>>>>>;

/// What an entry says of all its changes.
struct Envelope<'a> {
    waba: Cow<'a, str>,
    time: Option<i64>,
}

/// Cuts a body into items. Nothing is lost: what cannot be cut is named, with its bytes.
#[must_use]
pub fn split(body: &[u8]) -> Parts<'_> {
    let mut parts = Parts::default();
    let whole = |reason| Uncut { bytes: body, reason };
    let Ok(text) = std::str::from_utf8(body) else {
        parts.uncut.push(whole("not UTF-8"));
        return parts;
    };
    // Nearly every body: one pass over its bytes instead of one for each level.
    if let Ok(Object(whole)) = serde_json::from_str::<Whole<'_>>(text)
        && !whole.entry.is_empty()
        && whole.entry.iter().all(|Object(entry)| !entry.changes.is_empty())
    {
        for Object(entry) in whole.entry {
            let envelope = envelope_of(&entry);
            for Object(change) in entry.changes {
                cut_change(change, &envelope, &mut parts);
            }
        }
        return parts;
    }
    match serde_json::from_str::<Object<Body<&RawValue>>>(text) {
        Ok(Object(body)) if !body.entry.is_empty() => {
            for entry in body.entry {
                split_entry(entry, &mut parts);
            }
        }
        Ok(_) => parts.uncut.push(whole("no entry")),
        Err(error) if error.is_data() => parts.uncut.push(whole("not a webhook body")),
        Err(_) => parts.uncut.push(whole("not JSON")),
    }
    parts
}

fn split_entry<'a>(raw: &'a RawValue, parts: &mut Parts<'a>) {
    let uncut = |reason| Uncut { bytes: raw.get().as_bytes(), reason };
    match serde_json::from_str::<Object<Entry<'a, &'a RawValue>>>(raw.get()) {
        Ok(Object(entry)) if !entry.changes.is_empty() => {
            let envelope = envelope_of(&entry);
            for change in entry.changes {
                split_change(change, &envelope, parts);
            }
        }
        Ok(_) => parts.uncut.push(uncut("an entry without changes")),
        Err(_) => parts.uncut.push(uncut("an entry that is not one")),
    }
}

fn envelope_of<'a, C>(entry: &Entry<'a, C>) -> Envelope<'a> {
    let waba = entry.id.and_then(text_of).unwrap_or_default();
    Envelope { waba, time: entry.time.and_then(integer_of) }
}

fn split_change<'a>(raw: &'a RawValue, envelope: &Envelope<'a>, parts: &mut Parts<'a>) {
    match serde_json::from_str(raw.get()) {
        Ok(Object(change)) => cut_change(change, envelope, parts),
        Err(_) => {
            parts.uncut.push(Uncut { bytes: raw.get().as_bytes(), reason: "a change without field or value" })
        }
    }
}

fn cut_change<'a>(change: Change<'a>, envelope: &Envelope<'a>, parts: &mut Parts<'a>) {
    let whole = Item {
        kind: Kind::Event,
        waba: envelope.waba.clone(),
        time: envelope.time,
        field: change.field,
        number: None,
        display: None,
        contacts: Vec::new(),
        raw: Cow::Borrowed(change.value),
    };
    value::split(whole, change.value, parts);
}

/// An id that should be a string, and may be a number.
fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    if let Ok(Text(text)) = serde_json::from_str(raw.get()) {
        return Some(text);
    }
    let number = raw.get().bytes().all(|b| b.is_ascii_digit());
    number.then(|| Cow::Borrowed(raw.get()))
}

/// A time that should be a number, and may be a string.
fn integer_of(raw: &RawValue) -> Option<i64> {
    raw.get().trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests;
