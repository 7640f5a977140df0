//! How a connection begins and ends.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::Stage;

use super::{Tab, ticket, with_ada};
use crate::access::{ANA, ask, client, put, with_departments};

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let stage = Stage::start().await;
    let bought = ticket(&stage, &ANA).await;
    assert_eq!(bought["url"], format!("ws://{}/realtime", stage.world.public));
    assert_eq!(bought["expires_at"], "2026-11-23T09:01:00Z");
    let text = bought["ticket"].as_str().unwrap();
    let mut tab = Tab::with(&stage, text).await.unwrap();
    assert_eq!(tab.all().await, Vec::<serde_json::Value>::new());
    assert_eq!(Tab::with(&stage, text).await.err(), Some(403), "a ticket that was used");
    assert_eq!(Tab::with(&stage, "made-up").await.err(), Some(403), "a ticket that nobody gave");
    let plain = format!("ws://{}/realtime", stage.world.public);
    assert_eq!(Tab::at(&stage, &plain).await.err(), Some(401), "no ticket");
    assert_eq!(stage.plain("/realtime").await.0, StatusCode::UPGRADE_REQUIRED, "no WebSocket");
}

#[tokio::test]
async fn a_ticket_is_good_for_sixty_seconds() {
    let stage = Stage::start().await;
    let (early, late) = (ticket(&stage, &ANA).await, ticket(&stage, &ANA).await);
    stage.pass(59).await;
    assert!(Tab::with(&stage, early["ticket"].as_str().unwrap()).await.is_ok());
    stage.pass(1).await;
    assert_eq!(Tab::with(&stage, late["ticket"].as_str().unwrap()).await.err(), Some(403));
}

#[tokio::test]
async fn who_left_connects_no_more_and_is_disconnected_and_programs_have_no_tickets() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let (ada, _) = with_ada(&stage).await;
    let mut tab = Tab::of(&stage, &ANA).await;
    let bought = ticket(&stage, &ANA).await;
    let left = json!({ "name": "Ana", "role": "agent", "active": false });
    put(&stage, "/v1/agents/u-ana", left).await;
    stage.pass(5).await;
    assert_eq!(Tab::with(&stage, bought["ticket"].as_str().unwrap()).await.err(), Some(403));
    stage.writes(&ada, "Hello?");
    stage.pass(5).await;
    tab.ends().await;
    assert_eq!(stage.store().connections().await.unwrap(), []);
    let (shop, _) = client(&stage, &["conversations:read"]).await;
    let refused = ask(&stage, &shop, (Method::POST, "/v1/realtime/ticket"), None, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_connection_ends_after_ten_minutes_without_a_word_and_after_two_hours_in_any_case() {
    let stage = Stage::start().await;
    let (mut quiet, mut pinging) = (Tab::of(&stage, &ANA).await, Tab::of(&stage, &ANA).await);
    stage.pass(599).await;
    assert_eq!(pinging.all().await, Vec::<serde_json::Value>::new());
    assert_eq!(stage.world.sockets.count(), 2);
    stage.pass(1).await;
    quiet.ends().await;
    let mut passed = 600;
    while passed < 7_199 {
        let next = (passed + 300).min(7_199);
        stage.pass(next - passed).await;
        passed = next;
        pinging.all().await;
    }
    assert_eq!(stage.world.sockets.count(), 1);
    stage.pass(1).await;
    pinging.ends().await;
    // The function hears of the end a moment after the client.
    while stage.world.sockets.count() > 0 {
        tokio::task::yield_now().await;
    }
    stage.settle().await;
    assert_eq!(stage.store().connections().await.unwrap(), []);
}

#[tokio::test]
async fn a_connection_that_is_gone_is_forgotten_by_whoever_pushes_to_it() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let (ada, conversation) = with_ada(&stage).await;
    let (mut ana, mut bo) = (Tab::of(&stage, &ANA).await, Tab::of(&stage, &crate::access::BO).await);
    ana.opens(&conversation).await;
    let lost = stage.store().connections().await.unwrap();
    let lost = lost.iter().find(|it| it.agent.as_str() == "u-ana").unwrap().id.clone();
    bo.opens(&conversation).await;
    stage.world.sockets.cut(&lost);
    ana.ends().await;
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let known = |connections: Vec<store::Connection>| connections.iter().any(|it| it.id == lost);
    assert!(known(stage.store().connections().await.unwrap()), "it may only be too new for the gateway");
    bo.all().await;
    stage.pass(10).await;
    stage.writes(&ada, "Are you there?");
    stage.settle().await;
    assert!(!known(stage.store().connections().await.unwrap()));
    let watchers = stage.store().watchers(&conversation.parse().unwrap()).await.unwrap();
    assert_eq!(watchers.len(), 1, "{watchers:?}");
    assert_eq!(bo.hears("presence").await["people"], json!([]));
}
