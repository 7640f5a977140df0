//! What stands at Meta is seen here: at once when an admin tells of a WABA, and every half hour.

use cloud_api::WabaId;
use graph::{Graph, Managed};
use local::world::Secrets;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::templates::{WABA, id_of, newest, opened, path, shown};

async fn names(stage: &Stage, query: &str) -> Vec<String> {
    let found = stage.all(&format!("/v1/templates{query}")).await;
    let name = |it: &Value| format!("{}/{}", it["name"].as_str().unwrap(), it["language"].as_str().unwrap());
    found.iter().map(name).collect()
}

#[tokio::test]
async fn the_templates_of_a_waba_are_there_once_an_admin_has_told_of_it_and_can_be_filtered() {
    let stage = opened().await;
    let all = names(&stage, "").await;
    assert_eq!(all.len(), 12, "{all:?}");
    assert!(all.is_sorted());
    assert_eq!(
        names(&stage, "?name=appointment").await,
        ["appointment_reminder/en_GB", "appointment_reminder/es"]
    );
    assert_eq!(names(&stage, "?status=paused").await, ["win_back/en_US"]);
    assert_eq!(names(&stage, "?category=AUTHENTICATION").await, ["fx_otp/en_US"]);
    assert_eq!(
        names(&stage, &format!("?waba={WABA}&category=MARKETING&status=APPROVED&name=spring")).await.len(),
        2
    );
    assert!(names(&stage, "?waba=900000000000102").await.is_empty(), "nobody told of the vendors");
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = stage.read(&format!("/v1/templates?limit=4{next}")).await;
        let items = page["items"].as_array().unwrap();
        assert!((1..=4).contains(&items.len()));
        paged.extend(items.iter().map(|it| it["name"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(paged.len(), 12);
    let template = shown(&stage, "order_update_v3").await;
    assert_eq!((&template["status"], &template["category"]), (&json!("APPROVED"), &json!("UTILITY")));
    assert_eq!((&template["quality"], &template["usable"]), (&json!("GREEN"), &json!(true)));
    assert_eq!(template["parameter_format"], "NAMED");
    let parameters: Vec<_> =
        template["parameters"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(parameters, ["header", "body.first_name", "body.order_no", "button.0", "button.1"]);
    assert_eq!(template["components"].as_array().unwrap().len(), 4);
    assert_eq!(newest(&template, "state")["source"], "sync");
    let paused = shown(&stage, "win_back").await;
    assert_eq!((&paused["usable"], &paused["concerns"][0]["what"]), (&json!(false), &json!("state")));
}

#[tokio::test]
async fn what_no_webhook_tells_is_found_within_half_an_hour() {
    let stage = opened().await;
    let new = json!({ "name": "late_news", "waba_id": WABA, "components": [{ "type": "BODY", "text": "Tea is back." }] });
    stage.sim().add_template(new).unwrap();
    assert_eq!(stage.api(Method::GET, &path("late_news", ""), None).await.0, StatusCode::NOT_FOUND);
    let hash = shown(&stage, "hello_world").await["content_hash"].clone();
    stage.pass(1_801).await;
    let late = shown(&stage, "late_news").await;
    assert_eq!((&late["status"], &late["step"]), (&json!("APPROVED"), &Value::Null));
    let hello = shown(&stage, "hello_world").await;
    assert_eq!(hello["content_hash"], hash);
    assert_eq!(hello["history"].as_array().unwrap().len(), 5, "what stays as it is is no change: {hello:#}");
}

#[tokio::test]
async fn a_template_that_vanished_at_meta_is_seen_as_deleted_and_its_history_stays() {
    let stage = opened().await;
    let graph = Graph::new(&format!("{}/graph", stage.world.admin_url())).unwrap();
    let id = id_of(&stage, "spring_sale");
    let (token, waba, id) = (Secrets::ACCESS_TOKEN.to_owned().into(), WabaId::new(WABA), id.as_str().into());
    let gone = graph.delete_template(&token, &waba, (&id, "spring_sale")).await;
    assert_eq!(gone, Managed::Done(()));
    stage.pass(1_801).await;
    let template = shown(&stage, "spring_sale").await;
    assert_eq!((&template["status"], &template["usable"]), (&json!("DELETED"), &json!(false)));
    assert_eq!(newest(&template, "state")["from"], "APPROVED");
    let other = stage.read(&format!("/v1/templates/{WABA}/spring_sale/pt_BR")).await;
    assert_eq!(other["status"], "APPROVED", "the other language stays");
    assert_eq!(names(&stage, "?status=DELETED").await.len(), 1);
    // Somebody makes a new one of this name elsewhere: it is another template.
    let body = json!([{ "type": "BODY", "text": "Tea is back." }]);
    let new = json!({ "name": "spring_sale", "waba_id": WABA, "components": body });
    let new = stage.sim().add_template(new).unwrap()["id"].clone();
    stage.pass(1_801).await;
    let template = shown(&stage, "spring_sale").await;
    assert_eq!((&template["id"], &template["status"]), (&new, &json!("APPROVED")));
}

#[tokio::test]
async fn every_page_of_a_waba_with_many_templates_is_read() {
    let stage = Stage::start().await;
    for n in 0..130 {
        let body = json!([{ "type": "BODY", "text": "Tea is back." }]);
        let new = json!({ "name": format!("tea_{n:03}"), "waba_id": "900000000000102", "components": body });
        stage.sim().add_template(new).unwrap();
    }
    let waba = Some(json!({ "name": "Vendors" }));
    assert_eq!(stage.api(Method::PUT, "/v1/wabas/900000000000102", waba).await.0, StatusCode::OK);
    stage.settle().await;
    assert_eq!(names(&stage, "").await.len(), 131);
}
