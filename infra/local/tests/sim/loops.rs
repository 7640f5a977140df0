use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::{SALES, World, wamid};

#[tokio::test]
async fn a_person_writes_is_answered_and_reads() {
    let world = World::new().await;
    world.sim.person_writes("amara", json!({ "text": "Ist der Kessel da? 🌻" })).unwrap();
    world.sim.run_due().await;
    let inbound = world.values().remove(0);
    assert_eq!(
        inbound["metadata"],
        json!({ "display_phone_number": "15550100200", "phone_number_id": SALES })
    );
    assert_eq!(
        inbound["contacts"][0],
        json!({ "profile": { "name": "Amara Fern" }, "wa_id": "15550100177", "user_id": "US.77001122334455" })
    );
    let message = &inbound["messages"][0];
    assert_eq!(
        (&message["from"], &message["text"]["body"]),
        (&json!("15550100177"), &json!("Ist der Kessel da? 🌻"))
    );
    assert_eq!(message["timestamp"], "1795392000");

    let answer = world
        .send(json!({ "to": "+15550100177", "type": "text", "text": { "body": "Yes" }, "biz_opaque_callback_data": "1|s|k|1" }))
        .await;
    let id = wamid(&answer);
    assert_eq!(answer.1["contacts"][0], json!({ "input": "+15550100177", "wa_id": "15550100177" }));
    world.advance(Duration::from_secs(10)).await;
    let statuses = world.statuses();
    let names: Vec<_> = statuses.iter().map(|status| status["status"].as_str().unwrap()).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    for status in &statuses {
        assert_eq!((&status["id"], &status["biz_opaque_callback_data"]), (&json!(id), &json!("1|s|k|1")));
        assert_eq!(status["recipient_user_id"], "US.77001122334455");
    }
    let price = json!({ "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service" });
    assert_eq!((&statuses[0]["pricing"], &statuses[1]["pricing"]), (&price, &price));
    assert_eq!(statuses[2].get("pricing"), None);
    let chat = &world.sim.person("amara").unwrap()["chat"];
    assert_eq!(chat[1]["content"]["text"]["body"], "Yes");
    assert!(world.sim.is_idle());
}

#[tokio::test]
async fn somebody_without_a_visible_phone_is_known_by_the_bsuid_alone() {
    let world = World::new().await;
    world.sim.person_writes("aoi", json!({ "text": "こんにちは" })).unwrap();
    world.sim.run_due().await;
    let inbound = world.values().remove(0);
    let user_id = world.sim.person("aoi").unwrap()["user_id"].as_str().unwrap().to_owned();
    assert_eq!(inbound["contacts"][0].get("wa_id"), None);
    assert_eq!(inbound["contacts"][0]["profile"]["username"], "aoi_sato");
    assert_eq!(inbound["messages"][0].get("from"), None);
    assert_eq!(inbound["messages"][0]["from_user_id"], user_id.as_str());

    let answer = world.send(json!({ "recipient": user_id, "type": "text", "text": { "body": "Hi" } })).await;
    assert_eq!(answer.1["contacts"][0], json!({ "input": user_id, "user_id": user_id }));
    world.advance(Duration::from_secs(10)).await;
    for status in world.statuses() {
        assert_eq!((status.get("recipient_id"), &status["recipient_user_id"]), (None, &json!(user_id)));
    }
}

#[tokio::test]
async fn every_kind_of_message_can_be_written() {
    let world = World::new().await;
    let kinds = [
        json!({ "type": "image", "caption": "broken lid" }),
        json!({ "type": "voice" }),
        json!({ "type": "document" }),
        json!({ "type": "sticker" }),
        json!({ "type": "location" }),
        json!({ "type": "contacts" }),
        json!({ "type": "button", "body": { "payload": "STOP", "text": "Stop" }, "reply_to": "wamid.X" }),
        json!({ "type": "button_reply", "body": { "id": "a", "title": "A" } }),
        json!({ "type": "list_reply", "body": { "id": "a", "title": "A", "description": "B" } }),
        json!({ "type": "flow_reply", "body": { "flow_token": "t", "rating": "4" } }),
        json!({ "type": "order", "body": { "catalog_id": "9", "product_items": [] } }),
        json!({ "type": "edit", "body": { "original_message_id": "wamid.X", "text": "corrected" } }),
        json!({ "type": "revoke", "body": { "original_message_id": "wamid.X" } }),
        json!({ "type": "unsupported" }),
        json!({ "type": "hologram", "body": { "depth": 3 } }),
    ];
    for kind in &kinds {
        world.sim.person_writes("noor", kind.clone()).unwrap();
    }
    world.sim.run_due().await;
    let messages: Vec<_> = world.values().into_iter().map(|mut value| value["messages"][0].take()).collect();
    assert_eq!(messages.len(), kinds.len());
    assert_eq!(
        (&messages[0]["image"]["caption"], &messages[1]["audio"]["voice"]),
        (&json!("broken lid"), &json!(true))
    );
    assert_eq!(messages[7]["interactive"]["button_reply"]["id"], "a");
    assert_eq!(
        messages[9]["interactive"]["nfm_reply"]["response_json"],
        r#"{"flow_token":"t","rating":"4"}"#
    );
    assert_eq!(messages[11]["edit"]["message"]["text"]["body"], "corrected");
    assert_eq!(messages[13]["errors"][0]["code"], 131_051);
    assert_eq!(messages[14]["hologram"]["depth"], 3);
}

