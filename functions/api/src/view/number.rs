//! A number of the company, what is settled for it, and its meter.

use std::collections::BTreeMap;

use domain::assignment::Policy;
use domain::hours::Hours;
use domain::number::facts::Facts;
use domain::number::onboarding::Step;
use domain::number::{FREE_SERVICE_MESSAGES, Rate, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Meter, Number};
use utoipa::ToSchema;

use crate::view::Time;
use crate::view::facts::{self, FactView, RestrictionView, StepView};

/// A number of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Number)]
pub(crate) struct NumberView {
    /// Meta's `phone_number_id`.
    pub(crate) id: String,
    /// How people read it, once a webhook told.
    pub(crate) display: Option<String>,
    /// The WABA that owns it, once a webhook told.
    waba: Option<String>,
    /// What colleagues call it.
    name: Option<String>,
    /// The department that answers it.
    department: Option<String>,
}

impl From<Number> for NumberView {
    fn from(number: Number) -> Self {
        Self {
            id: number.id.to_string(),
            display: number.display,
            waba: number.waba.map(|waba| waba.to_string()),
            name: number.name,
            department: number.department.map(|department| department.to_string()),
        }
    }
}

/// What a service message costs beyond the free ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ServiceRate)]
pub(crate) struct RateView {
    /// Millionths of the currency's unit: 3,400 is 0.0034.
    pub(crate) micros: u64,
    /// ISO 4217.
    pub(crate) currency: String,
}

impl From<Rate> for RateView {
    fn from(rate: Rate) -> Self {
        Self { micros: rate.micros, currency: rate.currency }
    }
}

/// A number with everything that is settled for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NumberDetail {
    /// The number.
    #[serde(flatten)]
    number: NumberView,
    /// Who gets what nobody else can take.
    default_assignee: Option<String>,
    /// The one person that the number belongs to.
    owner: Option<String>,
    /// The language that is written to its customers by default.
    language: Option<String>,
    /// When it is answered; always, if `null`.
    hours: Option<Hours>,
    /// Whether it is answered now.
    open: bool,
    /// When it opens next, if it is closed now.
    opens_at: Option<Time>,
    /// What a customer hears who begins a conversation.
    welcome: Option<String>,
    /// What a customer hears who writes outside business hours.
    away: Option<String>,
    /// How its conversations are handed out.
    assignment: Policy,
    /// Whether only the assignee of a conversation may answer it.
    only_assignee_answers: bool,
    /// What a service message costs beyond the free ones.
    service_rate: Option<RateView>,
    /// What Meta says of it, by name: `display_name`, `name_status`, `requested_name`, `requested_name_status`,
    /// `requested_name_reason`, `quality`, `limit`, `throughput`, `status`, `official`, `code_verification`,
    /// `account_mode`, `violation`, `ban` and `account`, as far as it is known.
    facts: BTreeMap<String, FactView>,
    /// What Meta forbids it now, or its WABA.
    restrictions: Vec<RestrictionView>,
    /// The last step that was asked of Meta for it.
    onboarding: Option<StepView>,
}

/// How a number stands with Meta.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// What Meta says of it.
    pub(crate) facts: Facts,
    /// What Meta says of its WABA.
    pub(crate) of_waba: Facts,
    /// The last step that was asked of Meta.
    pub(crate) step: Option<Step>,
}

impl NumberDetail {
    /// A number as it stands now.
    pub(crate) fn new(number: Number, settings: Settings, standing: Standing, now: Timestamp) -> Self {
        let mut restrictions = facts::restrictions(&standing.facts, "number", now);
        restrictions.extend(facts::restrictions(&standing.of_waba, "waba", now));
        let opens_at = settings.hours.as_ref().and_then(|hours| hours.opens_after(now));
        Self {
            number: number.into(),
            open: settings.is_open_at(now),
            opens_at: opens_at.map(Time::from),
            default_assignee: settings.default_assignee.map(|agent| agent.to_string()),
            owner: settings.owner.map(|agent| agent.to_string()),
            language: settings.language,
            hours: settings.hours,
            welcome: settings.welcome,
            away: settings.away,
            assignment: settings.policy,
            only_assignee_answers: settings.only_assignee_answers,
            service_rate: settings.service_rate.map(RateView::from),
            facts: facts::facts(&standing.facts),
            restrictions,
            onboarding: standing.step.map(StepView::from),
        }
    }
}

/// Service messages of a number in a month: free-form messages that were delivered, as Meta prices them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Meter)]
pub(crate) struct MeterView {
    /// The month, as `2026-11`.
    month: String,
    /// The time zone in which it begins and ends: that of the number's business hours, else UTC.
    zone: String,
    /// How many are free in a month.
    allowance: u32,
    /// How many of these were delivered.
    free: usize,
    /// How many are left.
    left: usize,
    /// How many were charged.
    charged: usize,
    /// What those cost at the number's `service_rate`; `null` without one. An estimate: Meta's invoice decides.
    cost: Option<RateView>,
}

impl MeterView {
    /// A month's meter.
    pub(crate) fn new(month: String, zone: String, meter: Meter, rate: Option<Rate>) -> Self {
        let charged = u64::try_from(meter.charged).unwrap_or(u64::MAX);
        let cost = |rate: Rate| RateView { micros: rate.micros.saturating_mul(charged), ..rate.into() };
        Self {
            month,
            zone,
            allowance: FREE_SERVICE_MESSAGES,
            free: meter.free,
            left: usize::try_from(FREE_SERVICE_MESSAGES).unwrap_or(usize::MAX).saturating_sub(meter.free),
            charged: meter.charged,
            cost: rate.map(cost),
        }
    }
}
