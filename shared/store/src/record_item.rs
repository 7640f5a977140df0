//! A contact as an item, and back.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::agent::AgentId;
use domain::record::{FieldId, FieldValue};
use domain::{Contact, ContactId, ContactKind, Source, SourceKind};
use jiff::Timestamp;

use crate::item::{Get, Item, Put, s};

/// Reads a contact, from its own item or from an index that projects it.
pub(crate) fn read_contact(id: &ContactId, item: &Item) -> Contact {
    let text = |name: &str| item.text(name).map(str::to_owned);
    Contact {
        id: id.clone(),
        kind: ContactKind::from_word(item.text("knd").unwrap_or_default()),
        name: text("nm"),
        profile_name: text("wn"),
        username: text("un"),
        phone: text("ph"),
        user_id: text("bs"),
        email: text("em"),
        organization: text("org").and_then(ContactId::new),
        owner: text("own").and_then(AgentId::new),
        labels: item.texts("lab").into_iter().collect(),
        important: item.get("imp").and_then(|yes| yes.as_bool().ok()).copied().unwrap_or_default(),
        important_by_rule: item.contains_key("imr"),
        fields: read_fields(item),
        source: read_source(item),
        active_month: text("act"),
        alias_of: text("alias_of").and_then(ContactId::new),
        merged: crate::united::merged_into(item),
        erased: item.contains_key("er"),
        identities: item.texts("ids"),
        blocked_at: item.time("bl"),
        created_at: item.time("ca").unwrap_or(Timestamp::UNIX_EPOCH),
        version: item.number("ver").unwrap_or_default(),
    }
}

/// The contact whose profile this item is, if it is one.
pub(crate) fn contact_of_item(item: &Item) -> Option<Contact> {
    let id = ContactId::new(item.text("pk")?.strip_prefix("CONTACT#")?)?;
    (item.text("sk")? == "PROFILE").then(|| read_contact(&id, item))
}

/// What a person's company says about them: everything of a contact that is set by hand.
pub(crate) fn put_record(item: &mut Item, contact: &Contact) {
    item.put("knd", s(contact.kind.as_str()));
    item.put_text("nm", contact.name.as_deref());
    item.put_text("em", contact.email.as_deref());
    item.put_text("org", contact.organization.as_ref().map(ContactId::as_str));
    item.put_text("own", contact.owner.as_ref().map(AgentId::as_str));
    if !contact.labels.is_empty() {
        item.put("lab", AttributeValue::Ss(contact.labels.iter().cloned().collect()));
    }
    if contact.important {
        item.put("imp", AttributeValue::Bool(true));
    }
    if contact.important_by_rule {
        item.put("imr", AttributeValue::Bool(true));
    }
    if !contact.fields.is_empty() {
        item.put("f", write_fields(&contact.fields));
    }
    if let Some(source) = &contact.source {
        item.put("src", write_source(source));
    }
}

pub(crate) fn write_fields(fields: &BTreeMap<FieldId, FieldValue>) -> AttributeValue {
    let write = |value: &FieldValue| match value {
        FieldValue::Text(text) => s(format!("t{text}")),
        FieldValue::Number(number) => s(format!("n{number}")),
        FieldValue::Date(day) => s(format!("d{day}")),
        FieldValue::Choice(option) => s(format!("c{option}")),
        FieldValue::MultiChoice(options) => AttributeValue::L(options.iter().map(s).collect()),
        FieldValue::Money { amount, currency } => s(format!("m{amount} {currency}")),
        FieldValue::Boolean(yes) => AttributeValue::Bool(*yes),
    };
    AttributeValue::M(fields.iter().map(|(id, value)| (id.to_string(), write(value))).collect())
}

fn read_fields(item: &Item) -> BTreeMap<FieldId, FieldValue> {
    let Some(Ok(fields)) = item.get("f").map(AttributeValue::as_m) else { return BTreeMap::new() };
    fields.iter().filter_map(|(id, value)| Some((FieldId::new(id.as_str())?, read_field(value)?))).collect()
}

fn read_field(value: &AttributeValue) -> Option<FieldValue> {
    match value {
        AttributeValue::Bool(yes) => Some(FieldValue::Boolean(*yes)),
        AttributeValue::L(options) => {
            let options = options.iter().filter_map(|option| option.as_s().ok().cloned());
            Some(FieldValue::MultiChoice(options.collect()))
        }
        AttributeValue::S(text) => {
            let (kind, rest) = (text.chars().next()?, text.get(1..)?);
            Some(match kind {
                't' => FieldValue::Text(rest.to_owned()),
                'n' => FieldValue::Number(rest.parse().ok()?),
                'd' => FieldValue::Date(rest.parse().ok()?),
                'c' => FieldValue::Choice(rest.to_owned()),
                'm' => {
                    let (amount, currency) = rest.split_once(' ')?;
                    FieldValue::Money { amount: amount.parse().ok()?, currency: currency.to_owned() }
                }
                _ => return None,
            })
        }
        _ => None,
    }
}

pub(crate) fn write_source(source: &Source) -> AttributeValue {
    let mut map = HashMap::from([("k".to_owned(), s(source.kind.as_str()))]);
    for (name, value) in [("i", &source.id), ("c", &source.ctwa_clid), ("t", &source.title)] {
        if let Some(value) = value {
            map.insert(name.to_owned(), s(value));
        }
    }
    AttributeValue::M(map)
}

fn read_source(item: &Item) -> Option<Source> {
    let map: &Item = item.get("src")?.as_m().ok()?;
    let text = |name: &str| map.text(name).map(str::to_owned);
    let (id, ctwa_clid, title) = (text("i"), text("c"), text("t"));
    Some(Source { kind: SourceKind::from_word(map.text("k")?)?, id, ctwa_clid, title })
}
