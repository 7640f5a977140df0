//! Service clients.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::access::{ADMIN, ANA, Who, ask, client, get};

#[tokio::test]
async fn a_client_may_ask_for_what_its_scopes_say_and_for_nothing_else() {
    let stage = Stage::start().await;
    let (shop, made) = client(&stage, &["contacts:read", "messages:send"]).await;
    assert_eq!(get(&stage, &shop, "/v1/contacts").await.status, StatusCode::OK);
    let refused = get(&stage, &shop, "/v1/conversations").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.body["detail"], "This needs the scope conversations:read.");
    assert_eq!(get(&stage, &shop, "/v1/agents").await.status, StatusCode::FORBIDDEN);
    let raise = ask(
        &stage,
        &shop,
        (Method::POST, "/v1/clients"),
        None,
        Some(json!({ "name": "More", "scopes": ["agents:read"] })),
    )
    .await;
    assert_eq!(raise.status, StatusCode::FORBIDDEN);
    let me = get(&stage, &shop, "/v1/me").await.body;
    let id = made["client"]["id"].as_str().unwrap();
    assert_eq!(
        me,
        json!({ "id": format!("client.{id}"), "role": "client", "departments": [], "scopes": ["contacts:read", "messages:send"] })
    );
}

#[tokio::test]
async fn a_client_sends_a_message_under_its_own_keys() {
    let stage = Stage::start().await;
    let (shop, _) = client(&stage, &["messages:send"]).await;
    let ada = stage.person("Ada Fern", "15550109951", json!({}));
    stage.writes(&ada, "Is my parcel on its way?");
    stage.settle().await;
    let ask_once = async |text: &str| {
        let body = json!({ "from": NUMBER, "to": { "phone": "15550109951" }, "message": { "type": "text", "text": { "body": text } } });
        ask(&stage, &shop, (Method::POST, "/v1/messages"), Some("order-7"), Some(body)).await
    };
    let first = ask_once("It is.").await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    assert_eq!(ask_once("It is.").await.body, first.body);
    assert_eq!(ask_once("It is not.").await.status, StatusCode::CONFLICT);
    stage.settle().await;
    assert_eq!(stage.posts().len(), 1);
}

#[tokio::test]
async fn a_token_ends_when_its_client_is_revoked_expires_or_gets_another() {
    let stage = Stage::start().await;
    let (shop, made) = client(&stage, &["contacts:read"]).await;
    let path = format!("/v1/clients/{}", made["client"]["id"].as_str().unwrap());
    let status = async |who: &Who| get(&stage, who, "/v1/contacts").await.status;
    assert_eq!(status(&shop).await, StatusCode::OK);

    let renewed = ask(&stage, &ADMIN, (Method::POST, &format!("{path}/token")), None, None).await;
    let renewed = Who::Client(renewed.body["token"].as_str().unwrap().to_owned());
    assert_eq!((status(&shop).await, status(&renewed).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));

    let end = json!({ "expires_at": (stage.now() + std::time::Duration::from_secs(3600)).to_string() });
    let patched = ask(&stage, &ADMIN, (Method::PATCH, &path), None, Some(end)).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    stage.pass(3599).await;
    assert_eq!(status(&renewed).await, StatusCode::OK);
    stage.pass(1).await;
    assert_eq!(status(&renewed).await, StatusCode::UNAUTHORIZED);

    let other = client(&stage, &["contacts:read"]).await;
    let path = format!("/v1/clients/{}", other.1["client"]["id"].as_str().unwrap());
    assert_eq!(status(&other.0).await, StatusCode::OK);
    let revoked = ask(&stage, &ADMIN, (Method::DELETE, &path), None, None).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&other.0).await, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&stage, &ADMIN, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_client_shows_the_day_of_its_last_use_and_never_its_token() {
    let stage = Stage::start().await;
    let (shop, made) = client(&stage, &["contacts:read"]).await;
    assert_eq!(made["client"]["last_used"], Value::Null);
    let path = format!("/v1/clients/{}", made["client"]["id"].as_str().unwrap());
    get(&stage, &shop, "/v1/contacts").await;
    let seen = get(&stage, &ADMIN, &path).await.body;
    assert_eq!((&seen["last_used"], &seen["created_by"]), (&json!("2026-11-23"), &json!("u-admin")));
    stage.pass(24 * 3600).await;
    get(&stage, &shop, "/v1/contacts").await;
    let list = get(&stage, &ADMIN, "/v1/clients").await.body;
    assert_eq!(list["items"][0]["last_used"], "2026-11-24");
    assert!(!list.to_string().contains("token") && !list.to_string().contains("hash"));
}

#[tokio::test]
async fn a_persons_token_opens_nothing_under_service_and_a_clients_nothing_beside_it() {
    let stage = Stage::start().await;
    let (shop, _) = client(&stage, &["contacts:read"]).await;
    let Who::Client(client_token) = &shop else { panic!("a client") };
    let person = stage.world.token(local::tokens::Role::Admin).unwrap();
    let http = graph::client().no_proxy().build().unwrap();
    let base = stage.world.public_url();
    let wrong = format!(
        "{}{}",
        &client_token[..client_token.len() - 1],
        if client_token.ends_with('0') { '1' } else { '0' }
    );
    for (path, token) in [
        ("/service/v1/contacts", person.as_str()),
        ("/service/v1/contacts", "vtn_x"),
        ("/service/v1/contacts", &wrong),
        ("/v1/contacts", client_token),
    ] {
        let answer = http.get(format!("{base}{path}")).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
    let bare = http.get(format!("{base}/service/v1/contacts")).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(http.get(format!("{base}/service/v2")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_scope_that_nobody_knows_or_an_end_in_the_past_is_named() {
    let stage = Stage::start().await;
    for (body, field) in [
        (json!({ "name": "Shop", "scopes": [] }), "scopes"),
        (json!({ "name": "Shop", "scopes": ["contacts:read", "agents:write"] }), "scopes[1]"),
        (
            json!({ "name": "Shop", "scopes": ["contacts:read"], "expires_at": "2026-11-23T08:59:59Z" }),
            "expires_at",
        ),
        (json!({ "name": "Shop", "scopes": ["contacts:read"], "expires_at": "soon" }), "expires_at"),
    ] {
        let answer = ask(&stage, &ADMIN, (Method::POST, "/v1/clients"), None, Some(body)).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{}",
            answer.body
        );
    }
    assert_eq!(get(&stage, &ANA, "/v1/clients").await.status, StatusCode::FORBIDDEN);
}
