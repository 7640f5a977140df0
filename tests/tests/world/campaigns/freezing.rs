use std::collections::HashSet;

use super::*;
use tests::{Faults, Moment};

#[tokio::test]
async fn a_thousand_people_are_in_one_chunk_each_although_the_fan_out_dies_twice() {
    let faults = Faults::default();
    let stage = with_number(Stage::faulty(faults.clone()).await).await;
    let ids = leads(&stage, 1_000).await;
    let id = made(&stage, json!({})).await;
    // It notes that it is at work, and writes four chunks.
    faults.kill("campaign", 5, Moment::After);
    step(&stage, &id, "start").await;
    stage.settle().await;
    assert!(faults.killed(), "the first death took place");
    assert_eq!(stored(&stage, &id).await.log.frozen_at, None);
    faults.kill("campaign", 3, Moment::Before);
    // A silent fan-out is found after three minutes; what it died of comes back to its queue after six.
    until(&stage, async || faults.killed()).await;
    assert!(faults.killed(), "the second death took place");
    until(&stage, async || stored(&stage, &id).await.log.frozen_at.is_some()).await;
    let campaign = read(&stage, &id).await;
    assert_eq!(campaign["progress"]["people"], 1_000, "{campaign:#}");
    assert_eq!(campaign["progress"]["chunks"], 10);
    let found: Vec<_> = members(&stage, &id).await.into_iter().map(|member| member.contact).collect();
    assert_eq!(found, ids, "everybody once, the oldest first");
}

/// Lets minutes pass until something is so: twenty at most.
async fn until(stage: &Stage, is_so: impl AsyncFn() -> bool) {
    for _ in 0..20 {
        if is_so().await {
            return;
        }
        stage.pass(60).await;
    }
}

#[tokio::test]
async fn two_fan_outs_at_once_leave_everybody_in_one_chunk() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 450).await;
    let id = made(&stage, json!({})).await;
    let job = json!({"v": "1", "kind": "freeze", "campaign": id}).to_string();
    step(&stage, &id, "start").await;
    for _ in 0..3 {
        let url = stage.world.queue_url("CampaignsQueue").unwrap();
        let send = stage.world.sqs_client().send_message().queue_url(url).message_body(&job);
        send.send().await.unwrap();
    }
    stage.settle().await;
    let found = members(&stage, &id).await;
    let different: HashSet<_> = found.iter().map(|member| &member.contact).collect();
    assert_eq!((found.len(), different.len()), (450, 450));
}

#[tokio::test]
async fn nobody_who_comes_later_is_in_a_frozen_audience() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 5).await;
    let id = made(&stage, json!({})).await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    let late = json!({"phone": "+51 977 000 111", "kind": "lead"});
    ask(&stage, Method::POST, "/v1/contacts", Some(late), StatusCode::CREATED).await;
    stage.pass(300).await;
    assert_eq!(members(&stage, &id).await.len(), 5);
    assert_eq!(read(&stage, &id).await["progress"]["people"], 5);
}

#[tokio::test]
async fn an_audience_whose_segment_is_gone_pauses_the_campaign() {
    let stage = with_number(Stage::start().await).await;
    let segment = json!({"name": "Leads", "filter": "kind:lead"});
    let segment = ask(&stage, Method::POST, "/v1/segments", Some(segment), StatusCode::CREATED).await;
    let segment = segment["id"].as_str().unwrap();
    let at = json!({"at": {"time": "2026-11-23T09:05", "zone": "UTC"}});
    let id = made(&stage, json!({"audience": {"include": [{"segment": segment}]}, "start": at})).await;
    step(&stage, &id, "schedule").await;
    let path = format!("/v1/segments/{segment}");
    ask(&stage, Method::DELETE, &path, None, StatusCode::NO_CONTENT).await;
    stage.pass(420).await;
    let campaign = read(&stage, &id).await;
    assert_eq!(campaign["state"], "paused", "{campaign:#}");
    assert_eq!(campaign["status"]["by"]["guard"], "audience_gone");
}

#[tokio::test]
async fn a_fan_out_that_found_the_tables_away_goes_on_by_itself() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 5).await;
    let id = made(&stage, json!({})).await;
    stage.faults.silence_tables("campaign", 2);
    step(&stage, &id, "start").await;
    stage.pass(50).await;
    assert_eq!(members(&stage, &id).await.len(), 5);
}
