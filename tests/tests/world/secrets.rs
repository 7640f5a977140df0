//! Secrets are read before the first event, kept, and read again when they are old or were found wanting.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use cloud_api::signature::sign;
use lambda_kit::metrics::{GRAPH_AUTH_FAILURES, SECRET_REFRESH_FAILURES, UNSIGNED_WEBHOOKS};
use lambda_kit::{FromSecret, Kit, Metrics, Secret, SecretError};
use local::secrets::{GRAPH, WEBHOOK, arn_of};
use local::world::Secrets;
use serde_json::{Value, json};
use tests::Stage;

const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;

/// Gives the webhook's secret a new version.
fn rotate(stage: &Stage, app_secret: &str, verify_token: &str) {
    let secret = json!({ "META_APP_SECRET": app_secret, "META_VERIFY_TOKEN": verify_token });
    stage.world.secrets.put(WEBHOOK, secret.to_string());
}

async fn posts(stage: &Stage, secret: &str) -> u16 {
    stage.posts_with(BODY, Some(&sign(secret.as_bytes(), BODY))).await.as_u16()
}

async fn asks_for_the_challenge(stage: &Stage, token: &str) -> u16 {
    let path = format!("/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=7");
    stage.plain(&path).await.0.as_u16()
}

fn failures(stage: &Stage, binary: &str) -> u64 {
    stage.world.metrics(binary).recorded(SECRET_REFRESH_FAILURES)
}

#[tokio::test]
async fn a_webhook_signed_with_a_secret_that_came_in_by_rotation_is_taken_at_once() {
    let stage = Stage::start().await;
    assert_eq!(stage.world.secrets.calls(), 12, "each function reads its own before its first event");
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    rotate(&stage, &format!("next, {}", Secrets::APP_SECRET), Secrets::VERIFY_TOKEN);
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    assert_eq!(stage.world.secrets.calls(), 12, "nobody reads what is good");
    assert_eq!(posts(&stage, "next").await, 200);
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200, "while it rotates, either is good");
    assert_eq!(stage.world.secrets.calls(), 13);
    // The old one goes.
    rotate(&stage, "next", Secrets::VERIFY_TOKEN);
    stage.pass(301).await;
    assert_eq!(posts(&stage, "next").await, 200);
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 401);
}

#[tokio::test]
async fn a_verify_token_that_came_in_by_rotation_is_known_at_once() {
    let stage = Stage::start().await;
    assert_eq!(asks_for_the_challenge(&stage, "next").await, 403);
    stage.pass(31).await;
    rotate(&stage, Secrets::APP_SECRET, "next");
    assert_eq!(asks_for_the_challenge(&stage, Secrets::VERIFY_TOKEN).await, 200, "not read again yet");
    assert_eq!(asks_for_the_challenge(&stage, "next").await, 200);
    assert_eq!(asks_for_the_challenge(&stage, Secrets::VERIFY_TOKEN).await, 403);
}

#[tokio::test]
async fn a_flood_of_forged_signatures_does_not_become_a_flood_of_calls() {
    let stage = Stage::start().await;
    let before = stage.world.secrets.calls();
    for _ in 0..3 {
        let forged = (0..60).map(|_| posts(&stage, "forged"));
        let answers = futures::future::join_all(forged).await;
        assert!(answers.iter().all(|status| *status == 401));
    }
    assert_eq!(stage.world.secrets.calls() - before, 1, "180 forged ones, one call");
    assert_eq!(stage.world.metrics("webhook").recorded(UNSIGNED_WEBHOOKS), 180);
    // Signatures that cannot be any are not worth a call.
    stage.pass(31).await;
    for signature in [None, Some("sha256="), Some("sha1=0")] {
        assert_eq!(stage.posts_with(BODY, signature).await.as_u16(), 401);
    }
    assert_eq!(stage.world.secrets.calls() - before, 1);
    assert_eq!(posts(&stage, "forged").await, 401);
    assert_eq!(stage.world.secrets.calls() - before, 2, "one in thirty seconds");
}

