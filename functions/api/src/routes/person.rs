//! What a person has with the company: `/v1/contacts/{id}/conversations`, `/v1/contacts/{id}/campaigns`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use domain::campaign::gate::{MARKS, Mark, Progress};
use domain::{ContactId, ConversationId};
use futures::future::{join_all, try_join_all};
use serde::Serialize;
use store::{Campaign, StoreError};
use utoipa::ToSchema;

use super::inbox::shown;
use super::realtime::shows;
use crate::colleagues::me;
use crate::extract::Id;
use crate::identity::Identity;
use crate::view::{ConversationView, Time};
use crate::{Api, Problem};

/// A person's conversations, one with each number of the company, newest activity first; of these, what the asker sees. A
/// merged record has those of the record that it was merged into.
#[utoipa::path(get, path = "/v1/contacts/{id}/conversations", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = Vec<ConversationView>), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn conversations(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<Vec<ConversationView>>, Problem> {
    let contact = api.record(&id).await?;
    let root = api.store.root_of(&contact.id).await?;
    let numbers = api.store.numbers().await?;
    let sight = identity.sight(&numbers)?;
    let ids: Vec<_> =
        numbers.iter().map(|number| ConversationId::with_contact(number.id.clone(), root.clone())).collect();
    let mut rows = api.store.rows_of(&ids).await?;
    rows.retain(|row| shows(sight.as_ref(), row));
    rows.sort_by_key(|row| std::cmp::Reverse(row.state.active_at));
    let display: HashMap<_, _> = numbers.into_iter().map(|number| (number.id, number.display)).collect();
    let display = |number: &_| display.get(number).cloned().flatten();
    Ok(Json(shown(&api, rows, &me(&identity)?, display).await?))
}

/// A campaign that a person was in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContactCampaign)]
pub(crate) struct ReceivedView {
    /// The campaign.
    id: String,
    /// Its name; `null` if it is not there any more.
    name: Option<String>,
    /// Where it stands.
    state: Option<&'static str>,
    /// When it started.
    started_at: Option<Time>,
    /// `written`, the person was written to, and what came of it stands in the conversation; `refused`; or `again`, refused,
    /// and tried once more.
    progress: &'static str,
}

/// The newest campaigns that had something for a person, newest first: at most 16 of each portfolio.
#[utoipa::path(get, path = "/v1/contacts/{id}/campaigns", tag = "contacts",
    params(("id" = String, Path, description = "The contact")),
    responses((status = OK, body = Vec<ReceivedView>), (status = NOT_FOUND, description = "No such contact")))]
pub(crate) async fn campaigns(
    State(api): State<Api>,
    Id(id): Id,
) -> Result<Json<Vec<ReceivedView>>, Problem> {
    let contact = api.record(&id).await?;
    let records: Vec<ContactId> = api.store.records_of(&contact.id).await?;
    let portfolios = api.store.portfolios().await?;
    let gates = portfolios.iter().map(|portfolio| api.store.campaign_gates(portfolio, &records));
    let gates = try_join_all(gates).await?;
    let mut marks: Vec<_> =
        gates.into_iter().flat_map(HashMap::into_values).flat_map(|kept| kept.gate.marks).collect();
    // Ids are in the order in which campaigns were made.
    marks.sort_by(|a, b| b.campaign.cmp(&a.campaign));
    marks.dedup_by(|a, b| a.campaign == b.campaign);
    marks.truncate(MARKS * portfolios.len());
    let known = join_all(marks.iter().map(|mark| api.store.campaign(&mark.campaign))).await;
    let view = |(mark, campaign): (Mark, Result<Option<Campaign>, _>)| {
        let campaign = campaign?;
        Ok(ReceivedView {
            name: campaign.as_ref().map(|campaign| campaign.definition.name.clone()),
            state: campaign.as_ref().map(|campaign| campaign.state.as_str()),
            started_at: campaign.as_ref().and_then(|campaign| campaign.started_at).map(Time::from),
            progress: match mark.progress {
                Progress::Taken | Progress::Accepted => "written",
                Progress::Refused => "refused",
                Progress::Again => "again",
            },
            id: mark.campaign.to_string(),
        })
    };
    marks.into_iter().zip(known).map(view).collect::<Result<_, StoreError>>().map(Json).map_err(Problem::from)
}
