//! Agents and departments.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::access::{ADMIN, ANA, Who, ask, get, put, with_departments};

async fn patch(stage: &Stage, who: &Who, path: &str, body: Value) -> (StatusCode, Value) {
    let answer = ask(stage, who, (Method::PATCH, path), None, Some(body)).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn an_admin_enters_agents_and_departments_and_everybody_sees_them() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let ana = json!({ "id": "u-ana", "name": "Ana Ruiz", "email": "ana@example.org", "role": "supervisor",
        "departments": ["sales", "support"], "capacity": 20, "active": true });
    let mut body = ana.clone();
    body.as_object_mut().unwrap().remove("id");
    assert_eq!(put(&stage, "/v1/agents/u-ana", body).await, ana);
    assert_eq!(get(&stage, &ANA, "/v1/agents/u-ana").await.body, ana);
    let names = |list: Value| {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(get(&stage, &ANA, "/v1/agents").await.body), ["Ana Ruiz", "Bo"]);
    assert_eq!(names(get(&stage, &ANA, "/v1/departments").await.body), ["Sales", "Support"]);
    let (status, patched) = patch(
        &stage,
        &ADMIN,
        "/v1/agents/u-ana",
        json!({ "email": null, "capacity": null, "departments": [] }),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{patched}");
    assert_eq!(
        (&patched["email"], &patched["capacity"], &patched["departments"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(patched["name"], "Ana Ruiz", "what is not named stays");
    assert_eq!(
        get(&stage, &ANA, "/v1/departments/sales").await.body,
        json!({ "id": "sales", "name": "Sales" })
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_agent_is_named() {
    let stage = Stage::start().await;
    for (body, field) in [
        (json!({ "role": "agent" }), "name"),
        (json!({ "name": "A", "role": "owner" }), "role"),
        (json!({ "name": "A", "role": "agent", "departments": ["nowhere"] }), "departments[0]"),
        (json!({ "name": "A", "role": "agent", "email": "nobody" }), "email"),
        (json!({ "name": "A", "role": "agent", "capacity": 10_001 }), "capacity"),
    ] {
        let answer = ask(&stage, &ADMIN, (Method::PUT, "/v1/agents/u1"), None, Some(body)).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{}",
            answer.body
        );
    }
    assert_eq!(
        patch(&stage, &ADMIN, "/v1/agents/nobody", json!({ "name": "A" })).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(get(&stage, &ADMIN, "/v1/agents/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_agent_who_left_is_refused_at_once_although_the_token_is_good_and_may_come_back() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    assert_eq!(get(&stage, &ANA, "/v1/conversations").await.status, StatusCode::OK);
    patch(&stage, &ADMIN, "/v1/agents/u-ana", json!({ "active": false })).await;
    let refused = get(&stage, &ANA, "/v1/conversations").await;
    assert_eq!(
        (refused.status, &refused.body["type"]),
        (StatusCode::FORBIDDEN, &json!("/problems/inactive"))
    );
    patch(&stage, &ADMIN, "/v1/agents/u-ana", json!({ "active": true })).await;
    assert_eq!(get(&stage, &ANA, "/v1/conversations").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_another_process_changed_counts_after_five_seconds() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    assert_eq!(get(&stage, &ANA, "/v1/conversations").await.status, StatusCode::OK);
    let change = store::AgentChange { active: Some(false), ..store::AgentChange::default() };
    let id = domain::agent::AgentId::new("u-ana").unwrap();
    assert!(stage.store().change_agent(&id, &change).await.unwrap());
    stage.pass(5).await;
    assert_eq!(get(&stage, &ANA, "/v1/conversations").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_role_in_the_directory_counts_and_not_the_one_in_the_token() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    assert_eq!(get(&stage, &ANA, "/v1/events").await.status, StatusCode::FORBIDDEN);
    patch(&stage, &ADMIN, "/v1/agents/u-ana", json!({ "role": "supervisor" })).await;
    assert_eq!(get(&stage, &ANA, "/v1/events").await.status, StatusCode::OK);
    assert_eq!(get(&stage, &ANA, "/v1/me").await.body["role"], "supervisor");
    let demoted = Who::Person("u-bo", Role::Admin);
    assert_eq!(get(&stage, &demoted, "/v1/events").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn no_admin_can_be_locked_out_by_themself_and_no_agent_raises_anybody() {
    let stage = Stage::start().await;
    put(&stage, "/v1/agents/u-admin", json!({ "name": "Ada", "role": "admin" })).await;
    for change in [json!({ "role": "agent" }), json!({ "active": false })] {
        let (status, body) = patch(&stage, &ADMIN, "/v1/agents/u-admin", change).await;
        assert_eq!(
            (status, &body["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/own-rights"))
        );
    }
    let (status, _) = patch(&stage, &ANA, "/v1/agents/u-ana", json!({ "role": "admin" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_department_goes_once_nobody_belongs_to_it() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let remove = async || ask(&stage, &ADMIN, (Method::DELETE, "/v1/departments/sales"), None, None).await;
    let refused = remove().await;
    assert_eq!((refused.status, &refused.body["type"]), (StatusCode::CONFLICT, &json!("/problems/in-use")));
    patch(&stage, &ADMIN, "/v1/agents/u-ana", json!({ "departments": [] })).await;
    assert_eq!(remove().await.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&stage, &ADMIN, "/v1/departments/sales").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_asks_without_end_is_told_to_slow_down_and_others_are_not() {
    let stage = Stage::start().await;
    let mut limited = None;
    for _ in 0..400 {
        let answer = get(&stage, &ANA, "/v1/me").await;
        if answer.status != StatusCode::OK {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("an end of patience");
    assert_eq!((limited.status, limited.retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert_eq!(get(&stage, &ADMIN, "/v1/me").await.status, StatusCode::OK);
    stage.pass(1).await;
    assert_eq!(get(&stage, &ANA, "/v1/me").await.status, StatusCode::OK);
}
