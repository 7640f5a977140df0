//! Notes, mentions, read marks, presence, labels and quick replies.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::inbox::{a_customer, asks, changes, hired, notes, reads, settles, shown};

#[tokio::test]
async fn a_note_is_for_colleagues_and_tells_those_whom_it_mentions() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    hired(&stage, "ben", &[], None).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104501").await;
    let before = shown(&stage, "ana", &id).await;
    let path = format!("/v1/conversations/{id}/notes");
    let body = json!({ "text": "Ask about her refund.", "mentions": ["ben", "ben"] });
    let (status, note) = asks(&stage, "ana", Role::Agent, Method::POST, &path, Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{note}");
    stage.pass(60).await;
    let said = &notes(&stage, &id).await[0]["content"]["note"];
    assert_eq!(*said, json!({ "by": "ana", "text": "Ask about her refund.", "mentions": ["ben"] }));
    assert!(stage.posts().is_empty(), "no customer hears of it");
    assert_eq!(shown(&stage, "ana", &id).await["last_activity"], before["last_activity"]);
    let mentions = reads(&stage, "ben", "/v1/mentions").await;
    assert_eq!(mentions["items"].as_array().unwrap().len(), 1);
    assert_eq!((&mentions["items"][0]["message"], &mentions["items"][0]["by"]), (&note["id"], &json!("ana")));
    assert_eq!(reads(&stage, "ana", "/v1/mentions").await["items"], json!([]));
    let wrong = json!({ "text": "x", "mentions": ["ben", "stranger"] });
    let (status, body) = asks(&stage, "ana", Role::Agent, Method::POST, &path, Some(wrong)).await;
    assert_eq!((status.as_u16(), &body["field"]), (400, &json!("mentions[1]")));
}

