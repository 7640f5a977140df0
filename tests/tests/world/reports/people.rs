//! People who merge, and people who are erased.

use super::*;

async fn record(stage: &Stage, phone: &str) -> String {
    let id = conversation_of(stage, phone).await;
    id.split_once('.').unwrap().1.to_owned()
}

/// The keys of all facts.
async fn facts(stage: &Stage) -> Vec<String> {
    let scan = stage.world.dynamodb().scan().table_name("local-journal").into_paginator().items().send();
    let items = scan.collect::<Result<Vec<_>, _>>().await.unwrap();
    let key =
        |name: &str, item: &std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>| {
            item[name].as_s().unwrap().clone()
        };
    let facts = items.iter().filter(|item| key("pk", item).starts_with("FACTS#"));
    facts.map(|item| format!("{} {}", key("pk", item), key("sk", item))).collect()
}

#[tokio::test]
async fn two_records_that_are_one_person_count_once_together_and_apart_again_when_they_part() {
    let stage = Stage::start().await;
    a_customer(&stage, "Ada Fern", "15550104301").await;
    a_customer(&stage, "A. Fern", "15550104302").await;
    let two = report_of_the_week(&stage).await;
    assert_eq!((&two["totals"]["conversations"], &two["totals"]["received"]), (&json!(2), &json!(2)));
    let (ada, work) = (record(&stage, "15550104301").await, record(&stage, "15550104302").await);
    let into = json!({ "into": ada });
    let (status, body) = stage.api(Method::POST, &format!("/v1/contacts/{work}/merge"), Some(into)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let one = report_of_the_week(&stage).await;
    assert_eq!((&one["totals"]["conversations"], &one["totals"]["received"]), (&json!(1), &json!(2)));
    let (status, body) = stage.api(Method::POST, &format!("/v1/contacts/{work}/unmerge"), None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let again = report_of_the_week(&stage).await;
    assert_eq!((&again["totals"]["conversations"], &again["totals"]["received"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn with_a_person_who_is_erased_their_facts_go_and_what_was_added_up_stays() {
    let stage = Stage::start().await;
    a_customer(&stage, "Ada Fern", "15550104303").await;
    a_customer(&stage, "Bo Reed", "15550104304").await;
    report_of_the_week(&stage).await;
    let ada = record(&stage, "15550104303").await;
    assert_eq!(facts(&stage).await.len(), 2);
    let why = json!({ "reason": "asked by letter" });
    let (status, body) = stage.api(Method::POST, &format!("/v1/contacts/{ada}/erase"), Some(why)).await;
    assert!(status.is_success(), "{body}");
    stage.pass(A_PASS).await;
    let left = facts(&stage).await;
    assert!(left.len() == 1 && !left[0].contains(&ada), "{left:?}");
    let told = report(&stage, "from=2026-11-23&to=2026-11-23").await;
    assert_eq!(told["totals"]["received"], 2, "a number of the past says nothing about anybody");
}
