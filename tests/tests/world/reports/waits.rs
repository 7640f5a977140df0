//! How long customers wait, by whom, where and when.

use super::*;

#[tokio::test]
async fn a_first_response_counts_from_the_first_message_and_repeats_do_not_move_it() {
    let stage = Stage::start().await;
    hired(&stage, "ana", "Ana Ríos").await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104001").await;
    stage.pass(120).await;
    stage.writes(&ada, "Hello?");
    stage.pass(180).await;
    answers(&stage, "ana", &id).await;
    let told = report_of_the_week(&stage).await;
    let totals = &told["totals"];
    assert_eq!((&totals["conversations"], &totals["received"]), (&json!(1), &json!(2)));
    assert_eq!((&totals["sent"]["agents"], &totals["unanswered"]), (&json!(1), &json!(0)));
    let first = &totals["first_response"];
    assert_eq!((&first["count"], &first["on_time"]), (&json!(1), &json!(1)));
    assert!(is_about(&first["median_seconds"], 300), "{first}");
    let ana = by(&told, "agents", "agent", "ana");
    assert_eq!(
        (&ana["name"], &ana["conversations"], &ana["sent"]),
        (&json!("Ana Ríos"), &json!(1), &json!(1))
    );
    let hours = told["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 1);
    assert_eq!(
        (&hours[0]["weekday"], &hours[0]["hour"], &hours[0]["count"]),
        (&json!(1), &json!(9), &json!(1))
    );
    assert_eq!(told["days"].as_array().unwrap().len(), 7);
    assert_eq!((&told["days"][0]["received"], &told["days"][1]["received"]), (&json!(2), &json!(0)));
    let delivery = &totals["delivery"];
    assert_eq!(
        (&delivery["accepted"], &delivery["read"], &delivery["failed"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(told["backlog"], json!({ "open": 1, "waiting": 0, "oldest_waiting_since": null }));
}

#[tokio::test]
async fn an_automatic_welcome_ends_no_wait() {
    let stage = Stage::start().await;
    a_customer(&stage, "Bo Reed", "15550104009").await;
    settles(&stage, json!({ "welcome": "Welcome! We are with you in a moment." })).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104002").await;
    stage.pass(1_200).await;
    let waits = report(&stage, "from=2026-11-23&to=2026-11-23").await;
    assert_eq!((&waits["totals"]["sent"]["automatic"], &waits["days"][0]["waiting"]), (&json!(1), &json!(2)));
    assert_eq!(waits["backlog"]["waiting"], 2);
    assert_eq!(waits["backlog"]["oldest_waiting_since"], "2026-11-23T09:00:00Z");
    answers(&stage, "ana", &id).await;
    let told = report_of_the_week(&stage).await;
    let first = &told["totals"]["first_response"];
    assert_eq!((&first["count"], &first["on_time"]), (&json!(1), &json!(0)));
    assert!(is_about(&first["median_seconds"], 1_200), "{first}");
}

#[tokio::test]
async fn a_resolution_runs_from_the_first_message_to_the_closing_and_a_message_begins_the_next_one() {
    let stage = Stage::start().await;
    let (ada, id) = a_customer(&stage, "Ada Fern", "15550104003").await;
    stage.pass(60).await;
    answers(&stage, "ana", &id).await;
    changes(&stage, "ana", &id, json!({ "assignee": "me" })).await;
    stage.pass(7_140).await;
    changes(&stage, "eva", &id, json!({ "state": "closed" })).await;
    stage.pass(60).await;
    stage.writes(&ada, "One more thing");
    let told = report_of_the_week(&stage).await;
    let totals = &told["totals"];
    assert_eq!((&totals["conversations"], &totals["resolution"]["count"]), (&json!(2), &json!(1)));
    assert!(is_about(&totals["resolution"]["median_seconds"], 7_200), "{totals}");
    assert_eq!(
        by(&told, "agents", "agent", "ana")["resolution"]["count"],
        1,
        "it was hers, whoever closed it"
    );
    assert_eq!((&told["days"][0]["resolved"], &told["days"][0]["waiting"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn whom_nobody_answers_within_the_window_is_unanswered_without_anybody_doing_anything() {
    let stage = Stage::start().await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104004").await;
    changes(&stage, "ana", &id, json!({ "assignee": "me" })).await;
    let before = report_of_the_week(&stage).await;
    assert_eq!((&before["totals"]["unanswered"], &before["days"][0]["waiting"]), (&json!(0), &json!(1)));
    stage.pass(86_400).await;
    let told = report(&stage, "from=2026-11-23&to=2026-11-23").await;
    assert_eq!((&told["totals"]["unanswered"], &told["days"][0]["waiting"]), (&json!(1), &json!(0)));
    assert_eq!(by(&told, "agents", "agent", "ana")["unanswered"], 1);
    assert_eq!(told["totals"]["first_response"]["count"], 0);
    // An answer after that is a message, and no first response.
    let template =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    stage.knows_template("hello_world", "UTILITY", "Hello").await;
    let body = json!({ "from": NUMBER, "to": { "conversation": id }, "message": template });
    let (status, answer) = asks(&stage, ("ana", Role::Agent), Method::POST, "/v1/messages", Some(body)).await;
    assert!(status.is_success(), "{answer}");
    let told = report_of_the_week(&stage).await;
    assert_eq!((&told["totals"]["unanswered"], &told["totals"]["sent"]["agents"]), (&json!(1), &json!(1)));
    assert_eq!(told["totals"]["first_response"]["count"], 0);
}

#[tokio::test]
async fn work_is_told_by_department_and_number_and_can_be_asked_for_by_either() {
    let stage = Stage::start().await;
    department(&stage, "sales", "Sales").await;
    department(&stage, "repairs", "Repairs").await;
    let (_, ada) = a_customer(&stage, "Ada Fern", "15550104005").await;
    settles(&stage, json!({ "department": "sales", "name": "The shop" })).await;
    let bo = stage.person("Bo Reed", "15550104006", json!({}));
    stage.sim().person_writes(&bo, json!({ "to": "900000000000202", "text": "It leaks" })).unwrap();
    stage.settle().await;
    let bo = conversation_of(&stage, "15550104006").await;
    let boss = ("eva", Role::Supervisor);
    let sent = json!({ "department": "repairs" });
    asks(&stage, boss, Method::PATCH, &format!("/v1/conversations/{bo}"), Some(sent)).await;
    stage.pass(300).await;
    for id in [&ada, &bo] {
        let body = json!({ "from": id.split_once('.').unwrap().0, "to": { "conversation": id },
            "message": { "type": "text", "text": { "body": "Yes" } } });
        asks(&stage, ("eva", Role::Supervisor), Method::POST, "/v1/messages", Some(body)).await;
    }
    let told = report_of_the_week(&stage).await;
    let count = |row: &Value| row["first_response"]["count"].clone();
    assert_eq!(count(by(&told, "departments", "name", "Sales")), 1);
    assert_eq!(count(by(&told, "departments", "name", "Repairs")), 1);
    let shop = by(&told, "numbers", "number", NUMBER);
    assert_eq!(
        (&shop["name"], &shop["received"], &shop["delivery"]["accepted"]),
        (&json!("The shop"), &json!(1), &json!(1))
    );
    let days = "from=2026-11-23&to=2026-11-23";
    let sales = report(&stage, &format!("{days}&department=sales")).await;
    assert_eq!((&sales["totals"]["received"], &sales["backlog"]["open"]), (&json!(1), &json!(1)));
    let other = report(&stage, &format!("{days}&number=900000000000202")).await;
    assert_eq!((&other["totals"]["received"], other["numbers"].as_array().unwrap().len()), (&json!(1), 1));
    assert_eq!(count(&told["totals"]), 2);
}

#[tokio::test]
async fn a_day_ends_at_midnight_where_the_company_is_and_the_range_before_is_beside_it() {
    let stage = Stage::start().await;
    let until = "2026-11-24T04:30:00Z".parse::<jiff::Timestamp>().unwrap();
    stage.pass(u64::try_from(until.duration_since(stage.now()).as_secs()).unwrap()).await;
    // Half past eleven in the evening in Bogotá.
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104007").await;
    stage.pass(3_600).await;
    answers(&stage, "ana", &id).await;
    stage.pass(A_PASS).await;
    let there = |day: &'static str| {
        let stage = &stage;
        async move { report(stage, &format!("from={day}&to={day}&zone=America/Bogota")).await }
    };
    let (monday, tuesday) = (there("2026-11-23").await, there("2026-11-24").await);
    assert_eq!((&monday["totals"]["received"], &tuesday["totals"]["received"]), (&json!(1), &json!(0)));
    assert_eq!((&monday["hours"][0]["weekday"], &monday["hours"][0]["hour"]), (&json!(1), &json!(23)));
    assert_eq!(
        (&monday["totals"]["sent"]["agents"], &tuesday["totals"]["sent"]["agents"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(monday["totals"]["first_response"]["count"], 1, "it belongs to when she began to wait");
    assert_eq!(tuesday["previous"]["received"], 1);
    let utc = report(&stage, "from=2026-11-24&to=2026-11-24").await;
    assert_eq!((&utc["totals"]["received"], &utc["zone"]), (&json!(1), &json!("UTC")));
}
