//! What a team settles for a number: policies, hours, welcomes, who may answer.

use futures::future::join_all;
use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Moment, NUMBER, Stage};

use crate::inbox::{
    a_customer, answers, asks, changes, conversation_of, heard, hired, listed, notes, reads, settles, shown,
};

/// A stage whose number has been seen.
async fn opened() -> Stage {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "The first", "15550104600").await;
    changes(&stage, "ana", &id, json!({ "state": "closed" })).await;
    stage
}

async fn assignees(stage: &Stage) -> Vec<String> {
    let all = stage.all("/v1/conversations").await;
    let mut names: Vec<_> =
        all.iter().map(|it| it["assignee"].as_str().unwrap_or("nobody").to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn settings_are_a_merge_patch_of_admins_and_every_fault_names_its_member() {
    let stage = opened().await;
    crate::inbox::department(&stage, "sales").await;
    hired(&stage, "ana", &["sales"], None).await;
    let all = json!({
        "name": "Sales", "department": "sales", "default_assignee": "ana", "language": "es",
        "hours": { "zone": "America/Lima", "week": { "monday": [{ "from": "09:00", "to": "18:00" }] },
                   "holidays": { "2026-12-25": [] } },
        "welcome": "Hello!", "away": "Until tomorrow.", "only_assignee_answers": true,
        "assignment": { "mode": "least_busy", "sticky": true },
        "service_rate": { "micros": 3400, "currency": "USD" },
    });
    let settled = settles(&stage, all).await;
    assert_eq!((&settled["name"], &settled["open"]), (&json!("Sales"), &json!(false)));
    assert_eq!(settled["opens_at"], "2026-11-23T14:00:00Z");
    settles(&stage, json!({ "away": null, "language": "pt_BR" })).await;
    let now = reads(&stage, "ana", &format!("/v1/numbers/{NUMBER}")).await;
    assert_eq!(
        (&now["away"], &now["welcome"], &now["language"]),
        (&Value::Null, &json!("Hello!"), &json!("pt_BR"))
    );
    assert_eq!(now["assignment"]["mode"], "least_busy");
    assert_eq!(now["hours"]["holidays"], json!({ "2026-12-25": [] }));
    assert_eq!(stage.all("/v1/numbers").await[0]["name"], "Sales");
    let path = format!("/v1/numbers/{NUMBER}");
    for (change, field) in [
        (json!({ "department": "none" }), "department"),
        (json!({ "owner": "stranger" }), "owner"),
        (json!({ "hours": { "zone": "Mars/Base" } }), "hours.zone"),
        (
            json!({ "hours": { "zone": "UTC", "week": { "friday": [{ "from": "10:00", "to": "09:00" }] } } }),
            "hours.week.friday",
        ),
        (
            json!({ "hours": { "zone": "UTC", "week": { "friday": [{ "from": "10", "to": "11:00" }] } } }),
            "hours.week.friday[0].from",
        ),
        (json!({ "assignment": { "mode": "dice" } }), "assignment.mode"),
        (
            json!({ "assignment": { "by_label": [{ "label": "x", "assignee": "ana" }] } }),
            "assignment.by_label[0].label[0]",
        ),
        (json!({ "service_rate": { "micros": 1, "currency": "usd" } }), "service_rate.currency"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let (status, body) =
            asks(&stage, "boss", Role::Admin, Method::PATCH, &path, Some(change.clone())).await;
        assert_eq!((status.as_u16(), &body["field"]), (400, &json!(field)), "{change}: {body}");
    }
    let (status, _) = asks(&stage, "eva", Role::Supervisor, Method::PATCH, &path, Some(json!({}))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let unknown = "/v1/numbers/900000000000999";
    let (status, _) =
        asks(&stage, "boss", Role::Admin, Method::PATCH, unknown, Some(json!({ "name": "x" }))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn customers_go_round_the_team_even_when_they_write_at_once() {
    let stage = opened().await;
    for agent in ["ana", "ben", "eva"] {
        hired(&stage, agent, &[], None).await;
    }
    settles(&stage, json!({ "assignment": { "mode": "round_robin" } })).await;
    let people: Vec<_> =
        (0..6).map(|n| stage.person("A customer", &format!("1555010461{n}"), json!({}))).collect();
    for person in &people {
        stage.writes(person, "Hello?");
    }
    stage.pass(120).await;
    assert_eq!(assignees(&stage).await, ["ana", "ana", "ben", "ben", "eva", "eva"]);
    assert!(listed(&stage, "ana", "category=unassigned").await.is_empty());
    assert_eq!(listed(&stage, "ana", "category=mine").await.len(), 2);
    let one = listed(&stage, "ana", "category=mine").await.remove(0);
    let note = &notes(&stage, &one).await[0]["content"]["note"];
    assert_eq!((&note["by"], &note["why"]), (&Value::Null, &json!("round_robin")));
}

#[tokio::test]
async fn a_customer_who_writes_much_at_once_is_given_to_one_agent() {
    let stage = opened().await;
    for agent in ["ana", "ben", "eva"] {
        hired(&stage, agent, &[], None).await;
    }
    settles(&stage, json!({ "assignment": { "mode": "round_robin" } })).await;
    let now = stage.now().as_second();
    let body = |n: usize| {
        let message = json!({ "id": format!("wamid.much{n}"), "from": "15550104620", "type": "text",
            "text": { "body": "Hi" }, "timestamp": now.to_string() });
        let value = json!({ "messaging_product": "whatsapp", "messages": [message],
            "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER } });
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "900000000000101",
            "changes": [{ "field": "messages", "value": value }] }] })
        .to_string()
        .into_bytes()
    };
    let bodies: Vec<_> = (0..24).map(body).collect();
    join_all(bodies.iter().map(|body| stage.meta_posts(body))).await;
    stage.pass(300).await;
    let id = conversation_of(&stage, "15550104620").await;
    assert!(shown(&stage, "ana", &id).await["assignee"].is_string());
    assert_eq!(notes(&stage, &id).await.len(), 1, "given away once");
}

#[tokio::test]
async fn nobody_gets_more_than_their_capacity_and_the_rest_waits_for_who_comes_first() {
    let stage = opened().await;
    hired(&stage, "ana", &["sales"], Some(1)).await;
    hired(&stage, "ben", &[], None).await;
    crate::inbox::department(&stage, "sales").await;
    settles(&stage, json!({ "department": "sales", "assignment": { "mode": "least_busy" } })).await;
    let (_, first) = a_customer(&stage, "Ada Fern", "15550104631").await;
    let (_, second) = a_customer(&stage, "Bo Reed", "15550104632").await;
    assert_eq!(shown(&stage, "ana", &first).await["assignee"], "ana");
    assert_eq!(shown(&stage, "ana", &second).await["assignee"], Value::Null, "ben is not in sales");
    let assign = format!("/v1/conversations/{second}/assign");
    let (status, body) = asks(&stage, "eva", Role::Supervisor, Method::POST, &assign, None).await;
    assert_eq!((status.as_u16(), &body["type"]), (409, &json!("/problems/nobody-takes-it")));
    changes(&stage, "ana", &first, json!({ "state": "closed" })).await;
    let (status, body) = asks(&stage, "eva", Role::Supervisor, Method::POST, &assign, None).await;
    assert_eq!((status.as_u16(), &body["assignee"]), (200, &json!("ana")));
    let (status, body) = asks(&stage, "eva", Role::Supervisor, Method::POST, &assign, None).await;
    assert_eq!((status.as_u16(), &body["assignee"]), (200, &json!("ana")), "whoever has it keeps it");
}

#[tokio::test]
async fn a_customer_comes_back_to_the_agent_who_knows_them_if_that_one_is_there() {
    let stage = opened().await;
    hired(&stage, "ana", &[], None).await;
    hired(&stage, "ben", &[], None).await;
    let present = async |who: &str, available: bool| {
        let body = Some(json!({ "available": available }));
        let (status, _) = asks(&stage, who, Role::Agent, Method::PUT, "/v1/presence", body).await;
        assert_eq!(status, StatusCode::OK);
    };
    let policy = json!({ "mode": "round_robin", "sticky": true, "only_present": true });
    settles(&stage, json!({ "assignment": policy })).await;
    present("ben", true).await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104641").await;
    assert_eq!(shown(&stage, "ana", &id).await["assignee"], "ben", "ana does not say that she is there");
    present("ana", true).await;
    changes(&stage, "ben", &id, json!({ "state": "closed" })).await;
    stage.pass(1).await;
    stage.writes(&ada, "Hello again");
    stage.settle().await;
    assert_eq!(shown(&stage, "ana", &id).await["assignee"], "ben", "he had it last");
    changes(&stage, "ben", &id, json!({ "state": "closed" })).await;
    present("ben", false).await;
    stage.pass(1).await;
    stage.writes(&ada, "And again");
    stage.settle().await;
    assert_eq!(shown(&stage, "ana", &id).await["assignee"], "ana");
}

#[tokio::test]
async fn a_label_an_owner_and_a_default_decide_who_gets_a_conversation() {
    let stage = opened().await;
    for agent in ["ana", "ben", "eva"] {
        hired(&stage, agent, &[], None).await;
    }
    let body = Some(json!({ "name": "VIP" }));
    // Not eva: the directory says that she is an agent, and its word goes before the token's.
    let (_, label) = asks(&stage, "boss", Role::Supervisor, Method::POST, "/v1/labels", body).await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104651").await;
    changes(&stage, "ana", &id, json!({ "labels": [label["id"]], "state": "closed" })).await;
    let rule = json!({ "label": label["id"], "assignee": "eva" });
    settles(&stage, json!({ "default_assignee": "ben", "assignment": { "by_label": [rule] } })).await;
    stage.writes(&ada, "Hello");
    let (_, other) = a_customer(&stage, "Bo Reed", "15550104652").await;
    assert_eq!(shown(&stage, "ana", &id).await["assignee"], "eva");
    assert_eq!(shown(&stage, "ana", &other).await["assignee"], "ben");
    settles(&stage, json!({ "owner": "ana" })).await;
    let (_, third) = a_customer(&stage, "Cy Moss", "15550104653").await;
    assert_eq!(shown(&stage, "ana", &third).await["assignee"], "ana", "the number is hers");
}

#[tokio::test]
async fn a_welcome_is_sent_once_when_a_conversation_begins_and_the_customer_waits_on() {
    let stage = opened().await;
    settles(&stage, json!({ "welcome": "Hello! One moment." })).await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104661").await;
    stage.pass(5).await;
    stage.writes(&ada, "Anybody?");
    stage.pass(5).await;
    assert_eq!(heard(&stage), ["Hello! One moment."]);
    let open = shown(&stage, "ana", &id).await;
    assert_eq!((&open["waiting_since"], &open["answered"]), (&json!("2026-11-23T09:00:31Z"), &json!(false)));
    assert_eq!(listed(&stage, "ana", "category=new").await, [id.as_str()]);
    answers(&stage, "ana", &id, "Here I am.").await;
    stage.pass(60).await;
    stage.writes(&ada, "Thanks");
    stage.pass(5).await;
    assert_eq!(heard(&stage).len(), 2, "an ongoing conversation is not welcomed");
    changes(&stage, "ana", &id, json!({ "state": "closed" })).await;
    stage.pass(60).await;
    stage.writes(&ada, "Hello again");
    stage.pass(5).await;
    assert_eq!(heard(&stage), ["Hello! One moment.", "Here I am.", "Hello! One moment."]);
}

#[tokio::test]
async fn who_writes_out_of_hours_hears_so_once_a_wait_however_often_meta_delivers() {
    let stage = opened().await;
    let hours = json!({ "zone": "UTC", "week": { "monday": [{ "from": "15:00", "to": "16:00" }] } });
    settles(&stage, json!({ "hours": hours, "away": "We open at three.", "welcome": "Hello!" })).await;
    let message = json!({ "id": "wamid.late", "from": "15550104671", "type": "text", "text": { "body": "Hi" },
        "timestamp": stage.now().as_second().to_string() });
    let value = json!({ "messaging_product": "whatsapp", "messages": [message],
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER } });
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "900000000000101",
        "changes": [{ "field": "messages", "value": value }] }] })
    .to_string()
    .into_bytes();
    for _ in 0..3 {
        stage.meta_posts(&body).await;
        stage.pass(400).await;
    }
    assert_eq!(heard(&stage), ["We open at three."]);
    let id = conversation_of(&stage, "15550104671").await;
    assert!(shown(&stage, "ana", &id).await["waiting_since"].is_string(), "nobody has answered");
}

