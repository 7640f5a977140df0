//! The release binaries, as they are deployed: each under a Lambda Runtime API that is not ours, on the embedded
//! world's AWS endpoints, fed with `cargo lambda invoke` as `events/README.md` says.
//!
//! They are ignored unless asked for, because they need what `infra/build` makes: `tests/run` does both.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use local::world::{Secrets, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::binaries::{self, Deployed};
use tests::{NUMBER, Stage};

const FUNCTIONS: [&str; 12] = [
    "api",
    "automation",
    "campaign",
    "inbound",
    "jobs",
    "media",
    "notifier",
    "realtime",
    "sender",
    "status",
    "sync",
    "webhook",
];
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// What Lambda's image has: Amazon Linux 2023 (<https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html>,
/// read 2026-11).
const GLIBC_OF_AMAZON_LINUX_2023: (u32, u32) = (2, 34);

/// A stage with the secrets that the samples are signed with.
async fn deployed() -> Deployed {
    Deployed::start(Secrets {
        app_secret: "test_app_secret".into(),
        verify_token: "test_verify_token".into(),
        ..Secrets::of_the_simulator()
    })
    .await
}

/// Hands a sample to a function, and gives its answer.
async fn invoke(deployed: &Deployed, function: &str, sample: &str) -> Value {
    // This stack has another name: a function that serves two queues tells them apart by theirs.
    let event = fs::read_to_string(binaries::top().join("events").join(sample)).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), event.replace(":ventana-", ":local-")).unwrap();
    let output = deployed.runtime.invoke(function, file.path()).await;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{function}, {sample}: {out}{err}");
    serde_json::from_str(&out).unwrap_or_else(|why| panic!("{function}, {sample}: {why}: {out}{err}"))
}

/// Everything in a sample of a queue succeeds.
async fn serves(deployed: &Deployed, function: &str, sample: &str) {
    let answer = invoke(deployed, function, sample).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }), "{function}, {sample}");
    deployed.stage.settle().await;
}

