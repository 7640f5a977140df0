//! A simulator with its Graph API on a port, and a webhook that verifies every signature by itself.

use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use lambda_kit::{Clock, ManualClock};
use local::sim::{Sim, SimConfig};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const SALES: &str = "900000000000201";
pub(crate) const WABA: &str = "900000000000101";
const SECRET: &str = "test_app_secret";

pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) time: ManualClock,
    pub(crate) clock: Clock,
    pub(crate) hook: Hook,
    pub(crate) graph: String,
    pub(crate) client: reqwest::Client,
}

#[derive(Clone, Default)]
pub(crate) struct Hook {
    pub(crate) bodies: Arc<Mutex<Vec<String>>>,
    /// What the webhook answers; 0 is 200.
    pub(crate) answers: Arc<AtomicU16>,
}

impl Hook {
    pub(crate) async fn serve(&self) -> String {
        let hook = self.clone();
        let receive = move |headers: HeaderMap, body: Bytes| {
            let hook = hook.clone();
            async move { hook.receive(&headers, &body) }
        };
        serve(Router::new().fallback(receive)).await
    }

    fn receive(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(body);
        let wanted = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        if headers.get("x-hub-signature-256").is_none_or(|given| given.as_bytes() != wanted.as_bytes()) {
            return StatusCode::UNAUTHORIZED;
        }
        assert!(body.is_ascii(), "Meta escapes everything beyond ASCII");
        let answer = self.answers.load(Ordering::SeqCst);
        if answer == 0 {
            self.bodies.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
        }
        StatusCode::from_u16(answer).unwrap_or(StatusCode::OK)
    }
}

pub(crate) async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::open(None).await
    }

    pub(crate) async fn open(directory: Option<&Path>) -> Self {
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let (clock, time) = Clock::manual(start);
        let hook = Hook::default();
        let config = SimConfig {
            directory: directory.map(Path::to_owned),
            app_secret: SECRET.into(),
            webhook_url: hook.serve().await,
            concurrency: 1,
            ..SimConfig::default()
        };
        let sim = Sim::open(config, clock.clone()).unwrap();
        let router = Router::new().nest("/graph", sim.graph_router()).nest("/sim", sim.control_router());
        let base = serve(router).await;
        let graph = format!("{base}/graph");
        sim.set_base_url(&graph);
        let client = graph::client().timeout(Duration::from_secs(5)).build().unwrap();
        Self { sim, time, clock, hook, graph, client }
    }

    /// Moves the time, letting everything happen that is due on the way.
    pub(crate) async fn advance(&self, by: Duration) {
        let to = self.clock.now() + by;
        while let Some(next) = self.sim.next_due().filter(|next| *next <= to) {
            self.time.set(next);
            self.sim.run_due().await;
        }
        self.time.set(to);
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.client.get(format!("{}{path}", self.graph)).bearer_auth("local-access-token");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.graph)).bearer_auth("local-access-token");
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Sends from the sales number.
    pub(crate) async fn send(&self, mut body: Value) -> (u16, Value) {
        body["messaging_product"] = "whatsapp".into();
        self.post(&format!("/v26.0/{SALES}/messages"), body).await
    }

    pub(crate) async fn text(&self, to: &str, text: &str) -> (u16, Value) {
        self.send(json!({ "to": to, "type": "text", "text": { "body": text } })).await
    }

    pub(crate) async fn template(
        &self,
        to: &str,
        name: &str,
        language: &str,
        components: Value,
    ) -> (u16, Value) {
        let template = json!({ "name": name, "language": { "code": language }, "components": components });
        self.send(json!({ "to": to, "type": "template", "template": template })).await
    }

    /// The values of all webhooks so far, and forgets them.
    pub(crate) fn values(&self) -> Vec<Value> {
        let bodies = std::mem::take(&mut *self.hook.bodies.lock().unwrap());
        let mut values = Vec::new();
        for body in bodies {
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body["object"], "whatsapp_business_account");
            for entry in body["entry"].as_array().unwrap() {
                values.extend(
                    entry["changes"].as_array().unwrap().iter().map(|change| change["value"].clone()),
                );
            }
        }
        values
    }

    /// All statuses of the webhooks so far.
    pub(crate) fn statuses(&self) -> Vec<Value> {
        self.values()
            .iter()
            .flat_map(|value| value["statuses"].as_array().cloned().unwrap_or_default())
            .collect()
    }

    /// A person opens the window, and the webhook of it is forgotten.
    pub(crate) async fn greeted_by(&self, person: &str) {
        self.sim.person_writes(person, json!({ "text": "Hello" })).unwrap();
        self.sim.run_due().await;
        self.values();
    }
}

pub(crate) fn code(answer: &(u16, Value)) -> u64 {
    answer.1["error"]["code"].as_u64().unwrap_or_else(|| panic!("no Graph error: {answer:?}"))
}

pub(crate) fn wamid(answer: &(u16, Value)) -> String {
    assert_eq!(answer.0, 200, "{answer:?}");
    answer.1["messages"][0]["id"].as_str().unwrap().to_owned()
}
