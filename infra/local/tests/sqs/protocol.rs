//! The wire: batches, errors, checksums, attributes, sizes.

use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry as Entry};

use local::sqs::QueueSpec;

use crate::world::World;

fn entry(id: &str, body: &str) -> Entry {
    Entry::builder().id(id).message_body(body).build().unwrap()
}

#[tokio::test]
async fn an_entry_that_cannot_be_taken_fails_alone() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let batch = world.client.send_message_batch().queue_url(&queue);
    let batch = batch.entries(entry("good", "hello")).entries(entry("bad", "a\u{0}b"));
    let outcome = batch.entries(entry("worse", "a\u{FFFE}b")).send().await.unwrap();
    assert_eq!(outcome.successful().len(), 1);
    assert_eq!(outcome.successful()[0].id(), "good");
    assert_eq!(outcome.failed()[0].id(), "bad");
    assert_eq!(outcome.failed()[0].code(), "InvalidMessageContents");
    assert!(outcome.failed()[0].sender_fault());
    assert_eq!(world.bodies(&queue).await, ["hello"]);
}

#[tokio::test]
async fn a_batch_is_refused_whole_when_its_shape_is_wrong() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let send = |entries: Vec<Entry>| {
        world.client.send_message_batch().queue_url(&queue).set_entries(Some(entries)).send()
    };
    let refusal = |sent: Result<_, aws_sdk_sqs::error::SdkError<_>>| {
        let _: &aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput = match &sent {
            Ok(sent) => sent,
            Err(_) => return sent.unwrap_err().into_service_error(),
        };
        panic!("the batch was taken")
    };
    assert!(refusal(send(vec![]).await).is_empty_batch_request());
    let eleven = (0..11).map(|n| entry(&n.to_string(), "x")).collect();
    assert!(refusal(send(eleven).await).is_too_many_entries_in_batch_request());
    let twins = vec![entry("1", "x"), entry("1", "y")];
    assert!(refusal(send(twins).await).is_batch_entry_ids_not_distinct());
    assert!(refusal(send(vec![entry("a b", "x")]).await).is_invalid_batch_entry_id());
    let half = "x".repeat(524_289);
    let long = vec![entry("1", &half), entry("2", &half)];
    assert!(refusal(send(long).await).is_batch_request_too_long());
    assert_eq!(world.sqs.depth("inbound").await.unwrap().total(), 0);
}

#[tokio::test]
async fn a_message_may_be_a_mebibyte_long_and_not_a_byte_more() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let send =
        |size: usize| world.client.send_message().queue_url(&queue).message_body("x".repeat(size)).send();
    send(1_048_576).await.unwrap();
    assert!(send(1_048_577).await.is_err());
    assert_eq!(world.bodies(&queue).await[0].len(), 1_048_576);
    let small = world.queue(QueueSpec { max_message_size: 1024, ..QueueSpec::new("small") }).await;
    let send = world.client.send_message().queue_url(&small).message_body("x".repeat(1025));
    assert!(send.send().await.is_err());
}

#[tokio::test]
async fn every_character_of_xml_passes_unchanged_and_no_other() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let fit = "\t\n\r \u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}\"\\é😀";
    world.send(&queue, fit).await;
    assert_eq!(world.bodies(&queue).await, [fit]);
    for unfit in ["\u{0}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        let sent = world.client.send_message().queue_url(&queue).message_body(unfit).send().await;
        assert!(sent.unwrap_err().into_service_error().is_invalid_message_contents());
    }
}

#[tokio::test]
async fn attributes_come_back_with_the_checksums_that_aws_documents() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let text = MessageAttributeValue::builder().data_type("String").string_value("wa").build().unwrap();
    let bytes = MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([1, 2]));
    let send = world.client.send_message().queue_url(&queue).message_body("This is a test message");
    let send = send.message_attributes("source", text).message_attributes("raw", bytes.build().unwrap());
    let sent = send.send().await.unwrap();
    assert_eq!(sent.md5_of_message_body(), Some("fafb00f5732ab283681e124bf8747ed1"));
    let received = world.receive(&queue).await.remove(0);
    assert_eq!(received.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(received.md5_of_message_attributes(), sent.md5_of_message_attributes());
    let attributes = received.message_attributes().unwrap();
    assert_eq!(attributes["source"].string_value(), Some("wa"));
    assert_eq!(attributes["raw"].binary_value().unwrap().as_ref(), [1, 2]);
    world.pass(30);
    let some = world.client.receive_message().queue_url(&queue).message_attribute_names("sour.*");
    let some = some.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(some.message_attributes().unwrap().len(), 1);
    assert_ne!(some.md5_of_message_attributes(), sent.md5_of_message_attributes());
    assert!(some.attributes().is_none(), "none were asked for");
}

