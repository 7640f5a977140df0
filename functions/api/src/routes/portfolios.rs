//! `/v1/portfolios`: the messaging limit of each business portfolio, how it is used, and the way to the next one.

use axum::Json;
use axum::extract::State;
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::number::facts::Fact;
use domain::pace::Level;
use domain::tier::{Allowance, Limit, plan_to_next_tier};
use http::Uri;
use serde::{Deserialize, Serialize};
use store::{Campaign, KeptLedger, Number, Subject};
use utoipa::ToSchema;

use crate::extract::{Id, filter};
use crate::input::{Input, Patch};
use crate::view::{Page, Time};
use crate::{Api, Problem};

/// Over how many days the way to the next limit is planned, if nothing is said.
const DAYS: u32 = 7;
/// Meta looks back a month at most.
const MOST_DAYS: u32 = 30;
/// More people than anybody writes to.
const MOST_PEOPLE: u32 = 100_000_000;

/// A portfolio's messaging limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Portfolio)]
pub(crate) struct PortfolioView {
    /// Meta's id, or `main` for WABAs that nobody assigned to one.
    id: String,
    /// Its numbers. The limit counts over all of them.
    numbers: Vec<String>,
    /// How many different people may be sent to outside open windows in any 24 hours; `null` is any number. The lowest
    /// where Meta has said nothing yet.
    limit: Option<u32>,
    /// How many count now.
    used: u32,
    /// How many of the limit campaigns leave to single messages.
    head_room: u32,
    /// How many are expected to be used by other applications of the same portfolio.
    others: u32,
    /// How many more people campaigns may send to now; `null` is any number.
    free_for_campaigns: Option<u32>,
    /// How many more people single messages may go to now; `null` is any number.
    free_for_single_messages: Option<u32>,
    /// When how many stop counting, soonest first.
    freed: Vec<Freed>,
}

/// People who stop counting at one time.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PortfolioFreed)]
pub(crate) struct Freed {
    at: Time,
    people: u32,
}

/// A portfolio, with what is to come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PortfolioDetail {
    #[serde(flatten)]
    portfolio: PortfolioView,
    forecast: ForecastView,
    /// `null` if there is no higher limit.
    next_limit: Option<NextLimit>,
}

/// How so many people will be sent to, if nobody else takes of the limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PortfolioForecast)]
pub(crate) struct ForecastView {
    /// How many: those who are left of the campaigns that run, unless it was said.
    people: u32,
    /// How many messages an hour all numbers send together.
    per_hour: u32,
    /// How many on each of the next days of 24 hours, from now.
    days: Vec<u32>,
    /// When the last one is sent to; `null` if never under this limit.
    ends_at: Option<Time>,
}

/// What leads to the next limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PortfolioNextLimit)]
pub(crate) struct NextLimit {
    /// The next limit; `null` is any number.
    limit: Option<u32>,
    /// How many people have to be reached outside open windows, with a quality that is not low.
    people: u32,
    /// Within how many days.
    within_days: u32,
    /// How many are left, beside those of the last 24 hours: of the days before nothing is kept here.
    still: u32,
    /// How many to reach on each day, today first. Empty if it is done; Meta needs about six hours to notice.
    days: Vec<u32>,
    /// Whether the present limit allows less than that in so many days.
    is_too_short: bool,
    /// Whether business verification leads there as well, at once.
    or_by_verification: bool,
}

/// Every portfolio of the company: its messaging limit, and how it is used now.
#[utoipa::path(get, path = "/v1/portfolios", tag = "portfolios",
    responses((status = OK, body = Page<PortfolioView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<PortfolioView>>, Problem> {
    let mut items = Vec::new();
    for (id, numbers) in portfolios(&api).await? {
        let kept = ledger(&api, &id, &numbers).await?;
        items.push(view(&api, &id, &numbers, &kept));
    }
    Ok(Json(Page { items, next: None }))
}

/// A portfolio: its messaging limit, how it is used and when it is free, how what is planned will go, and how many people
/// over how many days lead to the next limit.
#[utoipa::path(get, path = "/v1/portfolios/{id}", tag = "portfolios",
    params(("id" = String, Path, description = "The portfolio"),
        ("people" = Option<u32>, Query, description = "How many people a campaign would be for; those who are left of \
            the campaigns that run, without it"),
        ("days" = Option<u32>, Query, description = "Over how many days the way to the next limit is to lead, 1 to 30; \
            7 without it")),
    responses((status = OK, body = PortfolioDetail), (status = NOT_FOUND, description = "No such portfolio")))]
pub(crate) async fn one(
    State(api): State<Api>,
    Id(id): Id,
    uri: Uri,
) -> Result<Json<PortfolioDetail>, Problem> {
    let people = number(&uri, "people", 0, MOST_PEOPLE)?;
    let days = number(&uri, "days", 1, MOST_DAYS)?.unwrap_or(DAYS);
    let known = portfolios(&api).await?.into_iter().find(|(known, _)| known.as_str() == id);
    let (id, numbers) = known.ok_or_else(|| Problem::missing("portfolio"))?;
    let kept = ledger(&api, &id, &numbers).await?;
    let now = api.clock.now();
    let people = match people {
        Some(people) => people,
        None => left(&api.store.active_campaigns().await?, &id),
    };
    let per_hour = per_hour(&api, &numbers).await?;
    let forecast = kept.ledger.forecast(people, per_hour, now);
    let portfolio = view(&api, &id, &numbers, &kept);
    // What was used in the last 24 hours is all that is known of days before.
    let plan = plan_to_next_tier(kept.ledger.allowance, &[portfolio.used], days);
    let next_limit = plan.map(|plan| NextLimit {
        limit: people_of(plan.next),
        people: plan.people,
        within_days: plan.within_days,
        still: plan.still,
        days: plan.days,
        is_too_short: plan.is_too_short,
        or_by_verification: plan.or_by_verification,
    });
    let ends_at = forecast.ends_at.map(Time::from);
    let forecast = ForecastView { people, per_hour, days: forecast.days, ends_at };
    Ok(Json(PortfolioDetail { portfolio, forecast, next_limit }))
}

