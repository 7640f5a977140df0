//! What a person is known by.

use domain::Contact;
use domain::identity::{Given, Likeness};
use serde::Serialize;
use store::HeldIdentity;
use utoipa::ToSchema;

use crate::view::{ContactView, Time};

/// An identity of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContactIdentity)]
pub(crate) struct IdentityView {
    /// `phone`, `user_id`, `parent_user_id`, `email`, `username` or `external_id`.
    kind: &'static str,
    /// The value, as it came.
    value: String,
    /// The portfolio in which a user id holds.
    portfolio: Option<String>,
    /// Whose record it is on, of those that were merged into one person.
    contact: String,
    /// Since when, as far as was seen.
    since: Option<Time>,
    /// Until when: the person has another number since.
    until: Option<Time>,
}

impl From<HeldIdentity> for IdentityView {
    fn from(held: HeldIdentity) -> Self {
        let portfolio = match &held.given {
            Given::UserId(portfolio, _) => Some(portfolio.to_string()),
            _ => None,
        };
        Self {
            kind: held.given.kind(),
            value: held.given.value(),
            portfolio,
            contact: held.contact.to_string(),
            since: held.since.map(Time::from),
            until: held.until.map(Time::from),
        }
    }
}

/// A contact that may be the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Duplicate)]
pub(crate) struct DuplicateView {
    /// The other contact.
    contact: ContactView,
    /// Why: `parent_user_id`, `email`, `username`, `name_and_number`.
    reasons: Vec<&'static str>,
}

impl From<(Contact, Vec<Likeness>)> for DuplicateView {
    fn from((contact, reasons): (Contact, Vec<Likeness>)) -> Self {
        let reasons = reasons.into_iter().map(Likeness::as_str).collect();
        Self { contact: contact.into(), reasons }
    }
}
