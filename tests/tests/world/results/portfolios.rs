use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_tells_its_limit_what_is_used_and_the_way_to_the_next_one() {
    let town = Town::of(5, json!({})).await;
    let before = town.stage.read("/v1/portfolios").await["items"][0].clone();
    assert_eq!(
        (&before["id"], &before["limit"], &before["used"]),
        (&json!("main"), &json!(2_000), &json!(0))
    );
    // Meta may have shown another number of the portfolio meanwhile.
    assert_eq!(before["numbers"][0], NUMBER);
    // One in twenty is left to single messages, as many to other applications.
    assert_eq!(
        (&before["free_for_campaigns"], &before["free_for_single_messages"]),
        (&json!(1_800), &json!(1_900))
    );
    town.run().await;
    let after = town.stage.read("/v1/portfolios/main?people=4000&days=5").await;
    assert_eq!((&after["used"], &after["free_for_campaigns"]), (&json!(5), &json!(1_795)), "{after:#}");
    let freed = &after["freed"][0];
    assert_eq!(freed["people"], 5);
    let at: jiff::Timestamp = freed["at"].as_str().unwrap().parse().unwrap();
    assert!((24..26).contains(&at.duration_since(town.stage.now()).as_hours()), "{at}");
    let forecast = &after["forecast"];
    let numbers = after["numbers"].as_array().unwrap().len();
    assert_eq!((&forecast["people"], &forecast["per_hour"]), (&json!(4_000), &json!(80 * 3_600 * numbers)));
    let days: Vec<u64> = forecast["days"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    assert_eq!((days.iter().sum::<u64>(), days[0]), (4_000, 1_795), "{days:?}");
    assert!(forecast["ends_at"].is_string());
    let next = &after["next_limit"];
    assert_eq!(
        (&next["limit"], &next["people"], &next["within_days"]),
        (&json!(10_000), &json!(1_000), &json!(7))
    );
    assert_eq!((&next["still"], next["days"].as_array().unwrap().len()), (&json!(995), 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_that_is_none_and_a_question_that_is_none_are_told() {
    let stage = Stage::start().await;
    let (status, _) = stage.api(Method::GET, "/v1/portfolios/900", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for (query, field) in [("people=many", "people"), ("days=31", "days"), ("days=0", "days")] {
        let (status, problem) = stage.api(Method::GET, &format!("/v1/portfolios/main?{query}"), None).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{query}");
    }
    let portfolio = stage.read("/v1/portfolios/main").await;
    assert_eq!((&portfolio["limit"], &portfolio["forecast"]["people"]), (&json!(250), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_says_how_much_of_its_limit_campaigns_leave_alone() {
    let stage = Stage::start().await;
    let patch = async |body: Value| stage.api(Method::PATCH, "/v1/portfolios/main", Some(body)).await;
    let (status, portfolio) = patch(json!({ "head_room": 50, "others": 100 })).await;
    assert_eq!((status, &portfolio["free_for_campaigns"]), (StatusCode::OK, &json!(100)), "{portfolio:#}");
    assert_eq!(portfolio["free_for_single_messages"], 150);
    // One member alone, and the other one stays.
    let (_, portfolio) = patch(json!({ "others": 0 })).await;
    assert_eq!((&portfolio["head_room"], &portfolio["others"]), (&json!(50), &json!(0)));
    for (body, field) in [
        (json!({ "others": 201 }), "others"),
        (json!({ "head_room": 251 }), "head_room"),
        (json!({ "head_room": -1 }), "head_room"),
        (json!({ "limit": 2_000 }), "limit"),
    ] {
        let (status, problem) = patch(body).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem:#}");
    }
    let (_, portfolio) = patch(json!({ "head_room": null, "others": null })).await;
    assert_eq!((&portfolio["head_room"], &portfolio["others"]), (&json!(13), &json!(13)), "one in twenty");
    let (status, _) = stage.api(Method::PATCH, "/v1/portfolios/900", Some(json!({ "others": 1 }))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
