//! One conversation and its messages.

use axum::Json;
use axum::extract::State;
use domain::agent::AgentId;
use domain::{Contact, MessageId, Slot};
use futures::future::try_join_all;
use http::Uri;
use jiff::SignedDuration;
use store::{ConversationState, StoredMessage, Thread};

use crate::colleagues::me;
use crate::extract::{Id, Paging, filter};
use crate::identity::Identity;
use crate::view::{ConversationView, MessageView, Page};
use crate::{Api, Problem, cursor, view};

/// One conversation.
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses((status = OK, body = ConversationView), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn one(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<ConversationView>, Problem> {
    let thread = api.thread(&identity, &id).await?;
    shown(&api, &thread, &me(&identity)?).await
}

/// A conversation as it stands now, as an agent sees it.
pub(crate) async fn shown(
    api: &Api,
    thread: &Thread,
    me: &AgentId,
) -> Result<Json<ConversationView>, Problem> {
    let id = &thread.root;
    let state = match api.store.state(id).await? {
        Some(state) => state,
        // The first message of ours to somebody may still be on its way: then there are messages and no state.
        None => api
            .store
            .messages_in(thread, (None, None), 1)
            .await?
            .messages
            .first()
            .map(begun)
            .ok_or_else(missing)?,
    };
    let contact: Option<Contact> = match id.contact() {
        Some(contact) => api.store.contact(contact).await?,
        None => None,
    };
    let display = api.store.number(&id.number).await?.and_then(|number| number.display);
    let mark = api.store.read_marks(std::slice::from_ref(id), me).await?.remove(id);
    let view = ConversationView::new(id, state, contact, display, api.clock.now()).seen(mark);
    let unread = if view.unread { api.store.unread(thread, mark).await? } else { 0 };
    Ok(Json(view.with_unread(unread)))
}

/// The state of a conversation that nobody answered or wrote in yet.
fn begun(first: &StoredMessage) -> ConversationState {
    ConversationState { active_at: first.received_at, ..ConversationState::default() }
}

/// A conversation's messages, newest first, those of merged records among them, each with its reactions, its edit and its
/// revocation. One of these whose message is not among the 1,000 before it is shown on its own.
///
/// With `after` only what is newer than a message, and that one itself: a client that was not connected names the oldest
/// message that may have changed since, such as one that was not read yet.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "conversations",
    params(("id" = String, Path, description = "The conversation"),
        ("after" = Option<String>, Query, description = "The id of a message of the conversation"), Paging),
    responses((status = OK, body = Page<MessageView>), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn messages(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<MessageView>>, Problem> {
    let limit = paging.limit()?;
    let before = paging.after(|text| cursor::read_key("messages", text))?;
    let from = filter(&uri, "after")?.map(|id| place_of(&id)).transpose()?;
    let thread = api.thread(&identity, &id).await?;
    let page = api.store.messages_in(&thread, (from.as_deref(), before.as_deref()), limit).await?;
    if page.messages.is_empty() && page.related.is_empty() && api.store.state(&thread.root).await?.is_none() {
        return Err(missing());
    }
    let mut alone = alone(&api, &thread, &page, before.as_deref()).await?;
    alone.retain(|stray| from.as_ref().is_none_or(|from| views::place(stray) >= *from));
    let (items, next) = view::page(page, alone, limit);
    Ok(Json(Page { items, next: next.map(|place| cursor::write("messages", place)) }))
}

/// The place of a message in its conversation.
fn place_of(id: &str) -> Result<String, Problem> {
    let refused = || Problem::field("after", "is not the id of a message");
    let id: MessageId = id.parse().map_err(|_| refused())?;
    match id.slot {
        Slot::Message { at, hash } => Ok(views::place_at(at, &hash)),
        Slot::About { .. } => Err(refused()),
    }
}

/// What is about a message that the conversation does not have.
async fn alone(
    api: &Api,
    thread: &Thread,
    page: &store::MessagePage,
    before: Option<&str>,
) -> Result<Vec<StoredMessage>, Problem> {
    let strays = view::strays(page, before);
    let Some(newest) = strays.iter().map(|stray| stray.message.sent_at).max() else { return Ok(Vec::new()) };
    // Meta's times are whole seconds, ours are not: a reaction may seem to come before its message.
    let until = newest.saturating_add(SignedDuration::from_secs(2)).unwrap_or(newest);
    let there = try_join_all(thread.members.iter().map(|id| api.store.wamid_hashes(id, until))).await?;
    Ok(strays
        .into_iter()
        .filter(|stray| !there.iter().any(|hashes| hashes.contains(&stray.target)))
        .map(|stray| stray.message.clone())
        .collect())
}

pub(crate) fn missing() -> Problem {
    Problem::missing("conversation")
}
