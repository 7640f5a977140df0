//! Open, pending, snoozed, closed; and whose it is.

use futures::future::join_all;
use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::inbox::{a_customer, answers, asks, changes, conversation_of, hired, listed, notes, shown};

#[tokio::test]
async fn a_closed_conversation_leaves_the_queue_and_a_message_opens_it_again() {
    let stage = Stage::start().await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104001").await;
    assert_eq!(listed(&stage, "ana", "category=unassigned").await, [id.as_str()]);
    let closed = changes(&stage, "ana", &id, json!({ "state": "closed" })).await;
    assert_eq!((&closed["state"], &closed["waiting_since"]), (&json!("closed"), &Value::Null));
    for query in ["category=unassigned", "category=all", "category=new", "state=open"] {
        assert!(listed(&stage, "ana", query).await.is_empty(), "{query}");
    }
    assert_eq!(listed(&stage, "ana", "state=closed").await, [id.as_str()]);
    stage.pass(60).await;
    stage.writes(&ada, "One more thing");
    stage.settle().await;
    let open = shown(&stage, "ana", &id).await;
    assert_eq!((&open["state"], &open["waiting_since"]), (&json!("open"), &json!("2026-11-23T09:01:00Z")));
    assert_eq!(listed(&stage, "ana", "category=unassigned").await, [id.as_str()]);
    assert!(listed(&stage, "ana", "state=closed").await.is_empty());
}

#[tokio::test]
async fn a_message_that_comes_again_does_not_open_what_was_closed() {
    let stage = Stage::start().await;
    let message = json!({ "id": "wamid.again", "from": "15550104002", "type": "text", "text": { "body": "Hi" },
        "timestamp": stage.now().as_second().to_string() });
    let value = json!({ "messaging_product": "whatsapp", "messages": [message],
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": tests::NUMBER } });
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "900000000000101",
        "changes": [{ "field": "messages", "value": value }] }] });
    let body = body.to_string().into_bytes();
    stage.meta_posts(&body).await;
    stage.settle().await;
    let id = conversation_of(&stage, "15550104002").await;
    changes(&stage, "ana", &id, json!({ "state": "closed" })).await;
    stage.pass(60).await;
    stage.meta_posts(&body).await;
    stage.settle().await;
    assert_eq!(shown(&stage, "ana", &id).await["state"], "closed");
}

