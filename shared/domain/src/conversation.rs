//! A thread: one person (or group) and one number of the company.

use std::fmt;
use std::str::FromStr;

use cloud_api::{GroupId, PhoneNumberId};

use crate::{ContactId, clean};

/// Who is on the other side of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// One person.
    Contact(ContactId),
    /// A WhatsApp group.
    Group(GroupId),
}

/// A conversation's name: the number and the other side. It never changes, so it can be a key.
///
/// Written `<phone_number_id>.<contact>` or `<phone_number_id>.g.<group>`; opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId {
    /// The company's number.
    pub number: PhoneNumberId,
    /// The person or group.
    pub party: Party,
}

impl ConversationId {
    /// The conversation of a person with a number.
    #[must_use]
    pub fn with_contact(number: PhoneNumberId, contact: ContactId) -> Self {
        Self { number, party: Party::Contact(contact) }
    }

    /// The conversation of a group with a number.
    #[must_use]
    pub fn with_group(number: PhoneNumberId, group: GroupId) -> Self {
        Self { number, party: Party::Group(group) }
    }

    /// The person, if it is not a group's.
    #[must_use]
    pub fn contact(&self) -> Option<&ContactId> {
        match &self.party {
            Party::Contact(contact) => Some(contact),
            Party::Group(_) => None,
        }
    }

    pub(crate) fn from_parts<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        let number = PhoneNumberId::new(clean::unescape(parts.next()?)?);
        let party = match parts.next()? {
            "g" => Party::Group(GroupId::new(clean::unescape(parts.next()?)?)),
            contact => Party::Contact(ContactId::new(contact)?),
        };
        Some(Self { number, party })
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = clean::escape(self.number.as_str());
        match &self.party {
            Party::Contact(contact) => write!(f, "{number}.{contact}"),
            Party::Group(group) => write!(f, "{number}.g.{}", clean::escape(group.as_str())),
        }
    }
}

/// The text is not an id that we gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of ours")]
pub struct NotAnId;

impl FromStr for ConversationId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut parts = text.split('.');
        let id = Self::from_parts(&mut parts).ok_or(NotAnId)?;
        if parts.next().is_some() { Err(NotAnId) } else { Ok(id) }
    }
}
