//! What the embedded S3 promises, asked by the real SDK over HTTP.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::path::Path;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use lambda_kit::Clock;
use local::s3::{Object, Put, S3, S3Error};

async fn served(directory: Option<&Path>) -> (S3, Client, String) {
    let (clock, _) = Clock::manual("2026-11-23T00:00:00Z".parse().unwrap());
    let s3 = S3::open(directory, clock).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = s3.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let config = aws_sdk_s3::Config::builder()
        .http_client(lambda_kit::https())
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&base)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .force_path_style(true)
        .build();
    (s3, Client::from_conf(config), base)
}

async fn read(client: &Client, key: &str) -> Bytes {
    let object = client.get_object().bucket("bucket").key(key).send().await.unwrap();
    object.body.collect().await.unwrap().into_bytes()
}

async fn put(client: &Client, key: &str, bytes: impl Into<Vec<u8>>) {
    let body = ByteStream::from(bytes.into());
    client.put_object().bucket("bucket").key(key).body(body).send().await.unwrap();
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put_from_files_and_from_memory() {
    let directory = tempfile::tempdir().unwrap();
    for directory in [None, Some(directory.path())] {
        let (s3, client, _) = served(directory).await;
        s3.create_bucket("bucket").unwrap();
        let key = "webhook/2026-11-23/a b+c%2F..ü?.json";
        let put = client.put_object().bucket("bucket").key(key).content_type("application/json");
        let put = put.metadata("reason", "too long").body(ByteStream::from_static(b"{\"a\":1}\n"));
        let etag = put.send().await.unwrap().e_tag.unwrap();
        assert_eq!(etag, "\"4588ff3797b78d819d858fa3bdd82b09\"");
        let object = client.get_object().bucket("bucket").key(key).send().await.unwrap();
        assert_eq!(object.content_type(), Some("application/json"));
        assert_eq!(object.e_tag(), Some(etag.as_str()));
        assert_eq!(object.metadata().unwrap()["reason"], "too long");
        assert_eq!(object.last_modified().unwrap().secs(), 1_795_392_000);
        assert_eq!(object.body.collect().await.unwrap().into_bytes(), "{\"a\":1}\n");
        let head = client.head_object().bucket("bucket").key(key).send().await.unwrap();
        assert_eq!(head.content_length(), Some(8));
        client.delete_object().bucket("bucket").key(key).send().await.unwrap();
        client.delete_object().bucket("bucket").key(key).send().await.unwrap();
        let gone = client.head_object().bucket("bucket").key(key).send().await.unwrap_err();
        assert!(gone.into_service_error().is_not_found());
    }
}

#[tokio::test]
async fn a_body_that_is_streamed_in_chunks_with_a_trailing_checksum_arrives_whole() {
    let (s3, client, _) = served(None).await;
    s3.create_bucket("bucket").unwrap();
    let bytes = (0..3_000_000_u32).map(|it| (it % 251) as u8).collect::<Vec<_>>();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let body = ByteStream::from_path(file.path()).await.unwrap();
    let put = client.put_object().bucket("bucket").key("media").content_encoding("gzip").body(body);
    put.send().await.unwrap();
    let object = client.get_object().bucket("bucket").key("media").send().await.unwrap();
    assert_eq!(object.content_encoding(), Some("gzip"));
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), bytes);
}

#[tokio::test]
async fn bytes_that_do_not_fit_their_checksum_are_refused_and_what_was_there_stays() {
    let (s3, client, base) = served(None).await;
    s3.create_bucket("bucket").unwrap();
    put(&client, "key", "before").await;
    let wrong = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    let http = graph::client().build().unwrap();
    let put = || http.put(format!("{base}/bucket/key")).header("content-encoding", "aws-chunked");
    let answer = put().body(wrong).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("<Code>BadDigest</Code>"));
    let short = put().header("x-amz-decoded-content-length", "6").body("5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(short.send().await.unwrap().status(), 400);
    assert_eq!(read(&client, "key").await, "before");
}

#[tokio::test]
async fn what_is_not_there_is_named_as_sdks_expect() {
    let (s3, client, base) = served(None).await;
    let get = || client.get_object().bucket("bucket").key("nothing").send();
    let missing = get().await.unwrap_err().into_service_error();
    assert_eq!(missing.meta().code(), Some("NoSuchBucket"));
    let put = client.put_object().bucket("bucket").key("key").body(ByteStream::from_static(b"x"));
    assert_eq!(put.send().await.unwrap_err().into_service_error().meta().code(), Some("NoSuchBucket"));
    client.create_bucket().bucket("bucket").send().await.unwrap();
    assert!(s3.has_bucket("bucket"));
    client.head_bucket().bucket("bucket").send().await.unwrap();
    assert!(get().await.unwrap_err().into_service_error().is_no_such_key());
    let copy = client.copy_object().copy_source("bucket/a").bucket("bucket").key("b").send().await;
    assert!(copy.is_err(), "what is not served says so");
    let http = graph::client().build().unwrap();
    let answer = http.get(format!("{base}/bucket/a%26b")).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("<Resource>/bucket/a%26b</Resource>"));
}

