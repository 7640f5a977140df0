//! Who may see files, and what is left of them.

use local::tokens::Role;

use super::*;
use crate::access::{ANA, BO, Who, ask, get, with_departments};

#[tokio::test]
async fn only_who_may_see_a_conversation_sees_its_files() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let key = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let update = stage.world.dynamodb().update_item().table_name("local-directory");
    let update = update.key("pk", key("NUMBERS")).key("sk", key(NUMBER));
    let update = update.update_expression("SET dp = :dp").expression_attribute_values(":dp", key("sales"));
    update.send().await.unwrap();
    let path = format!("/v1/media/{}", newest(&stage).await["id"].as_str().unwrap());
    assert_eq!(get(&stage, &ANA, &path).await.status, StatusCode::OK);
    assert_eq!(get(&stage, &BO, &path).await.status, StatusCode::NOT_FOUND);
    let retry = format!("{path}/retry");
    assert_eq!(ask(&stage, &BO, (Method::POST, &retry), None, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_upload_is_seen_by_whoever_uploads_it_alone() {
    let stage = Stage::start().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    let path = format!("/v1/media/{}", upload["id"].as_str().unwrap());
    let supervisor = Who::Person("u-sue", Role::Supervisor);
    assert_eq!(get(&stage, &supervisor, &path).await.status, StatusCode::NOT_FOUND);
    let complete = format!("{path}/complete");
    let answer = ask(&stage, &supervisor, (Method::POST, &complete), None, None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_lasts_a_quarter_of_an_hour_and_cannot_be_bent() {
    let stage = Stage::start().await;
    sends(&stage, &ada(&stage), "document", "text/html", b"<html>");
    stage.settle().await;
    let file = newest(&stage).await;
    let link = file["url"].as_str().unwrap();
    assert_eq!(follow(&json!(link)).await.0, StatusCode::OK);
    let bent = link.replace("application%2Foctet-stream", "text%2Fhtml");
    assert_ne!(bent, link);
    // Without a right, nobody hears what is there.
    assert_eq!(follow(&json!(bent)).await.0, StatusCode::NOT_FOUND, "as another type");
    assert_eq!(follow(&json!(link.replace("/file?", "/thumbnail?"))).await.0, StatusCode::NOT_FOUND);
    stage.pass(901).await;
    assert_eq!(follow(&json!(link)).await.0, StatusCode::FORBIDDEN, "too late");
}

#[tokio::test]
async fn an_erasure_leaves_no_file_of_the_person_whoever_sent_it() {
    let stage = Stage::start().await;
    let person = ada(&stage);
    sends(&stage, &person, "image", "image/jpeg", JPEG);
    stage.settle().await;
    let upload = uploaded(&stage, "image", "image/png", PNG).await;
    send(&stage, with("image", &upload)).await;
    stage.pass(60).await;
    // What was being copied when the messages went.
    let bucket = &stage.world.template.buckets[0];
    let conversation = stage.all("/v1/conversations").await[0]["id"].as_str().unwrap().to_owned();
    let late = local::s3::Object::new(format!("media/{conversation}/late/file"), JPEG.into(), stage.now());
    stage.world.s3.put(bucket, late, local::s3::Put::Always).await.unwrap();
    assert_eq!((objects(&stage, "media/").len(), objects(&stage, "uploads/").len()), (5, 3));
    let contact = stage.all("/v1/contacts").await[0]["id"].as_str().unwrap().to_owned();
    let body = Some(json!({ "reason": "She asked." }));
    let erase = stage.api(Method::POST, &format!("/v1/contacts/{contact}/erase"), body).await;
    assert!(erase.0.is_success(), "{erase:?}");
    stage.pass(600).await;
    assert_eq!((objects(&stage, "media/"), objects(&stage, "uploads/")), (vec![], vec![]));
    let path = format!("/v1/media/{}", upload["id"].as_str().unwrap());
    assert_eq!(stage.api(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_on_its_way_when_its_person_is_erased_is_taken_away_by_whoever_brings_it() {
    let stage = Stage::start().await;
    let slow = json!({ "graph": [{ "kind": "slow", "on": "media", "next": 2, "hang_ms": 9_000 }] });
    stage.sim().add_faults(slow).unwrap();
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let contact = stage.all("/v1/contacts").await[0]["id"].as_str().unwrap().to_owned();
    let body = Some(json!({ "reason": "She asked." }));
    stage.api(Method::POST, &format!("/v1/contacts/{contact}/erase"), body).await;
    stage.settle().await;
    stage.pass(30).await;
    assert_eq!(objects(&stage, "media/"), Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_nobody_can_read_is_one_dead_letter_however_often_it_comes() {
    let stage = Stage::start().await;
    for _ in 0..2 {
        let url = stage.world.queue_url("MediaQueue").unwrap();
        stage
            .world
            .sqs_client()
            .send_message()
            .queue_url(url)
            .message_body("not a job")
            .send()
            .await
            .unwrap();
        stage.settle().await;
    }
    assert_eq!(stage.all("/v1/dead-letters").await.len(), 1);
}

#[tokio::test]
async fn a_file_that_is_copied_while_its_person_is_erased_does_not_stay() {
    let stage = Stage::start().await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "http_5xx", "on": "media", "next": 8 }] })).unwrap();
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let contact = stage.all("/v1/contacts").await[0]["id"].as_str().unwrap().to_owned();
    let body = Some(json!({ "reason": "She asked." }));
    stage.api(Method::POST, &format!("/v1/contacts/{contact}/erase"), body).await;
    stage.pass(3_600).await;
    assert_eq!(objects(&stage, "media/"), Vec::<String>::new());
    assert_eq!(stage.all("/v1/dead-letters").await.len(), 0);
}

#[tokio::test]
async fn files_go_with_the_messages_that_are_kept_long_enough() {
    let stage = Stage::start().await;
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let (status, kept) =
        stage.api(Method::PUT, "/v1/settings/retention", Some(json!({ "messages": 1 }))).await;
    assert!(status.is_success(), "{kept:#}");
    stage.pass(43_200).await;
    assert_eq!(objects(&stage, "media/").len(), 2);
    stage.pass(86_400 + 43_200).await;
    assert_eq!(objects(&stage, "media/"), Vec::<String>::new());
}

#[tokio::test]
async fn a_week_later_an_upload_is_gone_a_message_has_its_own_copy_and_meta_is_not_asked_again() {
    let stage = Stage::start().await;
    let person = ada(&stage);
    stage.sim().add_faults(json!({ "graph": [{ "kind": "error", "code": 100, "on": "media" }] })).unwrap();
    sends(&stage, &person, "image", "image/jpeg", JPEG);
    stage.settle().await;
    let lost = newest(&stage).await;
    let upload = uploaded(&stage, "image", "image/png", PNG).await;
    // Of two messages of one instant either may stand first.
    stage.pass(1).await;
    send(&stage, with("image", &upload)).await;
    stage.pass(7 * 86_400).await;
    assert_eq!(follow(&newest(&stage).await["url"]).await.3, PNG);
    let path = format!("/v1/media/{}", upload["id"].as_str().unwrap());
    assert_eq!(stage.api(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&stage, with("image", &upload)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let retry = format!("/v1/media/{}/retry", lost["id"].as_str().unwrap());
    let (status, problem) = stage.api(Method::POST, &retry, None).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["detail"].as_str().unwrap().contains("seven days"), "{problem:#}");
}
