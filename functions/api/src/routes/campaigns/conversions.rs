//! `/v1/campaigns/{id}/conversions`: what people did that a campaign was meant for, told by other systems.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::State as Shared;
use domain::campaign::conversion::{Conversion, Standing, Tally, Worth, standing, tally};
use domain::campaign::outcome::Skip;
use domain::campaign::uplift::{Group, Uplift, uplift};
use domain::identity::Given;
use domain::rates::{Micros, NotAnAmount};
use domain::{ContactId, clean};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Campaign, CampaignReport, Converted};
use utoipa::ToSchema;

use super::find;
use crate::extract::Id;
use crate::input::{Input, text};
use crate::view::Time;
use crate::{Api, Problem};

/// Clocks of other systems may be ahead by so much.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Something that a person did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConversion)]
pub(crate) struct ConversionBody {
    /// Its id in the system that tells of it, 1 to 200 characters: told twice, it counts once. The id is not kept.
    id: String,
    /// Who, by contact id.
    #[serde(default)]
    contact: Option<String>,
    /// Instead: by phone, however it is written.
    #[serde(default)]
    phone: Option<String>,
    /// What, in a word of your own such as `purchase`: letters, digits, `-` and `_`, at most 64.
    kind: String,
    /// What it was worth.
    #[serde(default)]
    value: Option<Amount>,
    /// When: not before the campaign's start.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConversionValue)]
pub(crate) struct Amount {
    /// A decimal text with at most 6 digits behind the point, such as `12.50`.
    amount: String,
    /// The currency, as ISO 4217 has it.
    currency: String,
}

impl Amount {
    fn worth(&self) -> Result<Worth, Problem> {
        let amount = self.amount.parse();
        let amount =
            amount.map_err(|error: NotAnAmount| Problem::field("value.amount", error.to_string()))?;
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase());
        if !is_code {
            return Err(Problem::field("value.currency", "must be three capital letters, such as USD"));
        }
        Ok(Worth { amount, currency: self.currency.clone() })
    }
}

impl From<&Worth> for Amount {
    fn from(worth: &Worth) -> Self {
        Self { amount: worth.amount.to_string(), currency: worth.currency.clone() }
    }
}

/// A conversion, as it was written down.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversion)]
pub(crate) struct ConversionView {
    id: String,
    campaign: String,
    /// The contact that the person is now.
    contact: String,
    kind: String,
    value: Option<Amount>,
    at: Time,
}

/// Tells that a person did what a campaign was meant for. Once for each id: again, it is answered with 200.
#[utoipa::path(post, path = "/v1/campaigns/{id}/conversions", tag = "campaigns", request_body = ConversionBody,
    params(("id" = String, Path, description = "The campaign")),
    responses((status = CREATED, body = ConversionView), (status = OK, body = ConversionView),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "The campaign has not started, or the id stands for something else")))]
pub(crate) async fn add_conversion(
    Shared(api): Shared<Api>,
    Id(id): Id,
    Input(body): Input<ConversionBody>,
) -> Result<(StatusCode, Json<ConversionView>), Problem> {
    let own_id = text("id", &body.id, 200)?;
    if body.kind.len() > 64 || !clean::is_plain(&body.kind) {
        return Err(Problem::field("kind", "must have letters, digits, - and _ only, at most 64"));
    }
    let value = body.value.as_ref().map(Amount::worth).transpose()?;
    let campaign = find(&api, &id).await?;
    let Some(started_at) = campaign.started_at else {
        return Err(Problem::of_status(StatusCode::CONFLICT, "The campaign has not started."));
    };
    // Whole milliseconds, as the tables keep them.
    let at = Timestamp::from_millisecond(body.at.as_millisecond()).unwrap_or(body.at);
    if at < started_at {
        return Err(Problem::field("at", "must not be before the campaign's start"));
    }
    if at.duration_since(api.clock.now()) > AHEAD {
        return Err(Problem::field("at", "must not be in the future"));
    }
    let contact = person(&api, &body).await?;
    let records = api.store.records_of(&contact).await?.into_iter().collect();
    let conversion = Conversion { contact, records, kind: body.kind, value, at };
    let status = match api.store.record_conversion(&campaign.id, &own_id, &conversion).await? {
        Converted::New => StatusCode::CREATED,
        Converted::Known => StatusCode::OK,
        Converted::Other => {
            let detail = "This id was used before for something else.";
            return Err(Problem::of_status(StatusCode::CONFLICT, detail));
        }
    };
    let view = ConversionView {
        id: own_id,
        campaign: campaign.id.to_string(),
        contact: conversion.contact.to_string(),
        kind: conversion.kind,
        value: conversion.value.as_ref().map(Amount::from),
        at: at.into(),
    };
    Ok((status, Json(view)))
}

