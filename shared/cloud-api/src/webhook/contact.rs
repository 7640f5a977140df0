//! Who wrote: `contacts[]` beside messages and statuses.

use serde::Serialize;
use serde_json::Value;

use crate::ids::{Bsuid, DisplayPhoneNumber, PhoneNumberId, Username, WaId};
use crate::wire::{Broken, Fields, Unreadable, Wire};

use super::message::InboundMessage;

/// What Meta tells about a person. Everything may be missing.
///
/// A missing `wa_id` does not mean that the number is gone: Meta hides it from us when the person has a
/// username and has not been in touch for 30 days. Never overwrite a stored number with nothing.
/// See [Cloud API/Business-scoped user IDs], read 2026-11.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema, utoipa::ToSchema)]
pub struct ContactProfile {
    /// Phone id, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<WaId>,
    /// The person's id in this portfolio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Bsuid>,
    /// The person's id across linked portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<Bsuid>,
    /// The username, if the person chose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
    /// The name the person chose: free text, never a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Changes with the person's security code; only with the identity check switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_key_hash: Option<String>,
}

impl ContactProfile {
    /// Reads one member of `contacts[]`.
    ///
    /// # Errors
    /// [`Unreadable`] when it is not a JSON object.
    pub fn parse(raw: &str) -> Result<Self, Unreadable> {
        Fields::open(raw).map(Self::from_fields)
    }

    /// The profile, among those that came along, of the person who wrote this message.
    #[must_use]
    pub fn of<'a>(contacts: &'a [Self], message: &InboundMessage) -> Option<&'a Self> {
        let by_user = contacts.iter().find(|c| c.user_id.is_some() && c.user_id == message.from_user_id);
        // Numbers are reused: the same number under another user id is another person.
        let other = |c: &Self| {
            c.user_id.is_some() && message.from_user_id.is_some() && c.user_id != message.from_user_id
        };
        by_user
            .or_else(|| contacts.iter().find(|c| c.wa_id.is_some() && c.wa_id == message.from && !other(c)))
    }

    fn from_fields(mut fields: Fields) -> Self {
        let profile: Option<Value> = fields.maybe("profile");
        let mut profile = profile.and_then(|value| Fields::of(value).ok());
        Self {
            wa_id: fields.maybe("wa_id"),
            user_id: fields.maybe("user_id"),
            parent_user_id: fields.maybe("parent_user_id"),
            // Meta nests these two in `profile`; we write them flat.
            username: profile.as_mut().and_then(|p| p.maybe("username")).or_else(|| fields.maybe("username")),
            name: profile.as_mut().and_then(|p| p.maybe("name")).or_else(|| fields.maybe("name")),
            identity_key_hash: fields.maybe("identity_key_hash"),
        }
    }
}

impl Wire for ContactProfile {
    fn read(value: Value) -> Result<Self, Broken> {
        Fields::of(value).map(Self::from_fields)
    }
}

deserialize_as_read!(ContactProfile);

wire! {
    /// The business number a webhook is about.
    #[derive(PartialEq, Eq)]
    pub struct Metadata {
        /// As people read it; never a key.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// The key.
        pub phone_number_id: Option<PhoneNumberId>,
    }
}
