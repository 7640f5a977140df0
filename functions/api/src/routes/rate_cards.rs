//! `/v1/rate-cards`: what messages cost, as Meta or a provider publishes it.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use domain::rates::{
    CardHead, Category, LineFault, Market, Model, RateCard, add_tiers, estimate, in_force, read_card,
};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{StatusCode, Uri};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::extract::{Id, filter};
use crate::view::{EstimateView, Page, RateCardDetail, RateCardView, model_word};
use crate::{Api, FieldError, Problem};

/// The most cards that a company loads.
const MOST: usize = 100;
/// The most messages of an estimate.
const MOST_MESSAGES: u64 = 1_000_000_000;

/// Every card, by the day from which it counts: the one that is built in, and those that were loaded.
#[utoipa::path(get, path = "/v1/rate-cards", tag = "rate cards", responses((status = OK, body = Page<RateCardView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<RateCardView>>, Problem> {
    let mut cards = api.store.rate_cards().await?;
    cards.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    Ok(Json(Page { items: cards.iter().map(RateCardView::from).collect(), next: None }))
}

/// A card with its prices.
#[utoipa::path(get, path = "/v1/rate-cards/{id}", tag = "rate cards",
    params(("id" = String, Path, description = "The card")),
    responses((status = OK, body = RateCardDetail), (status = NOT_FOUND, description = "No such card")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<RateCardDetail>, Problem> {
    Ok(Json(RateCardDetail::from(&found(&api, &id).await?)))
}

/// Loads a card from a file in Meta's layout: lines for people, then `Market,Currency,Marketing,…`, then the markets, with
/// `n/a` where there is no rate. The whole file or nothing: `errors` names what is wrong by line. A card of the same
/// currency, model and first day is replaced.
#[utoipa::path(put, path = "/v1/rate-cards", tag = "rate cards", request_body(content = String, content_type = "text/csv"),
    params(
        ("from" = String, Query, description = "The first day on which it counts, such as `2026-10-01`"),
        ("currency" = Option<String>, Query, description = "ISO 4217, where the file has no column for it"),
        ("model" = Option<String>, Query, description = "`per_message`, the default, or `per_conversation`")),
    responses((status = OK, body = RateCardDetail),
        (status = BAD_REQUEST, description = "The file or a parameter is not what it should be"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is not text/csv")))]
pub(crate) async fn load(
    State(api): State<Api>,
    uri: Uri,
    headers: HeaderMap,
    file: Bytes,
) -> Result<Json<RateCardDetail>, Problem> {
    must_be_csv(&headers)?;
    let from = filter(&uri, "from")?.ok_or_else(|| Problem::field("from", "is required"))?;
    let currency = filter(&uri, "currency")?.map(checked_currency).transpose()?;
    let model = model(&uri)?;
    let head = CardHead { id: String::new(), from: day("from", &from)?, model, currency };
    let mut card = read_card(head, &file).map_err(faults)?;
    card.id = format!("{}-{}-{}", card.currency.to_ascii_lowercase(), model_word(model), card.from);
    let known = api.store.rate_cards().await?;
    if known.len() > MOST && known.iter().all(|other| other.id != card.id) {
        return Err(Problem::field("from", "cannot be added: there are 100 cards"));
    }
    api.store.put_rate_card(&card).await?;
    Ok(Json(RateCardDetail::from(&card)))
}

/// Adds volume tiers to a card, from a file with `market,category,tier_start,tier_end,unit_rate`: all of it or nothing.
#[utoipa::path(put, path = "/v1/rate-cards/{id}/tiers", tag = "rate cards",
    request_body(content = String, content_type = "text/csv"), params(("id" = String, Path, description = "The card")),
    responses((status = OK, body = RateCardDetail),
        (status = BAD_REQUEST, description = "The file is not what it should be"),
        (status = NOT_FOUND, description = "No such card"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is not text/csv")))]
pub(crate) async fn load_tiers(
    State(api): State<Api>,
    Id(id): Id,
    headers: HeaderMap,
    file: Bytes,
) -> Result<Json<RateCardDetail>, Problem> {
    must_be_csv(&headers)?;
    let mut card = found(&api, &id).await?;
    add_tiers(&mut card, &file).map_err(faults)?;
    api.store.put_rate_card(&card).await?;
    Ok(Json(RateCardDetail::from(&card)))
}

/// Takes a card away. The one that is built in stays, and comes back where it was replaced.
#[utoipa::path(delete, path = "/v1/rate-cards/{id}", tag = "rate cards",
    params(("id" = String, Path, description = "The card")),
    responses((status = NO_CONTENT, description = "Done"), (status = NOT_FOUND, description = "No such card")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let card = found(&api, &id).await?;
    api.store.remove_rate_card(&card.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What messages would cost by the card that counts on a day.
#[utoipa::path(get, path = "/v1/rate-cards/estimate", tag = "rate cards",
    params(
        ("market" = Option<String>, Query, description = "The market, as the cards have it"),
        ("phone" = Option<String>, Query, description = "Instead: a phone number of the market"),
        ("category" = String, Query, description = "`marketing`, `utility`, `authentication`, \
            `authentication_international` or `service`"),
        ("messages" = u64, Query, description = "How many messages, or conversations"),
        ("counted" = Option<u64>, Query, description = "How many were delivered this month already"),
        ("currency" = Option<String>, Query, description = "`USD` without it"),
        ("model" = Option<String>, Query, description = "`per_message`, the default, or `per_conversation`"),
        ("on" = Option<String>, Query, description = "A day; today without it")),
    responses((status = OK, body = EstimateView),
        (status = BAD_REQUEST, description = "A parameter is not what it should be"),
        (status = NOT_FOUND, description = "No card counts on this day")))]
pub(crate) async fn estimated(State(api): State<Api>, uri: Uri) -> Result<Json<EstimateView>, Problem> {
    let required =
        |name: &'static str| filter(&uri, name)?.ok_or_else(|| Problem::field(name, "is required"));
    let count = |name: &'static str, text: String| {
        let count = text.parse::<u64>().ok().filter(|count| *count <= MOST_MESSAGES);
        count.ok_or_else(|| Problem::field(name, format!("must be a whole number up to {MOST_MESSAGES}")))
    };
    let market = match (filter(&uri, "market")?, filter(&uri, "phone")?) {
        (Some(market), _) => Market::new(market),
        (None, Some(phone)) => Market::of_phone(&phone),
        (None, None) => return Err(Problem::field("market", "or phone is required")),
    };
    let words = Category::ALL.map(Category::as_str).join(", ");
    let category = Category::from_word(&required("category")?)
        .ok_or_else(|| Problem::field("category", format!("must be one of {words}")))?;
    let messages = count("messages", required("messages")?)?;
    let counted =
        filter(&uri, "counted")?.map(|text| count("counted", text)).transpose()?.unwrap_or_default();
    let currency = filter(&uri, "currency")?.map(checked_currency).transpose()?;
    let currency = currency.unwrap_or_else(|| "USD".to_owned());
    let on = match filter(&uri, "on")? {
        Some(text) => day("on", &text)?,
        None => api.clock.now().to_zoned(TimeZone::UTC).date(),
    };
    let cards = api.store.rate_cards().await?;
    let card = in_force(&cards, &currency, model(&uri)?, on);
    let card = card.ok_or_else(|| Problem::missing("rate card for this day"))?;
    let wanted = BTreeMap::from([((market, category), messages)]);
    Ok(Json(estimate(card, &wanted, |_, _| counted).into()))
}

async fn found(api: &Api, id: &str) -> Result<RateCard, Problem> {
    let missing = || Problem::missing("rate card");
    if !domain::clean::is_plain(id) {
        return Err(missing());
    }
    api.store.rate_card(id).await?.ok_or_else(missing)
}

fn must_be_csv(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv") {
        return Ok(());
    }
    Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be text/csv."))
}

fn model(uri: &Uri) -> Result<Model, Problem> {
    match filter(uri, "model")?.as_deref() {
        None | Some("per_message") => Ok(Model::PerMessage),
        Some("per_conversation") => Ok(Model::PerConversation),
        Some(_) => Err(Problem::field("model", "must be per_message or per_conversation")),
    }
}

fn day(field: &str, text: &str) -> Result<Date, Problem> {
    let fault = || Problem::field(field, "must be a day such as 2026-10-01");
    text.parse().ok().filter(|_| text.len() == 10).ok_or_else(fault)
}

fn checked_currency(text: String) -> Result<String, Problem> {
    let is_code = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    if is_code {
        Ok(text)
    } else {
        Err(Problem::field("currency", "must be three capital letters, such as USD"))
    }
}

/// What is wrong with a file, by line.
fn faults(faults: Vec<LineFault>) -> Problem {
    let error = |fault: LineFault| FieldError {
        field: format!("line {}", fault.line),
        detail: format!("{} {}", fault.column, fault.message),
    };
    Problem::file_refused(faults.into_iter().take(100).map(error).collect())
}
