//! `/v1/conversations`.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::State;
use domain::{Contact, ConversationId};
use futures::future::try_join_all;
use http::Uri;
use jiff::SignedDuration;
use store::{ConversationRow, ConversationState, StoredMessage, Thread};

use crate::extract::{Id, Paging, filter};
use crate::identity::Identity;
use crate::view::{ConversationView, MessageView, NumberView, Page};
use crate::{Api, Problem, cursor, view};

/// A place in the list: exact time and id of a row.
type Place = (i64, String);

/// Conversations of one number, or of all, newest first.
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations",
    params(("number" = Option<String>, Query, description = "Meta's `phone_number_id`; all numbers without it"), Paging),
    responses((status = OK, body = Page<ConversationView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    identity: Identity,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<ConversationView>>, Problem> {
    let limit = paging.limit()?;
    let after: Option<Place> = paging.after(|text| cursor::read("conversations", text))?;
    let wanted = filter(&uri, "number")?;
    let numbers = api.store.numbers().await?;
    let hidden: HashSet<String> = numbers
        .iter()
        .filter(|number| !identity.sees(number.department.as_ref()))
        .map(|number| number.id.to_string())
        .collect();
    let known: HashMap<String, NumberView> =
        numbers.into_iter().map(|number| (number.id.to_string(), number.into())).collect();
    let mut numbers: Vec<String> =
        wanted.map_or_else(|| known.keys().cloned().collect(), |number| vec![number]);
    numbers.retain(|number| !hidden.contains(number));
    let lists = numbers.iter().map(|number| api.store.conversations(number, after.as_ref(), limit));
    let lists = try_join_all(lists).await?;
    let more = lists.iter().any(|list| list.next.is_some());
    let (rows, next) = newest(lists.into_iter().flat_map(|list| list.rows).collect(), limit, more);
    let now = api.clock.now();
    let view = |row: ConversationRow| {
        let number = known.get(row.id.number.as_str());
        ConversationView::new(&row.id, row.state, row.contact, number, now)
    };
    let next = next.map(|place| cursor::write("conversations", place));
    Ok(Json(Page { items: rows.into_iter().map(view).collect(), next }))
}

/// The newest rows of several numbers' pages, and where the next page begins.
fn newest(mut rows: Vec<ConversationRow>, limit: u16, more: bool) -> (Vec<ConversationRow>, Option<Place>) {
    let place = |row: &ConversationRow| (row.state.active_at.as_millisecond(), row.id.to_string());
    rows.sort_by_cached_key(|row| std::cmp::Reverse(place(row)));
    let more = more || rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let next = rows.last().filter(|_| more).map(place);
    (rows, next)
}

/// One conversation.
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses((status = OK, body = ConversationView), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn one(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<ConversationView>, Problem> {
    let id = parse(&id)?;
    api.must_see(&identity, &id.number, "conversation").await?;
    // The conversation of a record that was merged is the other record's.
    let thread = api.store.thread(&id).await?;
    let id = thread.root.clone();
    let state = match api.store.state(&id).await? {
        Some(state) => state,
        // The first message of ours to somebody may still be on its way: then there are messages and no state.
        None => {
            api.store.messages_in(&thread, None, 1).await?.messages.first().map(begun).ok_or_else(missing)?
        }
    };
    let contact: Option<Contact> = match id.contact() {
        Some(contact) => api.store.contact(contact).await?,
        None => None,
    };
    let number = api.store.number(&id.number).await?.map(NumberView::from);
    Ok(Json(ConversationView::new(&id, state, contact, number.as_ref(), api.clock.now())))
}

/// The state of a conversation that nobody answered or wrote in yet.
fn begun(first: &StoredMessage) -> ConversationState {
    ConversationState {
        active_at: first.received_at,
        received_at: None,
        window: None,
        waiting_since: None,
        preview: String::new(),
        hold: None,
        from: None,
    }
}

/// A conversation's messages, newest first, those of merged records among them, each with its reactions, its edit and its revocation. One of these
/// whose message is not among the 1,000 before it is shown on its own.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "conversations",
    params(("id" = String, Path, description = "The conversation"), Paging),
    responses((status = OK, body = Page<MessageView>), (status = NOT_FOUND, description = "No such conversation")))]
pub(crate) async fn messages(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    paging: Paging,
) -> Result<Json<Page<MessageView>>, Problem> {
    let limit = paging.limit()?;
    let id = parse(&id)?;
    let before = paging.after(|text| cursor::read_key("messages", text))?;
    api.must_see(&identity, &id.number, "conversation").await?;
    let thread = api.store.thread(&id).await?;
    let page = api.store.messages_in(&thread, before.as_deref(), limit).await?;
    if page.messages.is_empty() && page.related.is_empty() && api.store.state(&thread.root).await?.is_none() {
        return Err(missing());
    }
    let alone = alone(&api, &thread, &page, before.as_deref()).await?;
    let (items, next) = view::page(page, alone, limit);
    Ok(Json(Page { items, next: next.map(|place| cursor::write("messages", place)) }))
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

fn parse(id: &str) -> Result<ConversationId, Problem> {
    id.parse().map_err(|_| missing())
}

fn missing() -> Problem {
    Problem::missing("conversation")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn row(id: &str, seconds: i64) -> ConversationRow {
        let state = ConversationState {
            active_at: Timestamp::from_second(seconds).unwrap(),
            received_at: None,
            window: None,
            waiting_since: None,
            preview: String::new(),
            hold: None,
            from: None,
        };
        ConversationRow { id: id.parse().unwrap(), state, contact: None }
    }

    #[test]
    fn the_lists_of_several_numbers_are_one_list_newest_first() {
        let rows = vec![row("900.a", 5), row("900.b", 3), row("901.c", 4), row("901.d", 4)];
        let (page, next) = newest(rows.clone(), 3, false);
        let ids: Vec<_> = page.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(ids, ["900.a", "901.d", "901.c"]);
        assert_eq!(next, Some((4000, "901.c".to_owned())));
        assert_eq!(newest(rows.clone(), 4, false).1, None);
        assert!(newest(rows, 4, true).1.is_some());
    }
}
