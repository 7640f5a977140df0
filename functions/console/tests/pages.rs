//! What a browser gets: files as it takes them, the application for its own paths, and strict headers on all.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use axum::body::Body;
use console::{Config, Console, SignIn};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

fn config(sign_in: SignIn) -> Config {
    Config {
        stage: "local".into(),
        sign_in,
        client_id: "console".into(),
        realtime: None,
        media: "http://127.0.0.1:8080".into(),
        phone: false,
    }
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router = console::router(Console::new(config(SignIn::Here)));
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn every_path_of_the_application_is_its_page_and_what_belongs_to_others_is_not() {
    let index = body(ask("GET", "/index.html", &[]).await).await;
    for path in [
        "/",
        "/inbox",
        "/inbox/900000000000201.01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/people/import",
        "/signed-in?code=1",
    ] {
        let response = ask("GET", path, &[]).await;
        assert_eq!(
            (response.status(), header(&response, "content-type")),
            (http::StatusCode::OK, "text/html; charset=utf-8")
        );
        assert_eq!(body(response).await, index, "{path}");
    }
    for path in ["/v1", "/v1/nothing", "/sim/people", "/oauth2/token", "/missing.js", "/pages/missing.css"] {
        assert_eq!(ask("GET", path, &[]).await.status().as_u16(), 404, "{path}");
    }
    let post = ask("POST", "/", &[]).await;
    assert_eq!((post.status().as_u16(), header(&post, "allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again_and_one_that_it_has_not_is_sent_as_it_takes_it() {
    let plain = ask("GET", "/", &[]).await;
    assert_eq!((header(&plain, "cache-control"), header(&plain, "content-encoding")), ("no-cache", ""));
    let etag = header(&plain, "etag").to_owned();
    let again = ask("GET", "/", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status().as_u16(), body(again).await.len()), (304, 0));
    let packed = ask("GET", "/", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((header(&packed, "content-encoding"), header(&packed, "vary")), ("br", "accept-encoding"));
    assert_ne!(header(&packed, "etag"), etag, "another encoding is another representation");
    let length: usize = header(&packed, "content-length").parse().unwrap();
    assert_eq!(body(packed).await.len(), length);
    assert!(length < body(plain).await.len());
    let head = ask("HEAD", "/", &[]).await;
    assert!(head.status().is_success() && !header(&head, "content-length").is_empty());
    assert!(body(head).await.is_empty());
}

#[tokio::test]
async fn a_page_asks_for_its_files_once_for_each_version_of_them() {
    let page = String::from_utf8(body(ask("GET", "/", &[]).await).await).unwrap();
    let script = page.split('"').find(|text| text.ends_with("/app.js")).unwrap().to_owned();
    let version = script.split('/').nth(1).unwrap();
    assert!(version.starts_with('~'), "{script}");
    assert_eq!(page.matches("=\"/css/").count() + page.matches("=\"/lib/").count(), 0);
    for path in page.split('"').filter(|text| text.starts_with(&format!("/{version}/"))) {
        let file = ask("GET", path, &[("accept-encoding", "br")]).await;
        let kept = header(&file, "cache-control");
        assert_eq!((file.status().as_u16(), kept), (200, "public, max-age=31536000, immutable"), "{path}");
        // A part of a page says nothing of what pages may do; nobody takes it for anything else.
        assert_eq!(header(&file, "content-security-policy"), "", "{path}");
        assert_eq!(header(&file, "x-content-type-options"), "nosniff");
    }
    let old = ask("GET", "/~0000000000000000/lib/api.js", &[]).await;
    assert_eq!((old.status().as_u16(), header(&old, "cache-control")), (200, "no-store"));
    assert_eq!(ask("GET", &format!("/{version}/lib/missing.js"), &[]).await.status().as_u16(), 404);
}

#[tokio::test]
async fn every_answer_has_the_strict_headers_whatever_was_asked() {
    for path in ["/", "/config.json", "/missing.js", "/v1"] {
        let response = ask("GET", path, &[]).await;
        assert!(
            header(&response, "content-security-policy")
                .starts_with("default-src 'none'; script-src 'self';"),
            "{path}"
        );
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert!(header(&response, "permissions-policy").starts_with("microphone=(self)"));
    }
}

#[tokio::test]
async fn the_pages_hear_where_people_sign_in() {
    let asked = async |sign_in| {
        let router = console::router(Console::new(config(sign_in)));
        let response =
            router.oneshot(Request::get("/config.json").body(Body::empty()).unwrap()).await.unwrap();
        serde_json::from_slice::<Value>(&body(response).await).unwrap()
    };
    assert_eq!(
        asked(SignIn::Here).await,
        json!({
            "stage": "local", "api": "", "realtime": false, "phone": false,
            "sign_in": {
                "authorize": "/oauth2/authorize", "token": "/oauth2/token", "end_session": "/oauth2/logout",
                "client_id": "console", "scope": "openid",
            },
        })
    );
    let pool = asked(SignIn::At("https://pool.example".into())).await;
    assert_eq!(pool["sign_in"]["authorize"], "https://pool.example/oauth2/authorize");
    assert_eq!(pool["sign_in"]["end_session"], "https://pool.example/logout");
    assert_eq!(asked(SignIn::Off).await["sign_in"], Value::Null);
}

#[tokio::test]
async fn whoever_writes_pages_sees_them_without_a_build() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>new</p>").unwrap();
    let console = Console::from_folder(config(SignIn::Here), folder.path().to_owned());
    let response =
        console::router(console).oneshot(Request::get("/inbox").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(body(response).await, b"<p>new</p>");
}
