//! The sample events in `events/`: every file is read by a test, and what a function gets, it serves.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod deployed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aws_lambda_events::event::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use aws_lambda_events::event::sqs::SqsEvent;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tests::{NUMBER, Stage};

use deployed::functions;

/// Which test reads what: where it lies, how its name ends, and the test.
const READERS: &[(&str, &str, &str)] = &[
    ("README.md", "", "README.md"),
    ("webhook/", ".json", "shared/cloud-api/tests/all/samples.rs"),
    ("webhook/", ".json", "tests/tests/world/every_fixture.rs"),
    ("api/", ".json", "functions/api/tests/it/samples.rs"),
    ("openapi.json", "", "functions/api/tests/it/described.rs"),
    ("send-request.schema.json", "", "functions/api/tests/it/schema.rs"),
    ("function-url/", ".json", "tests/tests/world/samples.rs"),
    ("sqs/", ".json", "tests/tests/world/samples.rs"),
    ("schedule/", ".json", "tests/tests/world/samples.rs"),
    ("stream/", ".json", "tests/tests/world/samples.rs"),
    ("websocket/", ".json", "tests/tests/world/realtime/samples.rs"),
    ("domain/", ".json", "tests/tests/world/events_out/published.rs"),
    ("schemas/", ".schema.json", "tests/tests/world/events_out/published.rs"),
];
/// What this file reads.
const READ_HERE: [&str; 21] = [
    "function-url/challenge.json",
    "function-url/text.json",
    "function-url/text_base64.json",
    "schedule/count_dead_letters.json",
    "schedule/retain.json",
    "schedule/roll_up.json",
    "schedule/sync_numbers.json",
    "schedule/sync_templates.json",
    "schedule/tick.json",
    "schedule/watch_numbers.json",
    "sqs/campaign_job.json",
    "sqs/changes_given_up.json",
    "sqs/delivery.json",
    "sqs/inbound_pack.json",
    "sqs/job.json",
    "sqs/later_wake_up.json",
    "sqs/media_job.json",
    "sqs/send_dlq.json",
    "sqs/send_request.json",
    "sqs/status_pack.json",
    "stream/message_received.json",
];
/// What the samples are signed and asked with.
const APP_SECRET: &str = "test_app_secret";
const VERIFY_TOKEN: &str = "test_verify_token";

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn sample<T: DeserializeOwned>(name: &str) -> T {
    assert!(READ_HERE.contains(&name), "{name} is not on the list");
    let path = events().join(name);
    serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn walk(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        } else {
            into.insert(path.strip_prefix(events()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(&events(), &mut found);
    found
}

#[test]
fn every_sample_is_read_by_a_test() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (place, _, reader) in READERS.iter().filter(|(place, ..)| *place != "README.md") {
        let text = fs::read_to_string(top.join(reader)).unwrap_or_default();
        assert!(text.contains(place.trim_end_matches('/')), "{reader} does not read {place}");
    }
    for file in all() {
        let read = READERS.iter().any(|(place, end, _)| file.starts_with(place) && file.ends_with(end));
        assert!(read, "no test reads events/{file}");
    }
    let here = |file: &String| {
        ["function-url/", "schedule/", "sqs/", "stream/"].iter().any(|it| file.starts_with(it))
    };
    let here: Vec<_> = all().into_iter().filter(here).collect();
    assert_eq!(here, READ_HERE, "what lies in the folders that this test reads");
}

async fn posts(stage: &Stage, event: LambdaFunctionUrlRequest) -> LambdaFunctionUrlResponse {
    let answer = functions(stage).await.webhook.unwrap()(event).await;
    stage.settle().await;
    answer
}

/// Hands a sample to a function; everything in it succeeds.
async fn serves(stage: &Stage, function: &str, name: &str) {
    let mut event: SqsEvent = sample(name);
    assert!(!event.records.is_empty(), "{name}");
    for record in &mut event.records {
        // This stack has another name: a function that serves two queues tells them apart by theirs.
        let arn = record.event_source_arn.take().unwrap();
        record.event_source_arn = Some(arn.replace(":ventana-", ":local-"));
        let body = record.body.take().unwrap();
        let (theirs, ours) =
            ("eu-central-1:123456789012:table/ventana-", "us-east-1:000000000000:table/local-");
        record.body = Some(body.replace(theirs, ours));
    }
    let answer = functions(stage).await.sqs[function](event).await.unwrap();
    assert!(answer.batch_item_failures.is_empty(), "{name}: {answer:?}");
    stage.settle().await;
}

/// The texts in the conversations of our number.
async fn texts(stage: &Stage) -> Vec<String> {
    let mut texts = Vec::new();
    for conversation in stage.all(&format!("/v1/conversations?number={NUMBER}")).await {
        let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
        let messages = stage.all(&path).await;
        texts.extend(messages.iter().map(|it| it["content"]["text"]["body"].as_str().unwrap().to_owned()));
    }
    texts.sort();
    texts
}

#[tokio::test]
async fn a_sample_post_of_meta_is_a_message_in_the_inbox_whether_it_comes_as_text_or_in_base64() {
    let stage = Stage::start().await;
    for name in ["function-url/text.json", "function-url/text_base64.json"] {
        let answer = posts(&stage, sample(name)).await;
        assert_eq!(answer.status_code, 200, "{name}");
    }
    assert_eq!(texts(&stage).await, ["Do you ship to the islands?", "¿Está abierto mañana? 🙂"]);
}

#[tokio::test]
async fn a_sample_post_that_was_changed_on_its_way_is_refused() {
    let stage = Stage::start().await;
    for name in ["function-url/text.json", "function-url/text_base64.json"] {
        let mut event: LambdaFunctionUrlRequest = sample(name);
        event.body = event.body.map(|body| body.replace('m', "n").replace('Y', "Z"));
        let answer = posts(&stage, event).await;
        assert_eq!(answer.status_code, 401, "{name}");
    }
    assert!(texts(&stage).await.is_empty());
}

#[tokio::test]
async fn a_sample_of_metas_question_gets_its_challenge_back() {
    let stage = Stage::start().await;
    let answer = posts(&stage, sample("function-url/challenge.json")).await;
    assert_eq!((answer.status_code, answer.body.as_deref()), (200, Some("1158201444")));
}

#[tokio::test]
async fn a_sample_pack_of_inbound_items_becomes_a_message_and_an_event() {
    let stage = Stage::start().await;
    serves(&stage, "inbound", "sqs/inbound_pack.json").await;
    assert_eq!(texts(&stage).await, ["Is the blue kettle back in stock?"]);
    let events = stage.all("/v1/events?field=account_update").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["raw"]["event"], "VERIFIED_ACCOUNT");
}

#[tokio::test]
async fn a_sample_pack_of_statuses_resolves_our_message_and_is_an_event_where_we_have_none() {
    let stage = Stage::start().await;
    serves(&stage, "status", "sqs/status_pack.json").await;
    let events = stage.all("/v1/events?field=messages").await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["reading"], "foreign_status");
    assert_eq!(events[0]["raw"]["status"], "delivered");
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn a_sample_send_request_reaches_its_person() {
    let stage = Stage::start().await;
    stage.writes("amara", "Hello?");
    stage.settle().await;
    serves(&stage, "sender", "sqs/send_request.json").await;
    stage.pass(60).await;
    assert_eq!(texts(&stage).await, ["Hello?", "Your invoice is ready."]);
    let chat: Value = stage.sim().person("amara").unwrap();
    assert!(chat.to_string().contains("Your invoice is ready."));
    // Given twice, sent once.
    serves(&stage, "sender", "sqs/send_request.json").await;
    assert_eq!(stage.posts().len(), 1);
}

#[tokio::test]
async fn a_sample_wake_up_of_a_conversation_where_nothing_waits_does_nothing() {
    let stage = Stage::start().await;
    serves(&stage, "sender", "sqs/later_wake_up.json").await;
    assert!(stage.all("/v1/dead-letters").await.is_empty());
    assert!(stage.posts().is_empty());
}

#[tokio::test]
async fn a_sample_of_the_dead_letter_queue_is_kept_with_its_reason_until_somebody_puts_it_back() {
    let stage = Stage::start().await;
    serves(&stage, "sync", "sqs/send_dlq.json").await;
    serves(&stage, "sync", "sqs/send_dlq.json").await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1, "given twice, kept once");
    assert_eq!(letters[0]["source"], "send");
    assert!(letters[0]["reason"].as_str().unwrap().starts_with("gave up"));
    let path = format!("/v1/dead-letters/{}/content", letters[0]["id"].as_str().unwrap());
    let content: Value = serde_json::from_slice(&stage.bytes(&path).await).unwrap();
    assert_eq!(content["id"], "invoice-78");
}