#[tokio::test]
async fn people_react_stop_and_move_to_another_number() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    let id = wamid(&world.text("15550100177", "Hi").await);
    world.advance(Duration::from_secs(5)).await;
    world.values();
    world.sim.person_reacts("amara", json!({ "emoji": "👍" })).unwrap();
    world.sim.person_reacts("amara", json!({ "emoji": null })).unwrap();
    world.sim.person_stops("amara", json!({})).unwrap();
    world.sim.person_changes_number("amara", json!({ "phone": "+1 555 010 0178" })).unwrap();
    world.sim.run_due().await;
    let values = world.values();
    assert_eq!(values[0]["messages"][0]["reaction"], json!({ "message_id": id, "emoji": "👍" }));
    assert_eq!(values[1]["messages"][0]["reaction"], json!({ "message_id": id }));
    assert_eq!(values[2]["user_preferences"][0]["value"], "stop");
    assert_eq!(values[2]["user_preferences"][0]["timestamp"], 1_795_392_005);
    let system = &values[3]["messages"][0];
    assert_eq!((&system["from"], &system["system"]["wa_id"]), (&json!("15550100177"), &json!("15550100178")));
    assert_eq!(system["system"]["previous_user_id"], "US.77001122334455");
    assert_eq!(values[3].get("contacts"), None);
}

#[tokio::test]
async fn a_phone_that_is_off_gets_its_messages_later() {
    let world = World::new().await;
    world.greeted_by("liam").await;
    world.sim.person_behaves("liam", json!({ "phone_off": true })).unwrap();
    wamid(&world.text("447700900123", "Hi").await);
    world.advance(Duration::from_secs(3600)).await;
    assert_eq!(world.statuses().len(), 1, "only sent");
    world.sim.person_behaves("liam", json!({ "phone_off": false, "reads": false })).unwrap();
    world.advance(Duration::from_secs(60)).await;
    let statuses = world.statuses();
    assert_eq!((statuses.len(), &statuses[0]["status"]), (1, &json!("delivered")));
    world.sim.person_reads("liam", json!({})).unwrap();
    world.sim.run_due().await;
    assert_eq!(world.statuses()[0]["status"], "read");
}

#[tokio::test]
async fn a_webhook_that_answers_anything_but_200_is_tried_again_for_a_week() {
    let world = World::new().await;
    world.hook.answers.store(503, Ordering::SeqCst);
    world.sim.person_writes("amara", json!({ "text": "Hello" })).unwrap();
    world.advance(Duration::from_secs(60)).await;
    world.hook.answers.store(0, Ordering::SeqCst);
    world.advance(Duration::from_secs(120)).await;
    assert_eq!(world.values().len(), 1);
    let posts = world.sim.webhooks(&[("state".to_owned(), "delivered".to_owned())].into()).unwrap();
    assert!(posts[0]["attempts"].as_array().unwrap().len() >= 4);

    world.hook.answers.store(404, Ordering::SeqCst);
    world.sim.person_writes("amara", json!({ "text": "Hello?" })).unwrap();
    world.advance(Duration::from_secs(8 * 24 * 3600)).await;
    assert_eq!(world.sim.counters()["webhook_abandoned"], 1);
    assert!(world.sim.is_idle());
}

#[tokio::test]
async fn after_a_kill_people_messages_and_pending_webhooks_are_still_there() {
    let directory = tempfile::tempdir().unwrap();
    let first = World::open(Some(directory.path())).await;
    first.greeted_by("amara").await;
    first.sim.add_person(json!({ "id": "zoe", "name": "Zoë", "phone": "15550100150" })).unwrap();
    let id = wamid(&first.text("15550100177", "Hi").await);
    first.sim.person_writes("zoe", json!({ "text": "Before the crash" })).unwrap();
    drop(first);

    let second = World::open(Some(directory.path())).await;
    assert_eq!(second.sim.person("zoe").unwrap()["name"], "Zoë");
    assert_eq!(second.sim.ledger(&[].into()).unwrap()[0]["wamid"], id.as_str());
    second.advance(Duration::from_secs(10)).await;
    let values = second.values();
    let told = |wanted: &str| values.iter().filter(|value| value["statuses"][0]["status"] == wanted).count();
    assert_eq!((told("sent"), told("delivered"), told("read")), (1, 1, 1));
    assert!(values.iter().any(|value| value["messages"][0]["text"]["body"] == "Before the crash"));
    assert_ne!(wamid(&second.text("15550100177", "Again").await), id, "ids stay unique");
}

#[tokio::test]
async fn on_the_system_clock_everything_happens_by_itself() {
    let world = World::new().await;
    let config =
        local::sim::SimConfig { app_secret: "test_app_secret".into(), ..local::sim::SimConfig::default() };
    let sim = local::sim::Sim::open(config, lambda_kit::Clock::system()).unwrap();
    let task = sim.spawn();
    sim.person_writes("amara", json!({ "text": "Hello" })).unwrap();
    // Nobody listens yet: the webhook waits for an address.
    tokio::time::sleep(Duration::from_millis(50)).await;
    sim.set_webhook_url(world.hook.serve().await);
    let graph = crate::world::serve(sim.graph_router()).await;
    let body = json!({ "messaging_product": "whatsapp", "to": "15550100177", "type": "text", "text": { "body": "Hi" } });
    let url = format!("{graph}/v26.0/{SALES}/messages");
    let answer = world.client.post(url).bearer_auth("local-access-token").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let start = Instant::now();
    let mut told = Vec::new();
    while told.len() < 3 && start.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        told.extend(world.values());
    }
    assert_eq!(told[0]["messages"][0]["text"]["body"], "Hello");
    assert_eq!(
        (&told[1]["statuses"][0]["status"], &told[2]["statuses"][0]["status"]),
        (&json!("sent"), &json!("delivered"))
    );
    task.abort();
}
