//! The bodies of `POST` and `PATCH` on contacts.

use std::collections::{BTreeMap, BTreeSet};

use cloud_api::outbound::PhoneNumber;
use domain::agent::AgentId;
use domain::record::FieldDef;
use domain::{Contact, ContactId, ContactKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields;
use crate::Problem;
use crate::input::{self, Patch};

/// The most labels of a record.
const LABELS: usize = 20;

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContact)]
pub(crate) struct ContactBody {
    /// What the person is to the company.
    pub(crate) kind: KindWord,
    /// The phone number, international; spaces and signs do not matter.
    pub(crate) phone: Option<String>,
    /// The name.
    name: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// The organization that the person belongs to, by its contact id.
    organization: Option<String>,
    /// The agent who looks after the record.
    owner: Option<String>,
    /// Labels.
    #[serde(default)]
    labels: BTreeSet<String>,
    /// Whether it is important.
    #[serde(default)]
    important: bool,
    /// Fields of the company's own, by id.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
}

/// Changes of a record, as a merge patch (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactPatch)]
pub(crate) struct ContactPatch {
    /// The version that you have seen. Without it, the change is made to whatever stands there.
    pub(crate) version: Option<i64>,
    /// What the person is to the company.
    kind: Option<KindWord>,
    /// The name that the company gives.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// The e-mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Patch<String>,
    /// The organization, by its contact id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organization: Patch<String>,
    /// The agent who looks after the record.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    owner: Patch<String>,
    /// All labels, in place of those that are there.
    labels: Option<BTreeSet<String>>,
    /// Labels to add.
    #[serde(default)]
    add_labels: BTreeSet<String>,
    /// Labels to take away.
    #[serde(default)]
    remove_labels: BTreeSet<String>,
    /// Whether it is important.
    pub(crate) important: Option<bool>,
    /// Fields of the company's own, by id; `null` takes one away.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
}

/// A kind of record.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KindWord {
    /// Nobody has said yet.
    Unknown,
    /// May become a customer.
    Lead,
    /// A person known by name.
    Contact,
    /// A company or other body.
    Organization,
    /// Sells to us.
    Vendor,
}

impl From<KindWord> for ContactKind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Unknown => Self::Unknown,
            KindWord::Lead => Self::Lead,
            KindWord::Contact => Self::Contact,
            KindWord::Organization => Self::Organization,
            KindWord::Vendor => Self::Vendor,
        }
    }
}

impl ContactBody {
    /// The phone, as digits.
    pub(crate) fn phone(&self) -> Result<Option<String>, Problem> {
        let read = |text: &String| {
            PhoneNumber::parse(text)
                .map(|phone| phone.as_str().to_owned())
                .map_err(|error| Problem::field("phone", error.to_string()))
        };
        self.phone.as_ref().map(read).transpose()
    }

    /// The same as a patch of nothing.
    pub(crate) fn patch(self) -> ContactPatch {
        let set = |value: Option<String>| value.map_or(Patch::Keep, Patch::Set);
        ContactPatch {
            version: None,
            kind: Some(self.kind),
            name: set(self.name),
            email: set(self.email),
            organization: set(self.organization),
            owner: set(self.owner),
            labels: Some(self.labels),
            add_labels: BTreeSet::new(),
            remove_labels: BTreeSet::new(),
            important: Some(self.important),
            fields: self.fields,
        }
    }
}

impl ContactPatch {
    /// Applies the changes.
    pub(crate) fn apply(&self, contact: &mut Contact, defs: &[FieldDef]) -> Result<(), Problem> {
        if let Some(kind) = self.kind {
            contact.kind = kind.into();
        }
        set(&mut contact.name, &self.name, |text| input::text("name", text, 200))?;
        set(&mut contact.email, &self.email, email)?;
        set(&mut contact.organization, &self.organization, |text| {
            ContactId::new(text).ok_or_else(|| Problem::field("organization", "must be the id of a contact"))
        })?;
        set(&mut contact.owner, &self.owner, |text| {
            AgentId::new(text).ok_or_else(|| Problem::field("owner", "must be the id of an agent"))
        })?;
        if let Some(labels) = &self.labels {
            contact.labels.clone_from(labels);
        }
        contact.labels.extend(self.add_labels.iter().cloned());
        contact.labels.retain(|label| !self.remove_labels.contains(label));
        check_labels(&contact.labels)?;
        if let Some(important) = self.important {
            contact.important = important;
        }
        fields::write(contact, &self.fields, defs)
    }

    /// The organization and the owner that have to be there, if they are named.
    pub(crate) fn named(&self) -> (Option<&str>, Option<&str>) {
        fn value(patch: &Patch<String>) -> Option<&str> {
            match patch {
                Patch::Set(id) => Some(id),
                Patch::Keep | Patch::Clear => None,
            }
        }
        (value(&self.organization), value(&self.owner))
    }
}

fn set<T>(
    place: &mut Option<T>,
    patch: &Patch<String>,
    read: impl Fn(&str) -> Result<T, Problem>,
) -> Result<(), Problem> {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *place = None,
        Patch::Set(text) => *place = Some(read(text)?),
    }
    Ok(())
}

/// An address that can be one. Whether it is somebody's is known by writing to it only.
fn email(text: &str) -> Result<String, Problem> {
    let text = input::text("email", text, 254)?;
    let is_address = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    if is_address && !text.contains(char::is_whitespace) && text.matches('@').count() == 1 {
        Ok(text)
    } else {
        Err(Problem::field("email", "must be an e-mail address"))
    }
}

/// Labels are ids: what people read stands in the directory.
pub(crate) fn check_labels(labels: &BTreeSet<String>) -> Result<(), Problem> {
    if labels.len() > LABELS {
        return Err(Problem::field("labels", format!("has at most {LABELS} labels")));
    }
    let is_id = |label: &String| (1..=64).contains(&label.len()) && domain::clean::is_plain(label);
    if labels.iter().all(is_id) {
        Ok(())
    } else {
        Err(Problem::field("labels", "must hold ids of labels: 1 to 64 letters, digits, - and _"))
    }
}