#[tokio::test]
async fn a_snoozed_conversation_is_out_of_sight_until_its_time_or_a_message() {
    let stage = Stage::start().await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104003").await;
    let snooze = json!({ "state": "snoozed", "snoozed_until": "2026-11-23T10:00:00Z" });
    let aside = changes(&stage, "ana", &id, snooze.clone()).await;
    assert_eq!(
        (&aside["state"], &aside["snoozed_until"]),
        (&json!("snoozed"), &json!("2026-11-23T10:00:00Z"))
    );
    assert!(listed(&stage, "ana", "category=unassigned").await.is_empty());
    assert_eq!(listed(&stage, "ana", "state=snoozed").await, [id.as_str()]);
    stage.pass(3_600).await;
    assert_eq!(shown(&stage, "ana", &id).await["state"], "open");
    assert_eq!(listed(&stage, "ana", "category=unassigned").await, [id.as_str()], "still waiting");
    assert!(listed(&stage, "ana", "state=snoozed").await.is_empty());

    let snooze = json!({ "state": "snoozed", "snoozed_until": "2026-11-24T10:00:00Z" });
    changes(&stage, "ana", &id, snooze).await;
    stage.writes(&ada, "Are you there?");
    stage.settle().await;
    let open = shown(&stage, "ana", &id).await;
    assert_eq!((&open["state"], &open["snoozed_until"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn of_two_agents_who_take_a_conversation_at_once_one_has_it_and_the_other_is_told() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    hired(&stage, "ben", &[], None).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104004").await;
    let version = shown(&stage, "ana", &id).await["version"].clone();
    let take = |who: &'static str| {
        let (path, body) =
            (format!("/v1/conversations/{id}"), json!({ "assignee": "me", "version": version }));
        let stage = &stage;
        async move { asks(stage, who, Role::Agent, Method::PATCH, &path, Some(body)).await }
    };
    let taken = join_all([take("ana"), take("ben")]).await;
    let mut codes: Vec<_> = taken.iter().map(|(status, _)| status.as_u16()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "{taken:?}");
    let winner = taken.iter().find(|(status, _)| *status == StatusCode::OK).unwrap();
    assert_eq!(shown(&stage, "ana", &id).await["assignee"], winner.1["assignee"]);
    let loser = taken.iter().find(|(status, _)| *status == StatusCode::CONFLICT).unwrap();
    assert_eq!(loser.1["type"], "/problems/changed-meanwhile");
    assert_eq!(notes(&stage, &id).await.len(), 1, "one change, one line in the thread");
}

#[tokio::test]
async fn what_an_agent_takes_is_theirs_until_it_is_closed_and_every_step_is_in_the_thread() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    department(&stage).await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104005").await;
    changes(&stage, "ana", &id, json!({ "assignee": "me", "department": "sales", "important": true })).await;
    assert!(listed(&stage, "ana", "category=unassigned").await.is_empty());
    assert_eq!(listed(&stage, "ana", "category=mine").await, [id.as_str()]);
    answers(&stage, "ana", &id, "Yes, since today.").await;
    assert_eq!(listed(&stage, "ana", "category=mine").await, [id.as_str()], "answered, and still hers");
    assert_eq!(shown(&stage, "ana", &id).await["waiting_since"], Value::Null);
    stage.writes(&ada, "Great!");
    stage.settle().await;
    assert!(listed(&stage, "ben", "category=unassigned").await.is_empty(), "she has it already");
    stage.pass(1).await;
    let closed = changes(&stage, "ana", &id, json!({ "state": "closed" })).await;
    assert_eq!((&closed["assignee"], &closed["previous_assignee"]), (&Value::Null, &json!("ana")));
    assert!(listed(&stage, "ana", "category=mine").await.is_empty());

    let notes = notes(&stage, &id).await;
    let first = &notes[0]["content"]["note"];
    assert_eq!((&first["event"], &first["by"]), (&json!("changed"), &json!("ana")));
    assert_eq!(first["changes"][0], json!({ "what": "assignee", "from": [], "to": ["ana"] }));
    assert_eq!(first["changes"][1]["to"], json!(["sales"]));
    let last = &notes[1]["content"]["note"]["changes"];
    assert_eq!(last[0], json!({ "what": "state", "from": ["open"], "to": ["closed"] }));
}

async fn department(stage: &Stage) {
    crate::inbox::department(stage, "sales").await;
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_no_line_and_a_wrong_one_names_its_member() {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104006").await;
    changes(&stage, "ana", &id, json!({ "state": "open", "important": false, "labels": [] })).await;
    assert!(notes(&stage, &id).await.is_empty());
    let path = format!("/v1/conversations/{id}");
    for (change, field) in [
        (json!({ "assignee": "nobody" }), "assignee"),
        (json!({ "department": "nowhere" }), "department"),
        (json!({ "labels": ["none"] }), "labels[0]"),
        (json!({ "state": "snoozed" }), "snoozed_until"),
        (json!({ "snoozed_until": "2026-11-23T10:00:00Z" }), "snoozed_until"),
        (json!({ "state": "snoozed", "snoozed_until": "2026-11-23T08:00:00Z" }), "snoozed_until"),
        (json!({ "state": "closed", "assignee": "me" }), "assignee"),
        (json!({ "state": "lost" }), "state"),
        (json!({ "stat": "open" }), "stat"),
    ] {
        let (status, body) =
            asks(&stage, "ana", Role::Agent, Method::PATCH, &path, Some(change.clone())).await;
        assert_eq!((status.as_u16(), &body["field"]), (400, &json!(field)), "{change}: {body}");
    }
    let missing =
        asks(&stage, "ana", Role::Agent, Method::PATCH, "/v1/conversations/900.x", Some(json!({}))).await;
    assert_eq!(missing.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_message_that_comes_while_an_agent_changes_something_is_no_conflict() {
    let stage = Stage::start().await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104007").await;
    for round in 0..4 {
        stage.writes(&ada, &format!("Message {round}"));
        let important = round % 2 == 0;
        let (changed, ()) =
            tokio::join!(changes(&stage, "ana", &id, json!({ "important": important })), stage.settle());
        assert_eq!(changed["important"], important);
    }
    assert_eq!(notes(&stage, &id).await.len(), 4);
}
