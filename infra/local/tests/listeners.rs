//! What stands where, and when: every route of both listeners under every way to start.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lambda_events::event::lambda_function_urls::LambdaFunctionUrlResponse;
use axum::{Extension, Json, Router, routing};
use local::lambda::{Functions, WebhookHandler};
use local::tokens::{Claims, Role};
use local::world::{Secrets, StartError, World, WorldOptions};
use serde_json::{Value, json};

/// How often the API's router was reached.
type Reached = Arc<AtomicUsize>;

fn functions(reached: &Reached) -> Functions {
    let reached = Arc::clone(reached);
    let who = move |claims: Extension<Claims>| {
        reached.fetch_add(1, Ordering::SeqCst);
        async move { Json(json!({ "sub": claims.sub, "role": claims.role })) }
    };
    let webhook: WebhookHandler = Arc::new(|request| {
        Box::pin(async move {
            let mut response = LambdaFunctionUrlResponse::default();
            response.status_code = 200;
            response.body = request.query_string_parameters.get("hub.challenge").cloned().or(request.body);
            response
        })
    });
    Functions {
        webhook: Some(webhook),
        api: Some(Router::new().route("/v1/who", routing::any(who))),
        ..Functions::default()
    }
}

fn options(reached: &Reached) -> WorldOptions {
    let functions = functions(reached);
    WorldOptions {
        functions: Arc::new(move |_| {
            let functions = functions.clone();
            Box::pin(async move { Ok(functions) })
        }),
        ..WorldOptions::default()
    }
}

fn client() -> reqwest::Client {
    graph::client().no_proxy().build().unwrap()
}

async fn status(url: String) -> u16 {
    client().get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn each_route_stands_where_it_should_whatever_whatsapp_and_whatever_the_address() {
    for simulated in [true, false] {
        for loopback in [true, false] {
            let mut options = options(&Reached::default());
            if !simulated {
                options.graph_url = Some("http://127.0.0.1:9".into());
            }
            if !loopback {
                options.listen = "0.0.0.0:0".parse().unwrap();
            }
            options.secrets = Secrets {
                app_secret: "a".into(),
                verify_token: "b".into(),
                access_token: "c".into(),
                app_id: None,
                stack_key: "d".repeat(32).into(),
            };
            let world = World::start(options).await.unwrap();
            let case = format!("simulated {simulated}, loopback {loopback}");
            let newcomer = if simulated && loopback { 200 } else { 404 };
            let sim = if simulated { 200 } else { 404 };
            let expected = [
                ("/health", 200, 200),
                ("/webhook?hub.challenge=7", 200, 404),
                ("/v1/who", 401, 404),
                ("/v1/openapi.json", 401, 404),
                ("/v1", 404, 404),
                ("/dev/token?role=agent", newcomer, newcomer),
                // What is posted is tried below; where it stands, reading it is not allowed.
                ("/auth/token", if newcomer == 200 { 404 } else { 405 }, 404),
                ("/auth/refresh", if newcomer == 200 { 404 } else { 405 }, 404),
                ("/auth/password", if newcomer == 200 { 404 } else { 405 }, 404),
                ("/auth/sign-out", if newcomer == 200 { 404 } else { 405 }, 404),
                // The console signs in everywhere, and asks with more than this.
                ("/oauth2/authorize", 400, 404),
                ("/oauth2/style.css", 200, 404),
                ("/oauth2/token", 405, 404),
                ("/files/local-000000000000/nothing", 404, 404),
                ("/service/v1", 404, 404),
                ("/dev/variables/webhook", 404, 200),
                ("/dev/variables/nobody", 404, 404),
                ("/sim/ledger", newcomer, sim),
                ("/phone/", newcomer, 404),
                ("/phone/phone.js", newcomer, 404),
                ("/", 404, 404),
                ("/local-000000000000/nothing", 404, 404),
                ("/local-000000000000?list-type=2", 404, 200),
                ("/other-bucket/key", 404, 404),
            ];
            for (path, public, admin) in expected {
                assert_eq!(status(world.public_url() + path).await, public, "{case}: public {path}");
                assert_eq!(status(world.admin_url() + path).await, admin, "{case}: private {path}");
            }
            for (base, exists) in [(world.public_url(), false), (world.admin_url(), simulated)] {
                let graph = client().get(base + "/graph/v25.0/1/message_templates").send().await.unwrap();
                assert_eq!(graph.status().as_u16() != 404, exists, "{case}: /graph");
            }
            for target in ["AmazonSQS.ListQueues", "DynamoDB_20120810.ListTables"] {
                let call = |base: String| {
                    let call = client().post(base).header("x-amz-target", target).body("{}");
                    call.header("content-type", "application/x-amz-json-1.0").send()
                };
                assert_eq!(call(world.public_url()).await.unwrap().status(), 404, "{case}: public {target}");
                assert_ne!(call(world.admin_url()).await.unwrap().status(), 404, "{case}: private {target}");
            }
        }
    }
}

#[tokio::test]
async fn the_console_stands_at_the_root_of_the_public_listener_behind_everything_else() {
    let world = World::start(WorldOptions::default()).await.unwrap();
    let page = async |path: &str| {
        let answer = client().get(world.public_url() + path).send().await.unwrap();
        let policy =
            answer.headers().get("content-security-policy").map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), policy.unwrap_or_default())
    };
    for path in ["/", "/inbox", "/people/import", "/config.json"] {
        let (status, policy) = page(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(policy.contains(&format!("connect-src 'self' {}", world.public_url())), "{policy}");
    }
    assert_eq!(page("/v1/me").await, (401, String::new()), "the API goes before");
    assert_eq!(page("/health").await.1, "");
    for path in ["/v1", "/sim/nothing", "/auth/token", "/missing.js"] {
        assert_eq!(page(path).await.0, 404, "{path}");
    }
    let config: Value =
        client().get(world.public_url() + "/config.json").send().await.unwrap().json().await.unwrap();
    assert_eq!((&config["stage"], &config["phone"]), (&json!("local"), &json!(true)));
    assert_eq!(config["sign_in"]["authorize"], "/oauth2/authorize");
}

