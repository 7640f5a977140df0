//! `/v1/campaigns`: one plan to send templates to many people.

mod check;
mod files;
mod preflight;
mod steps;
mod view;

use axum::Json;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use domain::campaign::CampaignId;
use domain::campaign::definition::Definition;
use domain::campaign::schedule::Start;
use domain::campaign::state::{Action, State, apply};
use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Map, Value};
use store::Campaign;

// With what the description is made of, which stands beside each.
pub(crate) use files::*;
pub(crate) use preflight::*;
pub(crate) use steps::*;

use self::view::CampaignView;
use crate::extract::{Body, Id, Paging};
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::view::Page;
use crate::{Api, Problem, cursor};

/// Campaigns, newest first.
#[utoipa::path(get, path = "/v1/campaigns", tag = "campaigns", params(Paging),
    responses((status = OK, body = Page<CampaignView>)))]
pub(crate) async fn list(
    Shared(api): Shared<Api>,
    paging: Paging,
) -> Result<Json<Page<CampaignView>>, Problem> {
    let limit = paging.limit()?;
    let after = paging.after(|text| cursor::read::<CampaignId>("campaigns", text))?;
    let page = api.store.campaigns(after.as_ref(), limit).await?;
    let next = page.next.map(|place| cursor::write("campaigns", place));
    Ok(Json(Page { items: page.campaigns.into_iter().map(CampaignView::from).collect(), next }))
}

/// Makes a draft. Nothing is sent, and nothing that it names is looked for: that is done before it starts.
#[utoipa::path(post, path = "/v1/campaigns", tag = "campaigns", request_body = Definition,
    responses((status = CREATED, body = CampaignView)))]
pub(crate) async fn create(
    Shared(api): Shared<Api>,
    identity: Identity,
    Input(definition): Input<Definition>,
) -> Result<Response, Problem> {
    let now = api.clock.now();
    check::definition(&definition, now)?;
    let id = lambda_kit::new_id(&api.clock);
    let id = CampaignId::new(id).ok_or_else(Problem::unavailable)?;
    let campaign = Campaign::draft(id, definition, identity.subject, now);
    api.store.create_campaign(&campaign).await?;
    let location = [(LOCATION, format!("/v1/campaigns/{}", campaign.id))];
    Ok((StatusCode::CREATED, location, Json(CampaignView::from(campaign))).into_response())
}

/// A campaign, and how far it has come.
#[utoipa::path(get, path = "/v1/campaigns/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign")))]
pub(crate) async fn one(Shared(api): Shared<Api>, Id(id): Id) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(find(&api, &id).await?.into()))
}

/// Changes the definition of a campaign that has not started: a merge patch over its members (RFC 7396), which are
/// replaced as wholes. With `version` it is made upon exactly what was seen. A scheduled campaign keeps to its new start.
#[utoipa::path(patch, path = "/v1/campaigns/{id}", tag = "campaigns", request_body = Value,
    params(("id" = String, Path, description = "The campaign")),
    responses((status = OK, body = CampaignView), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has started, or somebody changed it meanwhile")))]
pub(crate) async fn change(
    Shared(api): Shared<Api>,
    Id(id): Id,
    Body(mut members): Body,
) -> Result<Json<CampaignView>, Problem> {
    let mut campaign = find(&api, &id).await?;
    let now = api.clock.now();
    if let Some(version) = members.remove("version") {
        let version = version.as_i64().ok_or_else(|| Problem::field("version", "must be a whole number"))?;
        if version != campaign.version {
            return Err(Problem::changed_meanwhile());
        }
    }
    apply(&campaign.state, &Action::Edit, now).map_err(Problem::campaign_stays)?;
    let was_active = campaign.is_active();
    campaign.definition = patched(&campaign.definition, members)?;
    check::definition(&campaign.definition, now)?;
    if let State::Scheduled { .. } = campaign.state {
        check::references(&api, &campaign.id, &campaign.definition).await?;
        let at = next_start(&campaign.definition, now)?;
        campaign.state =
            apply(&campaign.state, &Action::Schedule { at }, now).map_err(Problem::campaign_stays)?;
    }
    campaign.updated_at = now;
    saved(&api, &mut campaign, was_active).await?;
    Ok(Json(campaign.into()))
}

/// Removes a campaign that has not started.
#[utoipa::path(delete, path = "/v1/campaigns/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, description = "No such campaign"),
        (status = CONFLICT, description = "It has started")))]
pub(crate) async fn remove(Shared(api): Shared<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let campaign = find(&api, &id).await?;
    apply(&campaign.state, &Action::Edit, api.clock.now()).map_err(Problem::campaign_stays)?;
    api.store.remove_campaign(&campaign).await.map_err(meanwhile)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A campaign by the id in a path.
async fn find(api: &Api, id: &str) -> Result<Campaign, Problem> {
    let missing = || Problem::missing("campaign");
    let id = CampaignId::new(id).ok_or_else(missing)?;
    api.store.campaign(&id).await?.ok_or_else(missing)
}

/// Writes a campaign upon what was read.
async fn saved(api: &Api, campaign: &mut Campaign, was_active: bool) -> Result<(), Problem> {
    api.store.change_campaign(campaign, was_active).await.map_err(meanwhile)
}

fn meanwhile(error: store::StoreError) -> Problem {
    match error {
        store::StoreError::Contended => Problem::changed_meanwhile(),
        error => error.into(),
    }
}

/// When a campaign that starts by itself does so next.
fn next_start(definition: &Definition, now: jiff::Timestamp) -> Result<jiff::Timestamp, Problem> {
    if definition.start == Start::Now {
        return Err(Problem::field("start", "must be a time or a rule: this campaign is started by hand"));
    }
    let next =
        definition.start.next_after(now).map_err(|fault| Problem::field("start", fault.to_string()))?;
    next.ok_or_else(|| Problem::field("start", "never comes"))
}

/// A definition with other members.
fn patched(definition: &Definition, members: Map<String, Value>) -> Result<Definition, Problem> {
    let Ok(Value::Object(mut whole)) = serde_json::to_value(definition) else {
        return Err(Problem::unavailable());
    };
    for (name, value) in members {
        // Without a cap at all is something else than with the usual one.
        if value.is_null() && name != "frequency_cap" {
            whole.remove(&name);
        } else {
            whole.insert(name, value);
        }
    }
    input::read(Value::Object(whole))
}
