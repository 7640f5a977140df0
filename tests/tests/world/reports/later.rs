//! What comes later, what it costs, and campaigns.

use super::*;

async fn sends_template(stage: &Stage, name: &str, conversation: &str) {
    let template =
        json!({ "type": "template", "template": { "name": name, "language": { "code": "en_US" } } });
    let body = json!({ "from": NUMBER, "to": { "conversation": conversation }, "message": template });
    let (status, answer) = asks(stage, ("ana", Role::Agent), Method::POST, "/v1/messages", Some(body)).await;
    assert!(status.is_success(), "{answer}");
    stage.settle().await;
}

#[tokio::test]
async fn a_message_that_is_read_two_days_later_is_counted_as_read_on_the_day_it_was_sent() {
    let stage = Stage::start().await;
    let late = json!({ "behaviour": { "read_after_ms": 30 * 3_600_000_u64 } });
    let ada = stage.person("Ada Fern", "15550104101", late);
    stage.writes(&ada, "Is the kettle back?");
    stage.settle().await;
    let id = conversation_of(&stage, "15550104101").await;
    answers(&stage, "ana", &id).await;
    let before = report_of_the_week(&stage).await;
    assert_eq!(
        (&before["totals"]["delivery"]["delivered"], &before["totals"]["delivery"]["read"]),
        (&json!(1), &json!(0))
    );
    stage.pass(40 * 3_600).await;
    let after = report(&stage, "from=2026-11-23&to=2026-11-23").await;
    assert_eq!(after["totals"]["delivery"]["read"], 1, "the day is counted again a day after it was over");
    assert_eq!(after["totals"]["delivery"]["accepted"], 1);
}

#[tokio::test]
async fn messages_cost_what_the_card_says_by_market_and_category_and_free_ones_nothing() {
    let stage = Stage::start().await;
    stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
    let (_, mexico) = a_customer(&stage, "Ada Fern", "525512340001").await;
    let (_, colombia) = a_customer(&stage, "Bo Reed", "573001234567").await;
    sends_template(&stage, "hello_world", &mexico).await;
    sends_template(&stage, "hello_world", &mexico).await;
    sends_template(&stage, "hello_world", &colombia).await;
    answers(&stage, "ana", &colombia).await;
    let told = report_of_the_week(&stage).await;
    let card = domain::rates::october_2026();
    let price = |country: &str| {
        let market = domain::rates::Market::of_country(country);
        card.list_price(&market, domain::rates::Category::Utility).unwrap().0
    };
    let mx = by(&told, "costs", "market", "MX");
    assert_eq!(
        (&mx["name"], &mx["category"], &mx["messages"]),
        (&json!("Mexico"), &json!("utility"), &json!(2))
    );
    assert_eq!((&mx["micros"], &mx["currency"]), (&json!(2 * price("MX")), &json!("USD")));
    assert_eq!(by(&told, "costs", "market", "CO")["micros"], price("CO"));
    let all = 2 * price("MX") + price("CO");
    assert_eq!(told["totals"]["cost"], json!([{ "currency": "USD", "micros": all }]));
    assert_eq!((&told["totals"]["free_messages"], &told["totals"]["unpriced"]), (&json!(1), &json!(0)));
    let euros = report(&stage, "from=2026-11-23&to=2026-11-23&currency=EUR").await;
    assert_eq!((&euros["totals"]["cost"], &euros["totals"]["unpriced"]), (&json!([]), &json!(3)));
}

#[tokio::test]
async fn who_says_stop_is_counted_once() {
    let stage = Stage::start().await;
    let (ada, _) = a_customer(&stage, "Ada Fern", "15550104102").await;
    stage.writes(&ada, "STOP");
    let told = report_of_the_week(&stage).await;
    assert_eq!((&told["totals"]["opted_out"], &told["days"][0]["opted_out"]), (&json!(1), &json!(1)));
    stage.writes(&ada, "Thank you");
    assert_eq!(report_of_the_week(&stage).await["totals"]["opted_out"], 1);
}

#[tokio::test]
async fn who_says_no_in_the_settings_of_whatsapp_is_counted_without_having_written() {
    let stage = Stage::start().await;
    let (ada, _) = a_customer(&stage, "Ada Fern", "15550104103").await;
    stage.pass(A_PASS).await;
    stage.sim().person_stops(&ada, json!({ "to": NUMBER, "value": "stop" })).unwrap();
    let told = report_of_the_week(&stage).await;
    assert_eq!((&told["totals"]["opted_out"], &told["totals"]["received"]), (&json!(1), &json!(1)));
}
