//! `/v1/campaigns/{id}/report`: what became of everybody, by whatever it can be told by, and what it cost.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as Shared;
use domain::budget::Budget;
use domain::campaign::report::Report;
use domain::campaign::result::Price;
use domain::consent::Purpose;
use domain::rates::{Category, Market, Micros, RateCard, estimate};
use store::Campaign;

use super::conversions::converted;
use super::find;
use super::report_view::{ActualView, BudgetView, CostView, ReportView};
use crate::extract::Id;
use crate::{Api, Problem};

/// The currency of a campaign without a budget.
const USUAL: &str = "USD";

/// What became of everybody, as far as it is known now; and, once it has come to its end, the report. It is read from what
/// is stored of each person: whoever counts the lines of `…/people` finds the same.
#[utoipa::path(get, path = "/v1/campaigns/{id}/report", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = ReportView), (status = NOT_FOUND, description = "No such campaign")))]
pub(crate) async fn report(Shared(api): Shared<Api>, Id(id): Id) -> Result<Json<ReportView>, Problem> {
    let campaign = find(&api, &id).await?;
    let counted = api.store.campaign_report(&campaign).await?;
    let cost = cost(&api, &campaign, &counted.report).await?;
    let conversions = converted(&api, &campaign, &counted).await?;
    Ok(Json(ReportView::of(&campaign, &counted, (cost, conversions, api.clock.now()))))
}

/// By the card that counts on the day of the start. `None` if there is none in the campaign's currency.
async fn cost(api: &Api, campaign: &Campaign, report: &Report) -> Result<Option<CostView>, Problem> {
    let budget = campaign.definition.budget.as_ref();
    let currency = budget.map_or(USUAL, |budget| budget.currency.as_str());
    let on = campaign.started_at.unwrap_or_else(|| api.clock.now());
    let Some(card) = api.store.rate_card_in_force(currency, on).await? else { return Ok(None) };
    let budget = match budget {
        Some(limit) => Some(held(api.store.budget(&campaign.id, Micros(limit.micros)).await?)),
        None => None,
    };
    let estimated = estimate(&card, &accepted(campaign, report), |_, _| 0);
    Ok(Some(CostView { actual: actual(&card, report), estimated: estimated.into(), budget }))
}

fn held(budget: Budget) -> BudgetView {
    BudgetView { limit: budget.limit.to_string(), held: budget.held.to_string() }
}

/// Accepted messages as what their templates were charged as when the campaign started. Of a template of which nobody has
/// told the dearest is assumed.
fn accepted(campaign: &Campaign, report: &Report) -> BTreeMap<(Market, Category), u64> {
    let snapshot = campaign.snapshot.clone().unwrap_or_default();
    let purpose = |variant: u8| {
        let named = &campaign.definition.templates.get(usize::from(variant))?.template;
        snapshot.templates.iter().find(|frozen| frozen.name == *named)?.purpose()
    };
    let mut messages = BTreeMap::new();
    for ((variant, country), accepted) in &report.accepted_by {
        let category = match purpose(*variant) {
            Some(Purpose::Utility) => Category::Utility,
            Some(Purpose::Authentication) => Category::Authentication,
            _ => Category::Marketing,
        };
        *messages.entry((Market::of_country(country), category)).or_default() += accepted;
    }
    messages
}

/// What statuses said is charged, at the card's list prices: they name a class, and no amount.
fn actual(card: &RateCard, report: &Report) -> ActualView {
    let rate = |price: Price, country: &str| {
        let price = card.list_price(&Market::of_country(country), price.category()?)?;
        Some(price.0)
    };
    let cost = report.cost(rate);
    let told: u64 = report.charged.values().sum();
    let free = report.charged.iter().filter(|((price, _), _)| *price == Price::Free);
    let free: u64 = free.map(|(_, messages)| messages).sum();
    ActualView {
        amount: Micros(cost.micros).to_string(),
        charged: told - free,
        free,
        unpriced: cost.unpriced,
        untold: report.total.accepted.saturating_sub(told),
    }
}
