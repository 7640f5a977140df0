use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{SALES, WABA, World, code, wamid};

#[tokio::test]
async fn tokens_paths_and_objects_are_checked_as_meta_does() {
    let world = World::new().await;
    let url = format!("{}/v26.0/{SALES}", world.graph);
    let wrong = world.client.get(&url).bearer_auth("someone-else").send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"]["code"], 190);
    assert_eq!(world.client.get(&url).send().await.unwrap().status(), 401);
    let unknown = world.post("/v26.0/123/messages", json!({ "messaging_product": "whatsapp" })).await;
    assert_eq!((code(&unknown), &unknown.1["error"]["error_subcode"]), (100, &json!(33)));
    assert_eq!(code(&world.get("/v99.0/me").await), 2500);
    assert_eq!(code(&world.get(&format!("/v26.0/{SALES}/teapot")).await), 2500);
    assert_eq!(code(&world.post(&format!("/v26.0/{SALES}/messages"), json!({})).await), 100);
}

#[tokio::test]
async fn numbers_profiles_and_accounts_can_be_read_and_changed() {
    let world = World::new().await;
    let fields =
        "quality_rating,throughput,status,whatsapp_business_manager_messaging_limit,display_phone_number";
    let (_, number) = world.get(&format!("/v26.0/{SALES}?fields={fields}")).await;
    let wanted = json!({ "quality_rating": "GREEN", "throughput": { "level": "STANDARD" }, "status": "CONNECTED",
        "whatsapp_business_manager_messaging_limit": "TIER_2K", "display_phone_number": "+1 555-010-0200", "id": SALES });
    assert_eq!(number, wanted);
    assert_eq!(code(&world.get(&format!("/v26.0/{SALES}?fields=shoe_size")).await), 100);
    let (_, numbers) = world.get(&format!("/v26.0/{WABA}/phone_numbers")).await;
    assert_eq!(numbers["data"].as_array().unwrap().len(), 2);
    let profile = format!("/v26.0/{SALES}/whatsapp_business_profile");
    world.post(&profile, json!({ "messaging_product": "whatsapp", "about": "Open now" })).await;
    assert_eq!(world.get(&profile).await.1["data"][0]["about"], "Open now");
    let (_, apps) = world.get(&format!("/v26.0/{WABA}/subscribed_apps")).await;
    assert_eq!(apps["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn media_goes_up_is_looked_up_fetched_sent_and_deleted() {
    let world = World::new().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--b\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNGPNG\r\n--b--\r\n";
    let upload = |form: String| {
        let request = world
            .client
            .post(format!("{}/v26.0/{SALES}/media", world.graph))
            .bearer_auth("local-access-token");
        request.header("content-type", "multipart/form-data; boundary=b").body(form).send()
    };
    let id: Value = upload(form.to_owned()).await.unwrap().json().await.unwrap();
    let id = id["id"].as_str().unwrap();
    assert_eq!(upload(form.replace("image/png", "image/gif")).await.unwrap().status(), 400);
    let (_, media) = world.get(&format!("/v26.0/{id}")).await;
    assert_eq!((&media["file_size"], &media["mime_type"]), (&json!(6), &json!("image/png")));
    let url = media["url"].as_str().unwrap().to_owned();
    assert_eq!(world.client.get(&url).send().await.unwrap().status(), 401);
    let fetch = || world.client.get(&url).bearer_auth("local-access-token").send();
    assert_eq!(fetch().await.unwrap().text().await.unwrap(), "PNGPNG");

    world.greeted_by("amara").await;
    wamid(&world.send(json!({ "to": "15550100177", "type": "image", "image": { "id": id } })).await);
    assert_eq!(
        code(&world.send(json!({ "to": "15550100177", "type": "image", "image": { "id": "1" } })).await),
        100
    );
    world.advance(Duration::from_secs(301)).await;
    assert_eq!(fetch().await.unwrap().status(), 404, "the address lives five minutes");
    let gone = world
        .client
        .delete(format!("{}/v26.0/{id}", world.graph))
        .bearer_auth("local-access-token")
        .send()
        .await;
    assert_eq!(gone.unwrap().status(), 200);
    assert_eq!(code(&world.get(&format!("/v26.0/{id}")).await), 100);
}

#[tokio::test]
async fn a_picture_that_a_person_sent_can_be_fetched() {
    let world = World::new().await;
    world.sim.person_writes("amara", json!({ "type": "image", "size": 2000 })).unwrap();
    world.sim.run_due().await;
    let image = world.values()[0]["messages"][0]["image"].clone();
    let fetched = world
        .client
        .get(image["url"].as_str().unwrap())
        .bearer_auth("local-access-token")
        .send()
        .await
        .unwrap();
    assert_eq!(fetched.bytes().await.unwrap().len(), 2000);
    let (_, media) =
        world.get(&format!("/v26.0/{}?phone_number_id={SALES}", image["id"].as_str().unwrap())).await;
    assert_eq!(media["file_size"], 2000);
}

#[tokio::test]
async fn templates_are_listed_in_pages_created_reviewed_and_deleted() {
    let world = World::new().await;
    let edge = format!("/v26.0/{WABA}/message_templates");
    let (_, first) = world.get(&format!("{edge}?limit=5&fields=name,status")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 5);
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, rest) = world.get(&format!("{edge}?limit=100&after={after}")).await;
    assert!(rest["data"].as_array().unwrap().len() >= 6);
    assert_eq!(rest["paging"].get("next"), None);
    assert_eq!(code(&world.get(&format!("{edge}?after=rubbish")).await), 131_059);
    let (_, paused) = world.get(&format!("{edge}?status=PAUSED")).await;
    assert_eq!(paused["data"][0]["name"], "win_back");

    let body = json!([{ "type": "BODY", "text": "Hello {{1}}, your tea is ready.", "example": { "body_text": [["Amara"]] } }]);
    let new = json!({ "name": "tea_ready", "language": "en_US", "category": "UTILITY", "components": body });
    let (_, created) = world.post(&edge, new.clone()).await;
    assert_eq!(created["status"], "PENDING");
    assert_eq!(code(&world.post(&edge, new).await), 100);
    world.advance(Duration::from_secs(31)).await;
    let told = world.values().remove(0);
    assert_eq!((&told["event"], told["message_template_id"].is_number()), (&json!("APPROVED"), true));
    let parts = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amara" }] }]);
    wamid(&world.template("15550100177", "tea_ready", "en_US", parts).await);
    let url = format!("{}{edge}?name=tea_ready", world.graph);
    let deleted = world.client.delete(url).bearer_auth("local-access-token").send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    assert_eq!(world.get(&format!("{edge}?name=tea_ready")).await.1["data"], json!([]));
}

#[tokio::test]
async fn marking_a_message_read_needs_a_message_to_that_number() {
    let world = World::new().await;
    let first = world.sim.person_writes("amara", json!({ "text": "one" })).unwrap();
    let second = world.sim.person_writes("amara", json!({ "text": "two" })).unwrap();
    let read =
        |id: &Value| json!({ "status": "read", "message_id": id, "typing_indicator": { "type": "text" } });
    let (status, answer) = world.send(read(&second["id"])).await;
    assert_eq!((status, answer), (200, json!({ "success": true })));
    let chat = world.sim.person("amara").unwrap()["chat"].clone();
    assert_eq!((&chat[0]["id"], &chat[0]["seen"]), (&first["id"], &json!(true)));
    assert_eq!(code(&world.send(read(&json!("wamid.unknown"))).await), 131_009);
}

#[tokio::test]
async fn a_reaction_of_ours_is_only_ever_sent() {
    let world = World::new().await;
    let written = world.sim.person_writes("amara", json!({ "text": "one" })).unwrap();
    world.sim.run_due().await;
    world.values();
    wamid(&world.send(json!({ "to": "15550100177", "type": "reaction", "reaction": { "message_id": written["id"], "emoji": "👍" } })).await);
    world.advance(Duration::from_secs(60)).await;
    let statuses = world.statuses();
    assert_eq!((statuses.len(), &statuses[0]["status"]), (1, &json!("sent")));
}
