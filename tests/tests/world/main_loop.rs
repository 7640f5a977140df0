//! The main loop: a customer writes, an agent answers, statuses come back.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use local::tokens::{Claims, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage, WABA};

/// The one conversation on stage.
async fn conversation(stage: &Stage) -> Value {
    let mut conversations = stage.all(&format!("/v1/conversations?number={NUMBER}")).await;
    assert_eq!(conversations.len(), 1, "{conversations:#?}");
    conversations.remove(0)
}

async fn messages(stage: &Stage) -> Vec<Value> {
    let conversation = conversation(stage).await;
    stage.all(&format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap())).await
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

#[tokio::test]
async fn a_customer_writes_and_the_message_stands_in_the_inbox() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let wamid = stage.writes(&ada, "Is the blue kettle back?");
    stage.settle().await;
    let conversation = conversation(&stage).await;
    assert_eq!(conversation["contact"]["name"], "Ada Fern");
    assert_eq!(conversation["contact"]["kind"], "unknown");
    assert_eq!(conversation["last_message_preview"], "Is the blue kettle back?");
    assert_eq!(conversation["window"]["open"], true);
    assert_eq!(conversation["window"]["closes_at"], "2026-11-24T09:00:00Z");
    let messages = messages(&stage).await;
    assert_eq!(messages[0]["wamid"], wamid.as_str());
    assert_eq!(messages[0]["direction"], "inbound");
    assert_eq!(messages[0]["timestamp"], "2026-11-23T09:00:00Z");
    assert_eq!(messages[0]["content"]["text"]["body"], "Is the blue kettle back?");
}

#[tokio::test]
async fn an_answer_goes_out_and_its_statuses_come_back() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({ "behaviour": { "reads": true } }));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.settle().await;
    let to = json!({ "conversation": conversation(&stage).await["id"] });
    let request = json!({ "from": NUMBER, "to": to, "message": text("Yes, since today.") });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let path = format!("/v1/messages/{}", answer["id"].as_str().unwrap());
    stage.settle().await;
    assert_eq!(stage.read(&path).await["statuses"]["accepted"], "2026-11-23T09:00:00Z");
    stage.pass(3_600).await;
    let message = stage.read(&path).await;
    assert_eq!(message["status"], "read", "{message:#}");
    assert!(message["wamid"].is_string());
    for event in ["accepted", "sent", "delivered", "read"] {
        assert!(message["statuses"][event].is_string(), "{event}: {message:#}");
    }
    assert_eq!(message["pricing"]["category"], "service");
    assert_eq!(stage.posts().len(), 1);
    let chat = stage.sim().person(&ada).unwrap();
    assert!(chat.to_string().contains("Yes, since today."));
    assert_eq!(conversation(&stage).await["waiting_since"], Value::Null);
}

#[tokio::test]
async fn a_reply_after_24_hours_needs_a_template_and_says_when_the_window_closed() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.pass(24 * 3_600).await;
    let request =
        json!({ "from": NUMBER, "to": { "phone": "+1 555 010 9901" }, "message": text("Too late") });
    let (status, problem) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["closed_at"], "2026-11-24T09:00:00Z", "{problem:#}");
    // Another service that does not ask first finds the same rule in the sender.
    stage.asks("late", json!({ "phone": "15550109901" }), text("Too late")).await;
    stage.settle().await;
    let refused =
        messages(&stage).await.into_iter().find(|message| message["direction"] == "outbound").unwrap();
    assert_eq!(refused["status"], "failed");
    assert_eq!(refused["errors"][0]["code"], 131_047);
    assert_eq!(stage.posts().len(), 0, "nothing was posted");
    let template =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    stage.asks("template", json!({ "phone": "15550109901" }), template).await;
    stage.pass(60).await;
    assert_eq!(stage.posts().len(), 1, "a template may go");
}