#[tokio::test]
async fn where_only_the_assignee_may_answer_others_are_told_to_take_it_first() {
    let stage = opened().await;
    hired(&stage, "ana", &[], None).await;
    settles(&stage, json!({ "only_assignee_answers": true })).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104681").await;
    let (status, body) = answers(&stage, "ana", &id, "Yes").await;
    assert_eq!((status.as_u16(), &body["type"]), (403, &json!("/problems/not-the-assignee")));
    changes(&stage, "ana", &id, json!({ "assignee": "me" })).await;
    assert_eq!(answers(&stage, "ben", &id, "Yes").await.0, StatusCode::FORBIDDEN);
    assert_eq!(answers(&stage, "ana", &id, "Yes").await.0, StatusCode::ACCEPTED);
    let body = json!({ "from": NUMBER, "to": { "conversation": id },
        "message": { "type": "text", "text": { "body": "I step in." } } });
    let (status, _) = asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/messages", Some(body)).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    stage.settle().await;
    assert_eq!(heard(&stage), ["Yes", "I step in."]);
}

/// A customer begins to wait while a function dies at one of its side effects; tells how many it had.
async fn greeted_and_given_away(dies_at: Option<(usize, Moment)>) -> usize {
    let stage = opened().await;
    hired(&stage, "ana", &[], None).await;
    hired(&stage, "ben", &[], None).await;
    settles(&stage, json!({ "welcome": "Hello!", "assignment": { "mode": "round_robin" } })).await;
    let before = stage.faults.effects("inbound").len();
    if let Some((nth, moment)) = dies_at {
        stage.faults.kill("inbound", nth, moment);
    }
    let ada = stage.person("Ada Fern", "15550104691", json!({}));
    stage.writes(&ada, "Is the kettle back?");
    stage.pass(600).await;
    let id = conversation_of(&stage, "15550104691").await;
    assert_eq!(heard(&stage), ["Hello!"], "{dies_at:?}");
    assert!(shown(&stage, "ana", &id).await["assignee"].is_string(), "{dies_at:?}");
    assert_eq!(notes(&stage, &id).await.len(), 1, "{dies_at:?}");
    stage.faults.effects("inbound").len() - before
}

#[tokio::test]
async fn a_customer_is_greeted_once_and_given_to_one_agent_wherever_the_function_dies() {
    let effects = greeted_and_given_away(None).await;
    assert!(effects >= 5, "claims, message, state, turn, handling, greeting");
    for nth in 0..effects {
        for moment in [Moment::Before, Moment::After] {
            greeted_and_given_away(Some((nth, moment))).await;
        }
    }
}
