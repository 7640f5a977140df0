use super::*;

#[tokio::test]
async fn a_record_is_made_with_fields_of_every_type_and_read_back() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let made = post(
        &stage,
        "/v1/contacts",
        json!({
            "kind": "lead", "name": "Ana Núñez", "phone": "+51 987 654 321", "email": "ana@example.org",
            "labels": ["vip"], "important": true,
            "fields": {"city": "lima", "tours": ["ica", "Puno"], "score": 10.50, "since": "2025-01-31",
                "spent": {"amount": "99.90", "currency": "PEN"}, "wholesale": true, "remark": "Rings first"}
        }),
    )
    .await;
    let read = stage.read(&format!("/v1/contacts/{}", id(&made))).await;
    assert_eq!(read, made);
    assert_eq!(read["phone"], "51987654321");
    assert_eq!(
        read["fields"],
        json!({"city": "Lima", "tours": ["Ica", "Puno"], "score": "10.5", "since": "2025-01-31",
            "spent": {"amount": "99.9", "currency": "PEN"}, "wholesale": true, "remark": "Rings first"})
    );
    assert_eq!((&read["kind"], &read["source"]["kind"]), (&json!("lead"), &json!("agent")));
}

#[tokio::test]
async fn a_phone_is_on_record_once_and_the_answer_says_whose_it_is() {
    let stage = Stage::start().await;
    let ana =
        post(&stage, "/v1/contacts", json!({"kind": "contact", "name": "Ana", "phone": "+15550109901"}))
            .await;
    let body = json!({"kind": "lead", "name": "Bob", "phone": "1 (555) 010-9901"});
    let refused = ask(&stage, Method::POST, "/v1/contacts", body, StatusCode::CONFLICT).await;
    assert_eq!((&refused["contact"], &refused["field"]), (&ana["id"], &json!("phone")));
    assert_eq!(refused["type"], "/problems/phone-taken");
}

#[tokio::test]
async fn whoever_was_entered_by_hand_and_writes_later_is_the_same_person() {
    let stage = Stage::start().await;
    let ana =
        post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana", "phone": "+15550109901"})).await;
    let person = stage.person("anita", "15550109901", json!({}));
    stage.writes(&person, "Hello");
    stage.settle().await;
    let conversations = stage.all("/v1/conversations").await;
    assert_eq!(conversations[0]["contact"]["id"], ana["id"]);
    assert_eq!(
        conversations[0]["contact"]["name"], "Ana",
        "the company's name comes before the person's own"
    );
    assert_eq!(conversations[0]["contact"]["profile_name"], "anita");
}

#[tokio::test]
async fn an_unknown_number_becomes_a_lead_in_one_call() {
    let stage = Stage::start().await;
    let person = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&person, "Do you deliver?");
    stage.settle().await;
    let unknown = stage.all("/v1/contacts?filter=kind:unknown").await;
    assert_eq!(unknown.len(), 1, "it is visible at once in its own category");
    assert_eq!(unknown[0]["source"]["kind"], "inbound");
    let path = format!("/v1/contacts/{}", id(&unknown[0]));
    let lead = patch(&stage, &path, json!({"kind": "lead", "name": "Ada Fern (shop)"})).await;
    assert_eq!((&lead["kind"], &lead["name"]), (&json!("lead"), &json!("Ada Fern (shop)")));
    assert_eq!(lead["profile_name"], "Ada Fern");
    stage.settle().await;
    assert!(stage.all("/v1/contacts?filter=kind:unknown").await.is_empty());
    assert_eq!(names(&stage, "/v1/contacts?filter=kind:lead").await, ["Ada Fern (shop)"]);
}

#[tokio::test]
async fn an_organization_has_people() {
    let stage = Stage::start().await;
    let shop = post(&stage, "/v1/contacts", json!({"kind": "organization", "name": "Kettle & Co"})).await;
    for name in ["Ana", "Bob"] {
        post(&stage, "/v1/contacts", json!({"kind": "contact", "name": name, "organization": id(&shop)}))
            .await;
        stage.pass(1).await;
    }
    stage.settle().await;
    let people = names(&stage, &format!("/v1/contacts?filter=organization:{}", id(&shop))).await;
    assert_eq!(people, ["Bob", "Ana"], "newest first");
    let ana = post(&stage, "/v1/contacts", json!({"kind": "contact", "name": "Cid"})).await;
    let body = json!({"kind": "contact", "name": "Dan", "organization": id(&ana)});
    let refused = ask(&stage, Method::POST, "/v1/contacts", body, StatusCode::BAD_REQUEST).await;
    assert_eq!(refused["field"], "organization");
}

