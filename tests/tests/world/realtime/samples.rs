//! The events of the WebSocket API, as API Gateway writes them: `events/websocket`.

use std::path::Path;

use lambda_kit::{Clock, Kit, Metrics};
use platform::Connections;
use queue::Queue;
use realtime::{Known, Realtime};
use serde_json::Value;
use tests::Stage;

fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/websocket").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The function on a stage's tables, as its `main.rs` makes it.
fn function(stage: &Stage, clock: Clock) -> Realtime {
    let gateway = aws_sdk_apigatewaymanagement::config::Builder::from(stage.world.sdk()).build();
    Realtime {
        store: stage.store(),
        queue: Queue::new(stage.world.sqs_client()),
        connections: Connections::new(aws_sdk_apigatewaymanagement::Client::from_conf(gateway)),
        kit: Kit { clock, metrics: Metrics::new("local", "realtime") },
        pushes_queue_url: stage.world.queue_url("PushesQueue").unwrap(),
        known: Known::default(),
    }
}

#[tokio::test]
async fn a_connection_of_the_samples_is_refused_made_used_and_ended() {
    let stage = Stage::start().await;
    let realtime = function(&stage, stage.world.clock.clone());
    let refused = realtime.serve(sample("authorize.json")).await.unwrap();
    assert_eq!(refused["policyDocument"]["Statement"][0]["Effect"], "Deny");
    assert_eq!(refused["policyDocument"]["Statement"][0]["Resource"], sample("authorize.json")["methodArn"]);
    let answered = serde_json::json!({ "statusCode": 200 });
    assert_eq!(realtime.serve(sample("connect.json")).await.unwrap(), answered);
    let made = stage.store().connections().await.unwrap();
    assert_eq!((made.len(), made[0].agent.as_str(), made[0].role.as_str()), (1, "u-ana", "agent"));
    assert_eq!(realtime.serve(sample("open.json")).await.unwrap(), answered);
    let open = stage.store().connections().await.unwrap().remove(0).open.unwrap();
    assert_eq!(open.to_string(), "900000000000201.01KAPKZZZZZZZZZZZZZZZZZZZZ");
    assert_eq!(stage.store().watchers(&open).await.unwrap().len(), 1);
    assert_eq!(realtime.serve(sample("disconnect.json")).await.unwrap(), answered);
    assert_eq!(stage.store().connections().await.unwrap(), []);
    assert_eq!(stage.store().watchers(&open).await.unwrap(), []);
    assert!(realtime.serve(serde_json::json!({ "type": "TOKEN" })).await.is_err());
}
