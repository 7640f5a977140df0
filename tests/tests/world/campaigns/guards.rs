//! Campaigns stop by themselves on what Meta tells and on what their results show; who resumes one has the last word.

use super::*;

use domain::number::facts::{Fact, Source, Update};
use store::Subject;
use tests::{START, WABA};

/// A campaign that runs; nobody takes its hints.
pub(crate) async fn running(stage: &Stage, extra: Value) -> String {
    let id = made(stage, extra).await;
    step(stage, &id, "start").await;
    stage.settle().await;
    assert_eq!(read(stage, &id).await["state"], "running");
    id
}

/// Meta posts an event at a time, as seconds after the stage began.
async fn meta_tells(stage: &Stage, field: &str, second: i64, value: Value) {
    let start: jiff::Timestamp = START.parse().unwrap();
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA,
        "time": start.as_second() + second, "changes": [{"field": field, "value": value}]}]});
    assert_eq!(stage.meta_posts(body.to_string().as_bytes()).await, StatusCode::OK);
    stage.settle().await;
}

/// Meta tells where the template stands.
async fn template_is(stage: &Stage, event: &str, second: i64) {
    let told = json!({"event": event, "message_template_id": 712, "message_template_name": "spring_offer",
        "message_template_language": "en_US", "reason": "NONE"});
    meta_tells(stage, "message_template_status_update", second, told).await;
}

async fn guard(stage: &Stage, id: &str) -> Value {
    read(stage, id).await["stopped"]["guard"].clone()
}

#[tokio::test]
async fn a_template_that_meta_pauses_pauses_its_campaigns_at_once() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let id = running(&stage, json!({})).await;
    stage.pass(10).await;
    template_is(&stage, "PAUSED", 10).await;
    let paused = read(&stage, &id).await;
    assert_eq!(
        (&paused["state"], &paused["status"]["by"]["guard"]),
        (&json!("paused"), &json!("template_paused"))
    );
    assert_eq!(paused["stopped"]["of"], "template spring_offer en_US: PAUSED");
    assert_eq!(paused["stopped"]["why"], "Meta paused the template for low quality");
    // Another template's news concern nobody else's campaign.
    let other = made(&stage, json!({"templates": [{"template": "hello_world"}]})).await;
    stage.knows_template("hello_world", "UTILITY", "Welcome").await;
    step(&stage, &other, "start").await;
    stage.pass(60).await;
    assert_ne!(read(&stage, &other).await["state"], "paused");
}

#[tokio::test]
async fn who_resumes_is_not_stopped_again_by_the_same_old_news_but_by_newer_ones() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let id = running(&stage, json!({})).await;
    stage.pass(20).await;
    template_is(&stage, "FLAGGED", 20).await;
    assert_eq!(guard(&stage, &id).await, "template_quality");
    stage.pass(20).await;
    step(&stage, &id, "resume").await;
    // The same again, and one from before that comes late.
    template_is(&stage, "FLAGGED", 20).await;
    template_is(&stage, "PAUSED", 15).await;
    stage.pass(120).await;
    let on = read(&stage, &id).await;
    assert_eq!(on["state"], "running", "{on:#}");
    template_is(&stage, "APPROVED", 100).await;
    template_is(&stage, "FLAGGED", 110).await;
    assert_eq!(guard(&stage, &id).await, "template_quality", "it was good in between");
    step(&stage, &id, "resume").await;
    template_is(&stage, "DISABLED", 120).await;
    assert_eq!(guard(&stage, &id).await, "template_gone");
}

#[tokio::test]
async fn news_that_came_before_the_start_stop_it_before_anybody_gets_it() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let id =
        made(&stage, json!({"start": {"at": {"time": "2026-11-23T04:10:00", "zone": "America/Lima"}}})).await;
    step(&stage, &id, "schedule").await;
    meta_tells(
        &stage,
        "account_update",
        30,
        json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}),
    )
    .await;
    assert_eq!(read(&stage, &id).await["state"], "scheduled", "it sends nothing yet");
    stage.pass(660).await;
    let paused = read(&stage, &id).await;
    assert_eq!(paused["stopped"]["guard"], "account", "{paused:#}");
    assert_eq!(paused["stopped"]["of"], format!("account {WABA}: DISABLE"));
    assert!(stage.posts().is_empty());
}