/// The texts in the conversations of our number, once there are so many.
async fn texts(stage: &Stage, count: usize) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let mut texts = Vec::new();
        for conversation in stage.all(&format!("/v1/conversations?number={NUMBER}")).await {
            let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
            let messages = stage.all(&path).await;
            texts
                .extend(messages.iter().map(|it| it["content"]["text"]["body"].as_str().unwrap().to_owned()));
        }
        texts.sort();
        if texts.len() >= count {
            return texts;
        }
        assert!(begun.elapsed() < PATIENCE, "{texts:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads from the API until it shows what is waited for.
async fn waits_for(stage: &Stage, path: &str, shown: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let answer = stage.read(path).await;
        if shown(&answer) {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{path}: {answer:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_customer_writes_and_an_agent_answers_through_the_binaries_alone() {
    let deployed = Deployed::start(Secrets::of_the_simulator()).await;
    let stage = &deployed.stage;
    let quick = json!({ "sent_after_ms": 1, "delivered_after_ms": 20, "read_after_ms": 40, "reads": true });
    stage.sim().person_behaves("amara", quick).unwrap();
    stage.writes("amara", "Is the kettle back?");
    assert_eq!(texts(stage, 1).await, ["Is the kettle back?"]);
    let conversation = stage.all("/v1/conversations").await.remove(0);

    let message = json!({ "type": "text", "text": { "body": "Yes, since today." } });
    let request = json!({ "from": NUMBER, "to": { "conversation": conversation["id"] }, "message": message });
    let (status, answer) = stage.api(Method::POST, "/v1/messages", Some(request)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
    let is_read =
        |answer: &Value| answer["items"].as_array().unwrap().iter().any(|it| it["status"] == "read");
    waits_for(stage, &path, is_read).await;
    assert_eq!(stage.posts().len(), 1);
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_sample_post_of_meta_is_a_message_in_the_inbox_and_metas_question_is_answered() {
    let deployed = deployed().await;
    for sample in ["function-url/text.json", "function-url/text_base64.json"] {
        assert_eq!(invoke(&deployed, "webhook", sample).await["statusCode"], 200, "{sample}");
    }
    let texts = texts(&deployed.stage, 2).await;
    assert_eq!(texts, ["Do you ship to the islands?", "¿Está abierto mañana? 🙂"]);
    let answer = invoke(&deployed, "webhook", "function-url/challenge.json").await;
    assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!("1158201444")));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_body_too_large_for_a_queue_goes_through_the_bucket() {
    let deployed = Deployed::start(Secrets::of_the_simulator()).await;
    let text = "x".repeat(100_000);
    let message = json!({
        "from": "15550100177", "id": "wamid.LARGE", "timestamp": "1795392000", "type": "text",
        "text": { "body": text },
    });
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
        "contacts": [{ "wa_id": "15550100177", "profile": { "name": "Amara Fern" } }],
        "messages": [message],
    });
    let entry = json!({ "id": "900000000000101", "changes": [{ "field": "messages", "value": value }] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string();
    assert_eq!(deployed.stage.meta_posts(body.as_bytes()).await, StatusCode::OK);
    assert_eq!(texts(&deployed.stage, 1).await, [text]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_sample_of_each_queue_has_its_effect() {
    let deployed = deployed().await;
    let stage = &deployed.stage;
    serves(&deployed, "inbound", "sqs/inbound_pack.json").await;
    assert_eq!(texts(stage, 1).await, ["Is the blue kettle back in stock?"]);
    assert_eq!(stage.all("/v1/events?field=account_update").await[0]["raw"]["event"], "VERIFIED_ACCOUNT");

    serves(&deployed, "status", "sqs/status_pack.json").await;
    assert_eq!(stage.all("/v1/events?field=messages").await[0]["reading"], "foreign_status");

    stage.writes("amara", "Hello?");
    texts(stage, 2).await;
    serves(&deployed, "sender", "sqs/send_request.json").await;
    let posts = stage.posts();
    assert_eq!(posts.len(), 1, "{posts:#?}");
    assert!(texts(stage, 3).await.contains(&"Your invoice is ready.".to_owned()));
    // Given twice, sent once.
    serves(&deployed, "sender", "sqs/send_request.json").await;
    serves(&deployed, "sender", "sqs/later_wake_up.json").await;
    assert_eq!(stage.posts().len(), 1);

    serves(&deployed, "automation", "stream/message_received.json").await;
    serves(&deployed, "realtime", "stream/message_received.json").await;
    serves(&deployed, "notifier", "sqs/delivery.json").await;
    serves(&deployed, "media", "sqs/media_job.json").await;

    serves(&deployed, "sync", "sqs/send_dlq.json").await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(letters[0]["source"], "send");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_sample_of_the_api_is_answered() {
    let deployed = deployed().await;
    let answer = invoke(&deployed, "api", "api/conversations.json").await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let page: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(page["items"], json!([]));
    deployed.stage.writes("amara", "Until when are you open?");
    texts(&deployed.stage, 1).await;
    let answer = invoke(&deployed, "api", "api/send_text.json").await;
    assert_eq!(answer["statusCode"], 202, "{answer}");
    assert!(texts(&deployed.stage, 2).await.contains(&"We are open until six.".to_owned()));
}

/// Runs a function that cannot start to its end, and gives what it said.
fn ends(function: &str, variables: &BTreeMap<String, String>) -> (Output, String) {
    let mut child =
        binaries::command(function, variables).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{function} did not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// A port where nobody listens.
fn nobody() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("127.0.0.1:{port}")
}

#[tokio::test]
#[ignore = "needs the release binaries: infra/build"]
async fn a_binary_without_its_variables_ends_and_names_all_that_are_missing() {
    let stage = Stage::of(WorldOptions::default()).await;
    for function in FUNCTIONS {
        let nothing = binaries::lambda_variables(function, &nobody(), &stage.world.admin_url());
        let (output, said) = ends(function, &nothing);
        assert!(!output.status.success(), "{function}");
        // It can do without a level of its logs.
        for name in binaries::own_variables(&stage.world, function).keys().filter(|name| *name != "RUST_LOG")
        {
            assert!(said.contains(name), "{function} does not say that it needs {name}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_function_that_cannot_reach_aws_gives_its_batch_back() {
    let stage = Stage::of(WorldOptions::default()).await;
    let runtime = binaries::Runtime::start().await;
    // One that reads no secret: others do not even start.
    let own = binaries::own_variables(&stage.world, "notifier");
    runtime.run("notifier", &own, &format!("http://{}", nobody()));
    let sample = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(binaries::top().join("events").join(name)).unwrap()).unwrap()
    };
    let pack = sample("sqs/delivery.json");
    let answer: Value = runtime.call("notifier", &pack).await.unwrap();
    assert_eq!(answer["batchItemFailures"][0]["itemIdentifier"], pack["Records"][0]["messageId"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the release binaries: infra/build"]
async fn a_function_that_cannot_read_its_secret_does_not_start_and_says_which() {
    let stage = Stage::of(WorldOptions::default()).await;
    let cases = [
        ("webhook", "WEBHOOK_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:nothing"),
        ("sender", "GRAPH_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:000000000000:secret:nothing"),
    ];
    for (function, variable, absent) in cases {
        let mut variables = binaries::lambda_variables(function, &nobody(), &stage.world.admin_url());
        variables.extend(binaries::own_variables(&stage.world, function));
        let arn = variables.insert(variable.to_owned(), absent.to_owned()).unwrap();
        let (output, said) = ends(function, &variables);
        assert!(!output.status.success() && said.contains(absent), "{function}: {said}");
        // Nobody answers at all: the first of its secrets that it reads is named.
        variables.insert(variable.to_owned(), arn);
        let secrets = variables.iter().filter(|(name, _)| name.ends_with("_SECRET_ARN"));
        let secrets: Vec<String> = secrets.map(|(_, arn)| arn.clone()).collect();
        variables.insert("AWS_ENDPOINT_URL".to_owned(), format!("http://{}", nobody()));
        let (output, said) = ends(function, &variables);
        let names_one = secrets.iter().any(|arn| said.contains(arn.as_str()));
        assert!(!output.status.success() && names_one, "{function}: {said}");
    }
}

/// The versions of glibc that a program names, wherever in its file.
fn glibc_versions(program: &[u8]) -> Vec<(u32, u32)> {
    const NAME: &[u8] = b"GLIBC_2.";
    let found = program.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    let digits = |at: usize| program[at..].iter().take_while(|byte| byte.is_ascii_digit());
    found
        .filter_map(|(at, _)| {
            let minor: Vec<u8> = digits(at + NAME.len()).copied().collect();
            Some((2, String::from_utf8(minor).ok()?.parse().ok()?))
        })
        .collect()
}

#[test]
#[ignore = "needs the release binaries: infra/build"]
fn a_binary_asks_for_no_newer_glibc_than_lambda_has() {
    for function in FUNCTIONS {
        let path = binaries::bootstrap(function);
        let program = fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}: infra/build", path.display()));
        let newest = glibc_versions(&program).into_iter().max().expect("a version that it asks for");
        assert!(newest <= GLIBC_OF_AMAZON_LINUX_2023, "{function} asks for glibc {newest:?}");
    }
}
