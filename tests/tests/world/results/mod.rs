//! What a campaign has come to, over the API: the report, everybody's line, conversions, files, and the limit it uses.
//!
//! Each test runs a campaign over the API, with the real functions, to people of Mexico.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod conversions;
mod files;
mod people;
mod portfolios;
mod reports;

use std::time::Duration;

use cloud_api::{PhoneNumberId, WaId, WabaId};
use domain::ContactId;
use domain::identity::Sighting;
use domain::number::facts::{Fact, Source, Update};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Number, ProfileSeen, Subject};
use tests::{Faults, NUMBER, Stage, WABA};

/// A campaign to a list of people.
struct Town {
    stage: Stage,
    /// Its path.
    campaign: String,
    people: Vec<ContactId>,
}

fn phone(n: usize) -> String {
    format!("52551234{n:04}")
}

impl Town {
    /// So many people on a list, and a campaign to them that is not started. `extra` is merged into its definition.
    async fn of(people: usize, extra: Value) -> Self {
        let stage = Stage::in_real_time(Faults::default()).await;
        let store = stage.store();
        let number = Number { waba: Some(WabaId::new(WABA)), ..Number::new(PhoneNumberId::new(NUMBER)) };
        store.meet_number(&number, stage.now()).await.unwrap();
        let facts = [(Fact::Limit, "TIER_2K"), (Fact::Throughput, "STANDARD")];
        let facts = facts.map(|(fact, value)| Update {
            fact,
            value: value.to_owned(),
            at: stage.now(),
            source: Source::Sync,
        });
        store.note_facts(Subject::Number(&number.id), &facts, stage.now()).await.unwrap();
        stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
        let mut ids = Vec::new();
        for n in 0..people {
            stage.person(&format!("Person {n}"), &phone(n), json!({}));
            ids.push(record(&stage, n).await);
        }
        let list = ask(&stage, "/v1/lists", json!({"name": "Everybody"}), StatusCode::CREATED).await;
        let list = list["id"].as_str().unwrap().to_owned();
        for some in ids.chunks(50) {
            let members = json!({ "add": some.iter().map(ToString::to_string).collect::<Vec<_>>() });
            let (status, answer) =
                stage.api(Method::POST, &format!("/v1/lists/{list}/members"), Some(members)).await;
            assert!(status.is_success(), "{answer}");
        }
        let mut definition = json!({
            "name": "Opening hours", "numbers": [NUMBER], "templates": [{"template": "hello_world"}],
            "language": {"default": "en_US"}, "audience": {"include": [{"list": list}]},
        });
        definition.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let made = ask(&stage, "/v1/campaigns", definition, StatusCode::CREATED).await;
        let campaign = format!("/v1/campaigns/{}", made["id"].as_str().unwrap());
        Self { stage, campaign, people: ids }
    }

    async fn start(&self) {
        ask(&self.stage, &format!("{}/start", self.campaign), Value::Null, StatusCode::OK).await;
    }

    /// Starts, and waits until everybody has had a turn and what was accepted has arrived or failed.
    async fn run(&self) -> Value {
        self.start().await;
        self.until("everybody has heard", |report| {
            let count = |name: &str| report[name].as_u64().unwrap();
            let is_through = count("people") > 0 && count("waiting") == 0 && count("unknown") == 0;
            is_through && report["only_sent"]["people"] == 0
        })
        .await
    }

    /// Waits until the report is so, and fails if it does not become so.
    async fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..900 {
            self.stage.settle().await;
            let report = self.report().await;
            if is_so(&report) {
                return report;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{what}: {:#}", self.report().await);
    }

    async fn report(&self) -> Value {
        self.stage.read(&format!("{}/report", self.campaign)).await
    }

    /// Everybody's line, over all pages.
    async fn lines(&self) -> Vec<Value> {
        self.stage.all(&format!("{}/people", self.campaign)).await
    }

    /// An agent's message a moment before: the campaign's to the same person has to wait some seconds.
    async fn an_agent_writes_to(&self, n: usize) {
        let template = json!({ "name": "hello_world", "language": { "code": "en_US" } });
        let hello = json!({ "type": "template", "template": template });
        self.stage.asks("r1", json!({ "contact": self.people[n].to_string() }), hello).await;
        for _ in 0..100 {
            self.stage.settle().await;
            if self.stage.posts().len() == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the agent's message did not leave");
    }

    /// The n-th person writes to the number.
    fn writes(&self, n: usize, message: Value) {
        self.stage.sim().person_writes(&phone(n), message).unwrap();
    }
}

/// Posts, and expects this status.
async fn ask(stage: &Stage, path: &str, body: Value, status: StatusCode) -> Value {
    let body = Some(body).filter(|body| !body.is_null());
    let (answered, answer) = stage.api(Method::POST, path, body).await;
    assert_eq!(answered, status, "POST {path}: {answer:#}");
    answer
}

async fn record(stage: &Stage, n: usize) -> ContactId {
    let store = stage.store();
    let id = ContactId::new(format!("01KB0XQ6G0PERS0N{n:010}")).unwrap();
    let portfolio = store.portfolio_of_number(&NUMBER.into()).await.unwrap();
    let sighting = Sighting {
        portfolio,
        user_id: None,
        parent_user_id: None,
        phone: Some(WaId::new(phone(n))),
        at: stage.now(),
    };
    let seen = ProfileSeen { name: Some(format!("Person {n}")), ..ProfileSeen::default() };
    let met = store.resolve_person(&sighting, &seen, &NUMBER.into(), &id, stage.now()).await;
    met.unwrap().unwrap().contact
}

/// How many lines have such a step.
fn with_step(lines: &[Value], steps: &[&str]) -> u64 {
    let has = |line: &&Value| {
        let told = line["steps"].as_array().unwrap();
        told.iter().any(|step| steps.contains(&step["what"].as_str().unwrap()))
    };
    lines.iter().filter(has).count().try_into().unwrap()
}

fn ended(lines: &[Value], outcome: &str) -> u64 {
    lines.iter().filter(|line| line["outcome"] == outcome).count().try_into().unwrap()
}
