//! The program `local` as a newcomer runs it: a process of its own, killed and started again.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tests::NUMBER;

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
const KETTLE: &str = "Is the kettle back?";

/// The program, beside the test that runs it.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(Path::parent).unwrap().join("local");
    assert!(program.is_file(), "build it first, with `cargo build --workspace`: {}", program.display());
    program
}

fn local(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).env_remove("RUST_LOG");
    for secret in ["META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN"] {
        command.env_remove(secret);
    }
    command
}

/// Runs to its end and gives what it said.
fn says(arguments: &[&str]) -> (Output, String) {
    let output = local(arguments).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// A port that nobody uses now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running program. Dropping it kills it.
struct Running {
    child: Child,
    public: String,
    admin: String,
    http: Client,
    token: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it stands and what it keeps: the same each time it is started again.
struct Place {
    data: tempfile::TempDir,
    public: u16,
    admin: u16,
}

impl Place {
    fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap(), public: free_port(), admin: free_port() }
    }

    async fn start(&self) -> Running {
        let (public, admin) = (format!("127.0.0.1:{}", self.public), format!("127.0.0.1:{}", self.admin));
        let data = self.data.path().to_str().unwrap();
        let mut command = local(&["--listen", &public, "--admin-listen", &admin, "--data", data]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let (public, admin) = (format!("http://{public}"), format!("http://{admin}"));
        let mut running = Running { child, public, admin, http, token: String::new() };
        let begun = Instant::now();
        while !running.is_healthy().await {
            assert!(running.child.try_wait().unwrap().is_none(), "it ended at once");
            assert!(begun.elapsed() < PATIENCE, "it is not ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let url = format!("{}/dev/token?role=admin", running.public);
        let answer: Value = running.http.get(url).send().await.unwrap().json().await.unwrap();
        running.token = answer["token"].as_str().unwrap().to_owned();
        running
    }
}

impl Running {
    async fn is_healthy(&self) -> bool {
        let asked = self.http.get(format!("{}/health", self.public)).send().await;
        asked.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// As `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn read(&self, path: &str) -> Value {
        let get = self.http.get(format!("{}{path}", self.public)).bearer_auth(&self.token);
        let answer = get.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "GET {path}");
        answer.json().await.unwrap()
    }

    /// Every item of a list, over all its pages.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.read(&format!("{path}?limit=100{next}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return items,
            }
        }
    }

    /// Every message of every conversation.
    async fn messages(&self) -> Vec<Value> {
        let mut messages = Vec::new();
        for conversation in self.all("/v1/conversations").await {
            let id = conversation["id"].as_str().unwrap().to_owned();
            messages.extend(self.all(&format!("/v1/conversations/{id}/messages")).await);
        }
        messages
    }

    async fn sim(&self, path: &str, body: Value) -> Value {
        let post = self.http.post(format!("{}/sim{path}", self.admin)).body(body.to_string());
        post.send().await.unwrap().json().await.unwrap()
    }

    async fn sim_reads(&self, path: &str) -> Value {
        self.http.get(format!("{}/sim{path}", self.admin)).send().await.unwrap().json().await.unwrap()
    }

    /// The message of ours with this text, once it has this status.
    async fn waits_for(&self, text: &str, status: &str) -> Value {
        let begun = Instant::now();
        loop {
            let messages = self.messages().await;
            let found = messages.iter().find(|it| it["content"]["text"]["body"] == text);
            if let Some(message) = found.filter(|it| it["status"] == status) {
                return message.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{text:?} is not {status}: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A client of the SQS endpoint, as another service would have it.
    fn sqs(&self) -> aws_sdk_sqs::Client {
        let keys = aws_sdk_sqs::config::Credentials::new("x", "x", None, None, "a test");
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
            .region(aws_sdk_sqs::config::Region::new("us-east-1"))
            .credentials_provider(keys)
            .endpoint_url(&self.admin);
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// Everything that has to outlive a kill.
    async fn memory(&self) -> Vec<Value> {
        let mut all = vec![json!(self.all("/v1/conversations").await), json!(self.messages().await)];
        all.push(json!(self.all("/v1/contacts").await));
        all.push(self.sim_reads("/ledger").await);
        all.push(self.sim_reads("/people/amara").await);
        all
    }
}

#[tokio::test]
async fn a_newcomer_sees_a_conversation_answers_it_and_finds_it_again_after_kill_9() {
    let place = Place::new();
    let running = place.start().await;
    // Everything a person does quickly, so that nobody waits for it here.
    let quick = json!({ "sent_after_ms": 1, "delivered_after_ms": 20, "read_after_ms": 40, "reads": true });
    running.sim("/people/amara/behaviour", quick).await;
    running.sim("/people/amara/messages", json!({ "text": KETTLE })).await;
    let question = running.waits_for(KETTLE, "received").await;
    let conversation = running.all("/v1/conversations").await.remove(0);
    assert_eq!(conversation["last_message_preview"], KETTLE);

    let to = json!({ "conversation": conversation["id"] });
    let answer = json!({ "type": "text", "text": { "body": "Yes, since today." } });
    let request = json!({ "from": NUMBER, "to": to, "message": answer });
    let post = running.http.post(format!("{}/v1/messages", running.public)).bearer_auth(&running.token);
    let accepted = post.json(&request).send().await.unwrap();
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    let read = running.waits_for("Yes, since today.", "read").await;
    for status in ["accepted", "sent", "delivered", "read"] {
        assert!(read["statuses"][status].is_string(), "{status}: {read:#}");
    }

    let message = json!({ "type": "text", "text": { "body": "Your invoice is ready." } });
    let to = json!({ "phone": question["content"]["from"].as_str().unwrap_or("15550100177") });
    let job =
        json!({ "v": "1", "source": "billing", "id": "i-1", "from": NUMBER, "to": to, "message": message });
    let sqs = running.sqs();
    let queue = sqs.get_queue_url().queue_name("local-send.fifo").send().await.unwrap();
    let send = sqs.send_message().queue_url(queue.queue_url.unwrap()).message_body(job.to_string());
    send.message_group_id("amara").message_deduplication_id("i-1").send().await.unwrap();
    running.waits_for("Your invoice is ready.", "read").await;

    let before = running.memory().await;
    running.kill();
    let running = place.start().await;
    let after = running.memory().await;
    assert_eq!(before, after, "everything is there, as it was");
    running.sim("/people/amara/messages", json!({ "text": "Thanks!" })).await;
    running.waits_for("Thanks!", "received").await;
}

fn body(wamid: &str, person: usize) -> Vec<u8> {
    let phone = format!("1555010{:04}", 9_900 + person);
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
        "contacts": [{ "wa_id": phone, "profile": { "name": format!("Person {person}") } }],
        "messages": [{ "from": phone, "id": wamid, "timestamp": "1795392000", "type": "text", "text": { "body": wamid } }],
    });
    let change = json!({ "field": "messages", "value": value });
    let entry = json!({ "id": "900000000000101", "changes": [change] });
    json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string().into_bytes()
}

/// Posts signed bodies one after the other until told otherwise, and gives the wamids that were answered 200.
async fn posts(public: String, lane: usize, stop: tokio::sync::watch::Receiver<bool>) -> Vec<String> {
    let http = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    let mut acknowledged = Vec::new();
    for n in 0.. {
        if *stop.borrow() {
            break;
        }
        let wamid = format!("wamid.lane{lane}.{n:05}");
        let body = body(&wamid, n % 5);
        let signature = cloud_api::signature::sign(local::world::Secrets::APP_SECRET.as_bytes(), &body);
        let post = http.post(format!("{public}/webhook")).header("x-hub-signature-256", signature);
        match post.body(body).send().await {
            Ok(answer) if answer.status() == StatusCode::OK => acknowledged.push(wamid),
            // Meta would try again. Here the body is given up: only what was promised counts.
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_answered_with_200_is_there_once_however_often_the_program_is_killed() {
    let place = Place::new();
    let mut running = place.start().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let lanes: Vec<_> =
        (0..3).map(|lane| tokio::spawn(posts(running.public.clone(), lane, stopped.clone()))).collect();
    for milliseconds in [40, 310, 130, 720, 210] {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        running.kill();
        running = place.start().await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.send_replace(true);
    let mut acknowledged = Vec::new();
    for lane in lanes {
        acknowledged.extend(lane.await.unwrap());
    }
    assert!(acknowledged.len() > 50, "only {} were answered", acknowledged.len());
    eventually_once(&running, &acknowledged).await;
}

/// Waits until each of these is there, and fails if one is there twice.
async fn eventually_once(running: &Running, wamids: &[String]) {
    // What a killed function had taken is hidden for two minutes: its receivers are gone, so it is shown now.
    let begun = Instant::now();
    loop {
        let messages = running.messages().await;
        let count = |wamid: &String| messages.iter().filter(|it| it["wamid"] == wamid.as_str()).count();
        let missing: Vec<_> = wamids.iter().filter(|wamid| count(wamid) == 0).collect();
        let twice: Vec<_> = wamids.iter().filter(|wamid| count(wamid) > 1).collect();
        assert!(twice.is_empty(), "shown twice: {twice:?}");
        if missing.is_empty() {
            println!("{} answered with 200, {} shown", wamids.len(), messages.len());
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{} of {} are missing: {missing:?}", missing.len(), wamids.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_start_that_cannot_be_is_refused_with_what_to_change() {
    let place = Place::new();
    let running = place.start().await;
    let (public, admin) = (free_port().to_string(), free_port().to_string());
    let (public, admin) = (format!("127.0.0.1:{public}"), format!("127.0.0.1:{admin}"));
    let data = place.data.path().to_str().unwrap();
    let taken = running.public.trim_start_matches("http://");
    let refused = [
        (vec!["--listen", taken, "--admin-listen", &admin], vec![taken, "--listen"]),
        (vec!["--listen", &public, "--admin-listen", taken], vec![taken, "--admin-listen"]),
        (vec!["--listen", &public, "--admin-listen", "0.0.0.0:0"], vec!["--admin-listen", "loopback"]),
        (vec!["--listen", &public, "--admin-listen", &admin, "--data", data], vec![data]),
        (
            vec!["--graph", "https://graph.facebook.com"],
            vec!["META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN", "--graph"],
        ),
        (vec!["--listen", "0.0.0.0:0"], vec!["META_APP_SECRET, META_VERIFY_TOKEN, META_ACCESS_TOKEN"]),
        (vec!["--graph", "graph.facebook.com"], vec!["--graph", "https://graph.facebook.com"]),
        (vec!["--listen", "here"], vec!["--listen", "127.0.0.1:8080"]),
        (vec!["--nonsense"], vec!["--nonsense"]),
    ];
    for (arguments, named) in refused {
        let (output, said) = says(&arguments);
        assert!(!output.status.success(), "{arguments:?}");
        for name in named {
            assert!(said.contains(name), "{arguments:?} says nothing of {name}: {said}");
        }
        assert!(said.lines().count() < 12 && !said.contains("panicked"), "{arguments:?}: {said}");
    }
    assert!(running.is_healthy().await, "whoever was there first goes on");
}

#[test]
fn help_names_every_option_and_every_secret() {
    let (output, said) = says(&["--help"]);
    assert!(output.status.success());
    for name in ["--listen", "--admin-listen", "--data", "--graph", "--help"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    for name in
        ["META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN", "127.0.0.1:8080", "127.0.0.1:8081"]
    {
        assert!(said.contains(name), "{name}: {said}");
    }
}
