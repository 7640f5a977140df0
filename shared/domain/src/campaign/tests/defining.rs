use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::definition::{Definition, FrequencyCap, Pace, SendOrder};
use super::{definition, with, written};

const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

fn faults(members: Value) -> Vec<String> {
    match definition(members).validate(NOW) {
        Ok(()) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| fault.field).collect(),
    }
}

#[test]
fn a_campaign_needs_a_name_a_number_a_template_and_people_and_the_rest_has_defaults() {
    let plain = definition(json!({}));
    assert_eq!(plain.validate(NOW), Ok(()));
    assert_eq!(plain.frequency_cap, Some(FrequencyCap { messages: 2, days: 7 }));
    assert_eq!((plain.order, plain.reply_hours), (SendOrder::Audience, 72));
    assert_eq!(definition(json!({"frequency_cap": null})).frequency_cap, None);
    for name in ["name", "numbers", "templates", "language", "audience"] {
        let mut whole = written();
        whole.as_object_mut().unwrap().remove(name);
        assert!(serde_json::from_value::<Definition>(whole).is_err(), "{name}");
    }
}

#[test]
fn everything_that_can_be_said_is_kept() {
    let everything = json!({
        "templates": [
            {"template": "a", "weight": 3, "parameters": {
                "body.1": {"from": {"record": "field.city"}, "fallback": "your city"},
                "body.2": {"from": {"line": "code"}},
                "body.3": {"from": {"agent": "name"}}, "body.4": {"from": {"campaign": "name"}},
                "header.1": {"from": {"text": "Hola"}}}},
            {"template": "b"}],
        "language": {"default": "es", "by_contact": true},
        "audience": {
            "include": [{"file": "f1"}, {"list": "l1"}, {"filter": "label:vip"},
                        {"campaign": {"id": "01K", "who": "did_not_read"}}],
            "exclude": [{"list": "never"}]},
        "start": {"recurring": {"cron": "0 10 * * 1", "zone": "America/Lima", "until": "2027-01-01T00:00:00Z"}},
        "quiet_hours": {"from": "21:00", "to": "09:00", "days": ["sunday"], "otherwise": "America/Lima"},
        "pace": {"over_hours": 4, "warm_up": [50, 200, 1000]},
        "frequency_cap": {"messages": 1, "days": 3},
        "budget": {"micros": 50_000_000, "currency": "USD"},
        "order": "shuffled",
        "hold_out": 2.5,
        "canary": {"share": 5.0, "wait_minutes": 60},
        "retry_marketing_limit": true,
    });
    let read = definition(everything);
    assert_eq!(read.validate(NOW), Ok(()));
    let again: Definition = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn every_member_that_cannot_be_kept_is_named() {
    for (members, field) in [
        (json!({"name": " "}), "name"),
        (json!({"numbers": []}), "numbers"),
        (json!({"numbers": ["1", "1"]}), "numbers"),
        (json!({"templates": []}), "templates"),
        (
            json!({"templates": [{"template": "a"}, {"template": "b"}, {"template": "c"}, {"template": "d"}, {"template": "e"}]}),
            "templates",
        ),
        (json!({"templates": [{"template": "a", "weight": 0}]}), "templates"),
        (json!({"templates": [{"template": "a"}, {"template": "Not A Name"}]}), "templates.1.template"),
        (
            json!({"templates": [{"template": "a", "parameters": {"body.1": {"from": {"text": ""}}}}]}),
            "templates.0.parameters.body.1.from",
        ),
        (
            json!({"templates": [{"template": "a", "parameters": {"body.1": {"from": {"line": "code"}}}}]}),
            "templates.0.parameters.body.1.from",
        ),
        (json!({"language": {"default": "!"}}), "language.default"),
        (json!({"audience": {"include": []}}), "audience.include"),
        (json!({"audience": {"include": [{"list": "a"}, {"list": "a b"}]}}), "audience.include.1.list"),
        (json!({"start": {"at": {"time": "2026-01-01T09:00", "zone": "UTC"}}}), "start.at.time"),
        (json!({"start": {"at": {"time": "2027-01-01T09:00", "zone": "Mars"}}}), "start.at.zone"),
        (json!({"start": {"recurring": {"cron": "* * * * *", "zone": "UTC"}}}), "start.recurring.cron"),
        (json!({"start": {"recurring": {"cron": "0 0 * * *", "zone": "Mars"}}}), "start.recurring.zone"),
        (json!({"ends_at": "2026-01-01T00:00:00Z"}), "ends_at"),
        (json!({"quiet_hours": {"from": "21:00", "to": "21:00", "otherwise": "UTC"}}), "quiet_hours.to"),
        (
            json!({"quiet_hours": {"from": "21:00", "to": "09:00", "otherwise": "Mars"}}),
            "quiet_hours.otherwise",
        ),
        (json!({"pace": {"over_hours": 0}}), "pace.over_hours"),
        (json!({"pace": {"per_minute": 0}}), "pace.per_minute"),
        (json!({"pace": {"warm_up": [200, 50]}}), "pace.warm_up"),
        (json!({"frequency_cap": {"messages": 9, "days": 1}}), "frequency_cap.messages"),
        (json!({"frequency_cap": {"messages": 1, "days": 0}}), "frequency_cap.days"),
        (json!({"budget": {"micros": 0, "currency": "USD"}}), "budget.micros"),
        (json!({"budget": {"micros": 1, "currency": "usd"}}), "budget.currency"),
        (json!({"hold_out": 51}), "hold_out"),
        (json!({"canary": {"share": 0, "wait_minutes": 5}}), "canary.share"),
        (json!({"canary": {"share": 5, "wait_minutes": 0}}), "canary.wait_minutes"),
        (json!({"reply_hours": 0}), "reply_hours"),
    ] {
        assert_eq!(faults(members.clone()), [field], "{members}");
    }
}

#[test]
fn a_member_that_nobody_knows_is_refused_and_not_passed_over() {
    for members in [
        json!({"colour": "red"}),
        json!({"templates": [{"template": "a", "colour": "red"}]}),
        json!({"audience": {"include": [{"everybody": true}]}}),
        json!({"pace": {"fast": true}}),
        json!({"canary": {"share": 5, "wait_minutes": 5, "colour": "red"}}),
    ] {
        assert!(serde_json::from_value::<Definition>(with(members.clone())).is_err(), "{members}");
    }
}

#[test]
fn a_campaign_spreads_over_its_hours_and_warms_a_young_number_up() {
    let spread = Pace { over_hours: Some(2), ..Pace::default() };
    assert_eq!(spread.allowed_after(7_200, 0), Some(1));
    assert_eq!(spread.allowed_after(7_200, 3_599), Some(3_600));
    assert_eq!(spread.allowed_after(7_200, 9_999), Some(7_200));
    assert_eq!(spread.due_after(7_200, 3_600), 3_599);
    let warm = Pace { warm_up: vec![50, 200], ..Pace::default() };
    let days = [0, 86_400, 172_800].map(|second| warm.allowed_after(10_000, second));
    assert_eq!(days, [Some(50), Some(250), None]);
    assert_eq!((warm.due_after(10_000, 50), warm.due_after(10_000, 51)), (0, 86_400));
    assert_eq!(warm.due_after(10_000, 251), 172_800);
    assert_eq!(Pace::default().due_after(10_000, 10_000), 0);
}
