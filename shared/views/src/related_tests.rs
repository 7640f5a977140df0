//! How a page joins what is about its messages.

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::message::tests::stored;

fn text(seconds: i64, wamid: &str) -> StoredMessage {
    let raw = json!({"id": wamid, "type": "text", "text": {"body": "Hi"}}).to_string();
    let id = format!("900.01K.m.{}.{}", seconds * 1000, hash16(wamid));
    let mut message = stored(&id, Direction::Inbound, &raw);
    message.sent_at = Timestamp::from_second(seconds).unwrap();
    message
}

fn about(seconds: i64, target: &str, kind: &str, raw: serde_json::Value, direction: Direction) -> Related {
    let (target, own) = (hash16(target), hash16(&format!("{seconds}{raw}")));
    let id = format!("900.01K.r.{target}.{kind}.{own}");
    let mut message = stored(&id, direction, &raw.to_string());
    message.sent_at = Timestamp::from_second(seconds).unwrap();
    Related { target, kind: kind.to_owned(), message }
}

fn reaction(seconds: i64, target: &str, emoji: &str, direction: Direction) -> Related {
    let raw = json!({"id": format!("wamid.R{seconds}"), "type": "reaction", "reaction": {"message_id": target, "emoji": emoji}});
    about(seconds, target, "reaction", raw, direction)
}

fn emojis(view: &MessageView) -> Vec<(&str, &str)> {
    view.reactions.iter().map(|reaction| (reaction.by, reaction.emoji.as_str())).collect()
}

#[test]
fn the_latest_reaction_of_each_side_stands_and_a_taken_back_one_is_gone() {
    let related = [
        reaction(10, "wamid.A", "👍", Direction::Inbound),
        reaction(11, "wamid.A", "🎉", Direction::Outbound),
        reaction(12, "wamid.A", "❤️", Direction::Inbound),
    ];
    let view = with_related(&text(5, "wamid.A"), &related.iter().collect::<Vec<_>>());
    assert_eq!(emojis(&view), [("company", "🎉"), ("contact", "❤️")]);

    let gone = reaction(13, "wamid.A", "", Direction::Inbound);
    let all: Vec<&Related> = related.iter().chain([&gone]).collect();
    assert_eq!(emojis(&with_related(&text(5, "wamid.A"), &all)), [("company", "🎉")]);
}

#[test]
fn a_reaction_of_ours_that_failed_changes_nothing() {
    let sent = reaction(10, "wamid.A", "👍", Direction::Outbound);
    let mut failed = reaction(11, "wamid.A", "🎉", Direction::Outbound);
    failed.message.state = Some(SendState::Failed);
    assert_eq!(emojis(&with_related(&text(5, "wamid.A"), &[&sent, &failed])), [("company", "👍")]);
}

#[test]
fn an_edit_shows_the_latest_content_and_a_revocation_its_time() {
    let edit = |seconds, body: &str| {
        let message = json!({"type": "text", "text": {"body": body}});
        let raw = json!({"id": "wamid.E", "type": "edit", "edit": {"original_message_id": "wamid.A", "message": message}});
        about(seconds, "wamid.A", "edit", raw, Direction::Inbound)
    };
    let raw = json!({"id": "wamid.X", "type": "revoke", "revoke": {"original_message_id": "wamid.A"}});
    let revoke = about(12, "wamid.A", "revoke", raw, Direction::Inbound);
    let view = with_related(&text(5, "wamid.A"), &[&edit(10, "one"), &edit(11, "two"), &revoke]);
    assert_eq!(view.edited.unwrap().content, json!({"type": "text", "text": {"body": "two"}}));
    assert_eq!(view.revoked_at, Some(Timestamp::from_second(12).unwrap().into()));
}

#[test]
fn what_is_about_a_message_of_the_page_is_no_stray_and_what_belongs_to_another_page_is_not_here() {
    let page = MessagePage {
        messages: vec![text(30, "wamid.C"), text(20, "wamid.B")],
        related: vec![
            reaction(10, "wamid.X", "1", Direction::Inbound),
            reaction(25, "wamid.B", "2", Direction::Inbound),
            reaction(26, "wamid.X", "3", Direction::Inbound),
            reaction(40, "wamid.X", "4", Direction::Inbound),
        ],
        next: Some(place(&text(20, "wamid.B"))),
    };
    let times = |before| {
        let seconds = |related: &&Related| related.message.sent_at.as_second();
        strays(&page, before).iter().map(seconds).collect::<Vec<_>>()
    };
    assert_eq!(times(None), [26, 40], "on the first page everything newer is here");
    assert_eq!(times(Some("0000000035000#")), [26]);
    let last = MessagePage { next: None, ..page.clone() };
    assert_eq!(strays(&last, None).len(), 3, "on the last page everything older is here");
}

#[test]
fn one_whose_target_is_nowhere_is_shown_on_its_own_and_pages_stay_within_their_limit() {
    let messages = vec![text(30, "wamid.C"), text(20, "wamid.B")];
    let stray = reaction(25, "wamid.X", "👍", Direction::Inbound).message;
    let store_page = MessagePage { messages, related: Vec::new(), next: None };
    let (views, next) = page(store_page.clone(), vec![stray.clone()], 3);
    let shown: Vec<_> = views.iter().map(|view| view.wamid.as_deref().unwrap()).collect();
    assert_eq!(shown, ["wamid.C", "wamid.R25", "wamid.B"]);
    assert_eq!(next, None);
    let (views, next) = page(store_page, vec![stray.clone()], 2);
    assert_eq!((views.len(), next), (2, Some(place(&stray))));
}
