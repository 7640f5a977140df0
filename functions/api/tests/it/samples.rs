//! The sample events in `events/api/`: what API Gateway hands over, as `cargo lambda invoke` sends it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use axum::middleware::from_fn;
use lambda_http::request::LambdaRequest;
use tower::ServiceExt;

use crate::{Answer, api, read};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/api")
}

/// Serves an event as the Lambda does.
async fn invoke(json: &str) -> Answer {
    let event: LambdaRequest = serde_json::from_str(json).unwrap();
    let request = http::Request::<lambda_http::Body>::from(event);
    let lambda = api::router(api()).layer(from_fn(api::identity::from_authorizer));
    read(lambda.oneshot(request.map(axum::body::Body::new)).await.unwrap()).await
}

#[tokio::test]
async fn every_sample_is_understood_up_to_the_table_that_is_not_there() {
    let names: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["conversations.json", "send_text.json"].map(str::to_owned).into());
    for name in names {
        let json = std::fs::read_to_string(folder().join(&name)).unwrap();
        let answer = invoke(&json).await;
        assert!(answer.is_problem(503), "{name}: {} {}", answer.status, answer.body);
    }
}

#[tokio::test]
async fn an_event_whose_authorizer_verified_nobody_is_turned_away() {
    let json = std::fs::read_to_string(folder().join("conversations.json")).unwrap();
    let mut event: serde_json::Value = serde_json::from_str(&json).unwrap();
    event["requestContext"].as_object_mut().unwrap().remove("authorizer");
    assert!(invoke(&event.to_string()).await.is_problem(401));
}