#[tokio::test]
async fn a_sample_task_of_a_schedule_is_what_the_template_says_and_its_function_does_it() {
    let stage = Stage::start().await;
    let task: Value = sample("schedule/count_dead_letters.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "CountDeadLetters").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    let sync = &functions(&stage).await.schedules["sync"];
    sync(task).await.unwrap();
    let error = sync(serde_json::json!({"task": "count_sheep"})).await.unwrap_err().to_string();
    assert!(error.contains("count_sheep"), "{error}");
}

#[tokio::test]
async fn a_sample_of_a_stream_is_told_to_who_wants_it_and_given_twice_has_the_same_ids() {
    let stage = Stage::start().await;
    let body = serde_json::json!({ "url": "http://127.0.0.1:9/hook" });
    let (status, _) = stage.api(reqwest::Method::POST, "/v1/webhook-endpoints", Some(body)).await;
    assert_eq!(status, 201);
    let event: Value = sample("stream/message_received.json");
    let automation = &functions(&stage).await.streams["automation"];
    let mut told = Vec::new();
    for _ in 0..2 {
        let event = serde_json::from_value(event.clone()).unwrap();
        // What is put on the queue is seen before anybody takes it.
        let answer = automation(event).await.unwrap();
        assert!(answer.batch_item_failures.is_empty(), "{answer:?}");
        stage.settle().await;
        let endpoint = stage.all("/v1/webhook-endpoints").await.remove(0);
        let path = format!("/v1/webhook-endpoints/{}/deliveries", endpoint["id"].as_str().unwrap());
        let rows = stage.all(&path).await;
        let mut ids: Vec<_> = rows.iter().map(|row| (row["type"].clone(), row["event"].clone())).collect();
        ids.sort_by_key(|(kind, _)| kind.to_string());
        told.push(ids);
    }
    let types: Vec<_> = told[0].iter().map(|(kind, _)| kind.as_str().unwrap()).collect();
    assert_eq!(types, ["conversation.opened", "message.received"]);
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_sample_of_what_lambda_gave_up_is_kept_with_its_place_when_the_stream_has_forgotten_it() {
    let stage = Stage::start().await;
    serves(&stage, "automation", "sqs/changes_given_up.json").await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!((letters.len(), &letters[0]["source"]), (1, &Value::from("changes")));
    assert!(letters[0]["reason"].as_str().unwrap().starts_with("the stream has it no more: shard "));
}

#[tokio::test]
async fn a_sample_delivery_to_an_endpoint_that_is_not_there_any_more_is_dropped() {
    let stage = Stage::start().await;
    serves(&stage, "notifier", "sqs/delivery.json").await;
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn a_sample_job_and_its_schedule_are_done() {
    let stage = Stage::start().await;
    serves(&stage, "jobs", "sqs/job.json").await;
    let task: Value = sample("schedule/retain.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "Retain").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    functions(&stage).await.schedules["jobs"](task).await.unwrap();
    let task: Value = sample("schedule/roll_up.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "RollUp").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    functions(&stage).await.schedules["jobs"](task).await.unwrap();
    // A campaign that is not there any more needs nothing.
    serves(&stage, "campaign", "sqs/campaign_job.json").await;
    // Nor does the file of a message that is not there any more.
    serves(&stage, "media", "sqs/media_job.json").await;
    let task: Value = sample("schedule/tick.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "Tick").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    functions(&stage).await.schedules["campaign"](task).await.unwrap();
    stage.settle().await;
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn a_dead_letter_stands_open_until_it_is_put_back_and_again_when_it_fails_again() {
    let stage = Stage::start().await;
    let store = stage.store();
    assert_eq!(store.open_letters().await.unwrap(), store::OpenLetters::default());
    serves(&stage, "sync", "sqs/send_dlq.json").await;
    let since = stage.now();
    stage.pass(3600).await;
    serves(&stage, "sync", "sqs/send_dlq.json").await;
    let open = store.open_letters().await.unwrap();
    assert_eq!(
        (open.count, open.more, open.oldest),
        (1, false, Some(since)),
        "given twice, open since the first"
    );
    let letters = stage.all("/v1/dead-letters").await;
    let id = letters[0]["id"].as_str().unwrap().parse::<String>().unwrap();
    let id = domain::DeadLetterId::parse(&id).unwrap();
    store.note_redrive(&id, stage.now()).await.unwrap();
    assert_eq!(store.open_letters().await.unwrap().count, 0);
    serves(&stage, "sync", "sqs/send_dlq.json").await;
    let open = store.open_letters().await.unwrap();
    assert_eq!((open.count, open.oldest), (1, Some(stage.now())));
}

#[tokio::test]
async fn a_sample_task_to_look_at_numbers_is_what_the_template_says_and_finds_them() {
    let stage = Stage::start().await;
    // What is looked for at the start finds nothing yet.
    stage.settle().await;
    stage.store().put_waba(&"900000000000101".into(), "Kettles", None).await.unwrap();
    assert!(stage.all("/v1/numbers").await.is_empty());
    let task: Value = sample("schedule/sync_numbers.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "SyncNumbers").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    functions(&stage).await.schedules["sync"](task).await.unwrap();
    assert_eq!(stage.all("/v1/numbers").await.len(), 2);
}

#[tokio::test]
async fn a_sample_task_to_look_at_templates_is_what_the_template_says_and_finds_them() {
    let stage = Stage::start().await;
    stage.store().put_waba(&"900000000000102".into(), "Vendors", None).await.unwrap();
    let task: Value = sample("schedule/sync_templates.json");
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "SyncTemplates").unwrap();
    let input = scheduled.spec.target.input.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), task);
    functions(&stage).await.schedules["sync"](task).await.unwrap();
    let templates = stage.all("/v1/templates").await;
    assert_eq!(templates.iter().map(|it| &it["name"]).collect::<Vec<_>>(), ["delivery_notice"]);
}
