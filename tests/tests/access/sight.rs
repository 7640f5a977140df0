//! What an agent sees: the numbers of the own departments.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{NUMBER, Stage};

use crate::{ANA, BO, Who, ask, client, get, with_departments};

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
    ask(&stage, &crate::ADMIN, (Method::PATCH, "/v1/agents/u-ana"), None, Some(json!({ "departments": [] })))
        .await;
    let removed = ask(&stage, &crate::ADMIN, (Method::DELETE, "/v1/departments/sales"), None, None).await;
    assert_eq!(removed.status, StatusCode::CONFLICT);
}
