//! A person on record.

use domain::Contact;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// A person on record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub(crate) struct ContactView {
    /// Our id, for good.
    id: String,
    /// `unknown`, `lead`, `contact`, `organization` or `vendor`.
    kind: &'static str,
    /// The name that the person chose on WhatsApp.
    name: Option<String>,
    /// The phone number, digits with country code. Absent where WhatsApp hides it.
    phone: Option<String>,
    /// The business-scoped user id.
    user_id: Option<String>,
    /// The username.
    username: Option<String>,
    /// When the record was made.
    created_at: Time,
    /// Since when the company blocks the person.
    blocked_at: Option<Time>,
    /// Whether the person was erased: nothing else is left then.
    erased: bool,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            kind: contact.kind.as_str(),
            name: contact.profile_name,
            phone: contact.phone,
            user_id: contact.user_id,
            username: contact.username,
            created_at: contact.created_at.into(),
            blocked_at: contact.blocked_at.map(Time::from),
            erased: contact.erased,
        }
    }
}
