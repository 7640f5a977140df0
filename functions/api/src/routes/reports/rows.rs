//! The rows of a report.

use domain::report::Cell;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{DeliveryView, FirstResponse, Money, SentView, Took};
use crate::view::Time;

/// What is to be done at this moment, whatever the range. Of a department, it is that of its numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportBacklog)]
pub(crate) struct BacklogView {
    /// Conversations that are not closed, counted up to 999 of each number.
    pub(super) open: usize,
    /// Of these, where a customer waits, counted up to 999.
    pub(super) waiting: u16,
    /// Since when the one waits who has waited longest.
    pub(super) oldest_waiting_since: Option<Time>,
}

/// A day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportDay)]
pub(crate) struct DayView {
    pub(super) day: String,
    pub(super) conversations: u64,
    pub(super) received: u64,
    pub(super) sent: SentView,
    /// Closings.
    pub(super) resolved: u64,
    /// Waits that began on this day and go on.
    pub(super) waiting: u64,
    pub(super) unanswered: u64,
    pub(super) opted_out: u64,
    pub(super) opted_in: u64,
    pub(super) first_response: FirstResponse,
    pub(super) delivery: DeliveryView,
}

/// An hour of the week.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportHour)]
pub(crate) struct HourView {
    /// 1 is Monday.
    pub(super) weekday: i8,
    /// From 0 to 23.
    pub(super) hour: i8,
    /// How many waits that are over began in it.
    pub(super) count: u64,
    /// How many of them nobody answered.
    pub(super) unanswered: u64,
    pub(super) median_seconds: Option<u64>,
}

/// What somebody, a department or a number did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportWork)]
pub(crate) struct WorkView {
    /// Conversations that began, by who answered first; of those that nobody answered, by whom they were assigned to.
    pub(super) conversations: u64,
    pub(super) first_response: FirstResponse,
    /// Closings, by whom it was assigned to, or else by who closed it.
    pub(super) resolution: Took,
    pub(super) unanswered: u64,
    /// Messages of the team.
    pub(super) sent: u64,
    /// Messages of customers; of agents it is not told.
    pub(super) received: u64,
}

impl From<&Cell> for WorkView {
    fn from(cell: &Cell) -> Self {
        Self {
            conversations: cell.counts.conversations,
            first_response: cell.into(),
            resolution: (&cell.resolution).into(),
            unanswered: cell.counts.unanswered,
            sent: cell.sent.agents,
            received: cell.counts.received,
        }
    }
}

/// Somebody of the team.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportAgent)]
pub(crate) struct PersonView {
    pub(super) agent: String,
    pub(super) name: String,
    /// Where they did most of it.
    pub(super) department: Option<String>,
    #[serde(flatten)]
    pub(super) work: WorkView,
}

/// A department: where a conversation was sent to, or else the number's.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportDepartment)]
pub(crate) struct DepartmentView {
    pub(super) department: String,
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) work: WorkView,
}

/// A number.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportNumber)]
pub(crate) struct NumberView {
    pub(super) number: String,
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) work: WorkView,
    pub(super) delivery: DeliveryView,
}

/// Charged messages of a market and a category.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportCost)]
pub(crate) struct CostLine {
    /// The country by its two letters; empty where nobody knows.
    pub(super) market: String,
    /// What rate cards call its market; several countries may share one.
    pub(super) name: String,
    /// `marketing`, `utility`, `authentication`, `authentication_international`, `service` or `other`.
    pub(super) category: &'static str,
    pub(super) messages: u64,
    /// How many of them have no price; they are not in the sum.
    pub(super) unpriced: u64,
    pub(super) currency: String,
    /// Millionths of the currency's unit.
    pub(super) micros: u64,
}

/// A campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportedCampaign)]
pub(crate) struct CampaignLine {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) started_at: Time,
    /// `running`, `waiting`, `paused`, `finished` or `cancelled`.
    pub(super) state: &'static str,
    #[serde(flatten)]
    pub(super) counts: domain::campaign::report::Counts,
    pub(super) cost: Vec<Money>,
    /// Charged messages without a price.
    pub(super) unpriced: u64,
}
