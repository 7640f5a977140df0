//! Bad input of each member of each route names the member, and nothing is asked of Meta.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::templates::{WABA, opened, parcel, path};

fn parcel_with(member: &str, value: Value) -> Value {
    let mut template = parcel();
    template[member] = value;
    json!({ "waba": WABA, "template": template })
}

#[tokio::test]
async fn every_member_that_is_not_what_it_should_be_is_named() {
    let stage = opened().await;
    let before = stage.sim().templates();
    for (body, field) in [
        (json!({}), "waba"),
        (json!({ "waba": 7 }), "waba"),
        (json!({ "waba": WABA }), "template"),
        (json!({ "waba": WABA, "template": {} }), "template.name"),
        (parcel_with("language", json!(7)), "template.language"),
        (parcel_with("components", json!({})), "template.components"),
        (parcel_with("colour", json!("red")), "template.colour"),
        (parcel_with("message_send_ttl_seconds", json!("long")), "template.message_send_ttl_seconds"),
    ] {
        let (status, problem) = stage.api(Method::POST, "/v1/templates", Some(body.clone())).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{body}: {problem}"
        );
    }
    for (body, status, field) in [
        (json!({ "name": "x" }), 400, "name"),
        (json!({ "components": 7 }), 400, "components"),
        (json!({}), 422, "body"),
        (json!({ "components": [] }), 422, "components"),
        (json!({ "message_send_ttl_seconds": 1 }), 422, "message_send_ttl_seconds"),
    ] {
        let (got, problem) = stage.api(Method::PATCH, &path("hello_world", ""), Some(body.clone())).await;
        assert_eq!((got.as_u16(), &problem["field"]), (status, &json!(field)), "{body}: {problem}");
    }
    stage.settle().await;
    assert_eq!(stage.sim().templates(), before);
}

#[tokio::test]
async fn what_can_be_no_template_is_not_found_and_a_wrong_parameter_is_named() {
    let stage = opened().await;
    for path in [
        "/v1/templates/x/hello_world/en_US".to_owned(),
        format!("/v1/templates/{WABA}/hello_world/e"),
        format!("/v1/templates/{WABA}/hello%20world/en_US"),
        format!("/v1/templates/{WABA}/{}/en_US", "x".repeat(513)),
        format!("/v1/templates/{WABA}/unheard_of/en_US"),
        format!("/v1/templates/{WABA}/unheard_of/en_US/history"),
    ] {
        assert_eq!(stage.api(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for (query, field) in [("waba=x", "waba"), ("limit=0", "limit"), ("cursor=x", "cursor")] {
        let (status, problem) = stage.api(Method::GET, &format!("/v1/templates?{query}"), None).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
}
