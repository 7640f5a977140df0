//! The company's numbers: what it has settled for them, what Meta says of them, and what is asked of Meta.

pub mod facts;
pub mod onboarding;
pub mod told;

use jiff::Timestamp;

use crate::agent::{AgentId, DepartmentId};
use crate::assignment::{Case, Policy};
use crate::hours::Hours;
use crate::inbox::Handling;

/// How many service messages a number may have delivered in a month without charge, since October 2026. See [Cloud
/// API/Pricing], read 2026-11.
pub const FREE_SERVICE_MESSAGES: u32 = 1_000;

/// What a service message costs beyond the free ones, as the company has it from Meta's rate card: webhooks tell no
/// amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Millionths of the currency's unit.
    pub micros: u64,
    /// The currency, as ISO 4217 has it.
    pub currency: String,
}

/// A number's settings. Without any, people take conversations themselves at all hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What colleagues call the number.
    pub name: Option<String>,
    /// The department that answers it.
    pub department: Option<DepartmentId>,
    /// Who gets what nobody else can take.
    pub default_assignee: Option<AgentId>,
    /// The one person that the number belongs to.
    pub owner: Option<AgentId>,
    /// The language that is written to its customers by default, in Meta's spelling.
    pub language: Option<String>,
    /// When it is answered; always, without.
    pub hours: Option<Hours>,
    /// What a customer hears who begins a conversation.
    pub welcome: Option<String>,
    /// What a customer hears who writes outside business hours.
    pub away: Option<String>,
    /// How its conversations are handed out.
    pub policy: Policy,
    /// Whether only the assignee of a conversation may answer it.
    pub only_assignee_answers: bool,
    /// What a service message costs beyond the free ones.
    pub service_rate: Option<Rate>,
}

impl Settings {
    /// Whether somebody is there at this time.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.is_open_at(now))
    }

    /// A conversation of this number, as the policy sees it.
    #[must_use]
    pub fn case(&self, handling: &Handling, now: Timestamp) -> Case {
        Case {
            owner: self.owner.clone(),
            default_assignee: self.default_assignee.clone(),
            department: handling.department.clone().or_else(|| self.department.clone()),
            labels: handling.labels.clone(),
            previous: handling.previous.clone(),
            in_hours: self.is_open_at(now),
        }
    }
}