#[tokio::test]
async fn what_one_agent_has_read_another_has_not() {
    let stage = Stage::start().await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104502").await;
    let unread = async |who: &str| {
        let one = shown(&stage, who, &id).await;
        let list = reads(&stage, who, "/v1/conversations").await;
        assert_eq!(list["items"][0]["unread"], one["unread"]);
        one["unread_count"].as_u64().unwrap()
    };
    assert_eq!((unread("ana").await, unread("ben").await), (1, 1));
    let path = format!("/v1/conversations/{id}/read");
    let (status, _) = asks(&stage, "ana", Role::Agent, Method::PUT, &path, Some(json!({}))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!((unread("ana").await, unread("ben").await), (0, 1));
    stage.pass(10).await;
    stage.writes(&ada, "And the lid?");
    stage.settle().await;
    assert_eq!((unread("ana").await, unread("ben").await), (1, 2));
    let past = json!({ "through": "2026-11-23T08:00:00Z" });
    asks(&stage, "ana", Role::Agent, Method::PUT, &path, Some(past)).await;
    assert_eq!(unread("ana").await, 1, "it never goes back");
}

#[tokio::test]
async fn who_is_writing_is_seen_by_others_for_thirty_seconds() {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104503").await;
    let path = format!("/v1/conversations/{id}/presence");
    let says = async |who: &str, activity: &str| {
        let body = Some(json!({ "activity": activity }));
        asks(&stage, who, Role::Agent, Method::PUT, &path, body).await.1["items"].clone()
    };
    assert_eq!(says("ana", "typing").await, json!([]), "nobody else is there");
    let others = says("ben", "viewing").await;
    assert_eq!((&others[0]["agent"], &others[0]["activity"]), (&json!("ana"), &json!("typing")));
    assert_eq!(reads(&stage, "eva", &path).await["items"].as_array().unwrap().len(), 2);
    stage.pass(30).await;
    assert_eq!(reads(&stage, "eva", &path).await["items"], json!([]));
}

#[tokio::test]
async fn labels_are_made_by_supervisors_and_have_names_of_their_own() {
    let stage = Stage::start().await;
    let label = |name: &str| Some(json!({ "name": name }));
    let makes =
        async |role, name: &str| asks(&stage, "eva", role, Method::POST, "/v1/labels", label(name)).await;
    assert_eq!(makes(Role::Agent, "Refund").await.0, StatusCode::FORBIDDEN);
    let (status, refund) = makes(Role::Supervisor, "Refund").await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(makes(Role::Supervisor, " refund ").await.0, StatusCode::CONFLICT);
    let path = format!("/v1/labels/{}", refund["id"].as_str().unwrap());
    let (_, renamed) = asks(&stage, "eva", Role::Supervisor, Method::PATCH, &path, label("Money back")).await;
    assert_eq!(renamed["name"], "Money back");
    assert_eq!(reads(&stage, "ana", "/v1/labels").await["items"][0]["name"], "Money back");
    let (status, _) = asks(&stage, "eva", Role::Supervisor, Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(reads(&stage, "ana", "/v1/labels").await["items"], json!([]));
}

#[tokio::test]
async fn a_conversation_has_at_most_twenty_labels_and_its_state_stays_small() {
    let stage = Stage::start().await;
    hired(&stage, "ana-0123456789-0123456789-0123456789", &[], None).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104504").await;
    let mut ids: Vec<Value> = Vec::new();
    for n in 0..21 {
        let body = Some(json!({ "name": format!("Label {n}") }));
        let (_, label) = asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/labels", body).await;
        ids.push(label["id"].clone());
    }
    let path = format!("/v1/conversations/{id}");
    let body = Some(json!({ "labels": ids }));
    let (status, body) = asks(&stage, "ana", Role::Agent, Method::PATCH, &path, body).await;
    assert_eq!((status.as_u16(), &body["field"]), (400, &json!("labels")));
    let all = json!({ "labels": ids[..20], "important": true, "assignee": "ana-0123456789-0123456789-0123456789",
        "state": "snoozed", "snoozed_until": "2026-11-24T10:00:00Z" });
    changes(&stage, "ana", &id, all).await;
    let scan = stage.world.dynamodb().scan().table_name("local-conversations").send().await.unwrap();
    let state = scan.items().iter().find(|item| item["sk"].as_s().unwrap() == "STATE").unwrap();
    let size: usize = state
        .iter()
        .map(|(name, value)| {
            let of = |text: &String| text.len();
            let value = match value {
                aws_sdk_dynamodb::types::AttributeValue::S(text)
                | aws_sdk_dynamodb::types::AttributeValue::N(text) => text.len(),
                aws_sdk_dynamodb::types::AttributeValue::Ss(texts) => texts.iter().map(of).sum(),
                _ => 1,
            };
            name.len() + value
        })
        .sum();
    // A preview has up to 160 bytes.
    assert!(size + 160 < 1_024, "{size} bytes");
}

#[tokio::test]
async fn a_quick_reply_is_filled_for_a_conversation_and_nothing_is_sent() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104505").await;
    settles(&stage, json!({ "name": "Kettles" })).await;
    let text = "Hi {{contact.name}}, {{ agent.name }} here from {{number.name}}. Size {{field.size}}?";
    let body = Some(json!({ "shortcut": "hi", "text": text }));
    let (status, reply) =
        asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/quick-replies", body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{reply}");
    let (status, _) = asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/quick-replies", body).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let wrong = Some(json!({ "shortcut": "x", "text": "{{password}}" }));
    let (status, body) =
        asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/quick-replies", wrong).await;
    assert_eq!((status.as_u16(), &body["field"]), (400, &json!("text")));
    let reply = format!("/v1/quick-replies/{}", reply["id"].as_str().unwrap());
    let path = format!("{reply}/render");
    let ask = Some(json!({ "conversation": id }));
    let (status, filled) = asks(&stage, "ana", Role::Agent, Method::POST, &path, ask).await;
    assert_eq!(status, StatusCode::OK, "{filled}");
    assert_eq!(filled["text"], "Hi Ada Fern, ana of the shop here from Kettles. Size ?");
    assert_eq!(filled["missing"], json!(["field.size"]));
    assert!(stage.posts().is_empty());
    let change = Some(json!({ "text": "Hi!" }));
    asks(&stage, "eva", Role::Supervisor, Method::PATCH, &reply, change).await;
    assert_eq!(reads(&stage, "ana", "/v1/quick-replies").await["items"][0]["text"], "Hi!");
    let (status, _) = asks(&stage, "eva", Role::Supervisor, Method::DELETE, &reply, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}
