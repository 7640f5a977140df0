//! A report as it is told.

use domain::rates::Micros;
use domain::report::{Cell, Counts, Delivered, Histogram, Sent};
use serde::Serialize;
use utoipa::ToSchema;

use super::rows::{
    BacklogView, CampaignLine, CostLine, DayView, DepartmentView, HourView, NumberView, PersonView,
};
use crate::view::Time;

/// What the team did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub(crate) struct ReportView {
    /// The first day.
    pub(super) from: String,
    /// The last day, included.
    pub(super) to: String,
    /// Whose days these are.
    pub(super) zone: String,
    /// Everything that changed before this time is in it; `null` if nothing was counted yet.
    pub(super) as_of: Option<Time>,
    /// A first response within so many seconds is on time.
    pub(super) target_seconds: u64,
    pub(super) totals: TotalsView,
    /// The range before, which is as long.
    pub(super) previous: TotalsView,
    pub(super) backlog: BacklogView,
    /// Every day of the range.
    pub(super) days: Vec<DayView>,
    /// Waits by the local hour of the week in which they began; hours without any are not there.
    pub(super) hours: Vec<HourView>,
    /// Whoever did something.
    pub(super) agents: Vec<PersonView>,
    pub(super) departments: Vec<DepartmentView>,
    pub(super) numbers: Vec<NumberView>,
    /// Charged messages, the dearest first.
    pub(super) costs: Vec<CostLine>,
    /// Campaigns that started in the range, the newest first. What they came to is of all their days.
    pub(super) campaigns: Vec<CampaignLine>,
}

/// An amount.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportMoney)]
pub(crate) struct Money {
    /// As ISO 4217 has it.
    pub(super) currency: String,
    /// Millionths of its unit.
    pub(super) micros: u64,
}

impl Money {
    pub(super) fn new(currency: &str, sum: Micros) -> Self {
        Self { currency: currency.to_owned(), micros: sum.0 }
    }
}

/// How long something took. Percentiles are within 3 %.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportDuration)]
pub(crate) struct Took {
    /// How many.
    pub(super) count: u64,
    /// Half of them took less; `null` if there are none.
    pub(super) median_seconds: Option<u64>,
    /// Nine of ten took less.
    pub(super) p90_seconds: Option<u64>,
}

/// How long customers waited. Percentiles are within 3 %.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportFirstResponse)]
pub(crate) struct FirstResponse {
    #[serde(flatten)]
    pub(super) took: Took,
    /// How many of them within the target.
    pub(super) on_time: u64,
}

impl From<&Histogram> for Took {
    fn from(times: &Histogram) -> Self {
        let (median_seconds, p90_seconds) = (times.percentile(50), times.percentile(90));
        Self { count: times.count(), median_seconds, p90_seconds }
    }
}

impl From<&Cell> for FirstResponse {
    fn from(cell: &Cell) -> Self {
        Self { took: (&cell.first_response).into(), on_time: cell.counts.on_time }
    }
}

/// Messages of ours, by who wrote them.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ReportSent)]
pub(crate) struct SentView {
    /// Somebody of the team.
    pub(super) agents: u64,
    /// A program of the company.
    pub(super) programs: u64,
    /// A welcome, or that nobody is there.
    pub(super) automatic: u64,
    /// Campaigns, by when Meta handed their messages on.
    pub(super) campaigns: u64,
}

impl From<Sent> for SentView {
    fn from(Sent { agents, programs, automatic, campaigns }: Sent) -> Self {
        Self { agents, programs, automatic, campaigns }
    }
}

/// What became of messages of ours.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ReportDelivery)]
pub(crate) struct DeliveryView {
    /// Meta took them.
    pub(super) accepted: u64,
    /// They reached a device.
    pub(super) delivered: u64,
    /// They were shown, as far as read receipts tell.
    pub(super) read: u64,
    /// Refused, or failed later and never delivered.
    pub(super) failed: u64,
}

impl From<Delivered> for DeliveryView {
    fn from(Delivered { accepted, delivered, read, failed }: Delivered) -> Self {
        Self { accepted, delivered, read, failed }
    }
}

/// All of a range.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportTotals)]
pub(crate) struct TotalsView {
    /// Conversations that began.
    pub(super) conversations: u64,
    /// Messages of customers.
    pub(super) received: u64,
    pub(super) sent: SentView,
    pub(super) first_response: FirstResponse,
    pub(super) resolution: Took,
    /// Waits that nobody ended within the window.
    pub(super) unanswered: u64,
    pub(super) delivery: DeliveryView,
    /// How often somebody said no in WhatsApp: by a word, by a button, in its settings.
    pub(super) opted_out: u64,
    /// How often somebody said yes in WhatsApp.
    pub(super) opted_in: u64,
    /// What delivered messages cost, at list prices; empty if nothing.
    pub(super) cost: Vec<Money>,
    /// Delivered messages that Meta does not charge.
    pub(super) free_messages: u64,
    /// Charged messages for which no rate card has a price. They are not in the cost.
    pub(super) unpriced: u64,
}

impl TotalsView {
    pub(super) fn of(cell: &Cell, (cost, unpriced): (Vec<Money>, u64)) -> Self {
        let Counts { conversations, received, unanswered, opted_out, opted_in, free, .. } = cell.counts;
        Self {
            conversations,
            received,
            sent: cell.sent.into(),
            first_response: cell.into(),
            resolution: (&cell.resolution).into(),
            unanswered,
            delivery: cell.delivery.into(),
            opted_out,
            opted_in,
            cost,
            free_messages: free,
            unpriced,
        }
    }
}
