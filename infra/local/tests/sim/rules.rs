use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{World, code, wamid};

/// The one status there is.
fn failure(world: &World) -> Value {
    let statuses = world.statuses();
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    assert_eq!(statuses[0]["status"], "failed");
    statuses[0].clone()
}

#[tokio::test]
async fn a_reply_after_24_hours_fails_later_or_at_once() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    world.advance(Duration::from_secs(24 * 3600)).await;
    wamid(&world.text("15550100177", "Too late").await);
    world.advance(Duration::from_secs(5)).await;
    let failed = failure(&world);
    assert_eq!(
        (&failed["errors"][0]["code"], &failed["recipient_id"]),
        (&json!(131_047), &json!("15550100177"))
    );
    assert_eq!(failed.get("recipient_user_id"), None);
    assert_eq!(failed.get("pricing"), None);

    world.sim.change_settings(json!({ "sync_codes": [131_047] })).unwrap();
    let refused = world.text("15550100177", "Too late").await;
    assert_eq!((refused.0, code(&refused)), (400, 131_047));
    assert!(refused.1["error"]["fbtrace_id"].as_str().is_some_and(|id| id.len() > 8));
    assert!(refused.1["error"]["error_data"]["details"].as_str().unwrap().contains("24 hours"));
}

#[tokio::test]
async fn nobody_with_whatsapp_and_a_bsuid_in_the_wrong_field_are_undeliverable() {
    let world = World::new().await;
    for body in [
        json!({ "to": "+15550100999" }),
        json!({ "to": "US.77001122334455" }),
        json!({ "recipient": "US.1" }),
    ] {
        let mut body = body;
        body["type"] = "text".into();
        body["text"] = json!({ "body": "Hi" });
        wamid(&world.send(body).await);
        world.advance(Duration::from_secs(2)).await;
        assert_eq!(failure(&world)["errors"][0]["code"], 131_026);
    }
    assert_eq!(code(&world.text("15550100200", "me").await), 131_021);
}

fn visit(header: bool, texts: &[&str]) -> Value {
    let parameters: Vec<Value> = texts.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    let mut parts = vec![json!({ "type": "body", "parameters": parameters })];
    if header {
        parts.push(json!({ "type": "header", "parameters": [{ "type": "text", "text": "Monday" }] }));
    }
    Value::Array(parts)
}

#[tokio::test]
async fn templates_are_matched_exactly() {
    let world = World::new().await;
    let reminder = "appointment_reminder";
    let cases = [
        (reminder, "en_US", visit(true, &["Amara", "10:30"]), 132_001),
        ("no_such_template", "en_GB", json!([]), 132_001),
        (reminder, "en_GB", visit(true, &["Amara"]), 132_000),
        (reminder, "en_GB", visit(false, &["Amara", "10:30"]), 132_000),
        (reminder, "en_GB", visit(true, &["Amara", "a\nb"]), 132_018),
        (reminder, "en_GB", visit(true, &["Amara", &"x".repeat(1100)]), 132_005),
        ("win_back", "en_US", visit(false, &["Amara"]), 132_015),
        ("price_drop", "en_US", visit(false, &["Kettle", "Blue"]), 132_001),
        ("spring_sale", "en_US", visit(true, &["Amara"]), 132_012),
    ];
    for (name, language, parts, wanted) in cases {
        assert_eq!(
            code(&world.template("15550100177", name, language, parts).await),
            wanted,
            "{name} {language}"
        );
    }
}

#[tokio::test]
async fn a_template_is_priced_by_its_category_and_read_as_filled() {
    let world = World::new().await;
    let parts = visit(true, &["{{2}}", "10:30"]);
    let sent = world.template("15550100177", "appointment_reminder", "en_GB", parts).await;
    assert_eq!(sent.1["messages"][0]["message_status"], "accepted");
    world.advance(Duration::from_secs(10)).await;
    let price = json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility" });
    assert_eq!(world.statuses()[1]["pricing"], price);
    let seen = &world.sim.person("amara").unwrap()["chat"][0]["content"];
    assert_eq!(seen["header"], "Visit on Monday");
    assert_eq!(seen["body"], "Hello {{2}}, we see you at 10:30 in our shop.");
}

#[tokio::test]
async fn named_parameters_media_headers_and_buttons_are_asked_for() {
    let world = World::new().await;
    let parts = |name: &str, url: Value| {
        json!([
            { "type": "header", "parameters": [{ "type": "image", "image": { "link": "https://shop.example/a.png" } }] },
            { "type": "body", "parameters": [
                { "type": "text", "parameter_name": name, "text": "Amara" },
                { "type": "text", "parameter_name": "order_no", "text": "FX-77" } ] },
            { "type": "button", "sub_type": "url", "index": "1", "parameters": url },
        ])
    };
    let suffix = json!([{ "type": "text", "text": "t/FX-77" }]);
    let send = |parts: Value| world.template("15550100177", "order_update_v3", "en_US", parts);
    wamid(&send(parts("first_name", suffix.clone())).await);
    assert_eq!(code(&send(parts("given_name", suffix.clone())).await), 132_000);
    assert_eq!(code(&send(parts("first_name", json!([]))).await), 131_008);
    let otp = json!([
        { "type": "body", "parameters": [{ "type": "text", "text": "481516" }] },
        { "type": "button", "sub_type": "url", "index": 0, "parameters": [{ "type": "text", "text": "481516" }] } ]);
    wamid(&world.template("15550100177", "fx_otp", "en_US", otp.clone()).await);
    let template = json!({ "name": "fx_otp", "language": { "code": "en_US" }, "components": otp });
    let refused = world
        .send(json!({ "recipient": "US.77001122334455", "type": "template", "template": template }))
        .await;
    assert_eq!(code(&refused), 131_062);
}

