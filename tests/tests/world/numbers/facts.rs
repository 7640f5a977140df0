//! What Meta tells of numbers by webhook, in whatever order it comes.

use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::numbers::{DISPLAY, WABA, fact, meta_tells, opened, path, shown};

async fn tells_quality(stage: &Stage, second: i64, event: &str, limit: &str) {
    let value = json!({ "display_phone_number": DISPLAY, "event": event, "current_limit": limit });
    meta_tells(stage, WABA, "phone_number_quality_update", second, value).await;
}

async fn history(stage: &Stage, what: &str) -> Vec<(Value, Value)> {
    let all = stage.all(&path("/history")).await;
    let of = all.into_iter().filter(|it| it["what"] == what);
    of.map(|it| (it["from"].clone(), it["to"].clone())).collect()
}

#[tokio::test]
async fn a_quality_that_goes_down_is_seen_with_its_history_and_an_older_webhook_changes_nothing() {
    let stage = opened().await;
    assert_eq!(fact(&stage, NUMBER, "quality").await["value"], "GREEN");
    tells_quality(&stage, 600, "FLAGGED", "TIER_10K").await;
    let quality = fact(&stage, NUMBER, "quality").await;
    assert_eq!((&quality["value"], &quality["source"]), (&json!("RED"), &json!("webhook")));
    assert_eq!(quality["at"], "2026-11-23T09:10:00Z", "Meta's time");
    assert_eq!(history(&stage, "quality").await[0], (json!("GREEN"), json!("RED")));
    let before = stage.all(&path("/history")).await;
    // Twice the same, and one that was on its way for long.
    tells_quality(&stage, 600, "FLAGGED", "TIER_10K").await;
    tells_quality(&stage, 300, "UNFLAGGED", "TIER_250").await;
    assert_eq!(stage.all(&path("/history")).await, before);
    assert_eq!(fact(&stage, NUMBER, "quality").await, quality);
    assert_eq!(fact(&stage, NUMBER, "limit").await["value"], "TIER_10K");
    // Every one of them is kept as it came.
    assert_eq!(
        stage.all("/v1/events?field=phone_number_quality_update").await.len(),
        2,
        "a repeat is the same"
    );
}

#[tokio::test]
async fn a_history_is_read_page_by_page_and_every_change_has_its_time_and_source() {
    let stage = opened().await;
    for n in 1..=30 {
        let event = if n % 2 == 0 { "FLAGGED" } else { "UNFLAGGED" };
        tells_quality(&stage, n * 60, event, "TIER_10K").await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.read(&path(&format!("/history?limit=7{cursor}"))).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        seen.extend(items.iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let quality: Vec<_> = seen.iter().filter(|it| it["what"] == "quality").collect();
    assert_eq!(quality.len(), 31, "thirty webhooks, and what was seen first");
    let times: Vec<_> = seen.iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert!(seen.iter().all(|it| it["source"] == "webhook" || it["source"] == "sync"));
    let (status, refused) = stage.api(reqwest::Method::GET, &path("/history?cursor=nonsense"), None).await;
    assert_eq!((status.as_u16(), &refused["field"]), (400, &json!("cursor")));
}

#[tokio::test]
async fn a_new_limit_counts_for_the_waba_and_each_of_its_numbers() {
    let stage = opened().await;
    stage.sim().change_portfolio("900000000000301", json!({ "limit": 100_000 })).unwrap();
    stage.pass(1).await;
    for number in [NUMBER, "900000000000202"] {
        let limit = fact(&stage, number, "limit").await;
        assert_eq!((&limit["value"], &limit["source"]), (&json!("TIER_100K"), &json!("webhook")));
    }
    let wabas = stage.all("/v1/wabas").await;
    let waba = wabas.iter().find(|waba| waba["id"] == WABA).unwrap();
    assert_eq!(waba["facts"]["limit"]["value"], "TIER_100K");
    assert_eq!(waba["facts"]["numbers_allowed"]["value"], "25");
    // Meta's sample writes the same limit as a number.
    let value = json!({ "max_daily_conversations_per_business": 100_000 });
    meta_tells(&stage, WABA, "business_capability_update", 60, value).await;
    assert_eq!(history(&stage, "limit").await.len(), 2);
}

#[tokio::test]
async fn a_restriction_stands_until_it_ends_and_says_whose_it_is() {
    let stage = opened().await;
    let until = stage.now().as_second() + 3_600;
    let restricted = |kind: &str| json!([{ "restriction_type": kind, "expiration": until }]);
    let of_waba = json!({ "event": "ACCOUNT_RESTRICTION",
        "restriction_info": restricted("RESTRICTED_BIZ_INITIATED_MESSAGING") });
    meta_tells(&stage, WABA, "account_update", 0, of_waba).await;
    let of_number = json!({ "event": "ACCOUNT_RESTRICTION", "phone_number": DISPLAY,
        "restriction_info": restricted("RESTRICTED_BUSINESS_INITIATED_CALLING") });
    meta_tells(&stage, WABA, "account_update", 0, of_number).await;
    let restrictions = shown(&stage, NUMBER).await["restrictions"].clone();
    let kinds = |of: &Value| {
        let all = of.as_array().unwrap().iter();
        all.map(|it| (it["of"].clone(), it["kind"].clone())).collect::<Vec<_>>()
    };
    let expected = [
        (json!("number"), json!("RESTRICTED_BUSINESS_INITIATED_CALLING")),
        (json!("waba"), json!("RESTRICTED_BIZ_INITIATED_MESSAGING")),
    ];
    assert_eq!(kinds(&restrictions), expected);
    assert_eq!(restrictions[0]["until"], "2026-11-23T10:00:00Z");
    let sibling = shown(&stage, "900000000000202").await["restrictions"].clone();
    assert_eq!(kinds(&sibling), expected[1..], "the other number has only what the WABA has");
    stage.pass(3_600).await;
    assert_eq!(shown(&stage, NUMBER).await["restrictions"], json!([]));
}

#[tokio::test]
async fn a_ban_and_a_violation_are_facts_of_the_waba_and_a_ban_can_be_lifted() {
    let stage = opened().await;
    let ban = |state: &str| json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": state } });
    meta_tells(&stage, WABA, "account_update", 120, ban("REINSTATE")).await;
    meta_tells(&stage, WABA, "account_update", 60, ban("DISABLE")).await;
    let violation = json!({ "event": "ACCOUNT_VIOLATION", "violation_info": { "violation_type": "SCAM" } });
    meta_tells(&stage, WABA, "account_update", 60, violation).await;
    let wabas = stage.all("/v1/wabas").await;
    assert_eq!(wabas[0]["facts"]["ban"]["value"], "REINSTATE", "the ban was late");
    assert_eq!(wabas[0]["facts"]["violation"]["value"], "SCAM");
}

#[tokio::test]
async fn what_meta_tells_of_a_number_that_nobody_knows_leads_to_its_waba() {
    let stage = Stage::start().await;
    tells_quality(&stage, 0, "ONBOARDING", "TIER_250").await;
    assert!(stage.all("/v1/numbers").await.is_empty());
    stage.pass(1_801).await;
    assert_eq!(stage.all("/v1/numbers").await.len(), 2, "whoever looks next finds them");
}
