//! The program `local` as a newcomer runs it: a process of its own, killed and started again.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use local::tokens::Role;
use local::world::{Time, World, WorldOptions};
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

/// Reads from the API as an admin.
struct Reader {
    http: Client,
    public: String,
    token: String,
}

/// A running program. Dropping it kills it.
struct Running {
    child: Child,
    admin: String,
    reader: Reader,
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
        let mut command = local(&["--empty", "--listen", &public, "--admin-listen", &admin, "--data", data]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let http = graph::client().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let (public, admin) = (format!("http://{public}"), format!("http://{admin}"));
        let reader = Reader { http, public, token: String::new() };
        let mut running = Running { child, admin, reader };
        let begun = Instant::now();
        while !running.is_healthy().await {
            assert!(running.child.try_wait().unwrap().is_none(), "it ended at once");
            assert!(begun.elapsed() < PATIENCE, "it is not ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        running.reader.token = running.reader.new_token().await;
        running
    }
}

impl Reader {
    async fn new_token(&self) -> String {
        let url = format!("{}/dev/token?role=admin", self.public);
        let answer: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
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
}

impl Running {
    async fn is_healthy(&self) -> bool {
        let reader = &self.reader;
        let asked = reader.http.get(format!("{}/health", reader.public)).send().await;
        asked.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// As `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn sim(&self, path: &str, body: Value) -> Value {
        let post = self.reader.http.post(format!("{}/sim{path}", self.admin)).body(body.to_string());
        post.send().await.unwrap().json().await.unwrap()
    }

    async fn sim_reads(&self, path: &str) -> Value {
        self.reader.http.get(format!("{}/sim{path}", self.admin)).send().await.unwrap().json().await.unwrap()
    }

    /// The message of ours with this text, once it has this status.
    async fn waits_for(&self, text: &str, status: &str) -> Value {
        let begun = Instant::now();
        loop {
            let messages = self.reader.messages().await;
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
            .http_client(lambda_kit::https())
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
            .region(aws_sdk_sqs::config::Region::new("us-east-1"))
            .credentials_provider(keys)
            .endpoint_url(&self.admin);
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// Everything that has to outlive a kill.
    async fn memory(&self) -> Vec<Value> {
        let mut all =
            vec![json!(self.reader.all("/v1/conversations").await), json!(self.reader.messages().await)];
        all.push(json!(self.reader.all("/v1/contacts").await));
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
    let conversation = running.reader.all("/v1/conversations").await.remove(0);
    assert_eq!(conversation["last_message_preview"], KETTLE);

    let to = json!({ "conversation": conversation["id"] });
    let answer = json!({ "type": "text", "text": { "body": "Yes, since today." } });
    let request = json!({ "from": NUMBER, "to": to, "message": answer });
    let post = running
        .reader
        .http
        .post(format!("{}/v1/messages", running.reader.public))
        .bearer_auth(&running.reader.token);
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
async fn posts(
    public: String,
    lane: usize,
    answered: Arc<AtomicUsize>,
    stop: tokio::sync::watch::Receiver<bool>,
) -> Vec<String> {
    let http = graph::client().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
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
            Ok(answer) if answer.status() == StatusCode::OK => {
                acknowledged.push(wamid);
                answered.fetch_add(1, Ordering::SeqCst);
            }
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
    let answered = Arc::new(AtomicUsize::new(0));
    let post = |lane| posts(running.reader.public.clone(), lane, Arc::clone(&answered), stopped.clone());
    let lanes: Vec<_> = (0..3).map(|lane| tokio::spawn(post(lane))).collect();
    for milliseconds in [40, 310, 130, 720, 210] {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        running.kill();
        running = place.start().await;
    }
    // However slow the machine is, there is something to lose.
    let begun = Instant::now();
    while answered.load(Ordering::SeqCst) <= 50 && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send_replace(true);
    let mut acknowledged = Vec::new();
    for lane in lanes {
        acknowledged.extend(lane.await.unwrap());
    }
    assert!(acknowledged.len() > 50, "only {} were answered", acknowledged.len());
    running.kill();
    let now = jiff::Timestamp::now();
    let data = Some(place.data.path().to_owned());
    let world = World::start(WorldOptions { data, time: Time::Manual(now), ..WorldOptions::default() });
    let world = world.await.unwrap();
    // What a function held when it was killed is hidden until its visibility ends.
    world.advance(Duration::from_secs(600)).await;
    let token = world.token(Role::Admin).unwrap();
    let http = graph::client().no_proxy().build().unwrap();
    let reader = Reader { http, public: world.public_url(), token };
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for message in reader.messages().await {
        *shown.entry(message["wamid"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    println!("{} answered with 200, {} shown", acknowledged.len(), shown.len());
    let lost: Vec<_> = acknowledged.iter().filter(|wamid| !shown.contains_key(*wamid)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), acknowledged.len());
    let twice: Vec<_> = shown.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "shown twice: {twice:?}");
    assert!(reader.all("/v1/dead-letters").await.is_empty());
    assert_eq!(reader.all("/v1/contacts").await.len(), 5, "each person once");
}

#[tokio::test]
async fn a_start_that_cannot_be_is_refused_with_what_to_change() {
    let place = Place::new();
    let running = place.start().await;
    let (public, admin) = (free_port().to_string(), free_port().to_string());
    let (public, admin) = (format!("127.0.0.1:{public}"), format!("127.0.0.1:{admin}"));
    let data = place.data.path().to_str().unwrap();
    let taken = running.reader.public.trim_start_matches("http://");
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
