//! Files: what customers send is kept before Meta forgets it, and what the team sends is what it should be.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod copying;
mod deaths;
mod keeping;
mod sending;
mod uploads;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

pub(crate) const JPEG: &[u8] = include_bytes!("../../../../functions/media/tests/samples/picture.jpg");
pub(crate) const PNG: &[u8] = include_bytes!("../../../../functions/media/tests/samples/picture.png");
pub(crate) const STICKER: &[u8] = include_bytes!("../../../../functions/media/tests/samples/sticker.webp");
pub(crate) const VIDEO: &[u8] = include_bytes!("../../../../functions/media/tests/samples/video.mp4");
pub(crate) const OGG: &[u8] = include_bytes!("../../../../functions/media/tests/samples/voice.ogg");
pub(crate) const WEBM: &[u8] = include_bytes!("../../../../functions/media/tests/samples/voice.webm");

/// Ada's phone.
pub(crate) const ADA: &str = "15550109991";

pub(crate) fn ada(stage: &Stage) -> String {
    stage.person("Ada Fern", ADA, json!({}))
}

/// A person sends a file; gives what the simulator says of it.
pub(crate) fn sends(stage: &Stage, person: &str, kind: &str, mime: &str, bytes: &[u8]) -> Value {
    let message = json!({ "to": NUMBER, "type": kind, "mime_type": mime, "bytes": STANDARD.encode(bytes) });
    stage.sim().person_writes(person, message).unwrap()
}

/// The messages of the only conversation, newest first.
pub(crate) async fn messages(stage: &Stage) -> Vec<Value> {
    let conversations = stage.all("/v1/conversations").await;
    let id = conversations[0]["id"].as_str().unwrap();
    stage.all(&format!("/v1/conversations/{id}/messages")).await
}

/// The file of the newest message, with its links.
pub(crate) async fn newest(stage: &Stage) -> Value {
    let message = messages(stage).await.remove(0);
    stage.read(&format!("/v1/media/{}", message["media"]["id"].as_str().unwrap())).await
}

/// What a link gives: status, media type, how it is shown, bytes.
pub(crate) async fn follow(link: &Value) -> (StatusCode, String, String, Vec<u8>) {
    let client = graph::client().no_proxy().build().unwrap();
    let answer = client.get(link.as_str().expect("a link")).send().await.unwrap();
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (kind, shown) = (header("content-type"), header("content-disposition"));
    (answer.status(), kind, shown, answer.bytes().await.unwrap().to_vec())
}

/// Everything in the bucket under a place.
pub(crate) fn objects(stage: &Stage, place: &str) -> Vec<String> {
    let all = stage.world.template.buckets.iter();
    let all = all.flat_map(|bucket| stage.world.s3.list(bucket, place, "").unwrap());
    all.map(|head| head.key).collect()
}

/// Begins an upload.
pub(crate) async fn begin(stage: &Stage, kind: &str, content_type: &str, bytes: &[u8]) -> Value {
    let body =
        json!({ "kind": kind, "content_type": content_type, "size": bytes.len(), "voice": kind == "audio" });
    let (status, begun) = stage.api(Method::POST, "/v1/media", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{begun:#}");
    begun
}

/// Puts bytes where an upload's link says.
pub(crate) async fn put(begun: &Value, bytes: &[u8]) -> StatusCode {
    let client = graph::client().no_proxy().build().unwrap();
    let mut put = client.put(begun["upload"]["url"].as_str().unwrap()).body(bytes.to_vec());
    for (name, value) in begun["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    put.send().await.unwrap().status()
}

/// Says that an upload is complete, and waits until somebody has looked at it.
pub(crate) async fn complete(stage: &Stage, begun: &Value) -> Value {
    let path = format!("/v1/media/{}", begun["id"].as_str().unwrap());
    let (status, said) = stage.api(Method::POST, &format!("{path}/complete"), None).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{said:#}");
    stage.settle().await;
    let seen = stage.read(&path).await;
    if seen["state"] != "copying" {
        return seen;
    }
    // On a busy machine a call may give up, and the job comes again.
    stage.pass(10).await;
    stage.read(&path).await
}

/// An upload that may be sent.
pub(crate) async fn uploaded(stage: &Stage, kind: &str, content_type: &str, bytes: &[u8]) -> Value {
    let begun = begin(stage, kind, content_type, bytes).await;
    assert_eq!(put(&begun, bytes).await, StatusCode::OK);
    let ready = complete(stage, &begun).await;
    assert_eq!(ready["state"], "ready", "{ready:#}");
    ready
}

/// Sends a message to Ada.
pub(crate) async fn send(stage: &Stage, message: Value) -> (StatusCode, Value) {
    let request = json!({ "from": NUMBER, "to": { "phone": ADA }, "message": message });
    stage.api(Method::POST, "/v1/messages", Some(request)).await
}

/// A message with an upload.
pub(crate) fn with(kind: &str, upload: &Value) -> Value {
    json!({ "type": kind, kind: { "media": upload["id"] } })
}

/// The files that Meta was given.
pub(crate) fn given(stage: &Stage) -> Vec<Value> {
    let on = [("on".to_owned(), "media".to_owned())].into();
    stage.sim().ledger(&on).unwrap().as_array().unwrap().clone()
}
