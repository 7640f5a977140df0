//! Events, by whatever field and in whatever spelling they come.

use cloud_api::webhook::content::Content;
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::calls::CallStatus;
use cloud_api::webhook::event::numbers::MessagingLimit;
use cloud_api::webhook::event::templates::{CategoryChange, TemplateCategoryName};
use serde_json::{Value, json};

fn event(field: &str, value: &Value) -> Event {
    Event::parse(field, &value.to_string()).unwrap()
}

#[test]
fn a_quality_event_is_known_by_its_content_under_any_field() {
    let value = json!({"previous_quality_score": "GREEN", "new_quality_score": "RED",
        "message_template_id": "900000000002001", "message_template_language": "en-US"});
    for field in ["message_template_status_update", "message_template_quality_update", "tomorrow"] {
        let Event::TemplateQuality(quality) = event(field, &value) else { panic!("{field}") };
        assert_eq!(quality.language.unwrap().as_str(), "en_US");
    }
}

#[test]
fn the_two_shapes_of_a_category_change_are_told_apart() {
    let upcoming = json!({"message_template_id": 9_007_199_254_740_993_u64, "new_category": "UTILITY",
        "correct_category": "MARKETING", "category_update_timestamp": "1795478400"});
    let Event::TemplateCategory(change) = event("template_category_update", &upcoming) else { panic!() };
    assert_eq!(change.id.as_str(), "9007199254740993", "64-bit ids do not pass through f64");
    assert_eq!(
        change.change,
        CategoryChange::Upcoming {
            current: Some(TemplateCategoryName::Utility),
            next: TemplateCategoryName::Marketing,
            at: Some(1_795_478_400)
        }
    );
}

#[test]
fn a_limit_is_one_limit_however_it_is_written() {
    for limit in [json!("TIER_2K"), json!(2000), json!("2000")] {
        let value = json!({"max_daily_conversations_per_business": limit});
        let Event::BusinessCapability(capability) = event("business_capability_update", &value) else {
            panic!()
        };
        assert_eq!(capability.max_daily_conversations_per_business, Some(MessagingLimit::People(2000)));
    }
}

#[test]
fn the_case_of_a_call_status_makes_no_difference() {
    for status in ["RINGING", "ringing", "Ringing"] {
        let value = json!({"statuses": [{"id": "wacid.1", "status": status}]});
        let Event::Calls(calls) = event("calls", &value) else { panic!() };
        assert_eq!(calls.statuses[0].status, Some(CallStatus::Ringing));
    }
}

#[test]
fn a_field_of_tomorrow_keeps_its_json() {
    for field in
        ["tomorrow", "tracking_events", "template_correct_category_detection", "user_id_update", "messages"]
    {
        let Event::Unknown { raw, .. } = event(field, &json!({"a": 1})) else { panic!("{field}") };
        assert_eq!(raw.get(), r#"{"a":1}"#);
    }
}

#[test]
fn a_known_field_with_a_broken_core_is_malformed_with_its_reason() {
    let Event::Malformed { field, reason, raw } = event("account_update", &json!({"phone_number": "1"}))
    else {
        panic!()
    };
    assert_eq!((field.as_str(), reason.as_str()), ("account_update", "event: missing"));
    assert_eq!(raw.get(), r#"{"phone_number":"1"}"#);
    assert!(matches!(event("flows", &json!([1])), Event::Malformed { .. }));
    assert!(Event::parse("flows", "{").is_err());
}

#[test]
fn late_files_of_history_come_as_plain_messages() {
    let value = json!({"messages": [{"id": "wamid.H", "from": "15550100177", "timestamp": "1",
        "type": "image", "image": {"id": "7"}}]});
    let Event::History(history) = event("history", &value) else { panic!() };
    assert!(matches!(history.messages[0].message.content, Content::Image(_)));
}

#[test]
fn an_unknown_message_in_an_echo_does_not_hide_the_others() {
    let value = json!({"message_echoes": [
        {"id": "wamid.1", "type": "hologram", "hologram": {}},
        {"id": "wamid.2", "type": "text", "text": {"body": "x"}}]});
    let Event::MessageEchoes(echoes) = event("smb_message_echoes", &value) else { panic!() };
    assert!(matches!(echoes.echoes[0].message.content, Content::Unknown { .. }));
    assert!(matches!(echoes.echoes[1].message.content, Content::Text(_)));
}

#[test]
fn what_another_responder_sent_is_heard_on_standby() {
    let value = json!({"standby": {"message_echoes": [{"id": "wamid.S", "timestamp": "1795392000",
        "message": {"type": "text", "text": {"body": "x"}}, "flow": {"id": "1"}}]}});
    let Event::Standby(standby) = event("standby", &value) else { panic!() };
    assert_eq!(standby.standby.message_echoes[0].message.as_ref().unwrap()["type"], "text");
}
