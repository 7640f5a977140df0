//! What a thread's messages say about it: last activity, window, who waits.
//!
//! The state of a conversation moves forward message by message. When two records are parted again, it is told from the
//! messages anew.

use cloud_api::webhook::content::Content;
use cloud_api::webhook::message::InboundMessage;
use jiff::Timestamp;
use serde_json::Value;

use crate::ContactId;
use crate::clean::beginning;

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whose record it stands on, for what a customer said. Nobody's for what the company said.
    pub by: Option<ContactId>,
    /// When we received it, or were asked to send it.
    pub at: Timestamp,
    /// Meta's time of a customer's message that opens the window.
    pub window_from: Option<Timestamp>,
    /// What the inbox shows of it.
    pub preview: String,
    /// Whether it ends the customer's wait, for what the company said: a welcome does not.
    pub is_answer: bool,
    /// Whether the conversation was closed after it, for what a customer said: nobody waits in what is closed.
    pub is_closed: bool,
}

/// Where a thread stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The last activity of either side.
    pub active_at: Timestamp,
    /// When the customer's newest message was received.
    pub received_at: Option<Timestamp>,
    /// Meta's time of the newest message that opened the window.
    pub window_from: Option<Timestamp>,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// What the inbox shows.
    pub preview: String,
    /// Whose record the customer's newest message stands on: who wrote last is who is answered.
    pub from: Option<ContactId>,
}

/// Tells where a thread stands from what was said in it, in any order. `None` if nothing was.
#[must_use]
pub fn standing(said: &[Said]) -> Option<Standing> {
    let newest = said.iter().max_by_key(|said| said.at)?;
    let customer = || said.iter().filter(|said| said.by.is_some());
    let answered = said.iter().filter(|said| said.by.is_none() && said.is_answer).map(|said| said.at).max();
    let unanswered = |said: &&Said| !said.is_closed && answered.is_none_or(|by| said.at > by);
    let last = customer().max_by_key(|said| said.at);
    Some(Standing {
        active_at: newest.at,
        received_at: last.map(|said| said.at),
        window_from: customer().filter_map(|said| said.window_from).max(),
        waiting_since: customer().filter(unanswered).map(|said| said.at).min(),
        preview: newest.preview.clone(),
        from: last.and_then(|said| said.by.clone()),
    })
}

/// What a customer's message does to its conversation: the time from which it opens the window, if it does, and what
/// the inbox shows. `None` for edits, revocations and system notes: nobody waits for an answer to them.
#[must_use]
pub fn of_customer(message: &InboundMessage, sent_at: Timestamp) -> Option<(Option<Timestamp>, String)> {
    if matches!(message.content, Content::Edit(_) | Content::Revoke(_) | Content::System(_)) {
        return None;
    }
    let window = message.content.opens_window().then_some(sent_at);
    Some((window, customer_preview(&message.content, &message.kind)))
}

/// What the inbox shows of a message once it was changed or deleted; `None` for everything that is not about that.
#[must_use]
pub fn reworded(content: &Content) -> Option<String> {
    match content {
        Content::Edit(edit) => Some(customer_preview(&edit.message.content, &edit.message.kind)),
        Content::Revoke(_) => Some(DELETED.to_owned()),
        _ => None,
    }
}

/// What the inbox shows of a message that its author deleted.
const DELETED: &str = "[deleted]";

/// The beginning of what a customer said, or the kind of what was sent.
#[must_use]
pub fn customer_preview(content: &Content, kind: &str) -> String {
    let text = match content {
        Content::Text(text) => Some(text.body.as_str()),
        Content::Button(button) => Some(button.text.as_str()),
        Content::Image(media) | Content::Video(media) | Content::Document(media) => media.caption.as_deref(),
        _ => None,
    };
    preview(text, kind)
}

/// The beginning of what the company said, or the kind of what was sent.
#[must_use]
pub fn company_preview(raw: &str, kind: &str) -> String {
    let message: Value = serde_json::from_str(raw).unwrap_or_default();
    let places =
        ["/text/body", "/image/caption", "/video/caption", "/document/caption", "/interactive/body/text"];
    preview(places.iter().find_map(|place| message.pointer(place)?.as_str()), kind)
}

fn preview(text: Option<&str>, kind: &str) -> String {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => beginning(text),
        None => format!("[{}]", beginning(kind)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(by: Option<&str>, second: i64) -> Said {
        let at = Timestamp::from_second(second).unwrap();
        let by = by.and_then(ContactId::new);
        let (window_from, is_answer) = (by.is_some().then_some(at), by.is_none());
        Said { window_from, by, at, preview: second.to_string(), is_answer, is_closed: false }
    }

    #[test]
    fn a_customer_waits_since_the_first_message_that_nobody_answered() {
        let standing = standing(&[said(Some("a"), 1), said(None, 2), said(Some("a"), 3), said(Some("b"), 4)]);
        let standing = standing.unwrap();
        assert_eq!(standing.waiting_since, Timestamp::from_second(3).ok());
        assert_eq!(standing.received_at, Timestamp::from_second(4).ok());
        assert_eq!((standing.preview.as_str(), standing.from), ("4", ContactId::new("b")));
    }

    #[test]
    fn nobody_waits_after_an_answer_and_nothing_said_is_no_standing() {
        assert_eq!(standing(&[said(Some("a"), 1), said(None, 2)]).unwrap().waiting_since, None);
        assert_eq!(standing(&[]), None);
    }

    #[test]
    fn a_welcome_is_no_answer_and_nobody_waits_in_what_was_closed() {
        let welcome = Said { is_answer: false, ..said(None, 2) };
        let standing_of = |first: Said| standing(&[first, welcome.clone()]).unwrap();
        let waits = standing_of(said(Some("a"), 1));
        assert_eq!((waits.waiting_since, waits.preview.as_str()), (Timestamp::from_second(1).ok(), "2"));
        let closed = standing_of(Said { is_closed: true, ..said(Some("a"), 1) });
        assert_eq!((closed.waiting_since, closed.received_at), (None, Timestamp::from_second(1).ok()));
    }

    proptest! {
        #[test]
        fn the_order_in_which_it_is_read_makes_no_difference(
            (there, shuffled) in prop::collection::btree_map(0_i64..1_000, any::<bool>(), 0..20).prop_flat_map(|all| {
                let all: Vec<_> = all.into_iter().map(|(at, ours)| said((!ours).then_some("a"), at)).collect();
                (Just(all.clone()), Just(all).prop_shuffle())
            })
        ) {
            prop_assert_eq!(standing(&there), standing(&shuffled));
        }
    }
}
