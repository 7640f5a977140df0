//! The event bus.

use aws_sdk_eventbridge::types::Target;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::events_out::known;

/// A rule of the company's on our bus, that hands everything of ours to a queue of its own.
pub(crate) async fn listen(stage: &Stage) -> String {
    let sqs = stage.world.sqs_client();
    let queue = sqs.create_queue().queue_name("listener").send().await.unwrap().queue_url.unwrap();
    let bridge = aws_sdk_eventbridge::Client::new(stage.world.sdk());
    let rule = bridge.put_rule().name("all").event_bus_name("local");
    rule.event_pattern(r#"{"source":["ventana"]}"#).send().await.unwrap();
    let target =
        Target::builder().id("queue").arn("arn:aws:sqs:us-east-1:000000000000:listener").build().unwrap();
    bridge.put_targets().rule("all").event_bus_name("local").targets(target).send().await.unwrap();
    queue
}

pub(crate) async fn heard(stage: &Stage, queue: &str) -> Vec<Value> {
    let sqs = stage.world.sqs_client();
    let mut heard = Vec::new();
    loop {
        let received =
            sqs.receive_message().queue_url(queue).max_number_of_messages(10).send().await.unwrap();
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return heard;
        }
        heard.extend(messages.iter().map(|it| serde_json::from_str(it.body.as_deref().unwrap()).unwrap()));
    }
}

#[tokio::test]
async fn nothing_is_published_on_the_bus_until_somebody_says_what() {
    let (stage, person) = known("Lea Larch", "15550145001").await;
    let queue = listen(&stage).await;
    assert_eq!(stage.read("/v1/settings/events").await, json!({ "types": [], "include_content": false }));
    stage.writes(&person, "One");
    stage.pass(60).await;
    assert_eq!(heard(&stage, &queue).await, Vec::<Value>::new());

    let settings = json!({ "types": ["message.received"], "include_content": false });
    let (status, body) = stage.api(Method::PUT, "/v1/settings/events", Some(settings.clone())).await;
    assert_eq!((status, &body), (StatusCode::OK, &settings));
    stage.writes(&person, "Two");
    stage.pass(60).await;
    let events = heard(&stage, &queue).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (&events[0]["source"], &events[0]["detail-type"]),
        (&json!("ventana"), &json!("message.received"))
    );
    let detail = &events[0]["detail"];
    assert!(
        detail["id"].as_str().unwrap().starts_with("evt_") && !detail.to_string().contains("Two"),
        "{detail}"
    );

    let (status, problem) =
        stage.api(Method::PUT, "/v1/settings/events", Some(json!({ "types": ["nonsense"] }))).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("types[0]")));
}