#[tokio::test]
async fn the_same_request_is_sent_once_however_often_it_is_posted() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let request =
        json!({ "id": "order-7", "from": NUMBER, "to": { "phone": "15550109901" }, "message": text("Hi") });
    let (_, first) = stage.api(Method::POST, "/v1/messages", Some(request.clone())).await;
    stage.pass(400).await;
    let (status, again) = stage.api(Method::POST, "/v1/messages", Some(request.clone())).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(first["id"], again["id"]);
    stage.pass(400).await;
    assert_eq!(stage.posts().len(), 1);
    let mut other = request;
    other["message"]["text"]["body"] = json!("Something else");
    let (status, _) = stage.api(Method::POST, "/v1/messages", Some(other)).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn another_services_id_used_twice_for_different_messages_is_a_dead_letter() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.asks("x", json!({ "phone": "15550109901" }), text("One")).await;
    stage.pass(600).await;
    stage.asks("x", json!({ "phone": "15550109901" }), text("Two")).await;
    stage.pass(600).await;
    assert_eq!(stage.posts().len(), 1);
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["reason"], "the id was used before for another message");
    assert_eq!(letters[0]["source"], "send");
}

#[tokio::test]
async fn a_person_without_a_phone_number_writes_and_is_answered() {
    let stage = Stage::start().await;
    stage.writes("aoi", "Konnichiwa");
    stage.settle().await;
    let conversation = conversation(&stage).await;
    assert_eq!(conversation["contact"]["phone"], Value::Null);
    let to = json!({ "contact": conversation["contact"]["id"] });
    let request = json!({ "from": NUMBER, "to": to, "message": text("Hello Aoi") });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    stage.pass(600).await;
    let message = stage.read(&format!("/v1/messages/{}", answer["id"].as_str().unwrap())).await;
    assert!(matches!(message["status"].as_str(), Some("delivered" | "read")), "{message:#}");
}

#[tokio::test]
async fn messages_that_a_limit_puts_off_leave_in_the_order_in_which_they_were_asked() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let fault = json!({ "graph": [{ "kind": "error", "code": 131_056, "next": 1 }] });
    stage.sim().add_faults(fault).expect("a fault");
    for n in 1..=3 {
        stage.asks(&format!("n{n}"), json!({ "phone": "15550109901" }), text(&format!("number {n}"))).await;
    }
    stage.settle().await;
    let waiting: Vec<_> = messages(&stage).await.into_iter().filter(|m| m["status"] == "waiting").collect();
    assert_eq!(waiting.len(), 3, "all wait behind the first: {waiting:#?}");
    stage.pass(120).await;
    let accepted: Vec<String> = stage
        .posts()
        .iter()
        .filter(|post| post["outcome"].to_string().contains("accepted"))
        .map(|post| post["body"]["text"]["body"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(accepted, ["number 1", "number 2", "number 3"]);
    let statuses: Vec<_> = messages(&stage).await.iter().map(|m| m["status"].clone()).collect();
    assert!(statuses.iter().all(|status| *status != "waiting"), "{statuses:?}");
}

#[tokio::test]
async fn what_stands_behind_a_message_that_is_tried_again_follows_it_at_once() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.faults.silence_tables("sender", 1);
    let entry = |n: usize| {
        let job = json!({ "v": "1", "source": "tests", "id": format!("n{n}"), "from": NUMBER,
            "to": { "phone": "15550109901" }, "message": text(&format!("number {n}")) });
        SendMessageBatchRequestEntry::builder()
            .id(n.to_string())
            .message_body(job.to_string())
            .message_group_id("ada")
            .message_deduplication_id(n.to_string())
            .build()
            .unwrap()
    };
    // All in one receive.
    let url = stage.world.queue_url("SendQueue").unwrap();
    let batch = stage.world.sqs_client().send_message_batch().queue_url(url);
    batch.set_entries(Some((1..=4).map(entry).collect())).send().await.unwrap();
    stage.settle().await;
    stage.pass(10).await;
    let texts: Vec<_> = stage.posts().iter().map(|post| post["body"]["text"]["body"].clone()).collect();
    assert_eq!(texts, ["number 1", "number 2", "number 3", "number 4"]);
}