#[tokio::test]
async fn a_restriction_a_red_rating_and_a_lower_limit_stop_it_each_by_itself() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let number = cloud_api::PhoneNumberId::new(NUMBER);
    let says = async |fact: Fact, value: &str| {
        let update = Update { fact, value: value.to_owned(), at: stage.now(), source: Source::Sync };
        stage.store().note_facts(Subject::Number(&number), &[update], stage.now()).await.unwrap();
    };
    // Later than Meta's own list of this stage.
    stage.pass(1).await;
    says(Fact::Limit, "TIER_10K").await;
    stage.pass(1).await;
    stage.knows_template("spring_offer", "MARKETING", "Our spring hours").await;
    let id = running(&stage, json!({})).await;
    stage.pass(1).await;
    let until = stage.now().as_second() + 600;
    let restriction =
        json!([{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": until}]);
    let told = json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": restriction});
    meta_tells(&stage, "account_update", 3, told).await;
    assert_eq!(guard(&stage, &id).await, "account");
    step(&stage, &id, "resume").await;
    says(Fact::Limit, "TIER_2K").await;
    stage.pass(60).await;
    let paused = read(&stage, &id).await;
    assert_eq!(
        (&paused["stopped"]["guard"], &paused["stopped"]["of"]),
        (&json!("tier_fell"), &json!(format!("number {NUMBER}: limit 2000")))
    );
    step(&stage, &id, "resume").await;
    says(Fact::Quality, "RED").await;
    stage.pass(60).await;
    assert_eq!(guard(&stage, &id).await, "quality_red");
    step(&stage, &id, "resume").await;
    stage.pass(300).await;
    assert_eq!(read(&stage, &id).await["state"], "running", "everything was accepted");
}

#[tokio::test]
async fn what_no_webhook_tells_is_asked_for_every_five_minutes_while_marketing_runs() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let scheduled = stage.world.template.schedules.iter().find(|it| it.event == "WatchNumbers").unwrap();
    let sample = std::fs::read_to_string("../events/schedule/watch_numbers.json").unwrap();
    let input: Value = serde_json::from_str(scheduled.spec.target.input.as_deref().unwrap()).unwrap();
    assert_eq!(input, serde_json::from_str::<Value>(&sample).unwrap());
    stage.pass(1).await;
    stage.knows_template("spring_offer", "MARKETING", "Our spring hours").await;
    let path = format!("/v1/numbers/{NUMBER}");
    let before = stage.read(&path).await["facts"]["health"].clone();
    stage.pass(310).await;
    assert_eq!(stage.read(&path).await["facts"]["health"], before, "nothing runs, nothing is asked");
    let id = running(&stage, json!({})).await;
    stage.sim().change_number(NUMBER, json!({"status": "FLAGGED"})).unwrap();
    stage.pass(360).await;
    assert_eq!(stage.read(&path).await["facts"]["health"]["value"], "BLOCKED");
    assert_eq!(guard(&stage, &id).await, "health");
}

#[tokio::test]
async fn other_words_or_another_category_than_were_frozen_stop_it() {
    let stage = with_number(Stage::without("sender").await).await;
    leads(&stage, 3).await;
    let id = running(&stage, json!({})).await;
    stage.pass(5).await;
    // However it is learnt: here by a list.
    stage.knows_template("spring_offer", "UTILITY", "Our summer hours").await;
    stage.pass(60).await;
    assert_eq!(guard(&stage, &id).await, "template_changed");
    let second = running(&stage, json!({})).await;
    stage.pass(5).await;
    let told = json!({"message_template_id": 712, "message_template_name": "spring_offer",
        "message_template_language": "en_US", "previous_category": "UTILITY", "new_category": "MARKETING"});
    meta_tells(&stage, "template_category_update", 200, told).await;
    assert_eq!(guard(&stage, &second).await, "template_recategorised");
}
