//! What is about a message, joined to it: reactions, edits, revocations.
//!
//! Their payloads name only the target's wamid, which is what they stand under. On a page each goes to its
//! target; one whose target is nowhere to be found is shown on its own, at its own time.

use std::collections::{HashMap, HashSet};

use domain::sending::SendState;
use domain::{Slot, hash16};
use serde::Serialize;
use serde_json::Value;
use store::{Direction, MessagePage, Related, StoredMessage};
use utoipa::ToSchema;

use crate::{MessageView, Time, content};

/// A reaction that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reaction)]
pub struct ReactionView {
    /// The emoji.
    emoji: String,
    /// `contact` or `company`.
    by: &'static str,
    /// In a group: the participant's user id or phone.
    participant: Option<String>,
    /// When.
    at: Time,
    /// The reaction's own id: `GET /v1/messages/{id}` tells how far one of ours has come.
    message: String,
}

/// What a message says now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Edited)]
pub struct EditedView {
    /// The new content, in Meta's own shape by type.
    #[schema(value_type = Object)]
    content: Value,
    /// When.
    at: Time,
}

/// A message's place in its conversation: its sort key's, or what that would be.
pub fn place(message: &StoredMessage) -> String {
    match &message.id.slot {
        Slot::Message { at, hash } => place_at(*at, hash),
        Slot::About { hash, .. } => place_at(message.sent_at.as_millisecond(), hash),
    }
}

/// The place of a message of this time, in Unix milliseconds, and this hash.
#[must_use]
pub fn place_at(at: i64, hash: &str) -> String {
    format!("{:013}#{hash}", at.max(0))
}

/// Those of a page's related items whose target is not on the page, and whose own time falls into it. Whether
/// they are shown depends on whether their target stands elsewhere.
pub fn strays<'a>(page: &'a MessagePage, before: Option<&str>) -> Vec<&'a Related> {
    let here: HashSet<String> = hashes(&page.messages).collect();
    let last = page.messages.last().map(place).filter(|_| page.next.is_some());
    let on_page = |related: &&Related| {
        let place = place(&related.message);
        before.is_none_or(|before| place.as_str() < before) && last.as_ref().is_none_or(|last| place > *last)
    };
    page.related.iter().filter(|related| !here.contains(&related.target)).filter(on_page).collect()
}

fn hashes(messages: &[StoredMessage]) -> impl Iterator<Item = String> {
    messages.iter().filter_map(|message| message.wamid.as_deref().map(hash16))
}

/// A page as clients see it: messages with what is about them, newest first; and where the next page begins.
pub fn page(page: MessagePage, alone: Vec<StoredMessage>, limit: u16) -> (Vec<MessageView>, Option<String>) {
    let MessagePage { messages, related, next } = page;
    let mut rows: Vec<StoredMessage> = messages.into_iter().chain(alone).collect();
    rows.sort_by_cached_key(|row| std::cmp::Reverse(place(row)));
    let sizes = rows.iter().map(|row| row.raw.len());
    let fit = super::that_fit(sizes).min(limit.into());
    let next = if rows.len() > fit { rows.get(fit - 1).map(place) } else { next };
    rows.truncate(fit);
    let mut about: HashMap<&str, Vec<&Related>> = HashMap::new();
    for related in &related {
        about.entry(&related.target).or_default().push(related);
    }
    let view = |row: &StoredMessage| {
        let target = row.wamid.as_deref().map(hash16).unwrap_or_default();
        with_related(row, about.get(target.as_str()).map(Vec::as_slice).unwrap_or_default())
    };
    (rows.iter().map(view).collect(), next)
}

/// A message with what is about it, which comes oldest first.
pub fn with_related(message: &StoredMessage, about: &[&Related]) -> MessageView {
    let mut view = MessageView::new(message);
    let mut reactions: Vec<ReactionView> = Vec::new();
    for related in about {
        let item = &related.message;
        match related.kind.as_str() {
            "reaction" => react(&mut reactions, item),
            "edit" => {
                let content = content::member(&item.raw, &["edit", "message"]);
                view.edited = content.map(|content| EditedView { content, at: item.sent_at.into() });
            }
            "revoke" => view.revoked_at = view.revoked_at.or_else(|| Some(item.sent_at.into())),
            _ => {}
        }
    }
    view.reactions = reactions;
    view
}

/// The latest reaction of a person replaces the one before; an empty one takes it back.
fn react(reactions: &mut Vec<ReactionView>, item: &StoredMessage) {
    // One of ours that did not go changed nothing on anybody's phone.
    if item.state == Some(SendState::Failed) || item.delivery.failed.is_some() {
        return;
    }
    let is_group = item.id.conversation.contact().is_none();
    let (by, participant) = match item.direction {
        Direction::Outbound => ("company", None),
        _ => ("contact", is_group.then(|| content::inbound(&item.raw).author).flatten()),
    };
    reactions.retain(|one| (one.by, &one.participant) != (by, &participant));
    let emoji = content::member(&item.raw, &["reaction", "emoji"]);
    let emoji = emoji.and_then(|emoji| emoji.as_str().map(str::to_owned)).unwrap_or_default();
    if !emoji.is_empty() {
        let (at, message) = (item.sent_at.into(), item.id.to_string());
        reactions.push(ReactionView { emoji, by, participant, at, message });
    }
}

#[cfg(test)]
#[path = "related_tests.rs"]
mod tests;
