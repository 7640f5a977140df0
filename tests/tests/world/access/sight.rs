//! What an agent sees: the numbers of the own departments.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{NUMBER, Stage};

use crate::access::{ANA, BO, Who, ask, client, get, with_departments};

/// The first number belongs to sales, where Ana works, and not Bo.
async fn with_a_number_of_sales(stage: &Stage) -> (String, String) {
    with_departments(stage).await;
    let ada = stage.person("Ada Fern", "15550109971", json!({}));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.settle().await;
    let key = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let update = stage.world.dynamodb().update_item().table_name("local-directory");
    let update = update.key("pk", key("NUMBERS")).key("sk", key(NUMBER));
    let update = update.update_expression("SET dp = :dp").expression_attribute_values(":dp", key("sales"));
    update.send().await.unwrap();
    let conversation =
        stage.all(&format!("/v1/conversations?number={NUMBER}")).await[0]["id"].as_str().unwrap().to_owned();
    let message = stage.all(&format!("/v1/conversations/{conversation}/messages")).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    (conversation, message)
}

#[tokio::test]
async fn an_agent_of_another_department_sees_neither_number_nor_conversation_nor_message() {
    let stage = Stage::start().await;
    let (conversation, message) = with_a_number_of_sales(&stage).await;
    let paths = [
        format!("/v1/conversations/{conversation}"),
        format!("/v1/conversations/{conversation}/messages"),
        format!("/v1/messages/{message}"),
    ];
    let (shop, _) = client(&stage, &["conversations:read", "messages:read", "numbers:read"]).await;
    let supervisor = Who::Person("u-sue", Role::Supervisor);
    for path in &paths {
        assert_eq!(get(&stage, &BO, path).await.status, StatusCode::NOT_FOUND, "{path}");
        for who in [&ANA, &supervisor, &shop] {
            assert_eq!(get(&stage, who, path).await.status, StatusCode::OK, "{who:?} {path}");
        }
    }
    for list in [
        "/v1/conversations".to_owned(),
        format!("/v1/conversations?number={NUMBER}"),
        "/v1/numbers".to_owned(),
    ] {
        let count = async |who: &Who| get(&stage, who, &list).await.body["items"].as_array().unwrap().len();
        assert_eq!((count(&BO).await, count(&ANA).await), (0, 1), "{list}");
        assert_eq!((count(&supervisor).await, count(&shop).await), (1, 1), "{list}");
    }
}

#[tokio::test]
async fn an_agent_of_another_department_neither_handles_a_conversation_nor_learns_of_it() {
    let stage = Stage::start().await;
    let (conversation, message) = with_a_number_of_sales(&stage).await;
    let made = json!({ "shortcut": "hi", "text": "Hi {{contact.name}}" });
    let made =
        ask(&stage, &crate::access::ADMIN, (Method::POST, "/v1/quick-replies"), None, Some(made)).await;
    let render = format!("/v1/quick-replies/{}/render", made.body["id"].as_str().unwrap());
    let path = |part: &str| format!("/v1/conversations/{conversation}{part}");
    let asks = [
        (Method::PATCH, path(""), Some(json!({ "important": true }))),
        (Method::POST, path("/assign"), None),
        (Method::POST, path("/notes"), Some(json!({ "text": "Hm", "mentions": ["u-bo"] }))),
        (Method::GET, path("/presence"), None),
        (Method::PUT, path("/presence"), Some(json!({ "activity": "viewing" }))),
        (Method::PUT, path("/read"), Some(json!({}))),
        (Method::POST, render, Some(json!({ "conversation": conversation }))),
        (Method::POST, format!("/v1/messages/{message}/copy-to-field"), Some(json!({ "field": "name" }))),
        (Method::GET, format!("/v1/numbers/{NUMBER}"), None),
    ];
    for (method, path, body) in asks {
        let status =
            async |who: &Who| ask(&stage, who, (method.clone(), &path), None, body.clone()).await.status;
        assert_eq!(status(&BO).await, StatusCode::NOT_FOUND, "{method} {path}");
        // Nobody's policy gives it to anybody: that is an answer too.
        let seen = status(&ANA).await;
        assert!(seen.is_success() || seen == StatusCode::CONFLICT, "{method} {path}: {seen}");
    }
    for category in ["all", "unassigned", "important", "new", "unknown"] {
        let path = format!("/v1/conversations?category={category}");
        assert_eq!(get(&stage, &BO, &path).await.body["items"], json!([]), "{category}");
        let counts = get(&stage, &BO, "/v1/conversations/counts").await.body;
        assert_eq!(counts[category]["count"], 0, "{counts}");
        let counts = get(&stage, &ANA, "/v1/conversations/counts").await.body;
        assert_eq!(counts[category]["count"], 1, "{counts}");
    }
    let mentions = get(&stage, &BO, "/v1/mentions").await.body;
    assert_eq!(mentions["items"], json!([]), "being mentioned opens nothing");
}

