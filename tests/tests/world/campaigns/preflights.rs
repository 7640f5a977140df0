use super::*;

async fn agrees(stage: &Stage, contact: &ContactId, choice: &str) {
    let word = json!({"purpose": "marketing", "choice": choice, "wording": "Offers by WhatsApp"});
    let path = format!("/v1/contacts/{contact}/consent");
    ask(stage, Method::POST, &path, Some(word), StatusCode::CREATED).await;
}

#[tokio::test]
async fn a_preflight_counts_people_by_what_they_would_get_and_what_it_costs() {
    let stage = with_number(Stage::start().await).await;
    let ids = leads(&stage, 8).await;
    stage.pass(1).await;
    stage.knows_template("spring_offer", "MARKETING", "Offers for you, {{1}}, today").await;
    for id in &ids[..6] {
        agrees(&stage, id, "opt_in").await;
    }
    agrees(&stage, &ids[6], "opt_out").await;
    let block = format!("/v1/contacts/{}/block", ids[0]);
    let (blocked, answer) = stage.api(Method::POST, &block, None).await;
    assert!(blocked.is_success(), "{answer:#}");
    let named = json!({"name": "Ana Ruiz"});
    for id in &ids[1..5] {
        ask(&stage, Method::PATCH, &format!("/v1/contacts/{id}"), Some(named.clone()), StatusCode::OK).await;
    }
    let american = json!({"phone": "+1 212 555 0123", "kind": "lead", "name": "Sam Lee"});
    let american = ask(&stage, Method::POST, "/v1/contacts", Some(american), StatusCode::CREATED).await;
    agrees(&stage, &ContactId::new(american["id"].as_str().unwrap()).unwrap(), "opt_in").await;
    stage.settle().await;
    let parameters = json!({"body.1": {"from": {"record": "first_name"}}});
    let variant = json!([{"template": "spring_offer", "parameters": parameters}]);
    let id = made(&stage, json!({"templates": variant})).await;
    let path = format!("/v1/campaigns/{id}/preflight");
    ask(&stage, Method::GET, &path, None, StatusCode::NOT_FOUND).await;
    let begun = ask(&stage, Method::POST, &path, None, StatusCode::ACCEPTED).await;
    assert_eq!(begun["state"], "running");
    stage.settle().await;
    let done = stage.read(&path).await;
    assert_eq!((&done["state"], &done["people"]), (&json!("finished"), &json!(9)), "{done:#}");
    let summary = &done["summary"];
    assert_eq!(summary["receiving"], 4, "{done:#}");
    assert_eq!(summary["receive"], json!([{"template": 0, "market": "Peru", "people": 4}]));
    let skipped = json!({
        "blocked": 1, "missing_parameter": 1, "opted_out": 1, "no_consent": 1, "market_closed": 1
    });
    assert_eq!(summary["skipped"], skipped, "{done:#}");
    assert_eq!(summary["cost"]["currency"], "USD");
    let (low, high) = (&summary["cost"]["low_micros"], &summary["cost"]["high_micros"]);
    assert!(low.as_u64().unwrap() > 0 && high.as_u64() >= low.as_u64(), "{done:#}");
    assert_eq!(summary["tier_headroom"], 1_800, "of 2,000 a tenth is left alone: {done:#}");
    assert_eq!(read(&stage, &id).await["state"], "draft", "nothing was done");
    assert!(stage.posts().is_empty());
}
