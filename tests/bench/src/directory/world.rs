//! A world in which contacts are imported, listed and written to.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use local::tokens::Role;
use local::world::{Secrets, Time, World as Local, WorldOptions};
use serde_json::{Value, json};

use crate::BoxError;
use crate::meter::bill::{Bill, Totals};
use crate::meter::tap;
use crate::people::{self, Dice};

const START: Timestamp = Timestamp::constant(1_795_424_400, 0);

/// The world.
pub(crate) struct World {
    local: Local,
    pub(crate) bill: Bill,
    http: reqwest::Client,
    dice: Dice,
    sent: usize,
}

/// A finished import, with what it wrote.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) lines: usize,
    pub(crate) seconds: f64,
    pub(crate) totals: Totals,
}

impl Imported {
    /// Write units of a line, without what the file costs however many lines it has.
    pub(crate) fn writes(&self) -> f64 {
        (self.totals.writes() - self.of_the_file()) / self.lines as f64
    }

    /// Write units of the file's own item: how far it is read, a megabyte at a time.
    pub(crate) fn of_the_file(&self) -> f64 {
        let of = |kind: &str| self.totals.written.get(kind).copied().unwrap_or_default();
        of("import") + of("other")
    }
}

impl World {
    /// A world in memory under a clock that is moved by hand.
    pub(crate) async fn start() -> Result<Self, BoxError> {
        let bill = Bill::default();
        let tapped = bill.clone();
        let local = Local::start(WorldOptions {
            time: Time::Manual(START),
            interceptors: Some(Arc::new(move |function| match function {
                // They count dead letters and tell others: not what is measured here.
                "sync" | "notifier" | "campaign" => Vec::new(),
                _ => vec![tap::interceptor(&tapped)],
            })),
            ..WorldOptions::default()
        })
        .await?;
        let http = graph::client().no_proxy().build()?;
        Ok(Self { local, bill, http, dice: Dice::new(), sent: 0 })
    }

    /// Moves the clock.
    pub(crate) async fn pass(&self, time: Duration) {
        self.local.advance(time).await;
    }

    /// Reads from the API.
    pub(crate) async fn read(&self, path: &str) -> Result<Value, BoxError> {
        let get = self.http.get(format!("{}{path}", self.local.public_url()));
        let answer = get.bearer_auth(self.local.token(Role::Admin)?).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() { Ok(body) } else { Err(format!("GET {path}: {status} {body}").into()) }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, BoxError> {
        let post = self.http.post(format!("{}{path}", self.local.public_url())).json(&body);
        let answer = post.bearer_auth(self.local.token(Role::Admin)?).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() { Ok(body) } else { Err(format!("POST {path}: {status} {body}").into()) }
    }

    /// Imports a file, until every search finds its people.
    pub(crate) async fn import(&self, csv: String) -> Result<Imported, BoxError> {
        let lines = csv.lines().count() - 1;
        let plan = json!({
            "columns": { "phone": "phone", "name": "name", "label": "labels", "consent": "consent.marketing" },
            "kind": "lead",
            "consent": { "wording": "I want offers by WhatsApp", "given_at": "2026-11-20T10:00:00Z" },
        });
        let begun = self.post("/v1/imports", plan).await?;
        let upload = begun["upload"].as_str().ok_or("no link to upload to")?;
        self.http.put(upload).body(csv).send().await?.error_for_status()?;
        let path = format!("/v1/imports/{}", begun["id"].as_str().unwrap_or_default());
        self.local.settle().await;
        self.bill.take();
        let before = std::time::Instant::now();
        self.post(&format!("{path}/start"), json!(null)).await?;
        self.local.settle().await;
        let seconds = before.elapsed().as_secs_f64();
        let totals = self.bill.take();
        let import = self.read(&path).await?;
        if import["state"] != "finished" || import["lines"] != lines || import["refused"] != 0 {
            return Err(format!("the import did not end well: {import:#}").into());
        }
        Ok(Imported { lines, seconds, totals })
    }

    /// So many people of the file write, one after another; gives what that read and wrote.
    pub(crate) async fn writes(&mut self, people: usize) -> Result<Totals, BoxError> {
        self.local.settle().await;
        self.bill.take();
        for person in 0..people {
            let second = self.local.clock.now().as_second();
            let body = people::webhook(person, self.sent, second, &mut self.dice);
            self.sent += 1;
            let signature = cloud_api::signature::sign(Secrets::APP_SECRET.as_bytes(), &body);
            let post = self.http.post(format!("{}/webhook", self.local.public_url()));
            post.header("x-hub-signature-256", signature).body(body).send().await?.error_for_status()?;
        }
        self.local.settle().await;
        Ok(self.bill.take())
    }
}
