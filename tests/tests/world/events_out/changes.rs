//! What the streams tell: what other functions write, repeats, poison, and what is left out.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Faults, Moment, NUMBER, Stage};

use crate::events_out::{Receiver, known, subscribe};

/// Writes an item as some function would.
async fn put(stage: &Stage, table: &str, item: &[(&str, &str)]) {
    let client = aws_sdk_dynamodb::Client::new(stage.world.sdk());
    let mut put = client.put_item().table_name(format!("local-{table}"));
    for (name, value) in item {
        let value = (*value).to_owned();
        put = put.item(*name, if *name == "t" { AttributeValue::N(value) } else { AttributeValue::S(value) });
    }
    put.send().await.unwrap();
}

/// Sets an attribute of an item.
async fn set(stage: &Stage, table: &str, (pk, sk): (&str, &str), name: &str, value: &str) {
    let client = aws_sdk_dynamodb::Client::new(stage.world.sdk());
    let update = client.update_item().table_name(format!("local-{table}"));
    let update =
        update.key("pk", AttributeValue::S(pk.to_owned())).key("sk", AttributeValue::S(sk.to_owned()));
    let update = update.update_expression("SET #name = :value").expression_attribute_names("#name", name);
    update.expression_attribute_values(":value", AttributeValue::S(value.to_owned())).send().await.unwrap();
}

#[tokio::test]
async fn a_conversation_that_is_assigned_closed_and_taken_up_again_is_heard_of_each_time() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({})).await;
    let conversation = (&*format!("CONV#{NUMBER}#01KMIA"), "STATE");
    put(
        &stage,
        "conversations",
        &[("pk", conversation.0), ("sk", "STATE"), ("la", "1795392000000"), ("pv", "Hello")],
    )
    .await;
    set(&stage, "conversations", conversation, "as", "agent-1").await;
    set(&stage, "conversations", conversation, "pv", "Something else").await;
    set(&stage, "conversations", conversation, "st", "closed").await;
    set(&stage, "conversations", conversation, "st", "open").await;
    set(&stage, "conversations", conversation, "st", "closed").await;
    stage.settle().await;
    let closed = "conversation.closed";
    let opened = "conversation.opened";
    assert_eq!(receiver.types(), ["conversation.assigned", closed, closed, opened, opened]);
    let ids: BTreeSet<_> = receiver.posts().iter().map(|post| post.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 5, "each is an event of its own");
    let assigned = &receiver.of("conversation.assigned")[0]["data"];
    assert_eq!((&assigned["assignee"], &assigned["previous_assignee"]), (&json!("agent-1"), &Value::Null));
    assert_eq!(assigned["contact"], "01KMIA");
}

#[tokio::test]
async fn what_a_team_does_with_a_conversation_is_heard_of_and_what_it_tells_itself_is_not() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109961", json!({}));
    stage.writes(&ada, "Is the kettle back?");
    stage.settle().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({})).await;
    let conversation = stage.all("/v1/conversations").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/conversations/{conversation}");
    let asks = [
        (Method::PATCH, path.clone(), json!({ "assignee": "me" })),
        (Method::POST, format!("{path}/notes"), json!({ "text": "A secret", "mentions": ["me"] })),
        (Method::PUT, format!("{path}/read"), json!({})),
        (Method::PUT, format!("{path}/presence"), json!({ "activity": "typing" })),
        (Method::PATCH, path, json!({ "state": "closed" })),
    ];
    for (method, path, body) in asks {
        let (status, answer) = stage.api(method, &path, Some(body)).await;
        assert!(status.is_success(), "{path}: {answer}");
        stage.settle().await;
    }
    stage.pass(1).await;
    stage.writes(&ada, "Hello?");
    stage.settle().await;
    let mut types = receiver.types();
    types.sort();
    let assigned = "conversation.assigned";
    let told = [assigned, assigned, "conversation.closed", "conversation.opened", "message.received"];
    assert_eq!(types, told, "given to somebody, closed and so given back, opened by the next message");
}