#[tokio::test]
async fn a_secret_is_read_again_at_its_first_use_after_five_minutes() {
    let stage = Stage::start().await;
    let before = stage.world.secrets.calls();
    stage.pass(299).await;
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    assert_eq!(stage.world.secrets.calls() - before, 0);
    stage.pass(2).await;
    for _ in 0..3 {
        assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    }
    assert_eq!(stage.world.secrets.calls() - before, 1);
}

#[tokio::test]
async fn while_a_secret_cannot_be_read_the_old_one_goes_on_and_nobody_hammers() {
    let stage = Stage::start().await;
    let before = stage.world.secrets.calls();
    stage.world.secrets.deny(true);
    stage.pass(301).await;
    for _ in 0..5 {
        assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
        assert_eq!(posts(&stage, "forged").await, 401);
    }
    assert_eq!((stage.world.secrets.calls() - before, failures(&stage, "webhook")), (1, 1));
    stage.pass(30).await;
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    assert_eq!((stage.world.secrets.calls() - before, failures(&stage, "webhook")), (2, 2));
    // A version that is broken is no better than none.
    stage.world.secrets.deny(false);
    stage.world.secrets.put(WEBHOOK, r#"{"META_APP_SECRET":"next"}"#);
    stage.pass(30).await;
    assert_eq!(posts(&stage, Secrets::APP_SECRET).await, 200);
    assert_eq!(failures(&stage, "webhook"), 3);
    rotate(&stage, "next", Secrets::VERIFY_TOKEN);
    stage.pass(30).await;
    assert_eq!(posts(&stage, "next").await, 200);
    assert_eq!(failures(&stage, "webhook"), 3);
}

/// The status of the answer with this text.
async fn answer(stage: &Stage, text: &str) -> Value {
    let conversation = stage.all("/v1/conversations").await.remove(0);
    let messages =
        stage.all(&format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap())).await;
    messages.into_iter().find(|it| it["content"]["text"]["body"] == text).unwrap()
}

