//! Codes and PINs: whoever sees a queue, a table, a dead letter, the audit trail or a log learns none of them.

use std::sync::{Arc, Mutex};

use lambda_kit::Clock;
use local::lambda::FunctionsBuilder;
use local::world::{Time, WorldOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::numbers::{WABA, code, fresh, step, tells_of};

const PIN: &str = "864209";

/// Jobs as they came from their queue, and the seal of the first one that has one.
#[derive(Clone, Default)]
struct Jobs {
    bodies: Arc<Mutex<Vec<String>>>,
    /// Whether that seal is put into every job after it.
    forged: bool,
}

impl Jobs {
    /// The functions of this workspace; what the queue hands to `jobs` is written down, and tampered with.
    fn functions(&self) -> FunctionsBuilder {
        let jobs = self.clone();
        Arc::new(move |context| {
            let jobs = jobs.clone();
            Box::pin(async move {
                let mut functions = local::functions::build(context).await?;
                let inner = functions.sqs.remove("jobs").unwrap();
                let handler: local::lambda::SqsHandler = Arc::new(move |mut event| {
                    for record in &mut event.records {
                        record.body = record.body.take().map(|body| jobs.pass_on(&body));
                    }
                    inner(event)
                });
                functions.sqs.insert("jobs".to_owned(), handler);
                Ok(functions)
            })
        })
    }

    fn pass_on(&self, body: &str) -> String {
        let mut bodies = self.bodies.lock().unwrap();
        let sealed = |body: &str| {
            let job: Value = serde_json::from_str(body).unwrap();
            job["ask"]["sealed"].as_str().map(str::to_owned)
        };
        let first = bodies.iter().find_map(|body| sealed(body));
        bodies.push(body.to_owned());
        match (first, sealed(body)) {
            (Some(first), Some(own)) if self.forged => body.replace(&own, &first),
            _ => body.to_owned(),
        }
    }

    async fn opened(&self) -> Stage {
        let time = Time::Manual(tests::START.parse().unwrap());
        let options = WorldOptions { time, functions: self.functions(), ..WorldOptions::default() };
        let stage = Stage::of(options).await;
        tells_of(&stage, WABA, json!({ "name": "Kettles" })).await;
        stage
    }

    fn all(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }
}

/// Every item of every table, as text.
async fn tables(stage: &Stage) -> String {
    let mut all = String::new();
    for table in ["contacts", "conversations", "campaigns", "directory", "journal"] {
        let scan = stage.world.dynamodb().scan().table_name(format!("local-{table}"));
        let mut pages = scan.into_paginator().send();
        while let Some(page) = pages.next().await {
            all += &format!("{:?}\n", page.unwrap().items());
        }
    }
    all
}

/// Asks with an idempotency key.
async fn with_key(stage: &Stage, path: &str, body: &Value, key: &str) -> (StatusCode, Value) {
    let token = stage.world.token(local::tokens::Role::Admin).unwrap();
    let post = graph::client().build().unwrap().post(format!("{}{path}", stage.world.public_url()));
    let post = post.bearer_auth(token).header("idempotency-key", key).json(body);
    let answer = post.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Whether a text has a word. Six digits within a longer number or a hash are somebody else's: a log has many of those.
fn says(text: &str, word: &str) -> bool {
    let part_of_more = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !part_of_more(before.chars().next_back()) && !part_of_more(after.chars().next())
    })
}

#[tokio::test]
async fn no_table_queue_dead_letter_audit_entry_or_log_line_has_a_code_or_a_pin() {
    let lines = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&lines);
    let write = move |line: &str| into.lock().unwrap().push_str(line);
    let subscriber = lambda_kit::log::subscriber(Some("debug"), Clock::system(), write);
    let _here = tracing::subscriber::set_default(subscriber);
    let queue = Jobs::default();
    let stage = queue.opened().await;
    let number = fresh(&stage).await;
    step(&stage, &number, "request-code", json!({ "method": "SMS", "language": "en" })).await;
    let code = code(&stage, &number);
    step(&stage, &number, "verify-code", json!({ "code": code })).await;

    // On the queue.
    let path = format!("/v1/numbers/{number}/register");
    let body = json!({ "pin": PIN });
    let (status, begun) = with_key(&stage, &path, &body, "first").await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    stage.settle().await;
    let jobs = queue.all();
    assert!(jobs.iter().any(|job| job.contains(r#""step":"register","sealed":""#)), "{jobs:?}");
    assert!(!jobs.concat().contains(PIN) && !jobs.concat().contains(&code), "{jobs:?}");
    let (status, repeated) = with_key(&stage, &path, &body, "first").await;
    assert_eq!((status, repeated), (StatusCode::ACCEPTED, begun), "the answer is kept, and says nothing");
    let (status, _) = with_key(&stage, &path, &json!({ "pin": "111111" }), "first").await;
    assert_eq!(status, StatusCode::CONFLICT);

    // In a dead letter: a job that a later build wrote, say.
    let url = stage.world.queue_url("JobsQueue").unwrap();
    let sealed = jobs.iter().find(|job| job.contains("sealed")).unwrap();
    let strange = sealed.replace(r#""kind":"number""#, r#""kind":"number_of_tomorrow""#);
    stage.world.sqs_client().send_message().queue_url(&url).message_body(strange).send().await.unwrap();
    stage.pass(60).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1);
    let content =
        stage.bytes(&format!("/v1/dead-letters/{}/content", letters[0]["id"].as_str().unwrap())).await;
    assert!(String::from_utf8(content.clone()).unwrap().contains("sealed"));
    assert!(!String::from_utf8(content).unwrap().contains(PIN));

    assert_eq!(step(&stage, &number, "pin", json!({ "pin": "975318" })).await["state"], "done");
    let everything = [
        ("tables", tables(&stage).await),
        ("audit", format!("{:?}", stage.all("/v1/audit").await)),
        ("the number", stage.read(&format!("/v1/numbers/{number}")).await.to_string()),
        ("its history", format!("{:?}", stage.all(&format!("/v1/numbers/{number}/history")).await)),
        ("the log", lines.lock().unwrap().clone()),
    ];
    let asked = ["POST", &path, &body.to_string()].join("\n");
    let plain_hash = domain::sha256(asked.as_bytes());
    for (place, text) in &everything {
        assert!(text.len() > 100, "{place} was looked at");
        for secret in [PIN, "975318", code.as_str(), plain_hash.as_str()] {
            assert!(!says(text, secret), "{place} has {secret}");
        }
    }
}

#[tokio::test]
async fn a_sealed_pin_is_good_for_its_own_step_only() {
    // Somebody who can write on the queue takes the seal of one job into another one.
    let queue = Jobs { forged: true, ..Jobs::default() };
    let stage = queue.opened().await;
    assert_eq!(step(&stage, NUMBER, "register", json!({ "pin": "000000" })).await["state"], "done");
    let forged = step(&stage, NUMBER, "pin", json!({ "pin": "999999" })).await;
    assert_eq!((&forged["step"], &forged["state"]), (&json!("pin"), &json!("failed")), "{forged}");
    assert!(forged["reason"].as_str().unwrap().contains("cannot be read"), "{forged}");
    let again = step(&stage, NUMBER, "register", json!({ "pin": "000000" })).await;
    assert_eq!(again["state"], "failed", "nor into the same step that was asked once more");
}