/// The contact that the person is now. Somebody who was erased is nobody.
async fn person(api: &Api, body: &ConversionBody) -> Result<ContactId, Problem> {
    match (&body.contact, &body.phone) {
        (Some(id), None) => {
            let contact = api.record(id).await.map_err(|problem| match problem.status {
                StatusCode::NOT_FOUND => Problem::field("contact", "is not a contact"),
                _ => problem,
            })?;
            Ok(api.store.root_of(&contact.id).await?)
        }
        (None, Some(phone)) => {
            let given = Given::read("phone", phone).map_err(|must| Problem::field("phone", must))?;
            let found = api.store.find_by(&given, api.clock.now()).await?;
            let found = found.into_iter().find(|contact| !contact.erased);
            found.map(|contact| contact.id).ok_or_else(|| Problem::field("phone", "is nobody's on record"))
        }
        _ => Err(Problem::field("contact", "or phone is required, and not both")),
    }
}

/// What a campaign brought, as other systems tell it. Each person counts once, among those who were to get it, whether it
/// arrived or not, or among those who were held out.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = CampaignConversions)]
pub(crate) struct ConversionsView {
    /// Of any kind.
    any: ConvertedView,
    /// By kind.
    by_kind: BTreeMap<String, ConvertedView>,
}

/// What was told, and what that says.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = CampaignConverted)]
pub(crate) struct ConvertedView {
    /// How often something was told.
    conversions: u64,
    /// People who were to get it.
    people: u64,
    /// Of these, those who converted.
    converted: u64,
    /// Of these, by template, by its place in the definition.
    #[schema(value_type = BTreeMap<String, u64>)]
    converted_by_template: BTreeMap<u8, u64>,
    /// People who were held out.
    held_out: u64,
    /// Of these, those who converted all the same.
    held_out_converted: u64,
    /// People who converted and are neither: left out for another reason, not in the audience, or with no turn yet.
    others: u64,
    /// What it was worth with those who were to get it, by currency.
    value: Vec<Amount>,
    /// The difference that the campaign made; `null` without a hold-out.
    uplift: Option<Uplift>,
}

impl ConvertedView {
    fn of(tally: &Tally, counted: &CampaignReport) -> Self {
        let held_out = counted.report.skipped.get(&Skip::HeldOut).copied().unwrap_or_default();
        let people = counted.report.drawn();
        let amount = |(currency, amount): (&String, &Micros)| Amount {
            amount: amount.to_string(),
            currency: currency.clone(),
        };
        Self {
            conversions: tally.conversions,
            people,
            converted: tally.drawn(),
            converted_by_template: tally.by_variant.clone(),
            held_out,
            held_out_converted: tally.held_out,
            others: tally.neither,
            value: tally.worth.iter().map(amount).collect(),
            uplift: uplift(
                Group { people, converted: tally.drawn() },
                Group { people: held_out, converted: tally.held_out },
            ),
        }
    }
}

/// Counts what was told, by where everybody stands in the campaign.
pub(super) async fn converted(
    api: &Api,
    campaign: &Campaign,
    counted: &CampaignReport,
) -> Result<ConversionsView, Problem> {
    let conversions = api.store.conversions(&campaign.id).await?;
    let people: BTreeSet<_> = conversions.iter().flat_map(|told| told.records.clone()).collect();
    // Only where something was told is the whole log looked through.
    let lines = if people.is_empty() {
        HashMap::new()
    } else {
        api.store.campaign_lines_of(&campaign.id, &people).await?
    };
    let weights: Vec<u32> = campaign.definition.templates.iter().map(|variant| variant.weight).collect();
    let stands = |record: &ContactId| {
        let line = lines.get(record)?;
        Some(standing((&campaign.id, &line.contact), &line.entries, line.begun, &weights))
    };
    let (all, kinds) = tally(&conversions, |conversion| {
        // Several records of one person may stand in the audience: one of them counts.
        let of_all = conversion.records.iter().filter_map(stands);
        of_all.max_by_key(|standing| *standing != Standing::Neither).unwrap_or(Standing::Neither)
    });
    let by_kind = kinds.iter().map(|(kind, tally)| (kind.clone(), ConvertedView::of(tally, counted)));
    Ok(ConversionsView { any: ConvertedView::of(&all, counted), by_kind: by_kind.collect() })
}