#[tokio::test]
async fn a_send_that_meta_refuses_for_its_token_goes_once_more_with_the_one_that_took_its_place() {
    let stage = Stage::start().await;
    let token =
        |token: &str| stage.world.secrets.put(GRAPH, json!({ "META_ACCESS_TOKEN": token }).to_string());
    let ask = async |id: &str| {
        let text = json!({ "type": "text", "text": { "body": id } });
        stage.asks(id, json!({ "phone": "15550109901" }), text).await;
        stage.settle().await;
        answer(&stage, id).await
    };
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let metrics = stage.world.metrics("sender");
    // The token in hand is revoked, and there is no other: as ever, it fails and says why.
    token("revoked");
    stage.pass(301).await;
    let failed = ask("first").await;
    assert_eq!((&failed["status"], &failed["errors"][0]["code"]), (&json!("failed"), &json!(190)));
    assert_eq!((stage.posts().len(), metrics.recorded(GRAPH_AUTH_FAILURES)), (1, 1));
    // Now there is.
    token(Secrets::ACCESS_TOKEN);
    stage.pass(31).await;
    let sent = ask("second").await;
    assert!(matches!(sent["status"].as_str(), Some("accepted" | "sent" | "delivered" | "read")), "{sent:#}");
    assert_eq!((stage.posts().len(), metrics.recorded(GRAPH_AUTH_FAILURES)), (3, 1));
    stage.pass(10).await;
    let received = stage.sim().person(&ada).unwrap().to_string();
    assert_eq!(received.matches(r#""second""#).count(), 1, "{received}");
    // A new token for another portfolio is no reason to try again.
    token("revoked");
    stage.pass(301).await;
    ask("third").await;
    token("elsewhere=another,revoked");
    stage.pass(31).await;
    let posts = stage.posts().len();
    assert_eq!(ask("fourth").await["status"], "failed");
    assert_eq!(stage.posts().len(), posts + 1);
}

async fn load<T: FromSecret>(stage: &Stage, text: Option<&str>) -> Result<Secret<T>, SecretError> {
    match text {
        Some(text) => stage.world.secrets.put("broken", text),
        None => stage.world.secrets.remove("broken"),
    }
    let client = aws_sdk_secretsmanager::Client::new(stage.world.sdk());
    let kit = Kit { clock: stage.world.clock.clone(), metrics: Metrics::new("local", "a test") };
    Secret::load(client, arn_of("broken"), &kit).await
}

/// Why a function does not start: the ARN and the key are named, and no value is.
async fn refused<T: FromSecret>(stage: &Stage, text: Option<&str>, why: &str) {
    let error = load::<T>(stage, text).await.err().unwrap();
    for said in [error.to_string(), format!("{error:?}")] {
        assert!(said.contains(&arn_of("broken")) && said.contains(why), "{text:?}: {said}");
        assert!(!said.contains("hush"), "{said}");
    }
}

#[tokio::test]
async fn without_a_whole_secret_a_function_does_not_start_and_says_which_and_why() {
    let stage = Stage::start().await;
    type Shared = webhook::Shared;
    type Access = sender::Access;
    refused::<Shared>(&stage, None, "ResourceNotFoundException").await;
    refused::<Shared>(&stage, Some("hush"), "is not a JSON object").await;
    refused::<Shared>(&stage, Some(r#""hush""#), "is not a JSON object").await;
    refused::<Shared>(&stage, Some(r#"["hush"]"#), "is not a JSON object").await;
    refused::<Shared>(&stage, Some("{}"), "missing keys: META_APP_SECRET, META_VERIFY_TOKEN").await;
    let half = r#"{"META_APP_SECRET":"hush"}"#;
    refused::<Shared>(&stage, Some(half), "missing keys: META_VERIFY_TOKEN").await;
    for empty in [r#""""#, r#"" ""#, "7", "null", r#"{"a":"hush"}"#] {
        let text = format!(r#"{{"META_APP_SECRET":{empty},"META_VERIFY_TOKEN":"hush"}}"#);
        refused::<Shared>(&stage, Some(&text), "missing keys: META_APP_SECRET").await;
    }
    let commas = r#"{"META_APP_SECRET":" , ,","META_VERIFY_TOKEN":"hush"}"#;
    refused::<Shared>(&stage, Some(commas), "META_APP_SECRET: holds no secret").await;
    refused::<Access>(&stage, Some("{}"), "missing keys: META_ACCESS_TOKEN").await;
    let no_default = r#"{"META_ACCESS_TOKEN":"portfolio=hush"}"#;
    refused::<Access>(&stage, Some(no_default), "META_ACCESS_TOKEN: it has no default token").await;
    stage.world.secrets.deny(true);
    refused::<Shared>(&stage, Some(half), "AccessDeniedException").await;
}

#[tokio::test]
async fn what_holds_a_secret_prints_as_its_address_only() {
    let stage = Stage::start().await;
    let shared = r#"{"META_APP_SECRET":"hush,hush","META_VERIFY_TOKEN":"hush","more":"hush"}"#;
    let secret = load::<webhook::Shared>(&stage, Some(shared)).await.unwrap();
    for said in [format!("{secret:?}"), format!("{:?}", secret.current().await)] {
        assert!(!said.contains("hush"), "{said}");
    }
    assert!(format!("{secret:?}").contains(&arn_of("broken")));
    let access =
        load::<sender::Access>(&stage, Some(r#"{"META_ACCESS_TOKEN":"a=hush,hush"}"#)).await.unwrap();
    assert!(!format!("{:?}", access.current().await).contains("hush"));
    assert!(!format!("{:?}", stage.world.secrets).contains("hush"));
}