#[tokio::test]
async fn the_checksum_of_attributes_is_the_one_that_other_clients_compute() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let timestamp = MessageAttributeValue::builder().data_type("Number.java.lang.Long");
    let timestamp = timestamp.string_value("1493147359900").build().unwrap();
    let send = world.client.send_message().queue_url(&queue).message_body("hello");
    let sent = send.message_attributes("timestamp", timestamp).send().await.unwrap();
    assert_eq!(sent.md5_of_message_attributes(), Some("2e2e4876d8e0bd6b8c2c8f556831c349"));
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_named_as_sdks_expect_whatever_host_its_url_has() {
    let world = World::start().await;
    world.queue(QueueSpec::new("inbound")).await;
    let url = world.client.get_queue_url().queue_name("inbound").send().await.unwrap();
    assert_eq!(url.queue_url(), Some(format!("{}/000000000000/inbound", world.base).as_str()));
    world.send("https://sqs.eu-west-1.amazonaws.com/123456789012/inbound", "hello").await;
    assert_eq!(world.sqs.depth("inbound").await.unwrap().visible, 1);
    let missing = world.client.get_queue_url().queue_name("nowhere").send().await;
    assert!(missing.unwrap_err().into_service_error().is_queue_does_not_exist());
    let raw =
        graph::client().build().unwrap().post(&world.base).header("x-amz-target", "AmazonSQS.GetQueueUrl");
    let raw = raw.body(r#"{"QueueName":"nowhere"}"#).send().await.unwrap();
    assert_eq!(raw.status(), 400);
    assert_eq!(raw.headers()["x-amzn-query-error"], "AWS.SimpleQueueService.NonExistentQueue;Sender");
    assert_eq!(raw.headers()["content-type"], "application/x-amz-json-1.0");
    let body = raw.text().await.unwrap();
    assert!(body.contains(r#""__type":"com.amazonaws.sqs#QueueDoesNotExist""#), "{body}");
}

#[tokio::test]
async fn a_request_that_is_no_request_is_refused_and_breaks_nothing() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let post = |target: &'static str, body: &'static str| {
        graph::client().build().unwrap().post(&world.base).header("x-amz-target", target).body(body).send()
    };
    for (target, body) in [
        ("AmazonSQS.SendMessage", "{"),
        ("AmazonSQS.SendMessage", r#"{"QueueUrl":"/inbound","MessageBody":"\ud800"}"#),
        ("AmazonSQS.SendMessage", "{}"),
        ("AmazonSQS.ReceiveMessage", r#"{"QueueUrl":"/inbound","MaxNumberOfMessages":11}"#),
        ("AmazonSQS.ReceiveMessage", r#"{"QueueUrl":"/inbound","MaxNumberOfMessages":0}"#),
        ("AmazonSQS.ReceiveMessage", r#"{"QueueUrl":"/inbound","WaitTimeSeconds":21}"#),
        ("AmazonSQS.ReceiveMessage", r#"{"QueueUrl":"/inbound","VisibilityTimeout":-1}"#),
        ("AmazonSQS.DeleteMessage", r#"{"QueueUrl":"/inbound","ReceiptHandle":"nonsense"}"#),
        ("AmazonSQS.Dance", "{}"),
        ("", ""),
    ] {
        assert_eq!(post(target, body).await.unwrap().status(), 400, "{target} {body}");
    }
    world.send(&queue, "hello").await;
    assert_eq!(world.bodies(&queue).await, ["hello"]);
}

#[tokio::test]
async fn a_queue_shows_the_attributes_it_was_made_with_and_takes_new_ones() {
    let world = World::start().await;
    let create = |visibility: &str| {
        let create = world.client.create_queue().queue_name("send.fifo");
        create
            .attributes(QueueAttributeName::FifoQueue, "true")
            .attributes(QueueAttributeName::VisibilityTimeout, visibility)
            .send()
    };
    let url = create("90").await.unwrap().queue_url.unwrap();
    create("90").await.unwrap();
    assert!(create("91").await.unwrap_err().into_service_error().is_queue_name_exists());
    let set = world.client.set_queue_attributes().queue_url(&url);
    set.attributes(QueueAttributeName::VisibilityTimeout, "91").send().await.unwrap();
    let all = world.client.get_queue_attributes().queue_url(&url);
    let all = all.attribute_names(QueueAttributeName::All).send().await.unwrap().attributes.unwrap();
    assert_eq!(all[&QueueAttributeName::VisibilityTimeout], "91");
    assert_eq!(all[&QueueAttributeName::QueueArn], "arn:aws:sqs:us-east-1:000000000000:send.fifo");
    assert_eq!(all[&QueueAttributeName::ApproximateNumberOfMessages], "0");
    assert!(create("-1").await.is_err());
}

#[tokio::test]
async fn a_purged_queue_is_empty_and_a_deleted_one_is_gone() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    world.send(&queue, "hello").await;
    let purge = || world.client.purge_queue().queue_url(&queue).send();
    purge().await.unwrap();
    assert_eq!(world.sqs.depth("inbound").await.unwrap().total(), 0);
    assert!(purge().await.unwrap_err().into_service_error().is_purge_queue_in_progress());
    world.pass(60);
    purge().await.unwrap();
    world.client.delete_queue().queue_url(&queue).send().await.unwrap();
    assert!(world.sqs.has_receivable("inbound").await.is_err());
    assert!(world.client.list_queues().send().await.unwrap().queue_urls().is_empty());
}

#[tokio::test]
async fn calls_are_counted_as_aws_bills_them() {
    let world = World::start().await;
    let queue = world.queue(QueueSpec::new("inbound")).await;
    let batch = world.client.send_message_batch().queue_url(&queue);
    let long = "x".repeat(40_000);
    batch.entries(entry("1", &long)).entries(entry("2", &long)).send().await.unwrap();
    world.receive(&queue).await;
    world.receive(&queue).await;
    let counts = world.sqs.calls().into_iter().map(|it| (it.action, it.calls, it.billed));
    assert_eq!(counts.collect::<Vec<_>>(), [("ReceiveMessage", 2, 3), ("SendMessageBatch", 1, 2)]);
    world.sqs.reset_calls();
    assert!(world.sqs.calls().is_empty());
}