#[tokio::test]
async fn two_people_who_change_a_record_at_once_do_not_overwrite_each_other() {
    let stage = Stage::start().await;
    let ana = post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana"})).await;
    let path = format!("/v1/contacts/{}", id(&ana));
    let seen = ana["version"].as_i64().unwrap();
    patch(&stage, &path, json!({"version": seen, "name": "Ana María"})).await;
    let late = json!({"version": seen, "email": "ana@example.org"});
    let refused = ask(&stage, Method::PATCH, &path, late.clone(), StatusCode::CONFLICT).await;
    assert_eq!(refused["type"], "/problems/changed-meanwhile");
    // Without a version, each change is made to whatever stands there.
    let changes = (0..5).map(|n| {
        let body = json!({"add_labels": [format!("label-{n}")]});
        let (stage, path) = (&stage, &path);
        async move { stage.api(Method::PATCH, path, Some(body)).await.0 }
    });
    let statuses = futures::future::join_all(changes).await;
    let made = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    let labels = stage.read(&path).await["labels"].as_array().unwrap().len();
    assert_eq!(labels, made, "whoever got 200 is there: {statuses:?}");
    assert_eq!(stage.read(&path).await["name"], "Ana María");
}

#[tokio::test]
async fn notes_are_for_colleagues_and_go_with_their_author() {
    let stage = Stage::start().await;
    let ana = post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana"})).await;
    let path = format!("/v1/contacts/{}/notes", id(&ana));
    for text in ["Rings on Mondays", "Paid"] {
        post(&stage, &path, json!({"text": text})).await;
        stage.pass(1).await;
    }
    let notes = stage.read(&path).await;
    assert_eq!((&notes[0]["text"], &notes[1]["text"]), (&json!("Paid"), &json!("Rings on Mondays")));
    let one = format!("{path}/{}", notes[0]["id"].as_str().unwrap());
    ask(&stage, Method::DELETE, &one, Value::Null, StatusCode::NO_CONTENT).await;
    assert_eq!(stage.read(&path).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_customer_wrote_is_copied_into_a_field_typed_and_checked() {
    let stage = Stage::start().await;
    fields(&stage).await;
    let person = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&person, "I live in cusco, write to ada@example.org");
    stage.writes(&person, "12.5");
    stage.settle().await;
    let conversation = &stage.all("/v1/conversations").await[0];
    let messages =
        stage.all(&format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap())).await;
    let path = |text: &str| {
        let message = messages.iter().find(|message| message["content"]["text"]["body"] == text).unwrap();
        format!("/v1/messages/{}/copy-to-field", message["id"].as_str().unwrap())
    };
    let copy = async |path: String, body: Value, status| ask(&stage, Method::POST, &path, body, status).await;
    let said = path("I live in cusco, write to ada@example.org");
    let contact = copy(said.clone(), json!({"field": "city", "text": "cusco"}), StatusCode::OK).await;
    assert_eq!(contact["fields"]["city"], "Cusco");
    let contact =
        copy(said.clone(), json!({"field": "email", "text": "ada@example.org"}), StatusCode::OK).await;
    assert_eq!(contact["email"], "ada@example.org");
    let contact = copy(path("12.5"), json!({"field": "score"}), StatusCode::OK).await;
    assert_eq!(contact["fields"]["score"], "12.5");
    for (body, field) in [
        (json!({"field": "score"}), "fields.score"),
        (json!({"field": "city", "text": "Lima"}), "text"),
        (json!({"field": "size"}), "fields.size"),
    ] {
        let refused = copy(said.clone(), body, StatusCode::BAD_REQUEST).await;
        assert_eq!(refused["field"], field);
    }
}

#[tokio::test]
async fn where_a_lead_came_from_is_kept_and_counted() {
    let stage = Stage::start().await;
    post(&stage, "/v1/contacts", json!({"kind": "lead", "name": "Ana"})).await;
    let body = std::fs::read("../events/webhook/messages/in.text_ctwa_referral.json").unwrap();
    assert!(stage.meta_posts(&body).await.is_success());
    stage.settle().await;
    let from_ad = stage.all("/v1/contacts?filter=source:ad").await;
    assert_eq!(from_ad.len(), 1);
    assert!(from_ad[0]["source"]["ctwa_clid"].is_string(), "{:#}", from_ad[0]["source"]);
    let report = stage.read("/v1/reports/sources").await;
    let count = |source: &str| {
        report.as_array().unwrap().iter().find(|row| row["source"] == source).unwrap()["count"].clone()
    };
    assert_eq!((count("ad"), count("agent"), count("api")), (json!("1"), json!("1"), json!("0")));
}
