//! What somebody uploads is what it should be, or is not sent.

use super::*;

#[tokio::test]
async fn an_upload_is_put_by_a_link_looked_at_and_can_be_seen() {
    let stage = Stage::start().await;
    let begun = begin(&stage, "image", "image/png", PNG).await;
    assert_eq!((&begun["state"], &begun["upload"]["method"]), (&json!("uploading"), &json!("PUT")));
    assert_eq!(put(&begun, PNG).await, StatusCode::OK);
    let ready = complete(&stage, &begun).await;
    assert_eq!((&ready["state"], &ready["content_type"]), (&json!("ready"), &json!("image/png")));
    assert_eq!((&ready["width"], &ready["height"]), (&json!(500), &json!(1_000)));
    assert_eq!(follow(&ready["url"]).await.3, PNG);
    assert!(follow(&ready["thumbnail"]).await.3.starts_with(b"\xff\xd8\xff"));
}

#[tokio::test]
async fn a_link_takes_a_file_of_the_announced_length_and_type_only() {
    let stage = Stage::start().await;
    let begun = begin(&stage, "image", "image/png", PNG).await;
    assert_eq!(put(&begun, &PNG[1..]).await, StatusCode::NOT_FOUND, "another length");
    let mut other = begun.clone();
    other["upload"]["headers"]["content-type"] = json!("text/html");
    assert_eq!(put(&other, PNG).await, StatusCode::NOT_FOUND, "another type");
    assert_eq!(objects(&stage, "uploads/"), Vec::<String>::new());
    stage.pass(901).await;
    assert_eq!(put(&begun, PNG).await, StatusCode::FORBIDDEN, "too late");
}

#[tokio::test]
async fn what_meta_would_not_take_is_refused_before_it_is_uploaded() {
    let stage = Stage::start().await;
    for (kind, content_type, size, voice, field) in [
        ("image", "image/gif", 10, false, "content_type"),
        ("image", "image/jpeg", 5 * 1024 * 1024 + 1, false, "size"),
        ("audio", "audio/mp4", 10, true, "content_type"),
        ("image", "image/jpeg", 10, true, "voice"),
        ("picture", "image/jpeg", 10, false, "kind"),
        ("document", "pdf", 10, false, "content_type"),
        ("video", "video/mp4", 0, false, "size"),
    ] {
        let body = json!({ "kind": kind, "content_type": content_type, "size": size, "voice": voice });
        let (status, problem) = stage.api(Method::POST, "/v1/media", Some(body)).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{problem:#}");
    }
    let body =
        json!({ "kind": "document", "content_type": "application/pdf", "size": 9, "name": "../a.pdf" });
    assert_eq!(stage.api(Method::POST, "/v1/media", Some(body)).await.1["field"], "name");
}

#[tokio::test]
async fn a_file_that_is_something_else_or_never_came_is_refused_with_the_reason() {
    let stage = Stage::start().await;
    let page = b"<html>\n".as_slice();
    for (kind, content_type, bytes, why) in [
        ("image", "image/jpeg", PNG, "image/png"),
        ("image", "image/jpeg", page, "something else"),
        ("video", "video/mp4", OGG, "audio/ogg"),
        ("audio", "audio/ogg", page, "Opus"),
    ] {
        let begun = begin(&stage, kind, content_type, bytes).await;
        assert_eq!(put(&begun, bytes).await, StatusCode::OK);
        let refused = complete(&stage, &begun).await;
        assert_eq!(refused["state"], "refused", "{refused:#}");
        assert!(refused["reason"].as_str().unwrap().contains(why), "{refused:#}");
        assert_eq!(send(&stage, with(kind, &begun)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let never = complete(&stage, &begin(&stage, "image", "image/png", PNG).await).await;
    assert!(never["reason"].as_str().unwrap().contains("no file"), "{never:#}");
}

#[tokio::test]
async fn what_is_put_after_somebody_looked_is_not_what_is_sent() {
    let stage = Stage::start().await;
    let begun = begin(&stage, "document", "application/pdf", b"%PDF-1.4 good").await;
    put(&begun, b"%PDF-1.4 good").await;
    complete(&stage, &begun).await;
    assert_eq!(put(&begun, b"%PDF-1.4 evil").await, StatusCode::OK, "the link is good for a while");
    let path = format!("/v1/media/{}", begun["id"].as_str().unwrap());
    assert_eq!(follow(&stage.read(&path).await["url"]).await.3, b"%PDF-1.4 good");
}

#[tokio::test]
async fn a_page_of_another_origin_may_put_a_file_by_its_link_and_follow_a_link() {
    let stage = Stage::start().await;
    let begun = begin(&stage, "image", "image/png", PNG).await;
    let client = graph::client().no_proxy().build().unwrap();
    let url = begun["upload"]["url"].as_str().unwrap();
    let asks = client.request(Method::OPTIONS, url).header("origin", "https://crm.example.org");
    let answer = asks.header("access-control-request-method", "PUT").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let put = client.put(url).header("origin", "https://crm.example.org").header("content-type", "image/png");
    let answer = put.body(PNG).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
}
