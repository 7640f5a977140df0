//! A campaign's report as it is told. Money is a decimal text: a number would be rounded by whoever reads it.

use std::collections::BTreeMap;

use cloud_api::error::meaning;
use domain::campaign::attribution::Method;
use domain::campaign::outcome::{Put, Skip};
use domain::campaign::report::Counts;
use domain::campaign::state::State;
use domain::rates::Market;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Campaign, CampaignReport};
use utoipa::ToSchema;

use super::conversions::ConversionsView;
use crate::view::{EstimateView, Time};

/// What became of everybody.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignReport)]
pub(crate) struct ReportView {
    campaign: String,
    name: String,
    /// `draft`, `scheduled`, `running`, `waiting`, `paused`, `finished` or `cancelled`.
    state: &'static str,
    /// The state with what belongs to it.
    status: State,
    /// Since when it is in this state.
    since: Time,
    started_at: Option<Time>,
    /// When this was counted.
    counted_at: Time,
    /// How many people it is for; 0 until its audience is frozen. Each of them is in exactly one of `waiting`,
    /// `accepted`, `refused`, `held`, `unknown` and `skipped`.
    people: u64,
    /// People who had no turn yet, or were put off.
    waiting: u64,
    #[serde(flatten)]
    total: Counts,
    /// People whose message Meta refused at once; `failed` has them, and those whose message failed later.
    refused: u64,
    /// People whom an answer of Meta's that nobody can read holds, for somebody to decide.
    held: u64,
    /// Accepted, but held by Meta until the template's quality is known.
    held_for_quality_assessment: u64,
    /// People who were begun with, and nobody knows whether their message went. A status may tell; it is never repeated.
    unknown: u64,
    only_sent: OnlySent,
    /// People who get nothing, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    skipped: BTreeMap<Skip, u64>,
    /// Turns that were put off, by reason. Not people: somebody may be put off several times.
    #[schema(value_type = BTreeMap<String, u64>)]
    put_off: BTreeMap<Put, u64>,
    /// Failures by Meta's code.
    failed_by_code: Vec<CodeCount>,
    /// People who answered, by how that is known: `button`, `quote` or `window`.
    #[schema(value_type = BTreeMap<String, u64>)]
    replied_by: BTreeMap<Method, u64>,
    /// People by the button that they tapped first.
    clicked_by: Vec<ButtonCount>,
    by_template: Vec<TemplateCounts>,
    by_market: Vec<MarketCounts>,
    /// By the hour in which Meta handed the message on; without those of which that is not told.
    by_hour: Vec<HourCounts>,
    /// `null` if no rate card counts in the campaign's currency.
    cost: Option<CostView>,
    conversions: ConversionsView,
}

/// Messages that Meta accepted and sent, and that neither arrived nor failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignOnlySent)]
pub(crate) struct OnlySent {
    people: u64,
    /// What it says, and what it does not.
    about: &'static str,
}

/// Failures of one code.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignCodeCount)]
pub(crate) struct CodeCount {
    code: u32,
    /// What it means; `null` if that is not known.
    meaning: Option<&'static str>,
    people: u64,
}

/// People who tapped one button first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignButtonCount)]
pub(crate) struct ButtonCount {
    /// The button, from 0.
    button: u8,
    people: u64,
}

/// Counts of one template.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignTemplateCounts)]
pub(crate) struct TemplateCounts {
    /// Its place in the definition, from 0.
    variant: u8,
    /// Its name.
    template: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

/// Counts of one market.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignMarketCounts)]
pub(crate) struct MarketCounts {
    /// The country's two letters; empty if the phone does not tell.
    country: String,
    /// The market, as Meta's rate cards name it.
    market: String,
    #[serde(flatten)]
    counts: Counts,
}

/// Counts of one hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignHourCounts)]
pub(crate) struct HourCounts {
    /// When it begins: hours count from the campaign's start.
    from: Time,
    #[serde(flatten)]
    counts: Counts,
}

/// What it cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignCost)]
pub(crate) struct CostView {
    /// What all accepted messages cost if they arrive and are charged as their templates were at the start.
    pub(super) estimated: EstimateView,
    pub(super) actual: ActualView,
    /// What is kept of the budget; `null` without one.
    pub(super) budget: Option<BudgetView>,
}

/// What Meta said that it charges. It names classes and no amounts: these are the rate card's list prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignActualCost)]
pub(crate) struct ActualView {
    /// In the currency of the estimate.
    pub(super) amount: String,
    /// Messages that are charged.
    pub(super) charged: u64,
    /// Messages that are free.
    pub(super) free: u64,
    /// Charged messages for which the card has no price. They are not in the amount.
    pub(super) unpriced: u64,
    /// Accepted messages of which Meta has not said yet whether they are charged.
    pub(super) untold: u64,
}

/// A budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignBudgetUse)]
pub(crate) struct BudgetView {
    /// What it may cost at most.
    pub(super) limit: String,
    /// What is kept for messages, at their worst price.
    pub(super) held: String,
}

impl ReportView {
    pub(super) fn of(
        campaign: &Campaign,
        counted: &CampaignReport,
        (cost, conversions, now): (Option<CostView>, ConversionsView, Timestamp),
    ) -> Self {
        let report = counted.report.clone();
        let template = |variant: u8| {
            let template = campaign.definition.templates.get(usize::from(variant));
            template.map(|template| template.template.clone())
        };
        let hour = |hours: u32| {
            let start = campaign.started_at.unwrap_or(now);
            start.saturating_add(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MAX)
        };
        Self {
            campaign: campaign.id.to_string(),
            name: campaign.definition.name.clone(),
            state: campaign.state.as_str(),
            status: campaign.state.clone(),
            // What has started is changed by nothing but its state.
            since: campaign.updated_at.into(),
            started_at: campaign.started_at.map(Time::from),
            counted_at: now.into(),
            people: counted.people,
            waiting: report.waiting,
            total: report.total,
            refused: report.refused,
            held: report.held,
            held_for_quality_assessment: report.pacing,
            unknown: report.unknown,
            only_sent: OnlySent {
                people: report.only_sent,
                about: "accepted and sent, neither delivered nor failed: a proxy for people who block the number, \
                    and for phones that are off",
            },
            skipped: report.skipped,
            put_off: report.put_off,
            failed_by_code: report
                .failed_by_code
                .into_iter()
                .map(|(code, people)| CodeCount { code, meaning: meaning(code), people })
                .collect(),
            replied_by: report.replied_by,
            clicked_by: report
                .clicked_by
                .into_iter()
                .map(|(button, people)| ButtonCount { button, people })
                .collect(),
            by_template: report
                .by_variant
                .into_iter()
                .map(|(variant, counts)| TemplateCounts { variant, template: template(variant), counts })
                .collect(),
            by_market: report
                .by_market
                .into_iter()
                .map(|(country, counts)| MarketCounts {
                    market: Market::of_country(&country).to_string(),
                    country,
                    counts,
                })
                .collect(),
            by_hour: report
                .by_hour
                .into_iter()
                .map(|(hours, counts)| HourCounts { from: hour(hours).into(), counts })
                .collect(),
            cost,
            conversions,
        }
    }
}
