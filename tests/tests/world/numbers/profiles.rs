//! Business profiles: what customers see of a number.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::numbers::{at_meta, opened, path};

async fn profile(stage: &Stage) -> Value {
    stage.read(&path("/profile")).await
}

async fn changes(stage: &Stage, change: Value) -> Value {
    let (status, begun) = stage.api(Method::PATCH, &path("/profile"), Some(change)).await;
    assert_eq!((status, &begun["step"]), (StatusCode::ACCEPTED, &json!("change")), "{begun}");
    stage.settle().await;
    profile(stage).await
}

#[tokio::test]
async fn a_profile_is_read_when_it_is_asked_for_and_says_when_that_was() {
    let stage = opened().await;
    assert_eq!(profile(&stage).await, json!({ "profile": null, "read_at": null, "step": null }));
    let (status, begun) = stage.api(Method::POST, &path("/profile/refresh"), None).await;
    assert_eq!((status, &begun["state"]), (StatusCode::ACCEPTED, &json!("pending")));
    stage.settle().await;
    let read = profile(&stage).await;
    assert_eq!(read["profile"]["vertical"], "RETAIL");
    assert_eq!(read["profile"]["websites"], json!(["https://kettles.example/"]));
    assert_eq!((&read["step"]["state"], &read["read_at"]), (&json!("done"), &json!(tests::START)));
}

#[tokio::test]
async fn a_change_of_a_profile_is_done_at_meta_and_shown_as_it_is_there() {
    let stage = opened().await;
    let change = json!({ "about": "Tea at four", "address": null, "vertical": "HOTEL",
        "websites": ["https://a.example/", "https://b.example/"], "email": "tea@kettles.example" });
    let changed = changes(&stage, change).await;
    assert_eq!(changed["step"]["state"], "done", "{changed}");
    assert_eq!(changed["profile"]["about"], "Tea at four");
    assert_eq!(changed["profile"]["address"], Value::Null);
    let there = &at_meta(&stage, NUMBER)["profile"];
    assert_eq!((&there["vertical"], &there["email"]), (&json!("HOTEL"), &json!("tea@kettles.example")));
    assert_eq!(there["description"], "Kettles and tea.", "what was not named stays");
}

#[tokio::test]
async fn what_meta_does_not_do_is_said_and_the_profile_stays_as_it_was_read() {
    let stage = opened().await;
    let fault = json!({ "graph": [{ "kind": "error", "on": "other", "code": 131_009 }] });
    stage.sim().add_faults(fault).unwrap();
    let failed = changes(&stage, json!({ "about": "Tea at five" })).await;
    assert_eq!(failed["step"]["state"], "failed");
    assert!(failed["step"]["reason"].as_str().unwrap().contains("131009"), "{failed}");
    assert_eq!(failed["profile"]["about"], "We answer within the hour.");
}

#[tokio::test]
async fn a_picture_goes_from_a_link_to_meta_and_is_gone_from_the_bucket() {
    let stage = opened().await;
    let place = async || {
        let (status, place) = stage.api(Method::POST, &path("/profile/picture"), None).await;
        assert_eq!(status, StatusCode::CREATED, "{place}");
        place
    };
    let first = place().await;
    let early = changes(&stage, json!({ "picture": first["picture"] })).await;
    assert!(early["step"]["reason"].as_str().unwrap().contains("There is no picture"), "{early}");
    let put = async |place: &Value, bytes: &[u8]| {
        let put = graph::client().build().unwrap().put(place["upload"].as_str().unwrap());
        assert_eq!(put.body(bytes.to_vec()).send().await.unwrap().status(), StatusCode::OK);
    };
    put(&first, b"GIF89a not a picture for Meta").await;
    let wrong = changes(&stage, json!({ "picture": first["picture"] })).await;
    assert!(wrong["step"]["reason"].as_str().unwrap().contains("JPEG or a PNG"), "{wrong}");
    put(&first, b"\x89PNG\r\n\x1a\n and then some").await;
    let changed = changes(&stage, json!({ "picture": first["picture"], "about": "With a picture" })).await;
    assert_eq!(changed["step"]["state"], "done", "{changed}");
    assert!(changed["profile"]["profile_picture_url"].as_str().unwrap().starts_with("https://"));
    assert_eq!(changed["profile"]["about"], "With a picture");
    let bucket = &stage.world.template.buckets[0];
    assert_eq!(stage.world.s3.list(bucket, "pictures/", "").unwrap().len(), 0);
}
