//! Bodies and signatures, as Meta writes them.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::sim::model::{Number, Pair, Person};
use crate::sim::rules::window;

/// One `changes[]` member with the account it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) waba: String,
    /// Management fields carry the time of the entry; the messages family does not.
    pub(crate) time: Option<i64>,
    pub(crate) field: String,
    pub(crate) value: Value,
}

/// The bytes of a post: compact, with everything beyond ASCII escaped, as Meta signs it.
pub(crate) fn body(changes: &[Change]) -> String {
    let mut entries: Vec<Value> = Vec::new();
    for change in changes {
        let part = json!({ "field": change.field, "value": change.value });
        let same =
            |entry: &&mut Value| entry["id"] == change.waba.as_str() && entry["time"].as_i64() == change.time;
        let place = entries.iter_mut().find(same);
        match place.and_then(|entry| entry["changes"].as_array_mut()) {
            Some(changes) => changes.push(part),
            None => {
                let mut entry = json!({ "id": change.waba });
                if let Some(time) = change.time {
                    entry["time"] = time.into();
                }
                entry["changes"] = json!([part]);
                entries.push(entry);
            }
        }
    }
    ascii(&json!({ "object": "whatsapp_business_account", "entry": entries }).to_string())
}

/// Puts the messages, and the statuses, of one number into one value each.
pub(crate) fn merge(changes: &[Change]) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    for change in changes {
        let lists = ["messages", "statuses"].into_iter().find(|list| change.value[list].is_array());
        let same = |other: &&mut Change| {
            lists.is_some_and(|list| other.value[list].is_array())
                && other.field == change.field
                && other.value["metadata"] == change.value["metadata"]
        };
        let (Some(list), Some(into)) = (lists, merged.iter_mut().find(same)) else {
            merged.push(change.clone());
            continue;
        };
        extend(&mut into.value, list, &change.value[list]);
        extend(&mut into.value, "contacts", &change.value["contacts"]);
    }
    merged
}

/// Adds to a list what it does not have yet.
fn extend(value: &mut Value, list: &str, more: &Value) {
    for item in more.as_array().into_iter().flatten() {
        match value[list].as_array_mut() {
            Some(there) if there.contains(item) => {}
            Some(there) => there.push(item.clone()),
            None => value[list] = json!([item]),
        }
    }
}

/// JSON text with `\uXXXX` for every character beyond ASCII.
pub(crate) fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

/// The value of `X-Hub-Signature-256`.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        unreachable!("HMAC takes keys of any length");
    };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub(crate) fn metadata(number: &Number) -> Value {
    json!({ "display_phone_number": number.digits, "phone_number_id": number.id })
}

/// A `contacts[]` member: the BSUID always, the phone number only where it is seen.
pub(crate) fn contact(person: &Person, pair: Option<&Pair>, with_username: bool, now: Timestamp) -> Value {
    let mut contact = json!({ "profile": { "name": person.name } });
    if let (Some(username), true) = (&person.username, with_username) {
        contact["profile"]["username"] = username.as_str().into();
    }
    if window::sees_phone(person, pair, now) {
        contact["wa_id"] = person.phone.as_str().into();
    }
    contact["user_id"] = person.user_id.as_str().into();
    if let Some(parent) = &person.parent_user_id {
        contact["parent_user_id"] = parent.as_str().into();
    }
    contact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_fact_sheet() {
        let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
        let wanted = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";
        assert_eq!(signature("test_app_secret", body), wanted);
    }

    #[test]
    fn everything_beyond_ascii_is_escaped_and_reads_back_the_same() {
        let value = json!({ "name": "Sofía 🌻" });
        let text = ascii(&value.to_string());
        assert_eq!(text, r#"{"name":"Sof\u00eda \ud83c\udf3b"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
