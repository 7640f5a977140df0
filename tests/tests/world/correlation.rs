//! Log lines of one cause are found by one id, from function to function; and they say nothing of people.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::sync::{Arc, Mutex};

use lambda_kit::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};
use tracing::subscriber::DefaultGuard;

/// What is logged on this thread, which is the only one that functions of a test run on.
struct Log {
    lines: Arc<Mutex<Vec<Value>>>,
    _here: DefaultGuard,
}

impl Log {
    fn capture() -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&lines);
        let write = move |line: &str| into.lock().unwrap().push(serde_json::from_str(line).unwrap());
        let subscriber = lambda_kit::log::subscriber(None, Clock::system(), write);
        Self { lines, _here: tracing::subscriber::set_default(subscriber) }
    }

    fn all(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// The lines with this message.
    fn saying(&self, message: &str) -> Vec<Value> {
        self.all().into_iter().filter(|line| line["message"] == message).collect()
    }

    /// The one line with this message.
    fn line(&self, message: &str) -> Value {
        let mut lines = self.saying(message);
        assert_eq!(lines.len(), 1, "{message}: {:#?}", self.all());
        lines.remove(0)
    }
}

fn ids(line: &Value) -> (&str, &str) {
    let text = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("no {name}: {line:#}"));
    (text("correlation.id"), text("function.request_id"))
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

#[tokio::test]
async fn one_id_leads_from_a_webhook_to_what_became_of_it_and_one_from_a_request_to_its_statuses() {
    let log = Log::capture();
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;

    let received = log.line("Queued a webhook");
    let (webhook, request) = ids(&received);
    assert_eq!(webhook, request, "the id is that of the request");
    let recorded = log.line("Recorded a message");
    let (correlation, other_request) = ids(&recorded);
    assert_eq!(correlation, webhook);
    assert_ne!(other_request, request);

    // An answer, which a limit of Meta's puts off at first.
    let fault = json!({ "graph": [{ "kind": "error", "code": 131_056, "next": 1 }] });
    stage.sim().add_faults(fault).expect("a fault");
    let answer = json!({ "from": NUMBER, "to": { "phone": "15550109901" }, "message": text("Hi") });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(answer)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    stage.pass(600).await;
    let asked = log.line("Took a message to send");
    let (asked, _) = ids(&asked);
    assert_ne!(asked, webhook);
    for message in [
        "Meta refused a message",
        "A message waits",
        "A message that waited goes back to its queue",
        "Meta accepted a message",
    ] {
        assert_eq!(ids(&log.line(message)).0, asked, "{message}");
    }
    let folded = log.saying("Folded statuses into their message");
    assert!(!folded.is_empty(), "{:#?}", log.all());
    assert!(folded.iter().all(|line| ids(line).0 == asked), "{folded:#?}");
    let message = &folded[0]["message.id"];
    assert_eq!(message, &answer["id"]);
}

#[tokio::test]
async fn another_service_chooses_its_own_id_or_none() {
    let log = Log::capture();
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let queue = stage.world.queue_url("SendQueue").unwrap();
    let to = json!({ "phone": "15550109901" });
    for (n, correlation) in [(1, Some("order-77")), (2, None)] {
        let id = format!("r{n}");
        let mut job = json!({ "v": "1", "source": "billing", "id": id, "from": NUMBER, "to": to, "message": text(&id) });
        if let Some(correlation) = correlation {
            job["correlation_id"] = json!(correlation);
        }
        let send = stage.world.sqs_client().send_message().queue_url(&queue).message_body(job.to_string());
        send.message_group_id("g").message_deduplication_id(&id).send().await.unwrap();
        stage.settle().await;
    }
    stage.pass(600).await;
    for message in ["Meta accepted a message", "Folded statuses into their message"] {
        let lines = log.saying(message);
        let of = |id: Value| lines.iter().filter(|line| line["correlation.id"] == id).count();
        assert!(of(json!("order-77")) > 0, "{message}: {lines:#?}");
        assert!(of(Value::Null) > 0, "{message}: {lines:#?}");
    }
}

#[tokio::test]
async fn an_item_that_is_tried_again_alone_or_becomes_a_dead_letter_keeps_the_id_of_its_webhook() {
    let log = Log::capture();
    let stage = Stage::start().await;
    let nameless = r#"{"messages":[{"id":"wamid.A","type":"text","text":{"body":"Hello?"}}]}"#;
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{nameless}}}]}}]}}"#
    );
    assert_eq!(stage.meta_posts(body.as_bytes()).await, StatusCode::OK);
    stage.settle().await;
    let webhook = log.line("Queued a webhook");
    let dead = log.line("An item became a dead letter");
    assert_eq!(ids(&dead).0, ids(&webhook).0);
    let letters = stage.all("/v1/dead-letters").await;
    let path = format!("/v1/dead-letters/{}", letters[0]["id"].as_str().unwrap());
    let letter = stage.read(&path).await.to_string();
    assert!(letter.contains(ids(&webhook).0), "the job that goes back has the id: {letter}");
}

#[tokio::test]
async fn no_line_has_a_text_a_name_a_phone_number_or_a_secret() {
    use local::world::Secrets;
    let log = Log::capture();
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Is the blue kettle back?");
    stage.settle().await;
    let (status, _) = stage
        .api(Method::POST, "/v1/messages", Some(json!({ "from": NUMBER, "to": { "phone": "15550109901" }, "message": text("Yes, since today.") })))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED);
    stage.asks("r1", json!({ "phone": "15550109902" }), text("Never written to us")).await;
    stage.posts_with(b"{}", Some(&cloud_api::signature::sign(b"forged", b"{}"))).await;
    stage.pass(600).await;
    let lines = log.all();
    assert!(lines.len() > 8, "{lines:#?}");
    for line in &lines {
        let text = line.to_string();
        for private in [
            "Ada",
            "1555010990",
            "kettle",
            "today",
            "written to us",
            Secrets::APP_SECRET,
            Secrets::VERIFY_TOKEN,
            Secrets::ACCESS_TOKEN,
        ] {
            assert!(!text.contains(private), "{private}: {text}");
        }
        for required in ["timestamp", "level", "message"] {
            assert!(line[required].is_string(), "{required}: {text}");
        }
    }
}
