//! How a conversation is handled: by hand, and by the number's policy.

use axum::Json;
use axum::extract::State;
use domain::ConversationId;
use domain::inbox::{Change, Refused, Status};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Changed, ConversationState, HandlingChange};
use utoipa::ToSchema;

use super::conversations::{missing, shown};
use crate::colleagues::me;
use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{Input, Patch};
use crate::view::ConversationView;
use crate::{Api, Problem};

/// How often a change is tried again when the customer writes at the same time.
const ROUNDS: usize = 6;

/// Where the work on a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    /// Somebody has to do something.
    Open,
    /// Waits for something outside of the conversation.
    Pending,
    /// Put aside until `snoozed_until`.
    Snoozed,
    /// Done, and nobody's. A customer's message opens it again.
    Closed,
}

/// What is to be otherwise. What is absent stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeConversation {
    /// Where the work stands.
    #[schema(nullable = false)]
    state: Option<StateWord>,
    /// Until when it is put aside: with `state` `snoozed`, and only then.
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    snoozed_until: Option<Timestamp>,
    /// Whose it is: an agent's id, or `me`; `null` gives it back.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    assignee: Patch<String>,
    /// The department that it is sent to; `null` takes it from there.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    department: Patch<String>,
    /// All its labels, by their ids; at most 20.
    #[schema(nullable = false)]
    labels: Option<Vec<String>>,
    /// Whether it is marked as important.
    #[schema(nullable = false)]
    important: Option<bool>,
    /// The `version` that the change is made upon: if anything happened since, it is refused.
    #[schema(nullable = false)]
    version: Option<i64>,
}

/// Changes how a conversation is handled. Every change leaves a line in the thread.
///
/// Without `version`, a message that comes meanwhile does not matter, and a change of somebody else at the same time does.
#[utoipa::path(patch, path = "/v1/conversations/{id}", tag = "conversations", request_body = ChangeConversation,
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = OK, body = ConversationView),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such conversation"),
        (status = CONFLICT, description = "Somebody else changed it meanwhile")))]
pub(crate) async fn change(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<ChangeConversation>,
) -> Result<Json<ConversationView>, Problem> {
    let (thread, by) = (api.thread(&identity, &id).await?, me(&identity)?);
    let id = &thread.root;
    let change = api.wanted(&asked, &identity).await?;
    let mut seen = api.store.state(id).await?.ok_or_else(missing)?;
    if asked.version.is_some_and(|version| version != seen.version) {
        return Err(Problem::changed_meanwhile());
    }
    for _ in 0..ROUNDS {
        let now = api.clock.now();
        let to = seen.handling.changed(&change, now).map_err(refused)?;
        if seen.handling == to {
            return shown(&api, &thread, &by).await;
        }
        let written = HandlingChange { id, seen: &seen, to: &to, by: Some(&by), why: None, at: now };
        if api.store.change_handling(&written).await? == Changed::Written {
            return shown(&api, &thread, &by).await;
        }
        let newer = api.store.state(id).await?.ok_or_else(missing)?;
        if asked.version.is_some() || newer.handling != seen.handling {
            return Err(Problem::changed_meanwhile());
        }
        seen = newer;
    }
    Err(Problem::unavailable())
}

/// Gives a conversation that nobody has to whom the number's policy chooses. One that somebody has stays theirs.
#[utoipa::path(post, path = "/v1/conversations/{id}/assign", tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = OK, body = ConversationView),
        (status = NOT_FOUND, description = "No such conversation"),
        (status = CONFLICT, description = "The policy gives it to nobody now")))]
pub(crate) async fn assign(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<ConversationView>, Problem> {
    let (thread, by) = (api.thread(&identity, &id).await?, me(&identity)?);
    let id = &thread.root;
    let state: ConversationState = api.store.state(id).await?.ok_or_else(missing)?;
    if state.handling.assignee.is_none() {
        let settings = api.store.number_settings(&id.number).await?;
        let handed = api.store.hand_out(id, &settings, state, api.clock.now()).await?;
        if handed.is_none() && has_nobody(&api, id).await? {
            return Err(Problem::nobody_takes_it());
        }
    }
    shown(&api, &thread, &by).await
}

async fn has_nobody(api: &Api, id: &ConversationId) -> Result<bool, Problem> {
    Ok(api.store.state(id).await?.is_none_or(|state| state.handling.assignee.is_none()))
}

impl Api {
    /// The change that is asked for, with everything that it names.
    async fn wanted(&self, asked: &ChangeConversation, identity: &Identity) -> Result<Change, Problem> {
        let status = match (asked.state, asked.snoozed_until) {
            (Some(StateWord::Snoozed), Some(until)) => Some(Status::Snoozed { until }),
            (Some(StateWord::Snoozed), None) => {
                return Err(Problem::field("snoozed_until", "is required with the state snoozed"));
            }
            (_, Some(_)) => return Err(Problem::field("snoozed_until", "needs the state snoozed")),
            (Some(StateWord::Open), None) => Some(Status::Open),
            (Some(StateWord::Pending), None) => Some(Status::Pending),
            (Some(StateWord::Closed), None) => Some(Status::Closed),
            (None, None) => None,
        };
        let assignee = match &asked.assignee {
            Patch::Keep => None,
            Patch::Clear => Some(None),
            Patch::Set(id) => Some(Some(self.colleague("assignee", id, identity).await?)),
        };
        let department = match &asked.department {
            Patch::Keep => None,
            Patch::Clear => Some(None),
            Patch::Set(id) => Some(Some(self.department("department", id).await?)),
        };
        let labels = match &asked.labels {
            Some(ids) => Some(self.labels("labels", ids).await?.into_iter().collect()),
            None => None,
        };
        Ok(Change { status, assignee, department, labels, important: asked.important })
    }
}

fn refused(why: Refused) -> Problem {
    let field = match why {
        Refused::SnoozeInThePast | Refused::SnoozeTooLong => "snoozed_until",
        Refused::TooManyLabels => "labels",
        Refused::ClosedIsNobodys => "assignee",
    };
    Problem::field(field, why.to_string())
}
