use super::*;

#[tokio::test]
async fn a_segment_is_evaluated_anew_at_each_use() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let segment =
        post(&stage, "/v1/segments", json!({"name": "Good leads", "filter": "kind:lead  field.score>=10.0"}))
            .await;
    assert_eq!(segment["filter"], "kind:lead field.score>=10", "kept as it is understood");
    let path = format!("/v1/contacts?segment={}", segment["id"].as_str().unwrap());
    let ana =
        post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana", "fields": {"score": 9}})).await;
    stage.settle().await;
    assert!(names(&stage, &path).await.is_empty());
    patch(&stage, &format!("/v1/contacts/{}", id(&ana)), json!({"fields": {"score": 11}})).await;
    stage.settle().await;
    assert_eq!(names(&stage, &path).await, ["Ana"]);
    let changed = json!({"name": "Leads", "filter": "kind:lead"});
    put(&stage, &format!("/v1/segments/{}", segment["id"].as_str().unwrap()), changed).await;
    assert_eq!(stage.read("/v1/segments").await[0]["name"], "Leads");
    let path = format!("/v1/segments/{}", segment["id"].as_str().unwrap());
    ask(&stage, Method::DELETE, &path, Value::Null, StatusCode::NO_CONTENT).await;
    assert!(stage.read("/v1/segments").await.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_list_has_the_members_that_it_was_given_and_no_others() {
    let stage = Stage::start().await;
    let list = post(&stage, "/v1/lists", json!({"name": "Christmas cards"})).await;
    let path = format!("/v1/lists/{}/members", list["id"].as_str().unwrap());
    let mut ids = Vec::new();
    for n in 0..30 {
        ids.push(id(
            &post(&stage, "/v1/contacts", json!({"kind": "contact", "name": format!("P{n:02}")})).await
        ));
    }
    ask(&stage, Method::POST, &path, json!({"add": ids}), StatusCode::NO_CONTENT).await;
    ask(&stage, Method::POST, &path, json!({"add": ids[..2], "remove": ids[28..]}), StatusCode::NO_CONTENT)
        .await;
    let mut members = names(&stage, &path).await;
    members.sort_unstable();
    assert_eq!((members.len(), members[0].as_str(), members[27].as_str()), (28, "P00", "P27"));
    let refused =
        ask(&stage, Method::POST, &path, json!({"add": [ids[0], "01NOBODY"]}), StatusCode::BAD_REQUEST).await;
    assert_eq!(refused["field"], "add[1]");
    let one = format!("/v1/lists/{}", list["id"].as_str().unwrap());
    ask(&stage, Method::DELETE, &one, Value::Null, StatusCode::NO_CONTENT).await;
    ask(&stage, Method::GET, &path, Value::Null, StatusCode::NOT_FOUND).await;
    assert_eq!(stage.all("/v1/contacts").await.len(), 30, "its members stay on record");
}