#[tokio::test]
async fn what_may_have_been_sent_is_unknown_until_a_status_tells_and_is_never_posted_again() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "reset_after", "next": 1 }] })).expect("a fault");
    stage.asks("n1", json!({ "phone": "15550109901" }), text("Hi")).await;
    stage.settle().await;
    stage.pass(3_600).await;
    let sent = messages(&stage).await.into_iter().find(|m| m["direction"] == "outbound").unwrap();
    assert!(matches!(sent["status"].as_str(), Some("delivered" | "read")), "{sent:#}");
    assert!(sent["wamid"].is_string(), "the status brought the wamid");
    assert_eq!(stage.posts().len(), 1);
    stage.sim().add_faults(json!({ "graph": [{ "kind": "reset_before", "next": 1 }] })).expect("a fault");
    stage.asks("n2", json!({ "phone": "15550109901" }), text("Anybody?")).await;
    stage.pass(3_600).await;
    let sent =
        messages(&stage).await.into_iter().find(|m| m["content"]["text"]["body"] == "Anybody?").unwrap();
    assert_eq!(sent["status"], "unknown", "nobody knows, and nobody tries again: {sent:#}");
}

#[tokio::test]
async fn an_expired_token_fails_the_message_with_the_reason() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    stage
        .sim()
        .add_faults(json!({ "graph": [{ "kind": "error", "code": 190, "next": 1 }] }))
        .expect("a fault");
    stage.asks("n1", json!({ "phone": "15550109901" }), text("Hi")).await;
    stage.pass(60).await;
    let sent = messages(&stage).await.into_iter().find(|m| m["direction"] == "outbound").unwrap();
    assert_eq!(sent["status"], "failed");
    assert_eq!(sent["errors"][0]["code"], 190);
    assert_eq!(sent["errors"][0]["remedy"], "stop_number");
}

#[tokio::test]
async fn reading_a_customers_message_shows_them_blue_ticks() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let wamid = stage.writes(&ada, "Hello?");
    stage.settle().await;
    let read = json!({ "status": "read", "message_id": wamid, "typing_indicator": { "type": "text" } });
    let request = json!({ "from": NUMBER, "to": { "phone": "15550109901" }, "message": read });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    stage.pass(60).await;
    let ledger = stage.sim().ledger(&[("on".to_owned(), "read".to_owned())].into()).unwrap();
    assert!(ledger.to_string().contains(&wamid), "{ledger:#}");
    assert_eq!(messages(&stage).await.len(), 1, "a read mark is no message");
}

#[tokio::test]
async fn a_reaction_of_either_side_stands_at_the_message_it_is_about() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let wamid = stage.writes(&ada, "Hello?");
    stage.settle().await;
    let react = json!({ "type": "reaction", "reaction": { "message_id": wamid, "emoji": "👍" } });
    stage.asks("r", json!({ "phone": "15550109901" }), react).await;
    stage.asks("t", json!({ "phone": "15550109901" }), text("Hi")).await;
    stage.pass(60).await;
    stage.sim().person_reacts(&ada, json!({ "emoji": "🎉" })).expect("a reaction");
    stage.pass(60).await;
    let messages = messages(&stage).await;
    assert_eq!(messages.len(), 2, "{messages:#?}");
    let ours = messages.iter().find(|m| m["direction"] == "outbound").unwrap();
    let theirs = messages.iter().find(|m| m["direction"] == "inbound").unwrap();
    assert_eq!(ours["reactions"][0]["emoji"], "🎉", "{ours:#}");
    assert_eq!(theirs["reactions"][0]["emoji"], "👍", "{theirs:#}");
}

