use super::*;

fn purchase(town: &Town, id: &str, n: usize) -> Value {
    let at = town.stage.now().to_string();
    json!({"id": id, "contact": town.people[n].to_string(), "kind": "purchase", "at": at,
        "value": {"amount": "12.50", "currency": "EUR"}})
}

async fn tells(town: &Town, body: Value, status: StatusCode) -> Value {
    ask(&town.stage, &format!("{}/conversions", town.campaign), body, status).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_did_counts_once_against_those_who_were_held_out() {
    let town = Town::of(40, json!({"hold_out": 50})).await;
    let report = town.run().await;
    let held_out = report["skipped"]["held_out"].as_u64().unwrap();
    let lines = town.lines().await;
    let place = |outcome: &str, n: usize| {
        let of = |(place, line): (usize, &Value)| {
            ((line["outcome"] == "held_out") == (outcome == "held_out")).then_some(place)
        };
        lines.iter().enumerate().filter_map(of).nth(n).unwrap()
    };
    let one = purchase(&town, "order-1", place("heard", 0));
    let told = tells(&town, one.clone(), StatusCode::CREATED).await;
    assert_eq!((&told["kind"], &told["value"]["amount"]), (&json!("purchase"), &json!("12.50")));
    tells(&town, one.clone(), StatusCode::OK).await;
    let mut other = one;
    other["kind"] = json!("visit");
    tells(&town, other, StatusCode::CONFLICT).await;
    // By phone, and a second time for the same person.
    let mut again = purchase(&town, "order-2", 0);
    again.as_object_mut().unwrap().remove("contact");
    again["phone"] = json!(format!("+{}", phone(place("heard", 0))));
    tells(&town, again, StatusCode::CREATED).await;
    tells(&town, purchase(&town, "order-3", place("heard", 1)), StatusCode::CREATED).await;
    tells(&town, purchase(&town, "order-4", place("held_out", 0)), StatusCode::CREATED).await;
    let conversions = town.report().await["conversions"].clone();
    let of_kind = &conversions["by_kind"]["purchase"];
    assert_eq!(&conversions["any"], of_kind);
    let counts = ["conversions", "people", "converted", "held_out", "held_out_converted", "others"];
    let counts = counts.map(|name| of_kind[name].as_u64().unwrap());
    assert_eq!(counts, [4, 40 - held_out, 2, held_out, 1, 0], "{of_kind:#}");
    assert_eq!(of_kind["value"], json!([{"amount": "37.50", "currency": "EUR"}]));
    assert_eq!(of_kind["converted_by_template"], json!({"0": 2}));
    let uplift = &of_kind["uplift"];
    let number = |name: &str| uplift[name].as_f64().unwrap();
    assert!(number("from") <= number("difference") && number("difference") <= number("to"), "{uplift}");
    assert_eq!(uplift["is_significant"], false, "so few people say nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_that_cannot_be_one_names_what_is_wrong() {
    let town = Town::of(1, json!({})).await;
    let early = purchase(&town, "order-1", 0);
    tells(&town, early.clone(), StatusCode::CONFLICT).await;
    town.run().await;
    let at = town.stage.now().to_string();
    let good = json!({"id": "order-1", "contact": town.people[0].to_string(), "kind": "purchase", "at": at});
    for (change, field) in [
        (json!({"at": early["at"]}), "at"),
        (json!({"at": "2036-01-01T00:00:00Z"}), "at"),
        (json!({"kind": "a purchase"}), "kind"),
        (json!({"contact": "01KNOBODY"}), "contact"),
        (json!({"phone": phone(0)}), "contact"),
        (json!({"contact": null, "phone": "525500000000"}), "phone"),
        (json!({"id": ""}), "id"),
        (json!({"value": {"amount": "a lot", "currency": "EUR"}}), "value.amount"),
        (json!({"value": {"amount": "1", "currency": "euros"}}), "value.currency"),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let problem = tells(&town, body, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem["field"], field, "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_who_was_erased_nothing_more_is_told() {
    let town = Town::of(2, json!({})).await;
    town.run().await;
    let path = format!("/v1/contacts/{}/erase", town.people[0]);
    ask(&town.stage, &path, json!({"reason": "asked by letter"}), StatusCode::ACCEPTED).await;
    let problem = tells(&town, purchase(&town, "order-1", 0), StatusCode::BAD_REQUEST).await;
    assert_eq!(problem["field"], "contact");
}

#[tokio::test]
async fn with_a_person_who_is_erased_their_conversions_go_and_before_that_an_export_has_them() {
    let stage = Stage::start().await;
    let ana = stage.person("Ana Fern", "15550109901", json!({}));
    stage.writes(&ana, "Hello?");
    stage.settle().await;
    let contact = stage.all("/v1/contacts").await[0]["id"].as_str().unwrap().to_owned();
    let id = domain::campaign::CampaignId::new("01KSPRING").unwrap();
    let person = ContactId::new(contact.as_str()).unwrap();
    let told = domain::campaign::conversion::Conversion {
        records: [person.clone()].into(),
        contact: person,
        kind: "purchase".to_owned(),
        value: None,
        at: stage.now(),
    };
    let store = stage.store();
    store.record_conversion(&id, "order-1", &told).await.unwrap();
    let asked =
        ask(&stage, &format!("/v1/contacts/{contact}/export"), Value::Null, StatusCode::ACCEPTED).await;
    stage.settle().await;
    let export = stage.read(&format!("/v1/exports/{}", asked["id"].as_str().unwrap())).await;
    let client = graph::client().no_proxy().build().unwrap();
    for kind in ["json", "html"] {
        let document =
            client.get(export[kind].as_str().unwrap_or_else(|| panic!("{export:#}"))).send().await.unwrap();
        assert!(document.text().await.unwrap().contains("01KSPRING"), "{kind}");
    }
    let why = json!({"reason": "asked by letter"});
    ask(&stage, &format!("/v1/contacts/{contact}/erase"), why, StatusCode::ACCEPTED).await;
    stage.pass(200).await;
    assert!(store.conversions(&id).await.unwrap().is_empty());
    assert!(store.conversions_of(&told.contact).await.unwrap().is_empty());
}
