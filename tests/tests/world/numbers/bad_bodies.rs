//! Bad input of each member of each route names the member, and nothing is asked of Meta.

use reqwest::Method;
use serde_json::{Value, json};
use tests::Stage;

use crate::numbers::{opened, path, shown};

async fn refuses(stage: &Stage, (method, path): (Method, &str), bodies: &[(Value, &str)]) {
    for (body, field) in bodies {
        let (status, refused) = stage.api(method.clone(), path, Some(body.clone())).await;
        assert_eq!((status.as_u16(), &refused["field"]), (400, &json!(field)), "{path} {body}: {refused}");
        assert!(refused["detail"].as_str().unwrap().starts_with(field), "{refused}");
        let detail = refused.to_string();
        assert!(!detail.contains("13579"), "an answer never repeats a secret: {refused}");
    }
}

#[tokio::test]
async fn every_member_that_is_not_what_it_should_be_is_named() {
    let stage = opened().await;
    let long = |n: usize| "x".repeat(n);
    let code = path("/request-code");
    refuses(
        &stage,
        (Method::POST, &code),
        &[
            (json!({}), "method"),
            (json!({ "method": "SMS" }), "language"),
            (json!({ "method": "sms", "language": "en" }), "method"),
            (json!({ "method": 1, "language": "en" }), "method"),
            (json!({ "method": "SMS", "language": 7 }), "language"),
            (json!({ "method": "SMS", "language": "" }), "language"),
            (json!({ "method": "SMS", "language": "en US" }), "language"),
            (json!({ "method": "SMS", "language": long(17) }), "language"),
            (json!({ "method": "SMS", "language": "en", "colour": "red" }), "colour"),
        ],
    )
    .await;
    let verify = path("/verify-code");
    refuses(
        &stage,
        (Method::POST, &verify),
        &[
            (json!({}), "code"),
            (json!({ "code": 135_790 }), "code"),
            (json!({ "code": "13579" }), "code"),
            (json!({ "code": "1357900" }), "code"),
            (json!({ "code": "13579a" }), "code"),
            (json!({ "code": "135790", "pin": "135790" }), "pin"),
        ],
    )
    .await;
    for (method, of) in [(Method::POST, "/register"), (Method::PUT, "/pin")] {
        refuses(
            &stage,
            (method, &path(of)),
            &[
                (json!({}), "pin"),
                (json!({ "pin": 135_790 }), "pin"),
                (json!({ "pin": null }), "pin"),
                (json!({ "pin": "13579" }), "pin"),
                (json!({ "pin": "１３５７９０" }), "pin"),
                (json!({ "pin": "135-790" }), "pin"),
                (json!({ "pin": "135790", "region": "DE" }), "region"),
            ],
        )
        .await;
    }
    let name = path("/display-name");
    refuses(
        &stage,
        (Method::POST, &name),
        &[
            (json!({}), "name"),
            (json!({ "name": 7 }), "name"),
            (json!({ "name": "ab" }), "name"),
            (json!({ "name": long(513) }), "name"),
            (json!({ "name": "a\u{7}bc" }), "name"),
            (json!({ "name": "Kettles", "nmae": "x" }), "nmae"),
        ],
    )
    .await;
    assert!(shown(&stage, tests::NUMBER).await["onboarding"].is_null(), "nothing was begun");
}

#[tokio::test]
async fn the_limits_of_a_profile_and_of_a_waba_name_the_member() {
    let stage = opened().await;
    let long = |n: usize| "é".repeat(n);
    let site = |n: usize| format!("https://{}", "x".repeat(n - 8));
    let profile = path("/profile");
    refuses(
        &stage,
        (Method::PATCH, &profile),
        &[
            (json!({ "about": long(140) }), "about"),
            (json!({ "about": null }), "about"),
            (json!({ "about": 7 }), "about"),
            (json!({ "address": long(257) }), "address"),
            (json!({ "address": [] }), "address"),
            (json!({ "description": long(513) }), "description"),
            (json!({ "description": {} }), "description"),
            (json!({ "email": format!("{}@kettles.example", long(120)) }), "email"),
            (json!({ "email": "kettles" }), "email"),
            (json!({ "email": false }), "email"),
            (json!({ "websites": "https://a.example" }), "websites"),
            (json!({ "websites": ["https://a.example", 7] }), "websites[1]"),
            (json!({ "websites": ["https://a.example", "b.example"] }), "websites[1]"),
            (json!({ "websites": [site(257)] }), "websites[0]"),
            (
                json!({ "websites": ["https://a.example", "https://b.example", "https://c.example"] }),
                "websites",
            ),
            (json!({ "vertical": "KETTLES" }), "vertical"),
            (json!({ "vertical": 1 }), "vertical"),
            (json!({ "picture": "../imports/x" }), "picture"),
            (json!({ "picture": 7 }), "picture"),
            (json!({ "profile_picture_handle": "4::x" }), "profile_picture_handle"),
        ],
    )
    .await;
    refuses(
        &stage,
        (Method::PUT, "/v1/wabas/900000000000102"),
        &[
            (json!({}), "name"),
            (json!({ "name": 7 }), "name"),
            (json!({ "name": " " }), "name"),
            (json!({ "name": long(61) }), "name"),
            (json!({ "name": "Vendors", "portfolio": 7 }), "portfolio"),
            (json!({ "name": "Vendors", "portfolio": "a b" }), "portfolio"),
            (json!({ "name": "Vendors", "portfolio": "x".repeat(65) }), "portfolio"),
            (json!({ "name": "Vendors", "owner": "x" }), "owner"),
        ],
    )
    .await;
    let unknown = stage.api(Method::PUT, "/v1/wabas/kettles", Some(json!({ "name": "Vendors" }))).await;
    assert_eq!(unknown.0.as_u16(), 404);
    for of in ["/history", "/profile"] {
        let unknown = stage.api(Method::GET, &format!("/v1/numbers/1{of}"), None).await;
        assert_eq!(unknown.0.as_u16(), 404, "{of}");
    }
    let unknown = stage.api(Method::POST, "/v1/numbers/1/register", Some(json!({ "pin": "135790" }))).await;
    assert_eq!(unknown.0.as_u16(), 404);
    let too_many = stage.api(Method::GET, &path("/history?limit=101"), None).await;
    assert_eq!((too_many.0.as_u16(), &too_many.1["field"]), (400, &json!("limit")));
}