#[tokio::test]
async fn a_listing_gives_keys_in_order_by_prefix_and_in_pages() {
    let (s3, client, _) = served(None).await;
    s3.create_bucket("bucket").unwrap();
    for key in ["a/1", "a/2 & <3>", "a/b/1", "a/b/2", "c"] {
        put(&client, key, "x").await;
    }
    let list = || client.list_objects_v2().bucket("bucket");
    let page = list().prefix("a/").max_keys(2).send().await.unwrap();
    let keys = page.contents().iter().map(|it| it.key().unwrap().to_owned());
    assert_eq!(keys.collect::<Vec<_>>(), ["a/1", "a/2 & <3>"]);
    assert_eq!((page.is_truncated(), page.contents()[0].size()), (Some(true), Some(1)));
    let token = page.next_continuation_token().unwrap();
    let page = list().prefix("a/").continuation_token(token).send().await.unwrap();
    assert_eq!((page.contents().len(), page.is_truncated()), (2, Some(false)));
    let page = list().prefix("a/").delimiter("/").send().await.unwrap();
    assert_eq!(page.contents().len(), 2);
    assert_eq!(page.common_prefixes()[0].prefix(), Some("a/b/"));
}

#[tokio::test]
async fn objects_outlive_a_restart_and_half_written_ones_are_cleared_away() {
    let directory = tempfile::tempdir().unwrap();
    let (s3, client, _) = served(Some(directory.path())).await;
    s3.create_bucket("bucket").unwrap();
    put(&client, "kept", "bytes\nand more").await;
    let unfinished = directory.path().join("bucket/.unfinished-1");
    std::fs::write(&unfinished, "{").unwrap();
    let (s3, client, _) = served(Some(directory.path())).await;
    assert!(s3.has_bucket("bucket"));
    assert_eq!(read(&client, "kept").await, "bytes\nand more");
    assert_eq!(s3.list("bucket", "", "").unwrap().len(), 1);
    assert!(!unfinished.exists());
}

#[tokio::test]
async fn no_name_leads_out_of_the_directory() {
    let outside = tempfile::tempdir().unwrap();
    let directory = outside.path().join("buckets");
    let (s3, client, _) = served(Some(&directory)).await;
    s3.create_bucket("bucket").unwrap();
    for name in ["..", ".", "../x", "a/b", "", "ab", "...", ".hidden"] {
        assert_eq!(s3.create_bucket(name), Err(S3Error::InvalidBucketName), "{name}");
    }
    for key in ["../../escaped", "..", "/etc/passwd", "a//b"] {
        put(&client, key, key).await;
        assert_eq!(read(&client, key).await, key);
    }
    let entries = std::fs::read_dir(outside.path()).unwrap();
    assert_eq!(entries.count(), 1);
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_put_a_new_key_one_does_and_readers_never_see_half_an_object() {
    let directory = tempfile::tempdir().unwrap();
    let (s3, client, _) = served(Some(directory.path())).await;
    s3.create_bucket("bucket").unwrap();
    let puts = (0..8_u8).map(|n| {
        let put = client.put_object().bucket("bucket").key("key").if_none_match("*");
        tokio::spawn(put.body(ByteStream::from(vec![n; 100_000])).send())
    });
    let mut taken = 0;
    for put in puts.collect::<Vec<_>>() {
        taken += u32::from(put.await.unwrap().is_ok());
    }
    assert_eq!(taken, 1);
    let writers = (0..4_u8).map(|n| {
        let s3 = s3.clone();
        tokio::spawn(async move {
            let object = Object::new("key", vec![n; 100_000].into(), jiff::Timestamp::UNIX_EPOCH);
            s3.put("bucket", object, Put::Always).await.unwrap();
        })
    });
    let writers = writers.collect::<Vec<_>>();
    for _ in 0..20 {
        let bytes = read(&client, "key").await;
        assert!(bytes.len() == 100_000 && bytes.iter().all(|it| *it == bytes[0]));
    }
    for writer in writers {
        writer.await.unwrap();
    }
}
