use cloud_api::language::Language;
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::templates::{QualityScore, TemplateCategoryName};
use jiff::Timestamp;

use super::fixtures::{node, order_update};
use super::*;
use crate::number::facts::Source as Teller;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_history_of_a_template_is_the_same_in_whatever_order_its_news_arrive() {
    let seen = at("2026-11-26T10:00:00Z");
    let fresh = || Mirror::seen("900000000000101".into(), &node(order_update()), seen);
    let news = [
        (Telling::State(TemplateState::Paused, Some("FIRST_PAUSE".to_owned())), at("2026-11-26T11:00:00Z")),
        (Telling::State(TemplateState::Approved, None), at("2026-11-26T14:00:00Z")),
        (Telling::Quality(QualityScore::Red), at("2026-11-26T10:59:00Z")),
        (Telling::Category(TemplateCategoryName::Marketing), at("2026-11-27T10:00:00Z")),
    ];
    let mut forwards = fresh();
    let changes: Vec<_> =
        news.iter().filter_map(|(news, at)| forwards.hear(news.clone(), *at, Teller::Webhook)).collect();
    let shown: Vec<_> = changes.iter().map(|change| (change.from.as_deref(), change.to.as_str())).collect();
    let expected = [
        (Some("APPROVED"), "PAUSED"),
        (Some("PAUSED"), "APPROVED"),
        (Some("GREEN"), "RED"),
        (Some("UTILITY"), "MARKETING"),
    ];
    assert_eq!(shown, expected);
    let mut backwards = fresh();
    for (news, at) in news.iter().rev().chain(&news) {
        backwards.hear(news.clone(), *at, Teller::Webhook);
    }
    assert_eq!(backwards, forwards);
    // An old list does not bring back what was.
    for telling in seen_in(&node(order_update())) {
        assert_eq!(forwards.hear(telling, at("2026-11-26T09:00:00Z"), Teller::Sync), None);
    }
    let text = serde_json::to_string(&forwards).unwrap();
    assert_eq!(serde_json::from_str::<Mirror>(&text).unwrap(), forwards);
}

#[test]
fn a_template_is_stopped_by_its_state_its_category_and_its_content_and_warned_of_by_its_quality() {
    let mut mirror = Mirror::seen("1".into(), &node(order_update()), at("2026-11-26T10:00:00Z"));
    let hash = mirror.content.hash();
    let frozen = Some((hash.as_str(), Some(&TemplateCategoryName::Utility)));
    assert_eq!(health(&mirror, frozen), Health::default());
    let mut hear = |telling| mirror.hear(telling, at("2026-11-26T11:00:00Z"), Teller::Webhook);
    hear(Telling::Quality(QualityScore::Yellow));
    hear(Telling::NextCategory(TemplateCategoryName::Marketing, None));
    let warned = health(&mirror, frozen);
    assert!(warned.may_be_used());
    assert_eq!(warned.concerns.len(), 2);
    let mut hear = |telling| mirror.hear(telling, at("2026-11-26T12:00:00Z"), Teller::Webhook);
    hear(Telling::Category(TemplateCategoryName::Marketing));
    let changed = health(&mirror, frozen);
    assert!(!changed.may_be_used());
    assert_eq!(changed.concerns[0].as_str(), "category_changed");
    assert_eq!(changed.concerns.len(), 2, "what was announced has come");
    assert!(health(&mirror, None).may_be_used());
    mirror.hear(Telling::State(TemplateState::Paused, None), at("2026-11-26T13:00:00Z"), Teller::Webhook);
    assert_eq!(health(&mirror, None).concerns[0], Concern::State(TemplateState::Paused));
    assert_eq!(mirror.content.language, Language::new("en_US"));
}

#[test]
fn what_webhooks_say_of_a_template_is_what_meta_means() {
    let told = |field: &str, raw: &str| told_by(&Event::parse(field, raw).unwrap());
    let paused = told(
        "message_template_status_update",
        r#"{"event":"PAUSED","message_template_id":900000000002001,"message_template_name":"a",
            "message_template_language":"en-US","reason":"NONE","other_info":{"title":"FIRST_PAUSE","description":"x"}}"#,
    )
    .unwrap();
    assert_eq!(paused.template.as_str(), "900000000002001");
    let pause = Telling::State(TemplateState::Paused, Some("FIRST_PAUSE".to_owned()));
    assert_eq!((paused.tellings, paused.read_again), (vec![pause], false));
    let back =
        told("message_template_status_update", r#"{"event":"UNARCHIVED","message_template_id":1}"#).unwrap();
    assert_eq!((back.tellings, back.read_again), (vec![], true), "nobody says where it stands now");
    // Meta's sample of a quality update has the wrong field.
    let quality = told(
        "message_template_status_update",
        r#"{"previous_quality_score":"GREEN","new_quality_score":"RED","message_template_id":1}"#,
    );
    assert_eq!(quality.unwrap().tellings, [Telling::Quality(QualityScore::Red)]);
    let parts = told("message_template_components_update", r#"{"message_template_id":1}"#).unwrap();
    assert_eq!((parts.tellings, parts.read_again), (vec![], true));
    // The new category of an upcoming change is that of today.
    let upcoming = told(
        "template_category_update",
        r#"{"message_template_id":1,"new_category":"UTILITY","correct_category":"MARKETING",
            "category_update_timestamp":1795651200}"#,
    );
    let when = Some(Timestamp::from_second(1_795_651_200).unwrap());
    let next = Telling::NextCategory(TemplateCategoryName::Marketing, when);
    assert_eq!(upcoming.unwrap().tellings, [next]);
    let done = told(
        "template_category_update",
        r#"{"message_template_id":1,"previous_category":"UTILITY","new_category":"MARKETING"}"#,
    );
    assert_eq!(done.unwrap().tellings, [Telling::Category(TemplateCategoryName::Marketing)]);
    assert_eq!(told("account_update", r#"{"event":"MM_LITE_TERMS_SIGNED"}"#), None);
}
