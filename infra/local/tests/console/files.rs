//! Links into the bucket: good where browsers are, for as long as they say, for what they were made for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::config::SharedCredentialsProvider;
use aws_sdk_s3::presigning::PresigningConfig;
use local::lambda::{Functions, Links};
use local::world::{Time, World, WorldOptions};
use platform::Bucket;

const MINUTE: Duration = Duration::from_secs(60);

/// A world with the bucket as the function `api` has it.
async fn world() -> (World, Bucket, Links) {
    world_at(None).await
}

async fn world_at(public_url: Option<String>) -> (World, Bucket, Links) {
    let kept: Arc<Mutex<Option<Links>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let options = WorldOptions {
        time: Time::Manual("2026-11-23T08:00:00Z".parse().unwrap()),
        public_url,
        functions: Arc::new(move |context| {
            *keep.lock().unwrap() = Some(context.links);
            Box::pin(async { Ok(Functions::default()) })
        }),
        ..WorldOptions::default()
    };
    let world = World::start(options).await.unwrap();
    let links = kept.lock().unwrap().clone().unwrap();
    let bucket = Bucket::new(world.s3_client(), world.template.buckets[0].clone()).with_links(signer(
        &world,
        &links,
        "api",
        &links.endpoint,
    ));
    (world, bucket, links)
}

fn signer(world: &World, links: &Links, function: &str, endpoint: &str) -> aws_sdk_s3::Client {
    use secrecy::ExposeSecret;
    let credentials = Credentials::new(function, links.secret.expose_secret(), None, None, "test");
    let config = aws_sdk_s3::config::Builder::from(world.sdk())
        .force_path_style(true)
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    aws_sdk_s3::Client::from_conf(config.build())
}

fn client() -> reqwest::Client {
    graph::client().no_proxy().build().unwrap()
}

async fn status(url: &str) -> u16 {
    client().get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_is_put_by_a_link_is_got_by_a_link_on_the_public_listener() {
    let (world, bucket, _) = world().await;
    let now = world.clock.now();
    let put = bucket.upload_link("imports/a b ñ.csv", now, MINUTE).await.unwrap();
    assert!(put.starts_with(&format!("{}/files/", world.public_url())), "{put}");
    let answer =
        client().put(&put).header("content-type", "text/csv").body("name\nAna\n").send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let get = bucket.link("imports/a b ñ.csv", now, MINUTE).await.unwrap();
    let answer = client().get(&get).header("origin", "http://localhost:8080").send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["content-type"], "text/csv");
    assert_eq!(answer.text().await.unwrap(), "name\nAna\n");
    let part = client().get(&get).header("range", "bytes=0-3").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.text().await.unwrap().as_str()), (206, "name"));
    let preflight = client().request(reqwest::Method::OPTIONS, &put).send().await.unwrap();
    assert_eq!(preflight.headers()["access-control-allow-methods"], "GET, HEAD, PUT");
}

#[tokio::test]
async fn a_link_is_good_for_one_object_one_way_and_its_time() {
    let (world, bucket, links) = world().await;
    let now = world.clock.now();
    bucket.put("imports/mine.csv", "text/csv", b"mine".to_vec()).await.unwrap();
    bucket.put("imports/other.csv", "text/csv", b"other".to_vec()).await.unwrap();
    let link = bucket.link("imports/mine.csv", now, MINUTE).await.unwrap();
    assert_eq!(status(&link).await, 200);
    assert_eq!(status(&link.replace("mine", "other")).await, 404, "another object");
    assert_eq!(status(&link.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).await, 404, "for longer");
    assert_eq!(status(link.split('?').next().unwrap()).await, 404, "without a signature");
    assert_eq!(client().put(&link).body("x").send().await.unwrap().status(), 404, "the other way");
    assert_eq!(client().delete(&link).send().await.unwrap().status(), 404);
    let known = Links { secret: "api".into(), ..links };
    let forged = Bucket::new(world.s3_client(), world.template.buckets[0].clone()).with_links(signer(
        &world,
        &known,
        "api",
        &known.endpoint,
    ));
    assert_eq!(
        status(&forged.link("imports/mine.csv", now, MINUTE).await.unwrap()).await,
        404,
        "signed by others"
    );
    world.advance(MINUTE).await;
    assert_eq!(status(&link).await, 403, "its time has run out");
}

#[tokio::test]
async fn a_link_opens_what_its_function_may_open_and_nothing_else() {
    let (world, bucket, links) = world().await;
    bucket.put("secrets/x", "text/plain", b"x".to_vec()).await.unwrap();
    let name = &world.template.buckets[0];
    let config =
        PresigningConfig::builder().start_time(world.clock.now().into()).expires_in(MINUTE).build().unwrap();
    let get = signer(&world, &links, "status", &links.endpoint).get_object().bucket(name).key("secrets/x");
    assert_eq!(status(get.presigned(config).await.unwrap().uri()).await, 403);
}

#[tokio::test]
async fn what_people_send_never_runs_in_the_consoles_origin() {
    let (world, bucket, _) = world().await;
    let now = world.clock.now();
    for (kind, plays) in [
        ("image/jpeg", true),
        ("audio/ogg; codecs=opus", true),
        ("video/mp4", true),
        ("application/pdf", true),
        ("text/html", false),
        ("image/svg+xml", false),
        ("application/xhtml+xml", false),
    ] {
        bucket.put("imports/file", kind, b"<script>alert(1)</script>".to_vec()).await.unwrap();
        let answer =
            client().get(bucket.link("imports/file", now, MINUTE).await.unwrap()).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("x-content-type-options"), "nosniff");
        let (saved, boxed) = (header("content-disposition"), header("content-security-policy"));
        let expected = if plays { ("", "") } else { ("attachment", "default-src 'none'; sandbox") };
        assert_eq!((saved, boxed), expected, "{kind}");
    }
}

#[tokio::test]
async fn behind_a_reverse_proxy_links_have_its_name_and_are_good_whatever_it_passes_on() {
    let (world, bucket, _) = world_at(Some("https://crm.example.com".into())).await;
    bucket.put("imports/x", "text/plain", b"x".to_vec()).await.unwrap();
    let link = bucket.link("imports/x", world.clock.now(), MINUTE).await.unwrap();
    let path = link.strip_prefix("https://crm.example.com").unwrap();
    assert_eq!(status(&(world.public_url() + path)).await, 200);
}
