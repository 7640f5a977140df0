//! A world for a test.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use local::lambda::FunctionsBuilder;
use local::tokens::{Claims, Role};
use local::world::{Time, World, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use store::{Store, Tables};

use crate::Faults;

/// When a stage begins.
pub const START: &str = "2026-11-23T09:00:00Z";
/// The company's first number.
pub const NUMBER: &str = "900000000000201";
/// The account of the first number.
pub const WABA: &str = "900000000000101";

/// A world with a clock that stands still.
pub struct Stage {
    /// The world.
    pub world: World,
    /// What goes wrong in it.
    pub faults: Faults,
    http: reqwest::Client,
}

impl Stage {
    /// A world in memory.
    pub async fn start() -> Self {
        Self::faulty(Faults::default()).await
    }

    /// A world in memory, with faults.
    pub async fn faulty(faults: Faults) -> Self {
        let graph = Arc::new(faults.clone());
        Self::with(faults, graph, None).await
    }

    /// A world in memory, with calls of the Graph API passing through `graph`.
    pub async fn with_graph(graph: Arc<dyn graph::Intercept>) -> Self {
        Self::with(Faults::default(), graph, None).await
    }

    /// A world in memory that goes by the machine's own time: for what is spread over a second.
    pub async fn in_real_time(faults: Faults) -> Self {
        let (taps, graph) = (faults.clone(), Arc::new(faults.clone()));
        let options = WorldOptions {
            interceptors: Some(Arc::new(move |function| vec![taps.interceptor(function)])),
            graph_intercept: Some(graph),
            ..WorldOptions::default()
        };
        Self { faults, ..Self::of(options).await }
    }

    /// A world in memory in which a function takes nothing from its queues: they fill.
    pub async fn without(function: &'static str) -> Self {
        let functions: FunctionsBuilder = Arc::new(move |context| {
            Box::pin(async move {
                let mut functions = local::functions::build(context).await?;
                functions.sqs.remove(function);
                Ok(functions)
            })
        });
        let time = Time::Manual(START.parse().expect("a time"));
        Self::of(WorldOptions { time, functions, ..WorldOptions::default() }).await
    }

    /// A world in a directory.
    pub async fn in_directory(data: PathBuf) -> Self {
        let faults = Faults::default();
        let graph = Arc::new(faults.clone());
        Self::with(faults, graph, Some(data)).await
    }

    /// A world that is to be like this.
    pub async fn of(options: WorldOptions) -> Self {
        let world = World::start(options).await.expect("a world starts");
        Self { world, faults: Faults::default(), http: graph::client().build().expect("a client") }
    }

    async fn with(faults: Faults, graph: Arc<dyn graph::Intercept>, data: Option<PathBuf>) -> Self {
        let start: Timestamp = START.parse().expect("a time");
        let taps = faults.clone();
        let world = World::start(WorldOptions {
            data,
            time: Time::Manual(start),
            interceptors: Some(Arc::new(move |function| vec![taps.interceptor(function)])),
            graph_intercept: Some(graph),
            ..WorldOptions::default()
        })
        .await
        .expect("a world starts");
        Self { world, faults, http: graph::client().build().expect("a client") }
    }

    /// A fresh token: on stage, a day passes in a moment.
    fn token(&self) -> String {
        self.world.token(Role::Admin).expect("a token")
    }

    /// The time on stage.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// Lets everything happen that is due now.
    pub async fn settle(&self) {
        self.world.settle().await;
    }

    /// The store on this stage's tables, through the same faults as the functions'.
    #[must_use]
    pub fn store(&self) -> Store {
        let config = aws_sdk_dynamodb::config::Builder::from(self.world.sdk())
            .interceptor(self.faults.interceptor("a test"))
            .build();
        let tables = Tables {
            contacts: "local-contacts".to_owned(),
            conversations: "local-conversations".to_owned(),
            campaigns: "local-campaigns".to_owned(),
            directory: "local-directory".to_owned(),
            journal: "local-journal".to_owned(),
        };
        Store::new(aws_sdk_dynamodb::Client::from_conf(config), tables)
    }

    /// A template of the first number's account is known as Meta shows it: approved, in American English, with this body.
    pub async fn knows_template(&self, name: &str, category: &str, body: &str) {
        let node = serde_json::json!({
            "id": format!("7{}", name.len()), "name": name, "language": "en_US", "status": "APPROVED",
            "category": category, "components": [{"type": "BODY", "text": body}],
        });
        let node = serde_json::from_value(node).expect("a template");
        let recorded = self.store().record_template(&WABA.into(), &node, self.now(), self.now()).await;
        recorded.expect("the store answers");
    }

    /// Moves the time, and lets everything happen that falls due.
    pub async fn pass(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds)).await;
    }

    /// The simulated WhatsApp.
    #[must_use]
    pub fn sim(&self) -> &local::sim::Sim {
        self.world.sim.as_ref().expect("a stage is simulated")
    }

    /// A new person, by phone; `extra` overrides fields.
    pub fn person(&self, name: &str, phone: &str, extra: Value) -> String {
        let mut fields = json!({ "name": name, "phone": phone });
        merge(&mut fields, extra);
        let added = self.sim().add_person(fields).expect("a person");
        added["id"].as_str().expect("an id").to_owned()
    }

    /// A person writes a text to the first number; gives its wamid.
    pub fn writes(&self, person: &str, text: &str) -> String {
        let sent =
            self.sim().person_writes(person, json!({ "to": NUMBER, "text": text })).expect("a message");
        sent["wamid"].as_str().or(sent["id"].as_str()).expect("a wamid").to_owned()
    }

    /// Puts a send request on the send queue, as another service would.
    pub async fn asks(&self, id: &str, to: Value, message: Value) {
        let group = to.to_string().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        self.put(id, &group, id, to, message).await;
    }

    /// The same, in a group of its own, so that several workers may hold copies at once.
    pub async fn asks_in(&self, id: &str, group: &str, to: Value, message: Value) {
        self.put(id, group, group, to, message).await;
    }

    async fn put(&self, id: &str, group: &str, deduplication_id: &str, to: Value, message: Value) {
        let job =
            json!({ "v": "1", "source": "tests", "id": id, "from": NUMBER, "to": to, "message": message });
        let sent = self.world.sqs_client().send_message();
        let sent = sent
            .queue_url(self.world.queue_url("SendQueue").expect("a send queue"))
            .message_body(job.to_string())
            .message_group_id(group)
            .message_deduplication_id(deduplication_id)
            .send()
            .await;
        sent.expect("a queued request");
    }

    /// Posts a body to the webhook, signed as Meta signs.
    pub async fn meta_posts(&self, body: &[u8]) -> StatusCode {
        let signature = cloud_api::signature::sign(local::world::Secrets::APP_SECRET.as_bytes(), body);
        let post = self.http.post(format!("{}/webhook", self.world.public_url()));
        let answer = post.header("x-hub-signature-256", signature).body(body.to_vec()).send().await;
        answer.expect("an answer").status()
    }

    /// Posts a body to the webhook with any signature.
    pub async fn posts_with(&self, body: &[u8], signature: Option<&str>) -> StatusCode {
        let mut post = self.http.post(format!("{}/webhook", self.world.public_url())).body(body.to_vec());
        if let Some(signature) = signature {
            post = post.header("x-hub-signature-256", signature);
        }
        post.send().await.expect("an answer").status()
    }

    /// Asks without a token.
    pub async fn plain(&self, path: &str) -> (StatusCode, String) {
        let answer =
            self.http.get(format!("{}{path}", self.world.public_url())).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    }

    /// Downloads from the API.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let get = self.http.get(format!("{}{path}", self.world.public_url())).bearer_auth(self.token());
        get.send().await.expect("an answer").bytes().await.expect("bytes").to_vec()
    }

    /// Asks the API as an admin.
    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.ask(self.token(), method, path, body).await
    }

    /// The same, as somebody of the team.
    pub async fn api_as(
        &self,
        (who, role): (&str, Role),
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let claims = Claims { sub: who.to_owned(), role, numbers: None };
        self.ask(self.world.token_for(claims).expect("a token"), method, path, body).await
    }

    async fn ask(
        &self,
        token: String,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request =
            self.http.request(method, format!("{}{path}", self.world.public_url())).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Reads from the API; anything but 200 is a failure of the test.
    pub async fn read(&self, path: &str) -> Value {
        let (status, body) = self.api(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "GET {path}: {body}");
        body
    }

    /// Every item of a list, over all its pages.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let next = format!("{separator}limit=100{next}");
            let page = self.read(&format!("{path}{next}")).await;
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }

    /// Every POST of a message that the simulator received.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        let sends = [("on".to_owned(), "send".to_owned())].into();
        self.sim().ledger(&sends).expect("a ledger").as_array().expect("posts").clone()
    }
}

fn merge(into: &mut Value, extra: Value) {
    if let (Some(into), Value::Object(extra)) = (into.as_object_mut(), extra) {
        into.extend(extra);
    }
}