#[tokio::test]
async fn people_sign_in_with_a_password_where_tokens_are_not_handed_out() {
    let reached = Reached::default();
    let world =
        World::start(WorldOptions { graph_url: Some("http://127.0.0.1:9".into()), ..options(&reached) });
    let world = world.await.unwrap();
    let user = world.users.add("Ana@example.org", Role::Supervisor, "blue kettle 42", false).unwrap();
    let sign_in = async |password: &str| {
        let body = json!({ "username": "ana@example.org", "password": password });
        client().post(world.public_url() + "/auth/token").json(&body).send().await.unwrap()
    };
    let wrong = sign_in("red kettle 42").await;
    assert_eq!((wrong.status(), reached.load(Ordering::SeqCst)), (http::StatusCode::UNAUTHORIZED, 0));
    let right: Value = sign_in("blue kettle 42").await.json().await.unwrap();
    assert_eq!((&right["token_type"], &right["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let ask =
        client().get(world.public_url() + "/v1/who").bearer_auth(right["access_token"].as_str().unwrap());
    let who: Value = ask.send().await.unwrap().json().await.unwrap();
    assert_eq!(who, json!({ "sub": user.sub, "role": "supervisor" }));
}

#[tokio::test]
async fn a_bad_token_or_none_never_reaches_the_api_and_a_good_one_says_who_asks() {
    let reached = Reached::default();
    let world = World::start(options(&reached)).await.unwrap();
    let ask = |token: Option<&str>| {
        let request = client().post(world.public_url() + "/v1/who");
        token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token)).send()
    };
    for token in [None, Some("nonsense"), Some("a.b.c")] {
        let response = ask(token).await.unwrap();
        assert_eq!(response.status(), 401);
        let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.starts_with("Bearer"), "{challenge}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    let url = world.public_url() + "/dev/token?role=supervisor";
    let token: Value = client().get(url).send().await.unwrap().json().await.unwrap();
    let who: Value = ask(token["token"].as_str()).await.unwrap().json().await.unwrap();
    assert_eq!(who, json!({ "sub": "local-supervisor", "role": "supervisor" }));
    let who: Value = ask(Some(&world.token(Role::Admin).unwrap())).await.unwrap().json().await.unwrap();
    assert_eq!(who["role"], "admin");
    for wrong in ["/dev/token?role=owner", "/dev/token"] {
        assert_eq!(status(world.public_url() + wrong).await, 400);
    }
}

#[tokio::test]
async fn a_body_beyond_lambdas_limit_is_refused_and_one_of_three_megabytes_is_not() {
    let world = World::start(options(&Reached::default())).await.unwrap();
    let post = async |size: usize| {
        let post = client().post(world.public_url() + "/webhook").body(vec![b'x'; size]);
        post.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(3 << 20).await, 200);
    assert_eq!(post((6 << 20) + 1).await, 413);
}

#[tokio::test]
async fn every_client_of_the_sdk_finds_its_service_on_the_private_listener() {
    let world = World::start(WorldOptions::default()).await.unwrap();
    let tables = world.dynamodb().list_tables().send().await.unwrap();
    assert_eq!(tables.table_names().len(), 5);
    let described = world.dynamodb().describe_table().table_name("local-conversations").send().await.unwrap();
    let described = described.table.unwrap();
    assert_eq!(described.global_secondary_indexes().len(), 4);
    assert!(described.latest_stream_arn().is_some());
    let queues = world.sqs_client().list_queues().send().await.unwrap();
    assert_eq!(
        queues.queue_urls().len(),
        21,
        "ten that work, each with its dead letters, and that of pushes"
    );
    let bucket = world.template.buckets[0].clone();
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"bytes");
    let put = world.s3_client().put_object().bucket(&bucket).key("a/b c").body(body).send();
    put.await.unwrap();
    let got = world.s3_client().get_object().bucket(&bucket).key("a/b c").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"bytes");
}

