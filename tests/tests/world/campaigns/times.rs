use super::*;

#[tokio::test]
async fn a_campaign_starts_at_a_date_and_hour_of_a_zone_within_the_minute() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 2).await;
    // Ten o'clock in Greenwich.
    let at = json!({"at": {"time": "2026-11-23T05:00", "zone": "America/Lima"}});
    let id = made(&stage, json!({"start": at})).await;
    let scheduled = step(&stage, &id, "schedule").await;
    assert_eq!(
        (&scheduled["state"], &scheduled["status"]["at"]),
        (&json!("scheduled"), &json!("2026-11-23T10:00:00Z"))
    );
    stage.pass(59 * 60).await;
    assert_eq!(read(&stage, &id).await["state"], "scheduled");
    stage.pass(2 * 60).await;
    let started = read(&stage, &id).await;
    assert_eq!(started["state"], "running", "{started:#}");
    assert!(started["started_at"].as_str().unwrap().starts_with("2026-11-23T10:00"), "{started:#}");
    assert_eq!(started["progress"]["people"], 2);
}

#[tokio::test]
async fn a_scheduled_campaign_can_be_put_off_and_taken_back() {
    let stage = with_number(Stage::start().await).await;
    let at = |time: &str| json!({"at": {"time": time, "zone": "UTC"}});
    let id = made(&stage, json!({"start": at("2026-11-23T09:30")})).await;
    step(&stage, &id, "schedule").await;
    let later = json!({"start": at("2026-11-23T10:30")});
    let path = format!("/v1/campaigns/{id}");
    let put_off = ask(&stage, Method::PATCH, &path, Some(later), StatusCode::OK).await;
    assert_eq!(put_off["status"]["at"], "2026-11-23T10:30:00Z");
    stage.pass(3_600).await;
    assert_eq!(step(&stage, &id, "unschedule").await["state"], "draft");
    stage.pass(3_600).await;
    assert_eq!(read(&stage, &id).await["state"], "draft");
}

#[tokio::test]
async fn each_time_of_a_recurring_campaign_is_a_run_of_its_own() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 2).await;
    let rule = json!({"recurring": {"cron": "30 * * * *", "zone": "UTC", "until": "2026-11-23T11:00:00Z"}});
    let id = made(&stage, json!({"start": rule})).await;
    refused(&stage, &id, "start", StatusCode::BAD_REQUEST).await;
    step(&stage, &id, "schedule").await;
    stage.pass(3 * 3_600).await;
    let all = stage.all("/v1/campaigns").await;
    let runs: Vec<_> = all.iter().filter(|campaign| campaign["recurrence_of"] == json!(id)).collect();
    let begun: Vec<_> = runs.iter().map(|run| run["started_at"].as_str().unwrap()[..16].to_owned()).collect();
    assert_eq!(begun, ["2026-11-23T10:30", "2026-11-23T09:30"], "newest first");
    assert!(runs.iter().all(|run| run["progress"]["people"] == 2), "{runs:#?}");
    assert_eq!(read(&stage, &id).await["state"], "finished", "no time is left");
}