/// What Meta posts when a call of Ada's is over.
fn a_call_is_over(id: &str, status: &str, duration: Option<u64>) -> Vec<u8> {
    let call = json!({
        "id": id, "from": "15550109901", "to": "15550100200", "event": "terminate", "timestamp": "1795424400",
        "direction": "USER_INITIATED", "status": status, "duration": duration,
    });
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": "Ada Fern" }, "wa_id": "15550109901" }],
        "calls": [call],
    });
    let change = json!({ "field": "calls", "value": value });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": WABA, "changes": [change] }] })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_call_leaves_a_line_and_one_that_nobody_took_is_somebody_who_waits() {
    let stage = Stage::start().await;
    for _ in 0..2 {
        stage.meta_posts(&a_call_is_over("wacid.ONE", "FAILED", None)).await;
        stage.settle().await;
    }
    let waiting = conversation(&stage).await;
    assert_eq!(waiting["contact"]["name"], "Ada Fern");
    assert_eq!(
        (&waiting["last_message_preview"], &waiting["window"]["open"]),
        (&json!("[call]"), &json!(true))
    );
    assert_ne!(waiting["waiting_since"], Value::Null);
    stage.meta_posts(&a_call_is_over("wacid.TWO", "completed", Some(120))).await;
    stage.settle().await;
    let mut lines: Vec<_> = messages(&stage).await.iter().map(|it| it["content"]["note"].clone()).collect();
    lines.sort_by_key(|line| line["outcome"].to_string());
    let line = |outcome: &str, seconds: Option<u64>| json!({ "event": "call", "by": "customer", "outcome": outcome, "seconds": seconds });
    assert_eq!(lines, [line("missed", None), line("taken", Some(120))]);
    assert_eq!(conversation(&stage).await["waiting_since"], waiting["waiting_since"]);
}

#[tokio::test]
async fn an_answer_is_compressed_for_who_takes_it_and_only_where_that_is_worth_it() {
    let stage = Stage::start().await;
    for n in 0..4 {
        let person = stage.person("Ada Fern", &format!("1555010990{n}"), json!({}));
        stage.writes(&person, "Is the blue kettle back?");
    }
    stage.settle().await;
    let asked = async |path: &str, takes: Option<&str>| {
        let claims = Claims { sub: "eva".to_owned(), role: Role::Admin, numbers: None };
        let token = stage.world.token_for(claims).unwrap();
        let request = graph::client().build().unwrap().get(format!("{}{path}", stage.world.public_url()));
        let request =
            takes.into_iter().fold(request, |request, takes| request.header("accept-encoding", takes));
        let answer = request.bearer_auth(token).send().await.unwrap();
        let packed = answer.headers().get("content-encoding").map(|it| it.to_str().unwrap().to_owned());
        (packed, answer.bytes().await.unwrap())
    };
    let (how, plain) = asked("/v1/conversations", None).await;
    assert_eq!((how, serde_json::from_slice::<Value>(&plain).unwrap()["items"][3].is_object()), (None, true));
    let (how, packed) = asked("/v1/conversations", Some("gzip, br")).await;
    assert_eq!((how.as_deref(), &packed[..2]), (Some("gzip"), &[0x1f, 0x8b][..]));
    assert!(packed.len() * 3 < plain.len(), "{} and {}", packed.len(), plain.len());
    assert_eq!(asked("/v1/labels", Some("gzip")).await.0, None);
}

#[tokio::test]
async fn a_list_shows_what_the_newest_message_says_now_and_nothing_that_was_deleted() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let first = stage.writes(&ada, "My code is 4321");
    stage.settle().await;
    let shown = async || conversation(&stage).await["last_message_preview"].clone();
    let about = async |kind: &str, target: &str, more: Value| {
        let mut body = json!({ "original_message_id": target });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stage.sim().person_writes(&ada, json!({ "to": NUMBER, "type": kind, "body": body })).unwrap();
        stage.settle().await;
    };
    let edited = json!({ "message": { "type": "text", "text": { "body": "My code is 8765" } } });
    about("edit", &first, edited).await;
    assert_eq!(shown().await, "My code is 8765");
    about("revoke", &first, json!({})).await;
    assert_eq!(shown().await, "[deleted]");
    stage.pass(5).await;
    let second = stage.writes(&ada, "Hello again");
    stage.settle().await;
    about("revoke", &first, json!({})).await;
    assert_eq!(shown().await, "Hello again", "an older one changes nothing");
    about("revoke", &second, json!({})).await;
    assert_eq!(shown().await, "[deleted]");
}
