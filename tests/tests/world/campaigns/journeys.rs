use super::*;

use domain::rates::{Category, Market, october_2026};
use tests::WABA;

/// A template of the simulator that says when somebody comes, to be filled from the record, the agent and the campaign.
fn reminder(extra: Value) -> Value {
    let text = |text: &str| json!({"from": {"text": text}});
    let parameters = json!({
        "header.1": text("Monday"),
        "body.1": {"from": {"record": "first_name"}, "fallback": "neighbour"},
        "body.2": {"from": {"agent": "name"}, "fallback": "10:30"},
    });
    let mut members = json!({
        "templates": [{"template": "appointment_reminder", "parameters": parameters}],
        "language": {"default": "en_GB"},
    });
    members.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    members
}

/// A stage whose first account an admin has told of: its numbers and its templates are known.
async fn opened() -> Stage {
    let stage = Stage::start().await;
    let waba = Some(json!({"name": "Kettles"}));
    ask(&stage, Method::PUT, &format!("/v1/wabas/{WABA}"), waba, StatusCode::OK).await;
    stage.settle().await;
    stage
}

#[tokio::test]
async fn a_campaign_reaches_everybody_in_their_own_words_as_far_as_its_budget_goes() {
    let stage = opened().await;
    let ids = leads(&stage, 3).await;
    let agent = json!({"name": "Rosa", "role": "agent"});
    ask(&stage, Method::PUT, "/v1/agents/rosa", Some(agent), StatusCode::OK).await;
    let named = json!({"name": "Ana Ruiz", "owner": "rosa"});
    ask(&stage, Method::PATCH, &format!("/v1/contacts/{}", ids[0]), Some(named), StatusCode::OK).await;
    stage.settle().await;
    let price = october_2026().highest(&Market::new("Peru"), Category::Utility).unwrap();
    let budget = json!({"micros": price.0 * 2, "currency": "USD"});
    let id = made(&stage, reminder(json!({"budget": budget}))).await;
    let tried = format!("/v1/campaigns/{id}/preflight");
    ask(&stage, Method::POST, &tried, None, StatusCode::ACCEPTED).await;
    stage.settle().await;
    let tried = stage.read(&tried).await;
    assert_eq!((&tried["state"], &tried["summary"]["receiving"]), (&json!("finished"), &json!(3)));
    assert_eq!(tried["summary"]["cost"]["high_micros"], json!(price.0 * 3), "{tried:#}");
    step(&stage, &id, "start").await;
    stage.pass(180).await;
    let campaign = read(&stage, &id).await;
    assert_eq!(campaign["state"], "finished", "{campaign:#}");
    let report = stage.store().campaign_report(&stored(&stage, &id).await).await.unwrap();
    assert_eq!((report.people, report.report.total.accepted), (3, 2), "{report:#?}");
    let skipped: Vec<_> = report.report.skipped.iter().map(|(why, n)| (why.as_str(), *n)).collect();
    assert_eq!(skipped, [("budget_spent", 1)], "{report:#?}");
    let posts = stage.posts();
    let bodies: Vec<_> =
        posts.iter().map(|post| post["body"]["template"]["components"][1].to_string()).collect();
    assert!(bodies.iter().any(|body| body.contains("Ana") && body.contains("Rosa")), "{bodies:#?}");
    assert!(bodies.iter().any(|body| body.contains("neighbour") && body.contains("10:30")), "{bodies:#?}");
    received(&stage, &id, &ids).await;
}

/// Of three people two got the campaign, and the budget was spent before the third: each record says so.
async fn received(stage: &Stage, id: &str, people: &[domain::ContactId]) {
    let mut got = Vec::new();
    for contact in people {
        let campaigns = stage.read(&format!("/v1/contacts/{contact}/campaigns")).await;
        got.extend(campaigns.as_array().unwrap().iter().map(|it| (it["id"].clone(), it["progress"].clone())));
    }
    assert_eq!(got, vec![(json!(id), json!("written")); 2]);
}

#[tokio::test]
async fn what_a_template_lacks_is_told_member_by_member_before_anybody_gets_it() {
    let stage = opened().await;
    for (extra, fields) in [
        (json!({"templates": [{"template": "not_there"}]}), vec!["templates.0.template"]),
        (reminder(json!({"language": {"default": "fr"}})), vec!["templates.0.template"]),
        (
            json!({"templates": [{"template": "appointment_reminder", "parameters": {
                "body.1": {"from": {"text": "you"}}, "body.3": {"from": {"text": "soon"}}}}],
                "language": {"default": "en_GB"}}),
            vec![
                "templates.0.parameters.header.1",
                "templates.0.parameters.body.2",
                "templates.0.parameters.body.3",
            ],
        ),
    ] {
        let id = made(&stage, extra).await;
        let problem = refused(&stage, &id, "start", StatusCode::BAD_REQUEST).await;
        let told: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
        assert_eq!(told, fields, "{problem:#}");
    }
}
