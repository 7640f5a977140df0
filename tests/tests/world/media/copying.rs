//! What customers send is copied at once.

use super::*;

#[tokio::test]
async fn a_picture_that_a_customer_sends_is_copied_with_a_small_one_of_it() {
    let stage = Stage::start().await;
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let message = messages(&stage).await.remove(0);
    assert_eq!((&message["media"]["state"], &message["media"]["url"]), (&json!("ready"), &Value::Null));
    let file = newest(&stage).await;
    assert_eq!((&file["content_type"], &file["size"]), (&json!("image/jpeg"), &json!(JPEG.len())));
    assert_eq!((&file["width"], &file["height"]), (&json!(640), &json!(400)));
    let (status, kind, shown, bytes) = follow(&file["url"]).await;
    assert_eq!((status, kind.as_str(), bytes.as_slice()), (StatusCode::OK, "image/jpeg", JPEG));
    assert_eq!(shown, "inline; filename*=UTF-8''image.jpg");
    let (_, kind, _, small) = follow(&file["thumbnail"]).await;
    assert_eq!(kind, "image/jpeg");
    assert!(small.starts_with(b"\xff\xd8\xff") && small != JPEG);
}

#[tokio::test]
async fn a_voice_note_that_a_customer_sends_shows_how_long_and_how_loud_it_is() {
    let stage = Stage::start().await;
    sends(&stage, &ada(&stage), "voice", "audio/ogg; codecs=opus", OGG);
    stage.settle().await;
    let file = newest(&stage).await;
    assert_eq!((&file["state"], &file["content_type"]), (&json!("ready"), &json!("audio/ogg")));
    let duration = file["duration"].as_f64().unwrap();
    assert!((1.9..2.1).contains(&duration), "{duration}");
    let wave: Vec<u64> = file["waveform"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    assert_eq!((wave.len(), wave[0], *wave.iter().max().unwrap()), (64, 0, 255));
}

#[tokio::test]
async fn videos_stickers_and_documents_are_copied_too() {
    let stage = Stage::start().await;
    let ada = ada(&stage);
    for (kind, mime, bytes, is) in [
        ("video", "video/mp4", VIDEO, "video/mp4"),
        ("sticker", "image/webp", STICKER, "image/webp"),
        ("document", "application/pdf", b"%PDF-1.4 of ours".as_slice(), "application/pdf"),
    ] {
        sends(&stage, &ada, kind, mime, bytes);
        stage.pass(1).await;
        let file = newest(&stage).await;
        assert_eq!((&file["state"], &file["content_type"]), (&json!("ready"), &json!(is)), "{file:#}");
        assert_eq!(follow(&file["url"]).await.3, bytes);
    }
    assert_eq!(newest(&stage).await["name"], "invoice-FX-77.pdf");
}

#[tokio::test]
async fn what_could_run_in_a_browser_is_only_downloaded_whatever_it_is_called() {
    let stage = Stage::start().await;
    let ada = ada(&stage);
    let page = b"<html><script>alert(1)</script></html>";
    for (kind, mime) in [("document", "text/html"), ("image", "image/jpeg"), ("document", "image/svg+xml")] {
        sends(&stage, &ada, kind, mime, page);
        stage.pass(1).await;
        let file = newest(&stage).await;
        let (_, kind, shown, bytes) = follow(&file["url"]).await;
        assert_eq!((kind.as_str(), bytes.as_slice()), ("application/octet-stream", page.as_slice()));
        assert!(shown.starts_with("attachment; "), "{shown}");
        assert_eq!(file["thumbnail"], Value::Null);
    }
}

#[tokio::test]
async fn a_message_that_meta_posts_again_is_not_copied_again() {
    let stage = Stage::start().await;
    stage.sim().add_faults(json!({ "webhooks": { "duplicate": 3 } })).unwrap();
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    let bucket = &stage.world.template.buckets[0];
    let copied_at = |stage: &Stage| {
        let heads = stage.world.s3.list(bucket, "media/", "").unwrap();
        heads.iter().map(|head| head.modified).collect::<Vec<_>>()
    };
    let before = copied_at(&stage);
    assert_eq!(before.len(), 2, "the picture and the small one");
    stage.pass(3_600).await;
    assert_eq!(copied_at(&stage), before);
    assert_eq!(messages(&stage).await.len(), 1);
}

#[tokio::test]
async fn while_meta_does_not_answer_the_file_is_on_its_way_and_comes_later() {
    let stage = Stage::start().await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "http_5xx", "on": "media", "next": 4 }] })).unwrap();
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.settle().await;
    assert_eq!(newest(&stage).await["state"], "copying");
    stage.pass(60).await;
    assert_eq!(newest(&stage).await["state"], "ready");
}

#[tokio::test]
async fn a_file_that_meta_does_not_give_out_is_failed_and_can_be_asked_for_again() {
    let stage = Stage::start().await;
    let ada = ada(&stage);
    stage.sim().add_faults(json!({ "graph": [{ "kind": "error", "code": 100, "on": "media" }] })).unwrap();
    sends(&stage, &ada, "image", "image/jpeg", JPEG);
    stage.settle().await;
    let file = newest(&stage).await;
    assert_eq!(file["state"], "failed");
    assert!(file["reason"].as_str().unwrap().contains("code 100"), "{file:#}");
    let retry = format!("/v1/media/{}/retry", file["id"].as_str().unwrap());
    let (status, again) = stage.api(Method::POST, &retry, None).await;
    assert_eq!((status, &again["state"]), (StatusCode::ACCEPTED, &json!("copying")));
    stage.settle().await;
    assert_eq!(newest(&stage).await["state"], "ready");
    assert_eq!(stage.api(Method::POST, &retry, None).await.0, StatusCode::CONFLICT, "it is there");
}

#[tokio::test]
async fn a_file_that_could_not_be_had_for_hours_is_failed_and_a_dead_letter_that_can_be_put_back() {
    let stage = Stage::start().await;
    stage.sim().add_faults(json!({ "graph": [{ "kind": "http_5xx", "on": "media", "next": 20 }] })).unwrap();
    sends(&stage, &ada(&stage), "image", "image/jpeg", JPEG);
    stage.pass(6 * 3_600).await;
    let file = newest(&stage).await;
    assert_eq!(file["state"], "failed", "{file:#}");
    assert!(file["reason"].as_str().unwrap().contains("Ask for it again"));
    let letter = stage.all("/v1/dead-letters").await.remove(0);
    assert_eq!(letter["source"], "media", "{letter:#}");
    let redrive = format!("/v1/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
    assert_eq!(stage.api(Method::POST, &redrive, None).await.0, StatusCode::ACCEPTED);
    stage.settle().await;
    assert_eq!(newest(&stage).await["state"], "ready");
}
