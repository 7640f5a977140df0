//! One change's value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::people::People;
use super::{Item, Kind, Parts, Uncut, text_of};

/// An object's members in order, each raw.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
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
    let Ok(Members(members)) = serde_json::from_str::<Members<'a>>(value.get()) else {
        // Not an object: nothing we know, and an event all the same.
        parts.items.push(envelope);
        return;
    };
    let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, raw)| *raw);
    if let Some(metadata) =
        member("metadata").and_then(|raw| serde_json::from_str::<Metadata<'a>>(raw.get()).ok())
    {
        envelope.number = metadata.phone_number_id.and_then(text_of);
        envelope.display = metadata.display_phone_number.and_then(text_of);
    }
    if envelope.field != "messages" {
        parts.items.push(envelope);
        return;
    }
    let people = People::new(member("contacts"));
    let mut found = false;
    for (name, kind) in [("messages", Kind::Message), ("statuses", Kind::Status)] {
        let Some(raw) = member(name) else { continue };
        found = true;
        match serde_json::from_str::<Vec<&'a RawValue>>(raw.get()) {
            Ok(array) => parts.items.extend(array.into_iter().map(|raw| Item {
                kind,
                contacts: people.of(raw, kind),
                raw: Cow::Borrowed(raw),
                ..envelope.clone()
            })),
            Err(_) => parts.uncut.push(Uncut {
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
    if members.iter().any(|(key, _)| !known.contains(&key.as_ref())) {
        envelope.raw = Cow::Owned(without_items(&members));
        parts.items.push(envelope);
    }
}

/// The value without its messages and statuses, which are items of their own.
fn without_items(members: &[(Cow<'_, str>, &RawValue)]) -> Box<RawValue> {
    let rest = members.iter().filter(|(key, _)| key != "messages" && key != "statuses");
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
