//! Campaigns: over the API, in time, and their audiences frozen in the log.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod audiences;
mod earlier;
mod freezing;
mod guards;
mod journeys;
mod judged;
mod preflights;
mod releases;
mod states;
mod times;
mod tomorrow;
mod workers;

use cloud_api::PhoneNumberId;
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::number::facts::{Fact, Source, Update};
use domain::{Contact, ContactId, ContactKind};
use futures::{StreamExt, stream};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{Campaign, Member, Subject};
use tests::{NUMBER, Stage};

/// Asks, and expects this status.
async fn ask(stage: &Stage, method: Method, path: &str, body: Option<Value>, status: StatusCode) -> Value {
    let (answered, answer) = stage.api(method.clone(), path, body).await;
    assert_eq!(answered, status, "{method} {path}: {answer:#}");
    answer
}

/// A stage whose number is known, as somebody wrote to it, and a template that may be sent to everybody.
async fn with_number(stage: Stage) -> Stage {
    let passer_by = stage.person("Pat", "15550109999", json!({}));
    stage.writes(&passer_by, "Hello?");
    stage.settle().await;
    // What the next look at Meta would tell, whenever it comes.
    let facts = [(Fact::Limit, "TIER_2K"), (Fact::Throughput, "STANDARD")];
    let facts = facts.map(|(fact, value)| Update {
        fact,
        value: value.to_owned(),
        at: stage.now(),
        source: Source::Sync,
    });
    let number = PhoneNumberId::new(NUMBER);
    stage.store().note_facts(Subject::Number(&number), &facts, stage.now()).await.unwrap();
    stage.knows_template("spring_offer", "UTILITY", "Our spring hours").await;
    stage
}

/// A definition for all leads, with other members.
fn definition(extra: Value) -> Value {
    let mut definition = json!({
        "name": "Spring offer", "numbers": [NUMBER], "templates": [{"template": "spring_offer"}],
        "language": {"default": "en_US"}, "audience": {"include": [{"filter": "kind:lead"}]},
    });
    definition.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    definition
}

/// Makes a campaign; gives its id.
async fn made(stage: &Stage, extra: Value) -> String {
    let body = Some(definition(extra));
    let campaign = ask(stage, Method::POST, "/v1/campaigns", body, StatusCode::CREATED).await;
    assert_eq!(campaign["state"], "draft");
    campaign["id"].as_str().unwrap().to_owned()
}

/// Takes a step; gives the campaign.
async fn step(stage: &Stage, id: &str, step: &str) -> Value {
    ask(stage, Method::POST, &format!("/v1/campaigns/{id}/{step}"), None, StatusCode::OK).await
}

/// A step that is refused; gives the problem.
async fn refused(stage: &Stage, id: &str, step: &str, status: StatusCode) -> Value {
    ask(stage, Method::POST, &format!("/v1/campaigns/{id}/{step}"), None, status).await
}

async fn read(stage: &Stage, id: &str) -> Value {
    stage.read(&format!("/v1/campaigns/{id}")).await
}

/// So many leads of Peru, as an import would have left them.
async fn leads(stage: &Stage, count: u32) -> Vec<ContactId> {
    let store = stage.store();
    let lead = |n: u32| {
        let (store, now) = (store.clone(), stage.now());
        async move {
            let id = ContactId::new(format!("01KB0XQ6G0000000000{n:07}")).unwrap();
            let mut contact = Contact::new(id.clone(), now);
            (contact.kind, contact.phone) = (ContactKind::Lead, Some(format!("519{n:08}")));
            store.create_contact(&contact, now).await.unwrap();
            id
        }
    };
    let ids = stream::iter((0..count).map(lead)).buffered(16).collect().await;
    // Under which words they are found.
    stage.settle().await;
    ids
}

async fn stored(stage: &Stage, id: &str) -> Campaign {
    stage.store().campaign(&CampaignId::new(id).unwrap()).await.unwrap().unwrap()
}

/// Everybody in the log, in order.
async fn members(stage: &Stage, id: &str) -> Vec<Member> {
    let campaign = stored(stage, id).await;
    let mut members = Vec::new();
    for n in 0..campaign.log.chunks {
        let chunk = stage.store().chunk(&campaign.id, Chunk::Walked(n)).await.unwrap().unwrap();
        members.extend(chunk.members);
        assert_eq!(chunk.upto, members.len() as u64);
        assert_eq!(chunk.next.is_none(), n + 1 == campaign.log.chunks);
    }
    members
}
