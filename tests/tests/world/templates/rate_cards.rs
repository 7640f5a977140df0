//! What messages cost, by Meta's own card and by those of others.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

const PROVIDER: &str =
    "A provider's prices,,\nCountry,Marketing,Utility\nMexico,0.0436,0.0100\nSpain,0.0615,n/a\n";

async fn loads(stage: &Stage, path: &str, kind: &str, file: &str) -> (StatusCode, Value) {
    let http = graph::client().build().unwrap();
    let token = stage.world.token(Role::Admin).unwrap();
    let put = http.put(format!("{}{path}", stage.world.public_url())).bearer_auth(token);
    let answer = put.header("content-type", kind).body(file.to_owned()).send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap())
}

#[tokio::test]
async fn the_card_of_october_2026_is_there_by_itself() {
    let stage = Stage::start().await;
    let cards = stage.all("/v1/rate-cards").await;
    assert_eq!(cards.len(), 1);
    assert_eq!((&cards[0]["from"], &cards[0]["built_in"]), (&json!("2026-10-01"), &json!(true)));
    let card = stage.read(&format!("/v1/rate-cards/{}", cards[0]["id"].as_str().unwrap())).await;
    let mexico = card["rates"].as_array().unwrap().iter();
    let mexico = mexico.clone().find(|it| it["market"] == "Mexico" && it["category"] == "marketing").unwrap();
    assert_eq!(mexico["bands"], json!([{ "above": 0, "price": "0.0397" }]));
    let cost =
        stage.read("/v1/rate-cards/estimate?phone=%2B5215550104711&category=marketing&messages=1000").await;
    assert_eq!((&cost["high"], &cost["currency"]), (&json!("39.70"), &json!("USD")));
}

#[tokio::test]
async fn an_older_card_of_a_provider_is_loaded_from_its_file() {
    let stage = Stage::start().await;
    let path = "/v1/rate-cards?from=2025-01-01&currency=USD&model=per_conversation";
    let (status, card) = loads(&stage, path, "text/csv; charset=utf-8", PROVIDER).await;
    assert_eq!(status, StatusCode::OK, "{card}");
    assert_eq!((&card["id"], &card["markets"]), (&json!("usd-per_conversation-2025-01-01"), &json!(2)));
    let asked =
        "/v1/rate-cards/estimate?market=Mexico&category=marketing&messages=1000&model=per_conversation";
    let cost = stage.read(asked).await;
    assert_eq!((&cost["low"], &cost["high"]), (&json!("43.60"), &json!("43.60")), "{cost}");
    assert_eq!(cost["card"], card["id"]);
    let (status, _) = stage.api(Method::GET, &format!("{asked}&on=2024-12-31"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it did not count yet");
    let tiers = "market,category,tier_start,tier_end,unit_rate\nMexico,marketing,501,,0.0400\n";
    let (status, tiered) =
        loads(&stage, "/v1/rate-cards/usd-per_conversation-2025-01-01/tiers", "text/csv", tiers).await;
    assert_eq!(status, StatusCode::OK, "{tiered}");
    let cost = stage.read(asked).await;
    assert_eq!((&cost["low"], &cost["high"]), (&json!("41.80"), &json!("43.60")));
    let gone = stage.api(Method::DELETE, "/v1/rate-cards/usd-per_conversation-2025-01-01", None).await;
    assert_eq!(gone.0, StatusCode::NO_CONTENT);
    assert_eq!(stage.all("/v1/rate-cards").await.len(), 1);
    assert_eq!(stage.api(Method::GET, asked, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_read_whole_or_not_at_all_and_each_fault_has_its_line() {
    let stage = Stage::start().await;
    let path = "/v1/rate-cards?from=2026-12-01&currency=USD";
    let bad = "Market,Marketing\nMexico,dear\nMexico,0.01\n,0.02\n";
    let (status, problem) = loads(&stage, path, "text/csv", bad).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let lines: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 4"], "{problem}");
    assert!(!problem.to_string().contains("dear"), "what was sent is not repeated");
    assert_eq!(stage.all("/v1/rate-cards").await.len(), 1);
    let (status, _) = loads(&stage, path, "application/json", PROVIDER).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (path, field) in [
        ("/v1/rate-cards", "from"),
        ("/v1/rate-cards?from=soon", "from"),
        ("/v1/rate-cards?from=2026-12-01&currency=usd", "currency"),
        ("/v1/rate-cards?from=2026-12-01&currency=USD&model=per_day", "model"),
    ] {
        let (status, problem) = loads(&stage, path, "text/csv", PROVIDER).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{path}: {problem}"
        );
    }
    for (query, field) in [
        ("", "market"),
        ("market=Mexico", "category"),
        ("market=Mexico&category=sales", "category"),
        ("market=Mexico&category=marketing", "messages"),
        ("market=Mexico&category=marketing&messages=-1", "messages"),
        ("market=Mexico&category=marketing&messages=1&on=today", "on"),
    ] {
        let (status, problem) =
            stage.api(Method::GET, &format!("/v1/rate-cards/estimate?{query}"), None).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{query}: {problem}"
        );
    }
}