#[tokio::test]
async fn a_merge_an_erasure_and_a_withdrawn_consent_are_heard_of() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({})).await;
    let profile = ("CONTACT#01KNIA", "PROFILE");
    put(&stage, "contacts", &[("pk", profile.0), ("sk", profile.1), ("knd", "lead"), ("nm", "Nia Nut")])
        .await;
    let consent = [("pk", profile.0), ("sk", "CONSENT#1795392000000#marketing#0a"), ("ch", "opt_out")];
    put(&stage, "contacts", &consent).await;
    put(&stage, "contacts", &[("pk", "IDENTITY#phone##15550146001"), ("sk", "OWNER"), ("ct", "01KNIA")])
        .await;
    set(&stage, "contacts", profile, "alias_of", "01KOLE").await;
    set(&stage, "contacts", profile, "er", "2026-11-23").await;
    stage.settle().await;
    let types = ["consent.changed", "contact.created", "contact.erased", "contact.merged"];
    assert_eq!(receiver.types(), types);
    assert_eq!(receiver.of("contact.created")[0]["data"], json!({ "contact": "01KNIA", "kind": "lead" }));
    assert_eq!(receiver.of("contact.merged")[0]["data"]["into"], "01KOLE");
    let consent = &receiver.of("consent.changed")[0];
    assert_eq!(
        (&consent["data"]["purpose"], &consent["data"]["choice"]),
        (&json!("marketing"), &json!("opt_out"))
    );
    assert_eq!(consent["timestamp"], "2026-11-23T00:00:00Z");
}

#[tokio::test]
async fn what_a_campaign_sends_is_told_by_the_campaign_and_not_message_by_message() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "types": ["message.status_changed", "message.failed"] })).await;
    let pk = format!("CONV#{NUMBER}#01KPAM");
    for (n, campaign) in [(1, Some("c1")), (2, None)] {
        let sk = format!("MSG#179539200000{n}#00000000000000aa");
        let mut item = vec![
            ("pk", &*pk),
            ("sk", &*sk),
            ("d", "o"),
            ("k", "template"),
            ("raw", "{}"),
            ("t", "1795392000000"),
        ];
        item.extend(campaign.map(|campaign| ("cmp", campaign)));
        put(&stage, "conversations", &item).await;
        let client = aws_sdk_dynamodb::Client::new(stage.world.sdk());
        let update = client.update_item().table_name("local-conversations");
        let update = update.key("pk", AttributeValue::S(pk.clone())).key("sk", AttributeValue::S(sk.clone()));
        let time = AttributeValue::N("1795392001000".to_owned());
        let update = update.update_expression("SET ac = :t").expression_attribute_values(":t", time);
        update.send().await.unwrap();
    }
    stage.settle().await;
    let heard = receiver.of("message.status_changed");
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0]["data"]["message"].as_str().unwrap().contains("1795392000002"), "{heard:?}");
}

#[tokio::test]
async fn a_change_that_does_not_read_is_a_dead_letter_and_its_neighbours_are_heard_of_at_once() {
    let stage = Stage::start().await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({})).await;
    let pk = format!("CONV#{NUMBER}#01KQUI");
    // Of one partition, so that they come one after the other. The second has no time.
    put(&stage, "conversations", &[("pk", &pk), ("sk", "STATE"), ("la", "1795392000000")]).await;
    put(&stage, "conversations", &[("pk", &pk), ("sk", "MSG#1795392000000#00000000000000aa"), ("d", "i")])
        .await;
    set(&stage, "conversations", (&pk, "STATE"), "as", "agent-2").await;
    stage.settle().await;
    assert_eq!(receiver.types(), ["conversation.assigned", "conversation.opened"]);
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!((letters.len(), &letters[0]["source"]), (1, &json!("changes")), "{letters:?}");
    assert_eq!(letters[0]["reason"], "a change does not read: a message");
    let redrive = format!("/v1/dead-letters/{}/redrive", letters[0]["id"].as_str().unwrap());
    let (status, _) = stage.api(reqwest::Method::POST, &redrive, None).await;
    assert_eq!(status, 202);
    stage.settle().await;
    assert_eq!(stage.all("/v1/dead-letters").await[0]["redriven_at"], Value::Null, "it failed again");
}

/// How often each event was posted.
fn counts(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for post in receiver.posts() {
        *counts.entry(post.header("webhook-id").to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_batch_that_is_told_again_after_a_death_has_the_same_ids() {
    let faults = Faults::default();
    // The jobs are on the queue, and the function dies before it can say so.
    faults.kill("automation", 0, Moment::After);
    let stage = Stage::faulty(faults.clone()).await;
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "types": ["message.received"] })).await;
    let rae = stage.person("Rae Rose", "15550146002", json!({}));
    stage.writes(&rae, "One");
    stage.pass(600).await;
    assert!(faults.killed());
    assert_eq!(counts(&receiver).len(), 1, "one event, however often it is told: {:?}", receiver.posts());
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
}

