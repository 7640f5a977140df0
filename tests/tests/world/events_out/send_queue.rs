//! Other services post to the send queue, and hear on the bus what became of it.

use super::*;

use tests::NUMBER;

use crate::events_out::bus::{heard, listen};

/// Posts a request as it is.
async fn posts(stage: &Stage, body: &str) {
    let url = stage.world.queue_url("SendQueue").unwrap();
    let sent = stage.world.sqs_client().send_message().queue_url(url).message_body(body);
    let id = domain::hash16(body);
    sent.message_group_id(&id).message_deduplication_id(&id).send().await.unwrap();
}

/// A request to write to a phone, with more members.
fn request(id: &str, phone: &str, more: &Value) -> String {
    let mut request = json!({ "v": "1", "source": "billing", "id": id, "from": NUMBER, "to": { "phone": phone },
        "message": { "type": "text", "text": { "body": "Your invoice is ready." } } });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request.to_string()
}

/// A stage on which the bus hears of what becomes of messages.
async fn listened(phone: &str) -> (Stage, String) {
    let (stage, _) = known("Lea Larch", phone).await;
    let queue = listen(&stage).await;
    let types = ["message.status_changed", "message.failed", "message.rejected"];
    let settings = json!({ "types": types, "include_content": false });
    assert_eq!(stage.api(Method::PUT, "/v1/settings/events", Some(settings)).await.0, StatusCode::OK);
    (stage, queue)
}

/// What was heard since, by what happened, with the callback id.
async fn outcomes(stage: &Stage, queue: &str) -> Vec<(String, Value)> {
    let events = heard(stage, queue).await.into_iter();
    let mut outcomes: Vec<_> = events
        .map(|event| {
            let data = &event["detail"]["data"];
            let what = data["status"].as_str().or(event["detail-type"].as_str());
            (what.unwrap().to_owned(), data["callback_id"].clone())
        })
        .collect();
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    outcomes
}

#[tokio::test]
async fn the_callback_id_comes_back_with_everything_that_happens_to_the_message() {
    let (stage, queue) = listened("15550145021").await;
    posts(&stage, &request("1", "15550145021", &json!({ "callback_id": "order:77" }))).await;
    stage.pass(60).await;
    let outcomes = outcomes(&stage, &queue).await;
    let words: Vec<_> = outcomes.iter().map(|(what, _)| what.as_str()).collect();
    assert!(words.contains(&"accepted") && words.contains(&"delivered"), "{outcomes:?}");
    assert!(outcomes.iter().all(|(_, callback)| callback == "order:77"), "{outcomes:?}");
}

#[tokio::test]
async fn the_fallback_template_goes_when_the_window_is_closed_and_stands_in_the_thread() {
    let (stage, _) = listened("15550145022").await;
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    let fallback = json!({ "fallback_template": { "name": "hello_world", "language": { "code": "en_US" } } });
    posts(&stage, &request("1", "15550145022", &fallback)).await;
    stage.settle().await;
    assert_eq!(stage.posts().last().unwrap()["body"]["type"], "text", "the window is open");
    stage.pass(25 * 3_600).await;
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    posts(&stage, &request("2", "15550145022", &fallback)).await;
    stage.settle().await;
    let posts = stage.posts();
    assert_eq!((posts.len(), &posts[1]["body"]["type"]), (2, &json!("template")), "{posts:#?}");
    let conversation = stage.all("/v1/conversations").await.remove(0);
    let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
    let thread = stage.all(&path).await;
    assert!(
        thread.iter().any(|it| it["type"] == "template" && it.to_string().contains("hello_world")),
        "{thread:#?}"
    );
}

#[tokio::test]
async fn a_request_waits_for_its_time_and_nobody_waits_behind_it() {
    let (stage, _) = listened("15550145023").await;
    let later = json!({ "not_before": "2026-11-23T09:30:00Z" });
    posts(&stage, &request("later", "15550145023", &later)).await;
    posts(&stage, &request("now", "15550145023", &json!({}))).await;
    stage.pass(60).await;
    assert_eq!(stage.posts().len(), 1);
    stage.pass(1_700).await;
    assert_eq!(stage.posts().len(), 1, "not before its time");
    stage.pass(60).await;
    assert_eq!(stage.posts().len(), 2);
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_request_whose_time_is_over_fails_and_is_not_sent() {
    let (stage, queue) = listened("15550145024").await;
    stage.pass(3_600).await;
    let over = json!({ "expires_at": "2026-11-23T10:00:00Z", "callback_id": "order:78" });
    posts(&stage, &request("1", "15550145024", &over)).await;
    stage.pass(60).await;
    assert_eq!(outcomes(&stage, &queue).await, [("message.failed".to_owned(), json!("order:78"))]);
    assert!(stage.posts().is_empty());
}

#[tokio::test]
async fn a_request_that_does_not_read_is_a_dead_letter_and_whoever_asked_hears_why() {
    let (stage, queue) = listened("15550145025").await;
    posts(
        &stage,
        &request("1", "15550145025", &json!({ "not_before": "tomorrow", "callback_id": "order:79" })),
    )
    .await;
    posts(&stage, &request("2", "15550145025", &json!({ "callback_id": "two words" }))).await;
    stage.pass(60).await;
    let mut rejected: Vec<_> =
        heard(&stage, &queue).await.into_iter().map(|event| event["detail"]["data"].clone()).collect();
    rejected.sort_by_key(|data| data["request"].to_string());
    assert_eq!(rejected.len(), 2, "{rejected:#?}");
    let first = &rejected[0];
    assert_eq!(
        (&first["source"], &first["request"], &first["callback_id"]),
        (&json!("billing"), &json!("1"), &json!("order:79"))
    );
    assert!(rejected[1]["reason"].as_str().unwrap().contains("callback_id"), "{rejected:#?}");
    let letters = stage.all("/v1/dead-letters").await;
    let ids: Vec<_> = letters.iter().map(|letter| &letter["id"]).collect();
    assert!(rejected.iter().all(|data| ids.contains(&&data["dead_letter"])), "{letters:#?}");
    assert!(stage.posts().is_empty());
}
