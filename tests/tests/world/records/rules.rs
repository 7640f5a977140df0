use tests::NUMBER;

use super::*;

const RULES: &str = "/v1/settings/people-rules";

async fn only(stage: &Stage, query: &str) -> Vec<Value> {
    stage.all(&format!("/v1/contacts?{query}")).await
}

#[tokio::test]
async fn whoever_begins_a_conversation_becomes_a_lead_by_rule_and_who_is_known_stays_what_they_are() {
    let stage = Stage::start().await;
    assert_eq!(stage.read(RULES).await, json!({"important": null, "known": []}));
    let vendor = json!({"kind": "vendor", "name": "Vic", "phone": "+15550142101"});
    post(&stage, "/v1/contacts", vendor).await;
    let unknown = stage.person("Before", "15550142102", json!({}));
    stage.writes(&unknown, "I was here before the rule");
    stage.settle().await;
    let rules = json!({"important": null, "known": [
        {"number": NUMBER, "source": "ad", "kind": "contact"}, {"number": NUMBER, "kind": "lead"}]});
    assert_eq!(put(&stage, RULES, rules.clone()).await, rules);
    stage.pass(61).await;
    for (name, phone) in [("Vic", "15550142101"), ("New", "15550142103")] {
        let person = stage.person(name, phone, json!({}));
        stage.writes(&person, "Hello");
    }
    stage.writes(&unknown, "I am still nobody");
    stage.settle().await;
    let kinds = stage.all("/v1/contacts").await;
    let kind = |phone: &str| kinds.iter().find(|it| it["phone"] == phone).unwrap()["kind"].clone();
    assert_eq!(
        [kind("15550142101"), kind("15550142102"), kind("15550142103")],
        ["vendor", "unknown", "lead"]
    );
    // Searches find it as what it became.
    assert_eq!(only(&stage, "filter=kind:lead").await.len(), 1);
}

#[tokio::test]
async fn whoever_writes_often_enough_is_important_by_rule_until_somebody_says_no() {
    let stage = Stage::start().await;
    put(&stage, RULES, json!({"important": {"messages": 3, "days": 7}})).await;
    let ada = stage.person("Ada", "15550142111", json!({}));
    stage.writes(&ada, "One, long ago");
    stage.pass(8 * 86_400).await;
    for text in ["Two", "Three"] {
        stage.writes(&ada, text);
        stage.settle().await;
    }
    assert!(only(&stage, "filter=important:true").await.is_empty(), "two within seven days");
    stage.writes(&ada, "Four");
    stage.settle().await;
    let found = only(&stage, "filter=important:true").await;
    assert_eq!(found.len(), 1);
    let inbox = stage.all("/v1/conversations?category=important").await;
    assert_eq!(inbox.len(), 1, "her conversation too");
    let path = format!("/v1/contacts/{}", id(&found[0]));
    patch(&stage, &path, json!({"important": false})).await;
    stage.pass(120).await;
    stage.writes(&ada, "Five");
    stage.settle().await;
    assert_eq!(stage.read(&path).await["important"], false, "a hand is stronger than the rule");
    let important = async || stage.all("/v1/conversations?category=important").await.len();
    assert_eq!(important().await, 0, "her conversation lost the mark with her");
    patch(&stage, &path, json!({"important": true})).await;
    assert_eq!(important().await, 1);
}

#[tokio::test]
async fn rules_that_cannot_be_are_refused_with_the_member_at_fault() {
    let stage = Stage::start().await;
    let known = |rule: Value| json!({"known": [{"kind": "lead"}, rule]});
    for (body, field) in [
        (json!({"important": {"messages": 0, "days": 7}}), "important.messages"),
        (json!({"important": {"messages": 501, "days": 7}}), "important.messages"),
        (json!({"important": {"messages": 5, "days": 0}}), "important.days"),
        (json!({"important": {"messages": 5, "days": 91}}), "important.days"),
        (json!({"important": {"messages": "5", "days": 9}}), "important.messages"),
        (json!({"important": {"messages": 5}}), "important.days"),
        (json!({"important": 5}), "important"),
        (json!({"known": {}}), "known"),
        (json!({"known": vec![json!({"kind": "lead"}); 21]}), "known"),
        (known(json!({"kind": "unknown"})), "known[1].kind"),
        (known(json!({"kind": "friend"})), "known[1].kind"),
        (known(json!({})), "known[1].kind"),
        (known(json!({"kind": "lead", "source": "sky"})), "known[1].source"),
        (known(json!({"kind": "lead", "number": "1"})), "known[1].number"),
        (known(json!({"kind": "lead", "colour": "red"})), "known[1].colour"),
        (json!({"knwon": []}), "knwon"),
    ] {
        let refused = ask(&stage, Method::PUT, RULES, body.clone(), StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
}
