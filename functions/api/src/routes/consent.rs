//! `/v1/contacts/{id}/consent`: what a person agreed to, and how we know.

use axum::Json;
use axum::extract::State;
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::consent::{Choice, Entry, Purpose, Source};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use store::Noted;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{Input, text};
use crate::view::{ConsentView, WordView};
use crate::{Api, Problem};

/// A word to be noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWord {
    /// `opt_in` or `opt_out`.
    choice: String,
    /// `marketing`, `utility`, `authentication` or `service`; to opt out also `all`.
    purpose: String,
    /// The only number that it holds for, by id; every number of the portfolio if it is left out.
    number: Option<String>,
    /// The portfolio, if the company has several and no number is named.
    portfolio: Option<String>,
    /// How we know: `agent`, which it is if it is left out, `api` or `import`.
    source: Option<String>,
    /// What the person was shown or said, at most 2,000 characters. An opt-in needs it.
    wording: Option<String>,
    /// What proves it: a message's id, a form's address; at most 500 characters.
    proof: Option<String>,
    /// When it was said, if not now.
    at: Option<String>,
}

/// What a person agreed to: what holds now, and every word of it, newest first.
#[utoipa::path(get, path = "/v1/contacts/{id}/consent", tag = "consent",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = ConsentView), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn read(State(api): State<Api>, Id(id): Id) -> Result<Json<ConsentView>, Problem> {
    let contact = person(&api, &id).await?;
    Ok(Json(ConsentView::of(&api.store.consents(&contact).await?)))
}

/// Notes what a person said. The ledger only grows: a mistake is put right by a newer word.
#[utoipa::path(post, path = "/v1/contacts/{id}/consent", tag = "consent", request_body = NewWord,
    params(("id" = String, Path, description = "The contact")),
    responses((status = CREATED, body = WordView), (status = OK, body = WordView, description = "It stood there already"),
        (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn add(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(word): Input<NewWord>,
) -> Result<(StatusCode, Json<WordView>), Problem> {
    let contact = person(&api, &id).await?;
    let entry = entry_of(&api, word, identity.subject).await?;
    let status = match api.store.record_consent(&contact, &entry).await? {
        Noted::New => StatusCode::CREATED,
        Noted::Known => StatusCode::OK,
        Noted::Erased => return Err(Problem::missing("contact")),
    };
    Ok((status, Json(WordView::from(&entry))))
}

/// The person's id, if there is such a person, and was not erased.
pub(crate) async fn person(api: &Api, id: &str) -> Result<ContactId, Problem> {
    let missing = || Problem::missing("contact");
    let id = ContactId::new(id).ok_or_else(missing)?;
    let contact = api.store.contact(&id).await?.ok_or_else(missing)?;
    if contact.erased { Err(missing()) } else { Ok(id) }
}

async fn entry_of(api: &Api, word: NewWord, by: String) -> Result<Entry, Problem> {
    let choice = one_of("choice", &word.choice, Choice::from_word, "opt_in or opt_out")?;
    let purposes = "marketing, utility, authentication or service";
    let purpose = match (word.purpose.as_str(), choice) {
        ("all", Choice::OptOut) => None,
        ("all", Choice::OptIn) => {
            return Err(Problem::field("purpose", format!("must be {purposes} for an opt-in")));
        }
        (purpose, _) => Some(one_of("purpose", purpose, Purpose::from_word, purposes)?),
    };
    let source = word.source.as_deref().unwrap_or("agent");
    let own = |word: &str| {
        Source::from_word(word)
            .filter(|source| matches!(source, Source::Agent | Source::Api | Source::Import))
    };
    let source = one_of("source", source, own, "agent, api or import")?;
    let now = api.clock.now();
    let at = match &word.at {
        Some(at) => time("at", at).and_then(|at| not_in_future(at, now))?,
        None => now,
    };
    let optional =
        |field: &str, value: Option<String>, most| value.map(|value| text(field, &value, most)).transpose();
    let wording = optional("wording", word.wording, 2_000)?;
    if choice == Choice::OptIn && wording.is_none() {
        return Err(Problem::field("wording", "is required for an opt-in: what did the person agree to?"));
    }
    let (portfolio, number) = scope(api, word.portfolio, word.number).await?;
    let proof = optional("proof", word.proof, 500)?;
    // Whole milliseconds, as the ledger keeps them.
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    Ok(Entry { at, purpose, choice, portfolio, number, source, by: Some(by), wording, proof })
}

async fn scope(
    api: &Api,
    portfolio: Option<String>,
    number: Option<String>,
) -> Result<(PortfolioId, Option<PhoneNumberId>), Problem> {
    if let Some(number) = number {
        let number = api.store.number(&PhoneNumberId::new(number)).await?;
        let number = number.ok_or_else(|| Problem::field("number", "is not a number of the company"))?;
        let owner = api.store.portfolio_of(number.waba.as_ref()).await?;
        if portfolio.is_some_and(|named| named != owner.as_str()) {
            return Err(Problem::field("portfolio", "is not that of the number"));
        }
        return Ok((owner, Some(number.id)));
    }
    let known = api.store.portfolios().await?;
    match portfolio {
        Some(named) => {
            let found = known.into_iter().find(|known| known.as_str() == named);
            found
                .map(|portfolio| (portfolio, None))
                .ok_or_else(|| Problem::field("portfolio", "is not one of the company's"))
        }
        None => match known.as_slice() {
            [only] => Ok((only.clone(), None)),
            _ => Err(Problem::field("portfolio", "is required, or number: the company has several")),
        },
    }
}

pub(crate) fn one_of<T>(
    field: &str,
    word: &str,
    read: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<T, Problem> {
    read(word).ok_or_else(|| Problem::field(field, format!("must be {known}")))
}

fn time(field: &str, value: &str) -> Result<Timestamp, Problem> {
    value.parse().map_err(|_| Problem::field(field, "must be a time such as 2026-11-23T09:00:00Z"))
}

fn not_in_future(at: Timestamp, now: Timestamp) -> Result<Timestamp, Problem> {
    if at > now { Err(Problem::field("at", "must not be in the future")) } else { Ok(at) }
}
