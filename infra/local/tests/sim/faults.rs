use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{World, code};

async fn control(world: &World, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = world.graph.replace("/graph", &format!("/sim{path}"));
    let request = world.client.request(method.parse().unwrap(), url).json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn bodies(world: &World) -> Vec<Value> {
    let bodies = std::mem::take(&mut *world.hook.bodies.lock().unwrap());
    bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

#[tokio::test]
async fn webhooks_are_duplicated_batched_shuffled_and_held_on_command() {
    let world = World::new().await;
    let write = |count: usize| {
        for i in 0..count {
            world.sim.person_writes("amara", json!({ "text": i.to_string() })).unwrap();
        }
    };
    world.sim.add_faults(json!({ "webhooks": { "duplicate": 2 } })).unwrap();
    write(1);
    world.sim.run_due().await;
    assert_eq!(bodies(&world).len(), 3);

    world.sim.clear_faults().unwrap();
    world.sim.add_faults(json!({ "seed": 7, "webhooks": { "batch": 4, "reorder": 8 } })).unwrap();
    write(8);
    world.sim.run_due().await;
    let posts = bodies(&world);
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0]["entry"][0]["changes"].as_array().unwrap().len(), 4);
    let order: Vec<String> = posts
        .iter()
        .flat_map(|post| post["entry"][0]["changes"].as_array().unwrap())
        .map(|change| change["value"]["messages"][0]["text"]["body"].as_str().unwrap().to_owned())
        .collect();
    assert_ne!(order, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    write(1);
    world.sim.run_due().await;
    assert_eq!(bodies(&world).len(), 0, "the batch is not full");
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(bodies(&world).len(), 1);

    world.sim.clear_faults().unwrap();
    world.sim.add_faults(json!({ "webhooks": { "hold": true } })).unwrap();
    write(3);
    world.advance(Duration::from_secs(3600)).await;
    assert_eq!(bodies(&world).len(), 0);
    world.sim.clear_faults().unwrap();
    world.sim.run_due().await;
    assert_eq!(bodies(&world).len(), 3);
}

#[tokio::test]
async fn messages_of_one_number_can_share_a_value() {
    let world = World::new().await;
    world.sim.add_faults(json!({ "webhooks": { "batch": 4, "merge": true } })).unwrap();
    for (person, to) in [("amara", "Sales"), ("amara", "Sales"), ("noor", "Sales"), ("noor", "Vendors")] {
        let to = if to == "Sales" { "900000000000201" } else { "900000000000299" };
        world.sim.person_writes(person, json!({ "text": "x", "to": to })).unwrap();
    }
    world.sim.run_due().await;
    let post = bodies(&world).remove(0);
    assert_eq!(post["entry"].as_array().unwrap().len(), 2, "one entry per account");
    let value = &post["entry"][0]["changes"][0]["value"];
    let count = |list: &str| value[list].as_array().unwrap().len();
    assert_eq!((count("messages"), count("contacts")), (3, 2));
}

#[tokio::test]
async fn a_dropped_webhook_comes_again_and_a_delayed_one_comes_late() {
    let world = World::new().await;
    world.sim.add_faults(json!({ "webhooks": { "drop_share": 1.0, "delay_ms": 2000 } })).unwrap();
    world.sim.person_writes("amara", json!({ "text": "Hello" })).unwrap();
    world.advance(Duration::from_secs(6)).await;
    assert_eq!(bodies(&world).len(), 0);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(bodies(&world).len(), 1);
}

#[tokio::test]
async fn graph_answers_fail_in_every_way_that_is_ordered() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    let order = |fault: Value| world.sim.add_faults(json!({ "graph": [fault] })).unwrap();
    order(json!({ "kind": "error", "code": 190 }));
    let expired = world.text("15550100177", "x").await;
    assert_eq!((expired.0, code(&expired)), (401, 190));
    order(json!({ "kind": "graph_5xx", "code": 131_016 }));
    let overloaded = world.text("15550100177", "x").await;
    assert_eq!((overloaded.0, code(&overloaded)), (503, 131_016));
    order(json!({ "kind": "http_5xx", "status": 502 }));
    assert_eq!(world.text("15550100177", "x").await, (502, Value::Null));
    assert_eq!(world.text("15550100177", "x").await.0, 200, "an order is for one request");
    world.advance(Duration::from_secs(10)).await;
    assert_eq!(world.statuses().len(), 3);
}

