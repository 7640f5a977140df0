//! Meta at its worst: webhooks twice, late, shuffled, in heaps or lost; a Graph API that fails in every way.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod graph_api;
mod webhooks;

use serde_json::{Value, json};
use tests::Stage;

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// Puts an answer of one of our numbers on the send queue; its id tells its group.
async fn answers(stage: &Stage, id: &str, from: &str, to: Value) {
    let job = json!({ "v": "1", "source": "tests", "id": id, "from": from, "to": to, "message": text(id) })
        .to_string();
    let request = queue::SendRequest::parse(&job).unwrap();
    let send = stage.world.sqs_client().send_message().queue_url(stage.world.queue_url("SendQueue").unwrap());
    let send = send.message_group_id(request.group()).message_deduplication_id(request.deduplication_id());
    send.message_body(job).send().await.unwrap();
}

/// Every message in every conversation.
async fn messages(stage: &Stage) -> Vec<Value> {
    let mut messages = Vec::new();
    for conversation in stage.all("/v1/conversations").await {
        let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
        messages.extend(stage.all(&path).await);
    }
    messages
}

fn of<'a>(messages: &'a [Value], direction: &str) -> Vec<&'a Value> {
    messages.iter().filter(|message| message["direction"] == direction).collect()
}

/// The answer with this text to the person with this phone.
async fn answer(stage: &Stage, phone: &str, body: &str) -> Value {
    let conversations = stage.all("/v1/conversations").await;
    let theirs = conversations.iter().find(|it| it["contact"]["phone"] == phone).unwrap();
    let messages = stage.all(&format!("/v1/conversations/{}/messages", theirs["id"].as_str().unwrap())).await;
    let found = messages.into_iter().find(|it| it["content"]["text"]["body"] == body);
    found.unwrap_or_else(|| panic!("{body} is nowhere"))
}
