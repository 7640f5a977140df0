//! What colleagues tell each other: notes and mentions, how far each has read, and who is there.

use std::collections::HashSet;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::agent::AgentId;
use domain::{ConversationId, MessageId};
use futures::future::try_join_all;
use http::StatusCode;
use http::header::LOCATION;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Mention, Present, ThreadNote, note_slot};
use utoipa::ToSchema;

use super::conversations::missing;
use crate::colleagues::me;
use crate::extract::{Id, Paging};
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::view::{MessageView, Page, Time};
use crate::{Api, Problem, cursor};

/// How long a presence holds.
const LEASE: Duration = Duration::from_secs(30);
/// How long an agent is taken to be at work without saying so again.
const AVAILABLE: Duration = Duration::from_secs(300);
/// The most colleagues that one note mentions.
const MOST_MENTIONS: usize = 20;

/// A note to colleagues.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// What it says; 1 to 4,000 characters.
    text: String,
    /// The agents whom it mentions; at most 20.
    #[serde(default)]
    mentions: Vec<String>,
}

/// Writes a note into the thread. No customer sees it.
#[utoipa::path(post, path = "/v1/conversations/{id}/notes", tag = "colleagues", request_body = NewNote,
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = CREATED, body = MessageView, headers(("Location" = String, description = "The note"))),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn write_note(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<NewNote>,
) -> Result<Response, Problem> {
    let (conversation, by) = (there(&api, &identity, &id).await?, me(&identity)?);
    let text = input::text("text", &asked.text, 4_000)?;
    if asked.mentions.len() > MOST_MENTIONS {
        return Err(Problem::field("mentions", "must be at most 20"));
    }
    let mut mentions: Vec<AgentId> = Vec::new();
    for (n, agent) in asked.mentions.iter().enumerate() {
        let agent = api.colleague(&format!("mentions[{n}]"), agent, &identity).await?;
        if !mentions.contains(&agent) {
            mentions.push(agent);
        }
    }
    let at = api.clock.now();
    let id = MessageId { conversation, slot: note_slot(at, &lambda_kit::new_id(&api.clock)) };
    api.store.write_note(&ThreadNote { id: &id, by: &by, text: &text, mentions: &mentions, at }).await?;
    let note = api.store.message(&id).await?.ok_or_else(Problem::unavailable)?;
    let location = [(LOCATION, format!("/v1/messages/{id}"))];
    Ok((StatusCode::CREATED, location, Json(MessageView::new(&note))).into_response())
}

/// A note that mentions the asker.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Mention)]
pub(crate) struct MentionView {
    /// The note, which `GET /v1/messages/{id}` shows.
    message: String,
    /// The conversation that it stands in.
    conversation: String,
    /// Who wrote it.
    by: String,
    /// When.
    at: Time,
}

impl From<Mention> for MentionView {
    fn from(mention: Mention) -> Self {
        Self {
            message: mention.note.to_string(),
            conversation: mention.note.conversation.to_string(),
            by: mention.by.to_string(),
            at: mention.at.into(),
        }
    }
}

/// Notes that mention the asker, newest first, in conversations that the asker sees. A page may be short and still have a
/// next one.
#[utoipa::path(get, path = "/v1/mentions", tag = "colleagues", params(Paging),
    responses((status = OK, body = Page<MentionView>)))]
pub(crate) async fn mentions(
    State(api): State<Api>,
    identity: Identity,
    paging: Paging,
) -> Result<Json<Page<MentionView>>, Problem> {
    let before = paging.after(|text| cursor::read_key("mentions", text))?;
    let page = api.store.mentions(&me(&identity)?, before.as_deref(), paging.limit()?).await?;
    let next = page.next.map(|place| cursor::write("mentions", place));
    let seen = seen(&api, &identity, page.mentions.iter().map(|mention| &mention.note.conversation)).await?;
    let mentions = page.mentions.into_iter().filter(|mention| seen.contains(&mention.note.conversation));
    Ok(Json(Page { items: mentions.map(MentionView::from).collect(), next }))
}

