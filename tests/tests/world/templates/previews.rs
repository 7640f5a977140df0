//! What a person would read, before anything is sent.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::templates::{creates, opened, parcel, path};

async fn previews(stage: &Stage, name: &str, body: Value) -> (StatusCode, Value) {
    stage.api(Method::POST, &path(name, "/preview"), Some(body)).await
}

async fn shows(stage: &Stage, name: &str, body: Value) -> Value {
    let (status, shown) = previews(stage, name, body).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    shown
}

fn bindings() -> Value {
    json!({
        "header": { "constant": { "media": { "link": "https://cdn.example/kettle.png" } } },
        "body.first_name": { "from": { "source": "contact.first_name", "fallback": { "text": "friend" } } },
        "body.order_no": { "from": { "source": "line.order" } },
        "button.1": { "constant": { "text": "t/FX-77" } } })
}

#[tokio::test]
async fn a_preview_is_exactly_what_the_person_reads_then() {
    let stage = opened().await;
    let person = stage.person("Ada Fern", "15550104711", json!({}));
    stage.writes(&person, "Hello?");
    stage.settle().await;
    let contact = stage.read("/v1/contacts").await["items"][0]["id"].clone();
    let asked =
        json!({ "bindings": bindings(), "contact": contact, "number": NUMBER, "line": { "order": "FX-77" } });
    let shown = shows(&stage, "order_update_v3", asked).await;
    assert_eq!(shown["rendered"]["body"], "Hi Ada, your order FX-77 left our store.");
    assert_eq!(shown["rendered"]["footer"], "Fixture Kettles");
    assert_eq!(shown["rendered"]["buttons"][1]["url"], "https://shop.example/t/FX-77");
    assert_eq!((&shown["missing"], &shown["refused"]), (&json!([]), &json!([])));
    let message = json!({ "type": "template", "template": shown["template"] });
    let request = json!({ "from": NUMBER, "to": { "phone": "15550104711" }, "message": message });
    let (status, sent) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
    stage.pass(5).await;
    let chat = stage.sim().person(&person).unwrap().to_string();
    assert!(chat.contains("Hi Ada, your order FX-77 left our store."), "{chat}");
}

#[tokio::test]
async fn what_is_missing_is_named_and_the_rest_is_shown() {
    let stage = opened().await;
    let shown = shows(&stage, "order_update_v3", json!({ "bindings": bindings() })).await;
    assert_eq!(shown["missing"], json!(["body.order_no"]));
    assert!(shown["rendered"]["body"].as_str().unwrap().starts_with("Hi friend, your order"));
    let nothing = shows(&stage, "order_update_v3", json!({ "bindings": {} })).await;
    assert_eq!(nothing["missing"], json!(["header", "body.first_name", "body.order_no", "button.1"]));
    let broken = json!({ "bindings": { "body.first_name": { "from": { "source": "line.name" } } },
        "line": { "name": "Ada\nFern" } });
    let refused = shows(&stage, "order_update_v3", broken).await;
    assert_eq!(refused["refused"][0]["field"], "body.first_name");
    let samples = shows(&stage, "order_update_v3", json!({})).await;
    assert_eq!(
        samples["rendered"]["body"], "Hi Amara, your order FX-77 left our store.",
        "the review's samples"
    );
}

#[tokio::test]
async fn a_template_that_meta_has_not_approved_can_be_previewed() {
    let stage = opened().await;
    assert_eq!(creates(&stage, parcel()).await.0, StatusCode::ACCEPTED);
    let shown = shows(&stage, "parcel_ready", json!({})).await;
    assert_eq!(shown["rendered"]["body"], "Hi Amara, your parcel FX-77 waits for you.");
}

#[tokio::test]
async fn what_can_never_fill_a_template_is_named() {
    let stage = opened().await;
    let binding = json!({ "bindings": { "body.surname": { "constant": { "text": "x" } } } });
    let (status, problem) = previews(&stage, "order_update_v3", binding).await;
    assert_eq!(
        (status, &problem["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("bindings.body.surname"))
    );
    for (body, field) in [
        (json!({ "contact": "nobody" }), "contact"),
        (json!({ "number": "1" }), "number"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "line": 1 }), "line"),
    ] {
        let (status, problem) = previews(&stage, "order_update_v3", body).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem}");
    }
    assert_eq!(previews(&stage, "nothing_here", json!({})).await.0, StatusCode::NOT_FOUND);
}
