//! What nobody tells is seen by looking: every half hour, and when an admin tells of a WABA.

use local::secrets::GRAPH;
use local::world::Secrets;
use serde_json::json;
use tests::{NUMBER, Stage};

use crate::numbers::{VENDORS, WABA, fact, opened, path, shown, tells_of};

async fn ids(stage: &Stage) -> Vec<String> {
    let numbers = stage.all("/v1/numbers").await;
    numbers.iter().map(|number| number["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_waba_that_an_admin_tells_of_is_looked_at_at_once() {
    let stage = Stage::start().await;
    tells_of(&stage, WABA, json!({ "name": "Kettles", "portfolio": "main" })).await;
    assert_eq!(ids(&stage).await, [NUMBER, "900000000000202"]);
    let number = shown(&stage, NUMBER).await;
    assert_eq!(number["waba"], WABA);
    for (name, value) in [
        ("display_name", "Fixture Kettles Sales"),
        ("quality", "GREEN"),
        ("limit", "TIER_2K"),
        ("throughput", "STANDARD"),
        ("status", "CONNECTED"),
        ("official", "false"),
        ("code_verification", "VERIFIED"),
        ("name_status", "APPROVED"),
        ("account_mode", "LIVE"),
    ] {
        assert_eq!(number["facts"][name]["value"], value, "{name}");
        assert_eq!(number["facts"][name]["source"], "sync");
    }
    let wabas = stage.all("/v1/wabas").await;
    assert_eq!((&wabas[0]["name"], &wabas[0]["portfolio"]), (&json!("Kettles"), &json!("main")));
    tells_of(&stage, WABA, json!({ "name": "Tea" })).await;
    let wabas = stage.all("/v1/wabas").await;
    assert_eq!((&wabas[0]["name"], &wabas[0]["portfolio"]), (&json!("Tea"), &json!(null)));
}

#[tokio::test]
async fn a_new_number_and_what_changed_unsaid_are_found_within_half_an_hour() {
    let stage = opened().await;
    let added = stage.sim().add_number(json!({ "phone": "15550100278", "waba_id": WABA })).unwrap();
    stage.sim().change_number(NUMBER, json!({ "quality_rating": "YELLOW", "mps": 1_000 })).unwrap();
    stage.sim().change_number("900000000000202", json!({ "status": "FLAGGED" })).unwrap();
    assert_eq!(ids(&stage).await.len(), 2);
    stage.pass(1_801).await;
    assert!(ids(&stage).await.contains(&added["id"].as_str().unwrap().to_owned()));
    assert_eq!(fact(&stage, NUMBER, "quality").await["value"], "YELLOW");
    assert_eq!(fact(&stage, NUMBER, "throughput").await["value"], "HIGH");
    assert_eq!(fact(&stage, "900000000000202", "status").await["value"], "FLAGGED");
    let history = stage.all(&path("/history")).await;
    let quality = history.iter().find(|it| it["what"] == "quality").unwrap();
    assert_eq!((&quality["from"], &quality["source"]), (&json!("GREEN"), &json!("sync")));
    let before = history.len();
    stage.pass(3_600).await;
    assert_eq!(stage.all(&path("/history")).await.len(), before, "what stays as it is is no change");
    let at = fact(&stage, NUMBER, "quality").await["at"].as_str().unwrap().to_owned();
    assert!(at.as_str() > "2026-11-23T10:20:00Z", "but it is confirmed: {at}");
}

#[tokio::test]
async fn a_changed_tier_is_found_even_if_its_webhook_was_lost() {
    let stage = opened().await;
    stage.sim().add_faults(json!({ "webhooks": { "hold": true } })).unwrap();
    stage.sim().change_portfolio("900000000000301", json!({ "limit": 10_000 })).unwrap();
    stage.pass(1_801).await;
    let limit = fact(&stage, NUMBER, "limit").await;
    assert_eq!((&limit["value"], &limit["source"]), (&json!("TIER_10K"), &json!("sync")));
    // The webhook comes after all, and is older than what was seen.
    stage.sim().clear_faults().unwrap();
    stage.settle().await;
    assert_eq!(fact(&stage, NUMBER, "limit").await["source"], "sync");
    assert_eq!(stage.all(&path("/history")).await.iter().filter(|it| it["what"] == "limit").count(), 2);
}

#[tokio::test]
async fn every_page_of_a_large_waba_is_read() {
    let stage = Stage::start().await;
    for n in 0..60 {
        let number = json!({ "phone": format!("155501050{n:02}"), "waba_id": VENDORS });
        stage.sim().add_number(number).unwrap();
    }
    tells_of(&stage, VENDORS, json!({ "name": "Vendors" })).await;
    assert_eq!(ids(&stage).await.len(), 61);
}

#[tokio::test]
async fn a_waba_whose_token_meta_refuses_does_not_stop_the_others() {
    let stage = opened().await;
    // The vendors belong to another portfolio, whose token has expired.
    let tokens = format!("elsewhere=revoked-token,{}", Secrets::ACCESS_TOKEN);
    stage.world.secrets.put(GRAPH, json!({ "META_ACCESS_TOKEN": tokens }).to_string());
    stage.pass(301).await;
    tells_of(&stage, VENDORS, json!({ "name": "Vendors", "portfolio": "elsewhere" })).await;
    // One that comes first in the list, one that Meta does not know at all.
    tells_of(&stage, "1", json!({ "name": "Gone" })).await;
    assert_eq!(ids(&stage).await, [NUMBER, "900000000000202"]);
    assert!(stage.all("/v1/dead-letters").await.is_empty(), "a refusal is an answer");
    stage.sim().change_number(NUMBER, json!({ "quality_rating": "RED" })).unwrap();
    stage.pass(1_801).await;
    assert_eq!(fact(&stage, NUMBER, "quality").await["value"], "RED");
    assert_eq!(ids(&stage).await, [NUMBER, "900000000000202"], "the vendors stay unknown");
    let good = json!({ "META_ACCESS_TOKEN": Secrets::ACCESS_TOKEN });
    stage.world.secrets.put(GRAPH, good.to_string());
    stage.pass(3_600).await;
    assert_eq!(ids(&stage).await.len(), 3);
}