/// Those of some conversations that somebody sees. Being mentioned opens nothing.
async fn seen(
    api: &Api,
    identity: &Identity,
    conversations: impl Iterator<Item = &ConversationId>,
) -> Result<HashSet<ConversationId>, Problem> {
    let conversations: HashSet<ConversationId> = conversations.cloned().collect();
    let asked = conversations.into_iter().map(async |id| {
        let is_seen = api.sees_conversation(identity, &id).await?;
        Ok::<_, Problem>(is_seen.then_some(id))
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

/// How far the asker has read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadMark {
    /// Everything that was received up to this time; without it, everything that is there.
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    through: Option<Timestamp>,
}

/// Marks a conversation as read by the asker. It never goes back. The customer hears nothing of it: for that, send a
/// message with `"status": "read"`.
#[utoipa::path(put, path = "/v1/conversations/{id}/read", tag = "colleagues", request_body = ReadMark,
    params(("id" = String, Path, description = "The conversation")),
    responses((status = NO_CONTENT, description = "Done"), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn mark_read(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<ReadMark>,
) -> Result<StatusCode, Problem> {
    let id = api.thread(&identity, &id).await?.root;
    let state = api.store.state(&id).await?.ok_or_else(missing)?;
    let now = api.clock.now();
    let through = asked.through.map_or_else(|| state.received_at.unwrap_or(now), |through| through.min(now));
    api.store.mark_read(&id, &me(&identity)?, through).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody does in a conversation.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Activity {
    /// Looks at it.
    Viewing,
    /// Writes in it.
    Typing,
}

/// That the asker is there.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presence {
    /// What the asker does.
    activity: Activity,
}

/// Somebody else who is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Present)]
pub(crate) struct PresentView {
    /// The agent.
    agent: String,
    /// `viewing` or `typing`.
    activity: String,
    /// Until when that holds.
    until: Time,
}

/// Says that the asker looks at a conversation or writes in it, for 30 seconds, and tells who else does.
#[utoipa::path(put, path = "/v1/conversations/{id}/presence", tag = "colleagues", request_body = Presence,
    params(("id" = String, Path, description = "The conversation")),
    responses((status = OK, body = Page<PresentView>), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn be_present(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<Presence>,
) -> Result<Json<Page<PresentView>>, Problem> {
    let id = there(&api, &identity, &id).await?;
    let activity = match asked.activity {
        Activity::Viewing => "viewing",
        Activity::Typing => "typing",
    };
    let present =
        Present { agent: me(&identity)?, activity: activity.to_owned(), until: api.clock.now() + LEASE };
    api.store.be_present(&id, &present).await?;
    others(&api, &id, &present.agent).await
}

/// Who else looks at a conversation or writes in it.
#[utoipa::path(get, path = "/v1/conversations/{id}/presence", tag = "colleagues",
    params(("id" = String, Path, description = "The conversation")),
    responses((status = OK, body = Page<PresentView>), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn present(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<Page<PresentView>>, Problem> {
    let id = api.thread(&identity, &id).await?.root;
    others(&api, &id, &me(&identity)?).await
}

async fn others(api: &Api, id: &ConversationId, me: &AgentId) -> Result<Json<Page<PresentView>>, Problem> {
    let present = api.store.present(id, api.clock.now()).await?;
    let view = |present: Present| PresentView {
        agent: present.agent.to_string(),
        activity: present.activity,
        until: present.until.into(),
    };
    let items = present.into_iter().filter(|present| present.agent != *me).map(view).collect();
    Ok(Json(Page { items, next: None }))
}

/// Whether the asker takes conversations now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Availability {
    /// Whether policies may give the asker conversations.
    available: bool,
}

/// Until when the asker takes conversations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Available {
    /// Say so again before this time; `null` if the asker takes none.
    available_until: Option<Time>,
}

/// Says whether the asker is there to be given conversations. It holds for five minutes.
#[utoipa::path(put, path = "/v1/presence", tag = "colleagues", request_body = Availability,
    responses((status = OK, body = Available)))]
pub(crate) async fn be_available(
    State(api): State<Api>,
    identity: Identity,
    Input(asked): Input<Availability>,
) -> Result<Json<Available>, Problem> {
    let until = asked.available.then(|| api.clock.now() + AVAILABLE);
    api.store.be_available(&me(&identity)?, until).await?;
    Ok(Json(Available { available_until: until.map(Time::from) }))
}

/// A conversation that is there, and that the asker sees.
async fn there(api: &Api, identity: &Identity, id: &str) -> Result<ConversationId, Problem> {
    let id = api.thread(identity, id).await?.root;
    api.store.state(&id).await?.map(|_| id).ok_or_else(missing)
}