#[tokio::test]
async fn a_reset_after_acceptance_still_brings_statuses_and_one_before_does_not() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    for (kind, statuses) in [("reset_before", 0), ("reset_after", 3), ("reset_mid_body", 3)] {
        world.sim.add_faults(json!({ "graph": [{ "kind": kind }] })).unwrap();
        let url = format!("{}/v26.0/900000000000201/messages", world.graph);
        let body = json!({ "messaging_product": "whatsapp", "to": "15550100177", "type": "text", "text": { "body": "x" } });
        let answer = world.client.post(url).bearer_auth("local-access-token").json(&body).send().await;
        let read = match answer {
            Ok(answer) => answer.bytes().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(read.is_err(), "{kind} gives no whole answer");
        world.advance(Duration::from_secs(10)).await;
        assert_eq!(world.statuses().len(), statuses, "{kind}");
    }
    let ledger = world.sim.ledger(&[("on".to_owned(), "send".to_owned())].into()).unwrap();
    let outcomes: Vec<_> = ledger
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["outcome"].as_str(), entry["fault"].as_str()))
        .collect();
    let wanted = [("fault", "reset_before"), ("accepted", "reset_after"), ("accepted", "reset_mid_body")]
        .map(|(o, f)| (Some(o), Some(f)));
    assert_eq!(outcomes, wanted);
}

#[tokio::test]
async fn a_timeout_hangs_until_the_clock_has_moved() {
    let world = World::new().await;
    world.greeted_by("amara").await;
    world.sim.add_faults(json!({ "graph": [{ "kind": "timeout_after", "hang_ms": 60_000 }] })).unwrap();
    let hung = tokio::time::timeout(Duration::from_millis(300), world.text("15550100177", "x")).await;
    assert!(hung.is_err());
    world.advance(Duration::from_secs(10)).await;
    assert_eq!(world.statuses().len(), 3, "it was accepted all the same");
}

#[tokio::test]
async fn every_route_of_the_index_is_served() {
    let world = World::new().await;
    let (_, index) = control(&world, "GET", "", json!({})).await;
    let routes = index["routes"].as_array().unwrap().clone();
    assert!(routes.len() > 25);
    for route in routes {
        let path = route["path"].as_str().unwrap().trim_start_matches("/sim");
        let path = match path {
            path if path.contains("people") => path.replace("{id}", "amara"),
            path if path.contains("portfolios") => path.replace("{id}", "900000000000301"),
            path => path.replace("{id}", "900000000002001"),
        };
        let (status, answer) = control(&world, route["method"].as_str().unwrap(), &path, json!({})).await;
        assert!(
            !matches!(status, 405 | 500) && answer["error"] != "no such path; see GET /sim",
            "{route} {status} {answer}"
        );
    }
    assert_eq!(control(&world, "DELETE", "/people", json!({})).await.0, 405);
    assert_eq!(control(&world, "GET", "/teapot", json!({})).await.0, 404);
}

#[tokio::test]
async fn bad_control_input_names_the_field() {
    let world = World::new().await;
    let cases = [
        ("/people", json!({ "name": 7 }), "name"),
        ("/people", json!({}), "name"),
        ("/people", json!({ "name": "A", "shoe": 1 }), "shoe"),
        ("/people/amara/messages", json!({}), "type"),
        ("/people/amara/messages", json!({ "text": "x", "to": "999" }), "to"),
        ("/people/amara/behaviour", json!({ "reads": "yes" }), "behaviour.reads"),
        ("/faults", json!({ "webhooks": { "duplicate": -1 } }), "webhooks.duplicate"),
        ("/faults", json!({ "graph": [{ "kind": "explode" }] }), "graph[0].kind"),
        ("/webhook", json!({ "value": {} }), "field"),
    ];
    for (path, body, field) in cases {
        let (status, answer) = control(&world, "POST", path, body).await;
        assert_eq!((status, answer["field"].as_str()), (400, Some(field)), "{path} {answer}");
    }
    assert_eq!(control(&world, "POST", "/people/nobody/messages", json!({ "text": "x" })).await.0, 404);
}

#[tokio::test]
async fn any_webhook_can_be_posted_signed_or_not() {
    let world = World::new().await;
    let post = |body: Value| world.sim.post_webhook(body);
    let value = json!({ "decision": "APPROVED", "note": "é" });
    assert_eq!(
        post(json!({ "field": "account_review_update", "value": value })).await.unwrap()["status"],
        200
    );
    let told = bodies(&world).remove(0);
    assert_eq!(
        (&told["entry"][0]["id"], &told["entry"][0]["changes"][0]["value"]),
        (&json!("900000000000101"), &value)
    );
    assert_eq!(post(json!({ "body": "not json" })).await.unwrap()["status"], 200);
    assert_eq!(post(json!({ "body": {}, "signature": "invalid" })).await.unwrap()["status"], 401);
    assert_eq!(post(json!({ "body": {}, "signature": "missing" })).await.unwrap()["status"], 401);
}