#[tokio::test]
async fn who_was_given_a_conversation_of_another_departments_number_sees_it_and_no_other() {
    let stage = Stage::start().await;
    let (conversation, message) = with_a_number_of_sales(&stage).await;
    let bea = stage.person("Bea Moss", "15550109973", json!({}));
    stage.writes(&bea, "And the red one?");
    stage.settle().await;
    let path = format!("/v1/conversations/{conversation}");
    let change = async |body: serde_json::Value| {
        let answer = ask(&stage, &ANA, (Method::PATCH, &path), None, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    };
    let note = json!({ "text": "Do you know?", "mentions": ["u-bo"] });
    ask(&stage, &ANA, (Method::POST, &format!("{path}/notes")), None, Some(note)).await;
    let of = async |category: &str| {
        let list = get(&stage, &BO, &format!("/v1/conversations?category={category}")).await.body;
        let counts = get(&stage, &BO, "/v1/conversations/counts").await.body;
        let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(counts[category]["count"], ids.len(), "{category}");
        ids
    };
    assert_eq!(of("unassigned").await, Vec::<serde_json::Value>::new());
    change(json!({ "department": "support" })).await;
    assert_eq!(of("unassigned").await, [json!(conversation)], "what waits for a department is its work");
    assert_eq!(get(&stage, &BO, &path).await.status, StatusCode::OK);
    change(json!({ "department": null, "assignee": "u-bo" })).await;
    assert_eq!(of("mine").await, [json!(conversation)]);
    assert_eq!(of("all").await, Vec::<serde_json::Value>::new(), "the list of all is that of whole numbers");
    for path in [path.clone(), format!("{path}/messages"), format!("/v1/messages/{message}")] {
        assert_eq!(get(&stage, &BO, &path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(get(&stage, &BO, "/v1/mentions").await.body["items"].as_array().unwrap().len(), 1);
    let answer = json!({ "from": NUMBER, "to": { "conversation": conversation },
        "message": { "type": "text", "text": { "body": "It is." } } });
    let sent = ask(&stage, &BO, (Method::POST, "/v1/messages"), None, Some(answer)).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.body);
    change(json!({ "assignee": "u-ana" })).await;
    assert_eq!(get(&stage, &BO, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_agent_of_another_department_cannot_write_from_its_number() {
    let stage = Stage::start().await;
    let (conversation, _) = with_a_number_of_sales(&stage).await;
    let send = async |who: &Who, to: serde_json::Value| {
        let body =
            json!({ "from": NUMBER, "to": to, "message": { "type": "text", "text": { "body": "Yes" } } });
        ask(&stage, who, (Method::POST, "/v1/messages"), None, Some(body)).await.status
    };
    for to in [json!({ "conversation": conversation }), json!({ "phone": "15550109971" })] {
        assert_eq!(send(&BO, to.clone()).await, StatusCode::NOT_FOUND);
        assert_eq!(send(&ANA, to).await, StatusCode::ACCEPTED);
    }
}

#[tokio::test]
async fn a_number_without_a_department_is_everybodys_and_one_with_it_is_in_the_way_of_its_removal() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let ada = stage.person("Ada Fern", "15550109972", json!({}));
    stage.writes(&ada, "Hello");
    stage.settle().await;
    assert_eq!(get(&stage, &BO, "/v1/conversations").await.body["items"].as_array().unwrap().len(), 1);

    let stage = Stage::start().await;
    with_a_number_of_sales(&stage).await;
    ask(
        &stage,
        &crate::access::ADMIN,
        (Method::PATCH, "/v1/agents/u-ana"),
        None,
        Some(json!({ "departments": [] })),
    )
    .await;
    let removed =
        ask(&stage, &crate::access::ADMIN, (Method::DELETE, "/v1/departments/sales"), None, None).await;
    assert_eq!(removed.status, StatusCode::CONFLICT);
}
