use super::*;

#[tokio::test]
async fn a_campaign_goes_from_a_draft_to_its_end_step_by_step() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 3).await;
    let id = made(&stage, json!({})).await;
    let path = format!("/v1/campaigns/{id}");
    let patch = |body: Value| ask(&stage, Method::PATCH, &path, Some(body), StatusCode::OK);
    let renamed = patch(json!({"name": "Autumn offer", "version": 1})).await;
    assert_eq!((&renamed["definition"]["name"], &renamed["version"]), (&json!("Autumn offer"), &json!(2)));
    assert_eq!(renamed["definition"]["frequency_cap"], json!({"messages": 2, "days": 7}), "the usual one");
    assert_eq!(patch(json!({"frequency_cap": null})).await["definition"]["frequency_cap"], Value::Null);
    assert_eq!(step(&stage, &id, "start").await["state"], "running");
    stage.settle().await;
    let running = read(&stage, &id).await;
    assert_eq!(running["progress"]["people"], 3, "{running:#}");
    let paused = step(&stage, &id, "pause").await;
    assert_eq!(paused["state"], "paused");
    assert!(paused["status"]["by"]["person"].is_string(), "{paused:#}");
    assert_eq!(step(&stage, &id, "pause").await["version"], paused["version"], "twice is once");
    assert_eq!(step(&stage, &id, "resume").await["state"], "running");
    let cancelled = step(&stage, &id, "cancel").await;
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(step(&stage, &id, "cancel").await["version"], cancelled["version"]);
    let all = stage.all("/v1/campaigns").await;
    assert_eq!((all.len(), &all[0]["id"]), (1, &json!(id)));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 1).await;
    let id = made(&stage, json!({})).await;
    let path = format!("/v1/campaigns/{id}");
    for early in ["pause", "resume"] {
        let problem = refused(&stage, &id, early, StatusCode::CONFLICT).await;
        assert_eq!(problem["detail"], "The campaign has not started.");
        assert_eq!(problem["type"], "/problems/campaign-state");
    }
    let problem = refused(&stage, &id, "schedule", StatusCode::BAD_REQUEST).await;
    assert_eq!(problem["field"], "start");
    refused(&stage, &id, "unschedule", StatusCode::CONFLICT).await;
    let stale = json!({"name": "Other", "version": 7});
    ask(&stage, Method::PATCH, &path, Some(stale), StatusCode::CONFLICT).await;
    step(&stage, &id, "start").await;
    let problem = ask(&stage, Method::PATCH, &path, Some(json!({"name": "X"})), StatusCode::CONFLICT).await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("its audience and its content are frozen"), "{problem:#}");
    refused(&stage, &id, "start", StatusCode::CONFLICT).await;
    ask(&stage, Method::DELETE, &path, None, StatusCode::CONFLICT).await;
    let second = made(&stage, json!({})).await;
    let path = format!("/v1/campaigns/{second}");
    ask(&stage, Method::DELETE, &path, None, StatusCode::NO_CONTENT).await;
    ask(&stage, Method::GET, &path, None, StatusCode::NOT_FOUND).await;
    assert_eq!(stage.all("/v1/campaigns").await.len(), 1);
}

#[tokio::test]
async fn every_member_that_cannot_be_kept_is_named() {
    let stage = with_number(Stage::start().await).await;
    let bad = definition(json!({
        "name": " ", "numbers": [], "hold_out": 80,
        "templates": [{"template": "Spring Offer", "parameters": {"body.1": {"from": {"record": "shoe"}}}}],
    }));
    let problem = ask(&stage, Method::POST, "/v1/campaigns", Some(bad), StatusCode::BAD_REQUEST).await;
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    let expected =
        ["name", "numbers", "templates.0.template", "hold_out", "templates.0.parameters.body.1.from"];
    assert_eq!(fields, expected.map(Value::from), "{problem:#}");
    let unknown = definition(json!({"audince": {}}));
    let problem = ask(&stage, Method::POST, "/v1/campaigns", Some(unknown), StatusCode::BAD_REQUEST).await;
    assert_eq!(problem["field"], "audince");
}

#[tokio::test]
async fn what_a_campaign_names_is_looked_for_before_it_starts() {
    let stage = with_number(Stage::start().await).await;
    let file = json!({"phone": "Phone"});
    let file = ask(&stage, Method::POST, "/v1/campaign-files", Some(file), StatusCode::CREATED).await;
    let earlier = json!({"id": "01KOTHER", "who": "did_not_read"});
    let id = made(
        &stage,
        json!({
            "numbers": [NUMBER, "900000000000999"],
            "audience": {
                "include": [{"segment": "none"}, {"list": "none"}, {"file": file["id"]},
                    {"filter": "colour:blue"}, {"campaign": earlier}],
                "exclude": [{"file": file["id"]}],
            }
        }),
    )
    .await;
    for asked in ["start", "preflight"] {
        let problem = refused(&stage, &id, asked, StatusCode::BAD_REQUEST).await;
        let errors = problem["errors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        let expected = [
            "numbers.1",
            "audience.include.0.segment",
            "audience.include.1.list",
            "audience.include.2.file",
            "audience.include.3.filter",
            "audience.include.4.campaign.id",
            "audience.exclude.0.file",
        ];
        assert_eq!(fields, expected, "{problem:#}");
    }
    assert_eq!(read(&stage, &id).await["state"], "draft", "nothing has changed");
}