#[tokio::test]
async fn neither_death_of_the_publisher_nor_of_the_notifier_loses_an_event() {
    for function in ["automation", "notifier"] {
        let (calm, person) = known("Sia Sage", "15550146003").await;
        let receiver = Receiver::answering([]).await;
        subscribe(&calm, &receiver, json!({ "types": ["message.received"] })).await;
        calm.writes(&person, "One");
        calm.settle().await;
        let effects = calm.faults.effects(function);
        assert!(!effects.is_empty(), "{function} has side effects");
        for nth in 0..effects.len() {
            for moment in [Moment::Before, Moment::After] {
                let faults = Faults::default();
                faults.kill(function, nth, moment);
                let stage = Stage::faulty(faults.clone()).await;
                let receiver = Receiver::answering([]).await;
                subscribe(&stage, &receiver, json!({ "types": ["message.received"] })).await;
                let person = stage.person("Sia Sage", "15550146003", json!({}));
                stage.writes(&person, "One");
                stage.pass(1_200).await;
                let how = format!("{function} dies {moment:?} its side effect {nth}");
                assert!(faults.killed(), "{how}");
                assert_eq!(counts(&receiver).len(), 1, "{how}");
            }
        }
    }
}

/// Puts what Lambda says of records that it gave up where Lambda puts it.
async fn gives_up(stage: &Stage, arn: &str, shard: &str, (first, last): (&str, &str)) {
    let told = json!({
        "requestContext": { "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 10 },
        "DDBStreamBatchInfo": { "shardId": shard, "streamArn": arn, "batchSize": 1,
            "startSequenceNumber": first, "endSequenceNumber": last },
    });
    let send = stage.world.sqs_client().send_message().message_body(told.to_string());
    send.queue_url(stage.world.queue_url("ChangesQueue").unwrap()).send().await.unwrap();
    stage.pass(5).await;
}

#[tokio::test]
async fn what_lambda_gave_up_is_read_once_more_where_it_stands_or_kept_with_its_place() {
    let (stage, _) = known("Tia Teak", "15550146004").await;
    let streams = aws_sdk_dynamodbstreams::Client::new(stage.world.sdk());
    let list = streams.list_streams().table_name("local-conversations").send().await.unwrap();
    let arn = list.streams()[0].stream_arn().unwrap().to_owned();
    let described = streams.describe_stream().stream_arn(&arn).send().await.unwrap();
    let shard = described.stream_description().unwrap().shards()[0].shard_id().unwrap().to_owned();
    let iterator = streams.get_shard_iterator().stream_arn(&arn).shard_id(&shard);
    let iterator = iterator.shard_iterator_type("TRIM_HORIZON".into()).send().await.unwrap();
    let records =
        streams.get_records().shard_iterator(iterator.shard_iterator().unwrap()).send().await.unwrap();
    let number = records.records().iter().find_map(|record| {
        let told = record.dynamodb()?;
        let sk = told.keys()?.get("sk")?.as_s().ok()?;
        sk.starts_with("MSG#").then(|| told.sequence_number().unwrap().to_owned())
    });
    let number = number.unwrap();

    // As Lambda names it: the embedded database has a region of its own.
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/local-conversations/stream/local";

    // Somebody subscribes only now; when Lambda had it, nobody wanted to hear of it.
    let receiver = Receiver::answering([]).await;
    subscribe(&stage, &receiver, json!({ "include_content": true })).await;
    gives_up(&stage, arn, &shard, (&number, &number)).await;
    assert_eq!(receiver.types(), ["message.received"]);
    assert_eq!(receiver.of("message.received")[0]["data"]["content"]["text"]["body"], "Hello");
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());

    gives_up(&stage, arn, "shardId-that-is-gone", ("1", "2")).await;
    let letters = stage.all("/v1/dead-letters").await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let reason = letters[0]["reason"].as_str().unwrap();
    assert_eq!(reason, "the stream has it no more: shard shardId-that-is-gone, from 1 to 2");
}
