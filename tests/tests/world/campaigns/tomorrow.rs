//! Nobody who tries the product out has to wait for tomorrow.

use local::sim::ControlError;
use local::world::{Time, WorldOptions};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_ahead_starts_what_was_to_start_tomorrow() {
    let stage = Stage::of(WorldOptions { time: Time::Ahead, ..WorldOptions::default() }).await;
    let stage = with_number(stage).await;
    leads(&stage, 2).await;
    let tomorrow = stage.now().to_zoned(jiff::tz::TimeZone::UTC).datetime() + jiff::Span::new().days(1);
    let time = tomorrow.strftime("%Y-%m-%dT%H:%M").to_string();
    let id = made(&stage, json!({ "start": { "at": { "time": time, "zone": "UTC" } } })).await;
    assert_eq!(step(&stage, &id, "schedule").await["state"], "scheduled");
    let before = stage.now();
    let forward = |seconds: u64| stage.sim().forward(json!({ "forward": seconds }));
    forward(86_400).unwrap();
    assert!(stage.now().duration_since(before).as_hours() >= 24);
    for _ in 0..600 {
        if read(&stage, &id).await["started_at"].is_string() {
            let ControlError { status, field, .. } = forward(u64::MAX).unwrap_err();
            assert_eq!((status, field.as_deref()), (400, Some("forward")), "a year at most");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it does not start: {:#}", read(&stage, &id).await);
}

#[tokio::test]
async fn a_clock_that_is_somebody_else_s_is_not_set_ahead() {
    let stage = Stage::start().await;
    let refused = stage.sim().forward(json!({ "forward": 60 })).unwrap_err();
    assert_eq!(refused.status, 409);
    assert_eq!(stage.sim().time()["now"], tests::START);
}