#[tokio::test]
async fn an_address_that_is_taken_or_not_private_is_told_with_the_option_that_changes_it() {
    let world = World::start(WorldOptions::default()).await.unwrap();
    let start = async |options| World::start(options).await.err().unwrap();
    let error = start(WorldOptions { listen: world.public, ..WorldOptions::default() }).await;
    assert!(error.to_string().contains(&format!("--listen {}", world.public)), "{error}");
    let error = start(WorldOptions { admin_listen: world.admin, ..WorldOptions::default() }).await;
    assert!(error.to_string().contains(&format!("--admin-listen {}", world.admin)), "{error}");
    let open = "0.0.0.0:0".parse().unwrap();
    let error = start(WorldOptions { admin_listen: open, ..WorldOptions::default() }).await;
    assert!(matches!(error, StartError::AdminNotPrivate(_)), "{error}");
}

#[tokio::test]
async fn tables_and_tokens_outlive_a_restart_on_the_same_directory() {
    let directory = tempfile::tempdir().unwrap();
    let reached = Reached::default();
    let options = || WorldOptions { data: Some(directory.path().to_owned()), ..options(&reached) };
    let world = World::start(options()).await.unwrap();
    let text = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    let put =
        world.dynamodb().put_item().table_name("local-directory").item("pk", text("A")).item("sk", text("B"));
    put.send().await.unwrap();
    let token = world.token(Role::Agent).unwrap();
    world.kill().await;
    let world = World::start(options()).await.unwrap();
    let get =
        world.dynamodb().get_item().table_name("local-directory").key("pk", text("A")).key("sk", text("B"));
    assert!(get.send().await.unwrap().item.is_some());
    let who = client().get(world.public_url() + "/v1/who").bearer_auth(token).send().await.unwrap();
    assert_eq!(who.status(), 200);
    world.stop().await;
}

#[tokio::test]
async fn what_a_simulated_person_writes_reaches_the_webhook_signed_and_unchanged() {
    let bodies: Arc<std::sync::Mutex<Vec<(String, String)>>> = Arc::default();
    let noted = Arc::clone(&bodies);
    let webhook: WebhookHandler = Arc::new(move |request| {
        let signature = request.headers["x-hub-signature-256"].to_str().unwrap().to_owned();
        noted.lock().unwrap().push((signature, request.body.unwrap_or_default()));
        let mut response = LambdaFunctionUrlResponse::default();
        response.status_code = 200;
        Box::pin(async move { response })
    });
    let options = WorldOptions {
        time: local::world::Time::Manual("2026-11-23T08:00:00Z".parse().unwrap()),
        functions: Arc::new(move |_| {
            let functions = Functions { webhook: Some(Arc::clone(&webhook)), ..Functions::default() };
            Box::pin(async move { Ok(functions) })
        }),
        ..WorldOptions::default()
    };
    let world = World::start(options).await.unwrap();
    let write =
        client().post(world.admin_url() + "/sim/people/amara/messages").json(&json!({ "text": "Hello" }));
    assert!(write.send().await.unwrap().status().is_success());
    world.advance(std::time::Duration::from_secs(60)).await;
    let bodies = bodies.lock().unwrap().clone();
    let text = bodies.iter().find(|(_, body)| body.contains("Hello")).expect("the message arrived");
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(Secrets::APP_SECRET.as_bytes()).unwrap();
    mac.update(text.1.as_bytes());
    assert_eq!(text.0, format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
}
