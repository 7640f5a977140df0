//! A person on record.

use std::collections::BTreeMap;

use domain::record::FieldValue;
use domain::{Contact, Source};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::Time;

/// A person on record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// Our id, for good.
    id: String,
    /// `unknown`, `lead`, `contact`, `organization` or `vendor`.
    kind: &'static str,
    /// What people call the person: the name that the company gave, or the one on WhatsApp, or the username.
    name: Option<String>,
    /// The name that the company gave.
    given_name: Option<String>,
    /// The name that the person chose on WhatsApp.
    profile_name: Option<String>,
    /// The phone number, digits with country code. Absent where WhatsApp hides it.
    phone: Option<String>,
    /// The business-scoped user id.
    user_id: Option<String>,
    /// The username.
    username: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// The organization that the person belongs to, by its contact id.
    organization: Option<String>,
    /// The agent who looks after the record.
    owner: Option<String>,
    /// Labels.
    labels: Vec<String>,
    /// Set by hand, or by the rule of the most active.
    important: bool,
    /// Fields of the company's own, by id: a text, number, date, boolean, list, or `{"amount", "currency"}`. Numbers
    /// and amounts are texts, so that they stay exact.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
    /// Where the record came from.
    source: Option<SourceView>,
    /// The month of the last activity, as `2026-11`.
    last_active: Option<String>,
    /// The record that this one was merged into.
    merged_into: Option<String>,
    /// Records that were merged into this one.
    merged: Vec<String>,
    /// When the record was made.
    created_at: Time,
    /// Since when the company blocks the person.
    blocked_at: Option<Time>,
    /// Whether the person was erased: nothing else is left then.
    erased: bool,
    /// Grows with each change by hand. Send it back as `version` to change what you have seen and nothing newer.
    version: i64,
}

/// Where a record came from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Source)]
struct SourceView {
    /// `inbound`, `ad`, `campaign`, `import`, `agent` or `api`.
    kind: &'static str,
    /// Which one: the ad, the campaign, the import, the agent.
    id: Option<String>,
    /// Meta's id of the click on the ad.
    ctwa_clid: Option<String>,
    /// What it was called.
    title: Option<String>,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        let kind = source.kind.as_str();
        Self { kind, id: source.id, ctwa_clid: source.ctwa_clid, title: source.title }
    }
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            kind: contact.kind.as_str(),
            name: contact.display_name().map(str::to_owned),
            given_name: contact.name,
            profile_name: contact.profile_name,
            phone: contact.phone,
            user_id: contact.user_id,
            username: contact.username,
            email: contact.email,
            organization: contact.organization.map(|id| id.to_string()),
            owner: contact.owner.map(|id| id.to_string()),
            labels: contact.labels.into_iter().collect(),
            important: contact.important,
            fields: contact.fields.iter().map(|(id, value)| (id.to_string(), field(value))).collect(),
            source: contact.source.map(SourceView::from),
            last_active: contact.active_month,
            merged_into: contact.alias_of.map(|id| id.to_string()),
            merged: contact.merged.iter().map(ToString::to_string).collect(),
            created_at: contact.created_at.into(),
            blocked_at: contact.blocked_at.map(Time::from),
            erased: contact.erased,
            version: contact.version,
        }
    }
}

/// A field's value as JSON.
fn field(value: &FieldValue) -> Value {
    match value {
        FieldValue::Boolean(yes) => json!(yes),
        FieldValue::MultiChoice(options) => json!(options),
        FieldValue::Money { amount, currency } => {
            json!({"amount": amount.to_string(), "currency": currency})
        }
        value => json!(value.to_string()),
    }
}
