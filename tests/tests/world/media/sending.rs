//! Files of the team reach customers.

use super::*;

/// Ada wrote, so that she may be answered.
async fn asked() -> (Stage, String) {
    let stage = Stage::start().await;
    let person = ada(&stage);
    stage.writes(&person, "Have you a picture of it?");
    stage.pass(1).await;
    (stage, person)
}

#[tokio::test]
async fn a_picture_that_an_agent_sends_reaches_the_customer_and_stays_with_the_message() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    let mut message = with("image", &upload);
    message["image"]["caption"] = json!("Here it is");
    let (status, taken) = send(&stage, message).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{taken:#}");
    stage.pass(10).await;
    let sent = messages(&stage).await.remove(0);
    assert!(matches!(sent["status"].as_str(), Some("delivered" | "read")), "{sent:#}");
    assert_eq!(
        (&sent["content"]["image"]["caption"], &sent["media"]["state"]),
        (&json!("Here it is"), &json!("ready"))
    );
    let posts = stage.posts();
    let image = &posts[0]["body"]["image"];
    assert_eq!((posts.len(), &image["media"], &image["caption"]), (1, &Value::Null, &json!("Here it is")));
    let gave = given(&stage);
    assert_eq!((gave.len(), &gave[0]["body"]["bytes"]), (1, &json!(JPEG.len())));
    assert_eq!(gave[0]["body"]["mime_type"], "image/jpeg");
    let file = newest(&stage).await;
    assert_eq!(follow(&file["url"]).await.3, JPEG);
    assert!(follow(&file["thumbnail"]).await.3.starts_with(b"\xff\xd8\xff"));
}

#[tokio::test]
async fn what_a_browser_records_as_webm_is_sent_as_a_voice_note() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "audio", "audio/webm; codecs=opus", WEBM).await;
    assert_eq!(upload["content_type"], "audio/ogg");
    let mut message = with("audio", &upload);
    message["audio"]["voice"] = json!(true);
    assert_eq!(send(&stage, message).await.0, StatusCode::ACCEPTED);
    stage.pass(10).await;
    assert_eq!(given(&stage)[0]["body"]["mime_type"], "audio/ogg");
    assert_eq!(stage.posts()[0]["body"]["audio"]["voice"], true);
    let file = newest(&stage).await;
    assert_eq!((&file["state"], file["waveform"].as_array().unwrap().len()), (&json!("ready"), 64));
    assert!(follow(&file["url"]).await.3.starts_with(b"OggS"));
}

#[tokio::test]
async fn every_kind_of_file_can_be_sent() {
    let (stage, _) = asked().await;
    for (kind, content_type, bytes) in [
        ("video", "video/mp4", VIDEO),
        ("sticker", "image/webp", STICKER),
        ("document", "application/pdf", b"%PDF-1.4 of ours".as_slice()),
        ("audio", "audio/ogg", OGG),
        ("image", "image/png", PNG),
    ] {
        let upload = uploaded(&stage, kind, content_type, bytes).await;
        let mut message = with(kind, &upload);
        if kind == "document" {
            message["document"]["filename"] = json!("Price list.pdf");
        }
        assert_eq!(send(&stage, message).await.0, StatusCode::ACCEPTED, "{kind}");
        stage.pass(10).await;
        let sent = messages(&stage).await.remove(0);
        assert!(matches!(sent["status"].as_str(), Some("delivered" | "read")), "{kind}: {sent:#}");
        assert_eq!(sent["media"]["state"], "ready", "{kind}");
        if kind == "document" {
            let (_, _, shown, _) = follow(&newest(&stage).await["url"]).await;
            assert_eq!(shown, "inline; filename*=UTF-8''Price%20list.pdf");
        }
    }
}

#[tokio::test]
async fn a_text_that_is_written_after_a_picture_arrives_after_it() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    send(&stage, with("image", &upload)).await;
    send(&stage, json!({ "type": "text", "text": { "body": "Do you like it?" } })).await;
    stage.pass(60).await;
    let kinds: Vec<_> = stage.posts().iter().map(|post| post["body"]["type"].clone()).collect();
    assert_eq!(kinds, ["image", "text"]);
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_given_to_meta_once() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    for _ in 0..2 {
        assert_eq!(send(&stage, with("image", &upload)).await.0, StatusCode::ACCEPTED);
        stage.pass(60).await;
    }
    assert_eq!((stage.posts().len(), given(&stage).len()), (2, 1));
}

#[tokio::test]
async fn a_message_whose_file_meta_does_not_take_fails_with_metas_error() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "error", "code": 100, "on": "media" }] })).unwrap();
    send(&stage, with("image", &upload)).await;
    stage.pass(60).await;
    let sent = messages(&stage).await.remove(0);
    assert_eq!((&sent["status"], &sent["errors"][0]["code"]), (&json!("failed"), &json!(100)), "{sent:#}");
    assert_eq!(sent["media"]["state"], "refused");
    assert_eq!(stage.posts().len(), 0);
}

#[tokio::test]
async fn while_meta_takes_no_files_the_message_waits_and_leaves_once() {
    let (stage, _) = asked().await;
    let upload = uploaded(&stage, "image", "image/jpeg", JPEG).await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "http_5xx", "on": "media", "next": 5 }] })).unwrap();
    send(&stage, with("image", &upload)).await;
    stage.pass(5).await;
    assert_eq!(messages(&stage).await[0]["status"], "queued");
    stage.pass(300).await;
    assert!(matches!(messages(&stage).await[0]["status"].as_str(), Some("delivered" | "read")));
    assert_eq!(stage.posts().len(), 1);
}

#[tokio::test]
async fn a_file_is_sent_by_whoever_uploaded_it_as_what_it_was_uploaded_for_and_only_when_it_is_ready() {
    let (stage, _) = asked().await;
    let refused = async |message: Value, why: &str| {
        let (status, problem) = send(&stage, message).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem:#}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(why), "{problem:#}");
    };
    let begun = begin(&stage, "image", "image/jpeg", JPEG).await;
    refused(with("image", &begun), "not uploaded yet").await;
    put(&begun, JPEG).await;
    complete(&stage, &begun).await;
    refused(with("document", &begun), "to be sent as image").await;
    refused(with("image", &json!({ "id": "01KB0XQ6G0000000000000N0NE" })), "no file that you uploaded").await;
    refused(with("image", &json!({ "id": "../x" })), "no file that you uploaded").await;
    let message = json!({ "from": NUMBER, "to": { "phone": ADA }, "message": with("image", &begun) });
    let other = crate::access::Who::Person("u-sue", local::tokens::Role::Supervisor);
    let theirs =
        crate::access::ask(&stage, &other, (Method::POST, "/v1/messages"), None, Some(message)).await;
    assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody else's");
    let file = uploaded(&stage, "document", "audio/ogg", OGG).await;
    assert_eq!(send(&stage, with("document", &file)).await.0, StatusCode::ACCEPTED, "any file is a document");
}

#[tokio::test]
async fn another_program_s_request_that_names_no_file_of_ours_fails_and_says_why() {
    let (stage, _) = asked().await;
    stage
        .asks("f-1", json!({ "phone": ADA }), json!({ "type": "image", "image": { "media": "01KNONE" } }))
        .await;
    stage.pass(60).await;
    let sent = messages(&stage).await.remove(0);
    assert_eq!(
        (&sent["status"], &sent["errors"][0]["code"]),
        (&json!("failed"), &json!(131_053)),
        "{sent:#}"
    );
}
