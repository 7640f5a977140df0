//! Every sample body in `events/webhook` is understood, whole, and stays understood.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cloud_api::webhook::contact::ContactProfile;
use cloud_api::webhook::content::Content;
use cloud_api::webhook::event::Event;
use cloud_api::webhook::message::InboundMessage;
use cloud_api::webhook::status::StatusUpdate;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What was read from one change of one body.
#[derive(Debug, Serialize)]
struct Read {
    field: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<ContactProfile>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<InboundMessage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<StatusUpdate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
}

/// Samples that are outside our model on purpose. None so far: their shapes would have to be invented.
const UNKNOWN_ON_PURPOSE: [&str; 0] = [];

#[test]
fn every_sample_is_understood() {
    let samples = samples();
    assert!(samples.len() >= 138, "a sample was lost");
    for (name, body) in &samples {
        let read = read(body);
        assert!(!read.is_empty(), "{name}: nothing was read");
        if UNKNOWN_ON_PURPOSE.contains(&name.as_str()) {
            continue;
        }
        for change in &read {
            for message in &change.messages {
                let outside = matches!(message.content, Content::Unknown { .. } | Content::Malformed { .. });
                assert!(!outside, "{name}: {:?}", message.content);
            }
            let outside = matches!(change.event, Some(Event::Unknown { .. } | Event::Malformed { .. }));
            assert!(!outside, "{name}: {:?}", change.event);
        }
        // Echoes, history and standby hold messages inside events.
        let text = serde_json::to_string(&read).unwrap();
        assert!(!text.contains("\"malformed\":{") && !text.contains("\"unknown\":{"), "{name}: {text}");
    }
}

#[test]
fn what_we_read_from_each_sample_stays_the_same() {
    for (name, body) in samples() {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_json_snapshot!(name.replace('/', "."), read(&body)));
    }
}

#[test]
fn nothing_that_a_sample_says_is_lost() {
    let mut lost = Vec::new();
    for (name, body) in samples() {
        let said = leaves(&json!(values(&body)));
        let understood = leaves(&serde_json::to_value(read(&body)).unwrap());
        let missing =
            said.iter().filter(|(leaf, times)| understood.get(*leaf).is_none_or(|read| read < times));
        lost.extend(
            missing.filter(|(leaf, _)| !spelled_otherwise(leaf)).map(|(leaf, _)| format!("{name}: {leaf}")),
        );
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Values that we hold in another form than the sample writes them.
fn spelled_otherwise(leaf: &str) -> bool {
    // `TIER_10K` and `-1` become a messaging limit; the other is `messaging_product`.
    leaf.starts_with("tier_") || leaf == "_1" || leaf == "whatsapp"
}

/// How often each scalar occurs, whatever its JSON type; names of members count too, since variants are
/// written as names.
fn leaves(value: &Value) -> BTreeMap<String, usize> {
    fn walk(value: &Value, key: &str, found: &mut BTreeMap<String, usize>) {
        let text = match value {
            Value::Array(items) => return items.iter().for_each(|item| walk(item, key, found)),
            Value::Object(members) => return members.iter().for_each(|(key, item)| walk(item, key, found)),
            Value::Null => return,
            Value::String(text) => text.clone(),
            // An amount may come back as 5.0 where 5 was written.
            Value::Number(number) => number.as_f64().unwrap().to_string(),
            Value::Bool(flag) => flag.to_string(),
        };
        // Inside `interactive` and `edit` the type names a variant.
        if key != "type" {
            *found.entry(text.to_lowercase().replace('-', "_")).or_default() += 1;
        }
    }
    let mut found = BTreeMap::new();
    walk(value, "", &mut found);
    found
}

fn samples() -> BTreeMap<String, Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/webhook");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                let body = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                found.insert(name.to_str().unwrap().replace('\\', "/"), body);
            }
        }
    }
    found
}

/// The changes of a body: field and value.
fn changes(body: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let entries = body["entry"].as_array().unwrap().iter();
    entries
        .flat_map(|entry| entry["changes"].as_array().unwrap())
        .map(|change| (change["field"].as_str().unwrap(), change["value"].as_object().unwrap()))
}

/// What of a body concerns us: the envelope of `messages` is not this crate's matter.
fn values(body: &Value) -> Vec<Map<String, Value>> {
    let mut values: Vec<_> = changes(body).map(|(field, value)| (field, value.clone())).collect();
    for (field, value) in &mut values {
        if *field == "messages" && (value.contains_key("messages") || value.contains_key("statuses")) {
            value.remove("metadata");
        }
    }
    values.into_iter().map(|(_, value)| value).collect()
}

fn read(body: &Value) -> Vec<Read> {
    changes(body).map(|(field, value)| read_change(field, value)).collect()
}

fn read_change(field: &str, value: &Map<String, Value>) -> Read {
    let mut rest = value.clone();
    let mut items = |key: &str| {
        let found = if field == "messages" { rest.remove(key) } else { None };
        let items: Vec<Value> = found.map(|items| items.as_array().unwrap().clone()).unwrap_or_default();
        items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>()
    };
    let contacts = items("contacts").iter().map(|raw| ContactProfile::parse(raw).unwrap()).collect();
    let messages: Vec<_> = items("messages").iter().map(|raw| InboundMessage::parse(raw).unwrap()).collect();
    let statuses: Vec<_> = items("statuses").iter().map(|raw| StatusUpdate::parse(raw).unwrap()).collect();
    let is_event = messages.is_empty() && statuses.is_empty();
    let event = is_event.then(|| Event::parse(field, &Value::Object(rest).to_string()).unwrap());
    Read { field: field.to_owned(), contacts, messages, statuses, event }
}