/// What campaigns leave alone of a limit. What is absent stays; `null` is one in twenty again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortfolioPatch {
    /// How many people campaigns leave to single messages.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    head_room: Patch<u32>,
    /// How many people other applications of the same portfolio, partners or the phone's own app are expected to send to.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    others: Patch<u32>,
}

/// Changes how much of the limit campaigns leave alone. It holds from the next chunk on; what was taken stays taken.
#[utoipa::path(patch, path = "/v1/portfolios/{id}", tag = "portfolios",
    params(("id" = String, Path, description = "The portfolio")), request_body = PortfolioPatch,
    responses((status = OK, body = PortfolioView),
        (status = BAD_REQUEST, description = "More than the limit; `field` names the member"),
        (status = NOT_FOUND, description = "No such portfolio")))]
pub(crate) async fn patch(
    State(api): State<Api>,
    Id(id): Id,
    Input(patch): Input<PortfolioPatch>,
) -> Result<Json<PortfolioView>, Problem> {
    let known = portfolios(&api).await?.into_iter().find(|(known, _)| known.as_str() == id);
    let (id, numbers) = known.ok_or_else(|| Problem::missing("portfolio"))?;
    let before = ledger(&api, &id, &numbers).await?.ledger.allowance;
    let usual = Allowance::usual(before.limit);
    let after = Allowance {
        head_room: patch.head_room.over(before.head_room, usual.head_room),
        others: patch.others.over(before.others, usual.others),
        ..before
    };
    if let Limit::People(people) = after.limit
        && u64::from(after.head_room) + u64::from(after.others) > u64::from(people)
    {
        let field = if patch.others == Patch::Keep { "head_room" } else { "others" };
        return Err(Problem::field(field, format!("leaves nothing of the limit of {people} people a day")));
    }
    let kept = match after == usual {
        true => api.store.forget_allowance(&id, after.limit).await?,
        false => api.store.set_allowance(&id, after).await?,
    };
    Ok(Json(view(&api, &id, &numbers, &kept)))
}

/// Every portfolio with its numbers.
async fn portfolios(api: &Api) -> Result<Vec<(PortfolioId, Vec<Number>)>, Problem> {
    let known = api.store.portfolios().await?;
    let mut of: Vec<(PortfolioId, Vec<Number>)> = known.into_iter().map(|it| (it, Vec::new())).collect();
    for number in api.store.numbers().await? {
        let owner = api.store.portfolio_of(number.waba.as_ref()).await?;
        if let Some((_, numbers)) = of.iter_mut().find(|(portfolio, _)| *portfolio == owner) {
            numbers.push(number);
        }
    }
    Ok(of)
}

async fn ledger(api: &Api, id: &PortfolioId, numbers: &[Number]) -> Result<KeptLedger, Problem> {
    let numbers: Vec<PhoneNumberId> = numbers.iter().map(|number| number.id.clone()).collect();
    let limit = api.store.limit_of(&numbers).await?;
    Ok(api.store.look_at_tier_ledger(id, limit).await?)
}

fn view(api: &Api, id: &PortfolioId, numbers: &[Number], kept: &KeptLedger) -> PortfolioView {
    let (allowance, usage) = (kept.ledger.allowance, kept.ledger.usage(api.clock.now()));
    PortfolioView {
        id: id.to_string(),
        numbers: numbers.iter().map(|number| number.id.to_string()).collect(),
        limit: people_of(allowance.limit),
        used: usage.used,
        head_room: allowance.head_room,
        others: allowance.others,
        free_for_campaigns: usage.free_for_campaigns,
        free_for_single_messages: usage.free_for_single_messages,
        freed: usage.freed.into_iter().map(|(at, people)| Freed { at: at.into(), people }).collect(),
    }
}

fn people_of(limit: Limit) -> Option<u32> {
    match limit {
        Limit::People(people) => Some(people),
        Limit::Unlimited => None,
    }
}

/// How many people of the campaigns that run are in chunks that are not through.
fn left(campaigns: &[Campaign], portfolio: &PortfolioId) -> u32 {
    let sends = |campaign: &&Campaign| {
        let first = campaign.snapshot.as_ref().and_then(|snapshot| snapshot.senders.first());
        first.is_some_and(|sender| sender.portfolio == *portfolio)
    };
    let of = |campaign: &Campaign| {
        let through = campaign.log.done_upto.saturating_mul(domain::campaign::log::CHUNK as u64);
        campaign.log.people.saturating_sub(through)
    };
    u32::try_from(campaigns.iter().filter(sends).map(of).sum::<u64>()).unwrap_or(u32::MAX)
}

async fn per_hour(api: &Api, numbers: &[Number]) -> Result<u32, Problem> {
    let mut per_second = 0_u32;
    for number in numbers {
        let facts = api.store.facts(Subject::Number(&number.id)).await?;
        let throughput = facts.get(&Fact::Throughput).map(|known| known.value.as_str());
        per_second = per_second.saturating_add(Level::of(throughput, None).per_second());
    }
    Ok(per_second.saturating_mul(3_600))
}

fn number(uri: &Uri, name: &'static str, least: u32, most: u32) -> Result<Option<u32>, Problem> {
    let Some(text) = filter(uri, name)? else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    let fault = || Problem::field(name, format!("must be a whole number from {least} to {most}"));
    number.map(Some).ok_or_else(fault)
}