#[tokio::test]
async fn lengths_are_enforced_to_the_character() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    wamid(&world.text("15550100177", &"ä".repeat(4096)).await);
    assert_eq!(code(&world.text("15550100177", &"ä".repeat(4097)).await), 100);
    let buttons = |count: usize, title: &str| {
        let buttons: Vec<Value> = (0..count)
            .map(|i| json!({ "type": "reply", "reply": { "id": format!("b{i}"), "title": format!("{i}{title}") } }))
            .collect();
        json!({ "to": "15550100177", "type": "interactive", "interactive": {
            "type": "button", "body": { "text": "Which?" }, "action": { "buttons": buttons } } })
    };
    wamid(&world.send(buttons(3, &"x".repeat(19))).await);
    assert_eq!(code(&world.send(buttons(3, &"x".repeat(20))).await), 131_009);
    assert_eq!(code(&world.send(buttons(4, "x")).await), 131_009);
    let callback = |n: usize| json!({ "to": "15550100177", "type": "text", "text": { "body": "x" }, "biz_opaque_callback_data": "x".repeat(n) });
    wamid(&world.send(callback(512)).await);
    assert_eq!(code(&world.send(callback(513)).await), 100);
    assert_eq!(code(&world.send(json!({ "to": "15550100177", "type": "poem", "poem": {} })).await), 100);
}

#[tokio::test]
async fn pair_rate_and_throughput_are_enforced_and_counted() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    for _ in 0..45 {
        wamid(&world.text("15550100177", "hi").await);
    }
    let refused = world.text("15550100177", "hi").await;
    assert_eq!((refused.0, code(&refused)), (400, 131_056));
    world.advance(Duration::from_secs(6)).await;
    wamid(&world.text("15550100177", "hi").await);

    world.sim.add_people(json!({ "count": 81 })).unwrap();
    world.advance(Duration::from_secs(2)).await;
    let mut codes = Vec::new();
    for i in 0..81 {
        let phone = world.sim.person(&format!("many-{i}")).unwrap()["phone"].as_str().unwrap().to_owned();
        codes.push(world.template(&phone, "hello_world", "en_US", json!([])).await);
    }
    assert!(codes[..80].iter().all(|answer| answer.0 == 200));
    assert_eq!((codes[80].0, code(&codes[80])), (429, 130_429));
    let oracle = world.sim.oracle();
    assert_eq!((&oracle["pair_violations"], &oracle["throughput_violations"]), (&json!(1), &json!(1)));
    assert_eq!(oracle["max_messages_in_a_second"]["900000000000201"], 80);
}

#[tokio::test]
async fn the_messaging_limit_counts_distinct_people_in_a_rolling_day() {
    let world = World::new().await;
    world.sim.change_portfolio("900000000000301", json!({ "limit": 2 })).unwrap();
    let hello = |to: &'static str| world.template(to, "hello_world", "en_US", json!([]));
    for to in ["15550100177", "15550100188", "15550100177"] {
        wamid(&hello(to).await);
    }
    assert_eq!(code(&hello("447700900123").await), 131_999);
    world.greeted_by("liam").await;
    wamid(&hello("447700900123").await);
    world.advance(Duration::from_secs(24 * 3600)).await;
    wamid(&hello("33639980012").await);
    let oracle = world.sim.oracle();
    assert_eq!(oracle["max_people_sent_to_in_24h"]["900000000000301"], 2);
    assert_eq!(oracle["max_people_delivered_to_in_24h"]["900000000000301"], 2);
    assert_eq!(oracle["people_sent_to_last_24h"]["900000000000301"], 1);
}

#[tokio::test]
async fn blocked_people_and_opted_out_marketing_fail() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    world.sim.person_stops("amara", json!({})).unwrap();
    world.sim.run_due().await;
    world.values();
    let sale = json!([
        { "type": "header", "parameters": [{ "type": "image", "image": { "link": "https://shop.example/a.png" } }] },
        { "type": "body", "parameters": [{ "type": "text", "text": "Amara" }] } ]);
    wamid(&world.template("15550100177", "spring_sale", "en_US", sale).await);
    world.advance(Duration::from_secs(2)).await;
    assert_eq!(failure(&world)["errors"][0]["code"], 131_050);
    world.sim.person_blocks("amara", json!({})).unwrap();
    wamid(&world.text("15550100177", "Hi").await);
    world.advance(Duration::from_secs(2)).await;
    assert_eq!(failure(&world)["errors"][0]["code"], 131_026);
    let block = json!({ "messaging_product": "whatsapp", "block_users": [{ "user": "15550100177" }] });
    assert_eq!(world.post("/v26.0/900000000000201/block_users", block).await.0, 200);
    wamid(&world.text("15550100177", "Hi").await);
    world.advance(Duration::from_secs(2)).await;
    assert_eq!(failure(&world)["errors"][0]["code"], 130_403);
}
