use super::*;

#[tokio::test]
async fn every_member_of_a_record_that_is_not_what_it_should_be_is_named() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let ana = post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana"})).await;
    let path = format!("/v1/contacts/{}", id(&ana));
    let long = |n: usize| "x".repeat(n);
    for (body, field) in [
        (json!({"kind": "friend"}), "kind"),
        (json!({"kind": 7}), "kind"),
        (json!({"name": 7}), "name"),
        (json!({"name": long(201)}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": "a\u{7}"}), "name"),
        (json!({"email": "ana"}), "email"),
        (json!({"email": "a@b@c.d"}), "email"),
        (json!({"email": format!("{}@example.org", long(250))}), "email"),
        (json!({"owner": "nobody"}), "owner"),
        (json!({"owner": "a#b"}), "owner"),
        (json!({"organization": "01NOBODY"}), "organization"),
        (json!({"labels": "vip"}), "labels"),
        (json!({"labels": ["a b"]}), "labels"),
        (json!({"labels": (0..21).map(|n| format!("l{n}")).collect::<Vec<_>>()}), "labels"),
        (json!({"add_labels": [1]}), "add_labels[0]"),
        (json!({"important": "yes"}), "important"),
        (json!({"version": "1"}), "version"),
        (json!({"phone": "+15550109901"}), "phone"),
        (json!({"fields": []}), "fields"),
        (json!({"fields": {"size": 4}}), "fields.size"),
        (json!({"fields": {"city": "Quito"}}), "fields.city"),
        (json!({"fields": {"city": ["Lima"]}}), "fields.city"),
        (json!({"fields": {"tours": "Quito"}}), "fields.tours"),
        (json!({"fields": {"tours": [1]}}), "fields.tours"),
        (json!({"fields": {"score": "many"}}), "fields.score"),
        (json!({"fields": {"score": 1.000_01}}), "fields.score"),
        (json!({"fields": {"since": "31.01.2025"}}), "fields.since"),
        (json!({"fields": {"spent": 5}}), "fields.spent"),
        (json!({"fields": {"spent": {"amount": 5}}}), "fields.spent"),
        (json!({"fields": {"spent": {"amount": 5, "currency": "euro"}}}), "fields.spent"),
        (json!({"fields": {"wholesale": 1}}), "fields.wholesale"),
        (json!({"kind": "vendor", "fields": {"remark": "x"}}), "fields.remark"),
        (json!({"fields": {"remark": long(501)}}), "fields.remark"),
    ] {
        let refused = ask(&stage, Method::PATCH, &path, body.clone(), StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field, "{body}: {refused}");
        assert!(!refused.to_string().contains(&long(100)), "an answer never repeats what was sent at length");
    }
    assert_eq!(stage.read(&path).await["version"], ana["version"], "nothing was changed");
    let refused =
        ask(&stage, Method::POST, "/v1/contacts", json!({"name": "Bob"}), StatusCode::BAD_REQUEST).await;
    assert_eq!((&refused["field"], &refused["detail"]), (&json!("kind"), &json!("kind is required")));
    for phone in ["", "call me", "12", "+1234567890123456"] {
        let body = json!({"kind": "lead", "phone": phone});
        let refused = ask(&stage, Method::POST, "/v1/contacts", body, StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], "phone", "{phone}");
    }
}

#[tokio::test]
async fn definitions_and_filters_that_cannot_be_are_refused_with_what_to_change() {
    let stage = Stage::start().await;
    fields(&stage).await;
    for (path, body, field) in [
        ("/v1/fields/City", json!({"label": "City", "type": "text"}), "id"),
        ("/v1/fields/a", json!({"label": "", "type": "text"}), "label"),
        ("/v1/fields/a", json!({"label": "A", "type": "colour"}), "type"),
        ("/v1/fields/a", json!({"label": "A", "type": "choice"}), "options"),
        ("/v1/fields/a", json!({"label": "A", "type": "choice", "options": ["Perú", "PERU"]}), "options"),
        ("/v1/fields/a", json!({"label": "A", "type": "choice", "options": ["a;b"]}), "options"),
        ("/v1/fields/a", json!({"label": "A", "type": "text", "options": ["x"]}), "options"),
        ("/v1/fields/a", json!({"label": "A", "type": "text", "kinds": ["friend"]}), "kinds"),
        ("/v1/fields/a", json!({"type": "text"}), "label"),
    ] {
        let refused = ask(&stage, Method::PUT, path, body, StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field);
    }
    let other = json!({"label": "City", "type": "text"});
    ask(&stage, Method::PUT, "/v1/fields/city", other, StatusCode::CONFLICT).await;
    for filter in ["kind:friend", "colour:red", "label:%22vip", "field.size:4", "field.city>Lima"] {
        let path = format!("/v1/contacts?filter={filter}");
        let refused = ask(&stage, Method::GET, &path, Value::Null, StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], "filter", "{filter}");
        assert!(refused["detail"].as_str().unwrap().contains("(at character"), "{refused}");
    }
    for (body, field) in [
        (json!({"name": "x", "filter": "kind:friend"}), "filter"),
        (json!({"name": "x", "filter": "  "}), "filter"),
        (json!({"name": "", "filter": "ana"}), "name"),
        (json!({"name": "x"}), "filter"),
    ] {
        let refused = ask(&stage, Method::POST, "/v1/segments", body, StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field);
    }
    ask(&stage, Method::GET, "/v1/contacts?segment=none", Value::Null, StatusCode::BAD_REQUEST).await;
}
