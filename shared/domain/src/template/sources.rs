//! Where the values of parameters come from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Contact;
use crate::record::FieldId;

/// A place that a value is read from. The words are those of quick replies, and a few more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Source {
    /// `contact.name`: the name that the company gave, or the person's own.
    ContactName,
    /// `contact.first_name`: the first word of it.
    ContactFirstName,
    /// `contact.phone`
    ContactPhone,
    /// `contact.email`
    ContactEmail,
    /// `field.size`: a field of the person's record.
    Field(FieldId),
    /// `agent.name`: who sends.
    AgentName,
    /// `agent.email`
    AgentEmail,
    /// `number.name`: what colleagues call the number that sends.
    NumberName,
    /// `campaign.season`: a value that the campaign has for all.
    Campaign(String),
    /// `line.coupon`: a column of the person's line in the campaign's file.
    Line(String),
}

/// A word that names no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be one of contact.name, contact.first_name, contact.phone, contact.email, agent.name, agent.email, \
     number.name, field.…, campaign.… and line.…"
)]
pub struct UnknownSource;

impl From<Source> for String {
    fn from(source: Source) -> Self {
        match source {
            Source::ContactName => "contact.name".to_owned(),
            Source::ContactFirstName => "contact.first_name".to_owned(),
            Source::ContactPhone => "contact.phone".to_owned(),
            Source::ContactEmail => "contact.email".to_owned(),
            Source::Field(field) => format!("field.{field}"),
            Source::AgentName => "agent.name".to_owned(),
            Source::AgentEmail => "agent.email".to_owned(),
            Source::NumberName => "number.name".to_owned(),
            Source::Campaign(name) => format!("campaign.{name}"),
            Source::Line(column) => format!("line.{column}"),
        }
    }
}

impl TryFrom<String> for Source {
    type Error = UnknownSource;

    fn try_from(word: String) -> Result<Self, UnknownSource> {
        Ok(match word.as_str() {
            "contact.name" => Self::ContactName,
            "contact.first_name" => Self::ContactFirstName,
            "contact.phone" => Self::ContactPhone,
            "contact.email" => Self::ContactEmail,
            "agent.name" => Self::AgentName,
            "agent.email" => Self::AgentEmail,
            "number.name" => Self::NumberName,
            _ => {
                let (scope, name) = word.split_once('.').ok_or(UnknownSource)?;
                let is_column = (1..=64).contains(&name.chars().count()) && !name.contains(char::is_control);
                match scope {
                    "field" => Self::Field(FieldId::new(name).ok_or(UnknownSource)?),
                    "campaign" if is_column => Self::Campaign(name.to_owned()),
                    "line" if is_column => Self::Line(name.to_owned()),
                    _ => return Err(UnknownSource),
                }
            }
        })
    }
}

/// Everything that a value can be read from, for one message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// The person; none for a line whose person has no record yet.
    pub contact: Option<&'a Contact>,
    /// The name of the agent who sends.
    pub agent_name: Option<&'a str>,
    /// The address of the agent who sends.
    pub agent_email: Option<&'a str>,
    /// What colleagues call the number that sends.
    pub number_name: Option<&'a str>,
    /// What the campaign has for all.
    pub campaign: Option<&'a BTreeMap<String, String>>,
    /// The person's line in the campaign's file, by column.
    pub line: Option<&'a BTreeMap<String, String>>,
}

impl Sources<'_> {
    /// The value, if there is one: a text of spaces is none.
    #[must_use]
    pub fn get(&self, source: &Source) -> Option<String> {
        let contact = self.contact;
        let found = match source {
            Source::ContactName => contact.and_then(|contact| contact.display_name().map(str::to_owned)),
            Source::ContactFirstName => contact
                .and_then(|contact| contact.display_name())
                .and_then(|name| name.split_whitespace().next())
                .map(str::to_owned),
            Source::ContactPhone => contact.and_then(|contact| contact.phone.clone()),
            Source::ContactEmail => contact.and_then(|contact| contact.email.clone()),
            Source::Field(field) => {
                contact.and_then(|contact| contact.fields.get(field)).map(ToString::to_string)
            }
            Source::AgentName => self.agent_name.map(str::to_owned),
            Source::AgentEmail => self.agent_email.map(str::to_owned),
            Source::NumberName => self.number_name.map(str::to_owned),
            Source::Campaign(name) => self.campaign.and_then(|values| values.get(name)).cloned(),
            Source::Line(column) => self.line.and_then(|values| values.get(column)).cloned(),
        };
        found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}
