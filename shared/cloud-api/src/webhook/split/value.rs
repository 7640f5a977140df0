//! One change's value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::people::People;
use super::{Item, Kind, Parts, Uncut, text_of};

/// A value's members in order.
struct Members<'a>(Vec<(Cow<'a, str>, Member<'a>)>);

/// A member: raw, or an array whose own members are cut as it is read, which saves a pass over them.
enum Member<'a> {
    Raw(&'a RawValue),
    Array(Vec<&'a RawValue>),
}

impl<'a> Member<'a> {
    fn array(&self) -> Option<Cow<'_, [&'a RawValue]>> {
        match self {
            Member::Array(array) => Some(Cow::Borrowed(array)),
            Member::Raw(raw) => serde_json::from_str(raw.get()).ok().map(Cow::Owned),
        }
    }
}

/// What is cut, if it is an array.
fn is_cut(key: &str) -> bool {
    matches!(key, "messages" | "statuses")
}

/// Reads an object's members.
struct Collect {
    /// Whether to take it on trust that what is to be cut is an array.
    trusting: bool,
}

impl<'a> Members<'a> {
    fn read(value: &'a RawValue) -> Option<Self> {
        // Second, what hardly ever happens: somewhere is something else.
        [true, false].into_iter().find_map(|trusting| {
            let mut json = serde_json::Deserializer::from_str(value.get());
            json.deserialize_map(Collect { trusting }).ok()
        })
    }

    fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, member)| member)
    }

    fn raw(&self, name: &str) -> Option<&'a RawValue> {
        match self.get(name)? {
            Member::Raw(raw) => Some(raw),
            Member::Array(_) => None,
        }
    }
}

impl<'de> Visitor<'de> for Collect {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let member = if self.trusting && is_cut(&key) {
                Member::Array(map.next_value()?)
            } else {
                Member::Raw(map.next_value()?)
            };
            members.push((key, member));
        }
        Ok(Members(members))
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    phone_number_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    display_phone_number: Option<&'a RawValue>,
}

/// Cuts a value. Of the field `messages`, each message and each status is an item, and what else stands
/// there is one event; of any other field, the value is one event.
pub(super) fn split<'a>(mut envelope: Item<'a>, value: &'a RawValue, parts: &mut Parts<'a>) {
    let Some(members) = Members::read(value) else {
        // Not an object: nothing we know, and an event all the same.
        parts.items.push(envelope);
        return;
    };
    if let Some(metadata) =
        members.raw("metadata").and_then(|raw| serde_json::from_str::<Metadata<'a>>(raw.get()).ok())
    {
        envelope.number = metadata.phone_number_id.and_then(text_of);
        envelope.display = metadata.display_phone_number.and_then(text_of);
    }
    if envelope.field != "messages" {
        parts.items.push(envelope);
        return;
    }
    let people = People::new(members.raw("contacts"));
    let mut found = false;
    for (name, kind) in [("messages", Kind::Message), ("statuses", Kind::Status)] {
        let Some(member) = members.get(name) else { continue };
        found = true;
        match member.array() {
            Some(array) => parts.items.extend(array.iter().map(|raw| Item {
                kind,
                contacts: people.of(raw, kind),
                raw: Cow::Borrowed(*raw),
                ..envelope.clone()
            })),
            None => parts.uncut.push(Uncut {
                bytes: value.get().as_bytes(),
                reason: "messages or statuses that are no array",
            }),
        }
    }
    if !found {
        parts.items.push(envelope);
        return;
    }
    let known = ["messaging_product", "metadata", "contacts", "messages", "statuses"];
    if members.0.iter().any(|(key, _)| !known.contains(&key.as_ref())) {
        envelope.raw = Cow::Owned(without_items(&members));
        parts.items.push(envelope);
    }
}

/// The value without its messages and statuses, which are items of their own.
fn without_items(members: &Members<'_>) -> Box<RawValue> {
    let rest = members.0.iter().filter(|(key, _)| !is_cut(key));
    let rest = rest.filter_map(|(key, member)| match member {
        Member::Raw(raw) => Some((key, raw)),
        Member::Array(_) => None,
    });
    let mut text = String::from("{");
    for (index, (key, raw)) in rest.enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&serde_json::Value::from(key.as_ref()).to_string());
        text.push(':');
        text.push_str(raw.get());
    }
    text.push('}');
    // Put together from parts that were read as JSON.
    RawValue::from_string(text).unwrap_or_default()
}
