//! Ids that change: a new number, a new BSUID, a parent BSUID.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Moment, NUMBER, Stage};

use crate::identity::{asks, found, id, inbox, said, text, unmerge};

/// A signed body with one message, as Meta's, to a number of ours.
pub(crate) fn body(number: &str, message: &Value) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": number },
        "messages": [message],
    });
    json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": "900000000000101", "changes": [{ "field": "messages", "value": value }] }] })
    .to_string()
    .into_bytes()
}

/// What Meta tells when a person has another BSUID: the new number is visible if it is given.
pub(crate) fn changed(wamid: &str, at: i64, old: (&str, Option<&str>), new: (&str, Option<&str>)) -> Value {
    let mut message = json!({ "id": wamid, "timestamp": at.to_string(), "type": "system",
        "system": { "type": "user_changed_user_id", "user_id": new.0, "previous_user_id": old.0 } });
    if let Some(phone) = old.1 {
        message["from"] = json!(phone);
    }
    if let Some(phone) = new.1 {
        message["system"]["type"] = json!("user_changed_number");
        message["system"]["wa_id"] = json!(phone);
    }
    message
}

pub(crate) fn wrote(wamid: &str, at: i64, ids: (&str, Option<&str>), body: &str) -> Value {
    let mut message = json!({ "from_user_id": ids.0, "id": wamid, "timestamp": at.to_string(),
        "type": "text", "text": { "body": body } });
    if let Some(phone) = ids.1 {
        message["from"] = json!(phone);
    }
    message
}

async fn posts(stage: &Stage, message: &Value) {
    assert_eq!(stage.meta_posts(&body(NUMBER, message)).await, StatusCode::OK);
}

const OLD: (&str, Option<&str>) = ("US.771", Some("15550107701"));
const NEW: (&str, Option<&str>) = ("US.772", Some("15550107702"));

#[tokio::test]
async fn a_person_with_a_new_number_keeps_the_thread_which_says_so_and_is_answered_there() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550107701", json!({}));
    stage.writes(&ada, "From my old phone");
    stage.pass(60).await;
    stage.sim().person_changes_number(&ada, json!({ "phone": "15550107702" })).unwrap();
    stage.pass(60).await;
    stage.writes(&ada, "From my new phone");
    stage.pass(60).await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1, "{conversations:#?}");
    let said = said(&stage, &conversations[0]).await;
    assert_eq!(said.iter().filter(|word| *word == "number_changed").count(), 1, "{said:?}");
    assert!(said.contains(&"From my old phone".to_owned()) && said.contains(&"From my new phone".to_owned()));
    assert_eq!(conversations[0]["contact"]["phone"], "15550107702");
    let request =
        json!({ "from": NUMBER, "to": { "conversation": conversations[0]["id"] }, "message": text("Hi") });
    asks(&stage, Method::POST, "/v1/messages", Some(request), StatusCode::ACCEPTED).await;
    stage.pass(60).await;
    assert!(stage.posts()[0]["body"]["to"].as_str().unwrap().ends_with("15550107702"));
}

#[tokio::test]
async fn every_thread_of_the_person_says_that_the_number_changed() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    for number in [NUMBER, "900000000000202"] {
        let message = wrote(&format!("wamid.{number}"), now, OLD, "Hello");
        stage.meta_posts(&body(number, &message)).await;
    }
    stage.settle().await;
    // Meta tells one of them first, the other a second later, and the first once more.
    for (number, wamid, at) in
        [(NUMBER, "c1", now + 1), ("900000000000202", "c2", now + 2), (NUMBER, "c1", now + 1)]
    {
        stage.meta_posts(&body(number, &changed(wamid, at, OLD, NEW))).await;
        stage.settle().await;
    }
    let conversations = stage.all("/v1/conversations").await;
    assert_eq!(conversations.len(), 2);
    for conversation in conversations {
        let said = said(&stage, &conversation).await;
        assert_eq!(said.iter().filter(|word| *word == "number_changed").count(), 1, "{said:?}");
        assert_eq!(said.iter().filter(|word| *word == "system").count(), 1, "{said:?}");
    }
}

#[tokio::test]
async fn who_writes_from_the_new_number_before_the_news_comes_is_the_same_person() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    posts(&stage, &wrote("m1", now, OLD, "one")).await;
    stage.settle().await;
    posts(&stage, &wrote("m2", now + 5, NEW, "two")).await;
    stage.settle().await;
    assert_eq!(inbox(&stage).await.len(), 2, "nobody can know yet");
    posts(&stage, &changed("c", now + 4, OLD, NEW)).await;
    stage.settle().await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1);
    let said = said(&stage, &conversations[0]).await;
    assert!(said.contains(&"one".to_owned()) && said.contains(&"two".to_owned()), "{said:?}");
    assert_eq!(id(&found(&stage, "user_id=US.771").await), id(&found(&stage, "user_id=US.772").await));
    // Somebody knows better and parts them: the same news again does not join them.
    let joined = conversations[0]["contact"]["merged"][0].as_str().unwrap();
    unmerge(&stage, joined).await;
    posts(&stage, &changed("c", now + 4, OLD, NEW)).await;
    stage.settle().await;
    assert_eq!(inbox(&stage).await.len(), 2);
}

#[tokio::test]
async fn a_hidden_change_of_the_user_id_ends_the_use_of_the_old_number() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    posts(&stage, &wrote("m1", now, OLD, "one")).await;
    stage.settle().await;
    posts(&stage, &changed("c", now + 1, (OLD.0, None), ("US.772", None))).await;
    stage.pass(10).await;
    let contact = found(&stage, "user_id=US.772").await;
    assert_eq!((&contact["phone"], &contact["user_id"]), (&Value::Null, &json!("US.772")));
    // A late message under the old ids is the same person's, and brings nothing back.
    posts(&stage, &wrote("m0", now - 60, OLD, "zero")).await;
    stage.settle().await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1);
    assert_eq!(conversations[0]["contact"]["phone"], Value::Null);
}

#[tokio::test]
async fn who_gets_the_number_that_a_person_left_is_somebody_else_and_inherits_nothing() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    posts(&stage, &wrote("m1", now, OLD, "private")).await;
    stage.settle().await;
    posts(&stage, &changed("c", now + 1, OLD, NEW)).await;
    stage.settle().await;
    posts(&stage, &wrote("m2", now + 100, ("US.999", OLD.1), "I am new here")).await;
    stage.pass(200).await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 2);
    let newcomer = conversations.iter().find(|it| it["contact"]["user_id"] == "US.999").unwrap();
    let mut words = said(&stage, newcomer).await;
    words.sort_unstable();
    assert_eq!(words, ["I am new here", "number_gained"]);
    let ada = found(&stage, "user_id=US.772").await;
    assert_eq!(ada["phone"], "15550107702", "she keeps her new number");
}

#[tokio::test]
async fn a_message_to_a_number_that_a_person_left_is_not_for_that_person() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    posts(&stage, &wrote("m1", now, OLD, "private")).await;
    stage.settle().await;
    posts(&stage, &changed("c", now + 1, OLD, NEW)).await;
    stage.pass(600).await;
    let template =
        json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } });
    stage.asks("old", json!({ "phone": OLD.1 }), template).await;
    stage.pass(60).await;
    let ada = found(&stage, "user_id=US.772").await;
    assert_ne!(id(&found(&stage, "phone=15550107701").await), id(&ada));
    assert_eq!(ada["phone"], "15550107702");
    let said = said(&stage, &json!({ "id": format!("{NUMBER}.{}", id(&ada)) })).await;
    assert!(!said.contains(&"template".to_owned()) && said.contains(&"number_lost".to_owned()), "{said:?}");
}

#[tokio::test]
async fn a_person_of_a_linked_portfolio_is_the_same_person() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    for (wamid, user_id) in [("m1", "US.771"), ("m2", "US.5550")] {
        let mut message = wrote(wamid, now, (user_id, None), wamid);
        message["from_parent_user_id"] = json!("US.ENT.42");
        posts(&stage, &message).await;
        stage.settle().await;
    }
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1, "{conversations:#?}");
    let contact = id(&conversations[0]["contact"]);
    let identities = stage.read(&format!("/v1/contacts/{contact}/identities")).await;
    let kinds: Vec<_> = identities["items"].as_array().unwrap().iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["user_id", "user_id", "parent_user_id"]);
}

#[tokio::test]
async fn a_new_persons_two_messages_at_once_make_one_contact() {
    let stage = Stage::start().await;
    let now = stage.now().as_second();
    for round in 0..5 {
        let ids = (format!("US.88{round}"), format!("1555010880{round}"));
        let message = |n: usize| {
            let wamid = format!("m{round}{n}");
            body(NUMBER, &wrote(&wamid, now, (&ids.0, Some(&ids.1)), &wamid))
        };
        let (a, b) = (message(0), message(1));
        let (a, b) = tokio::join!(stage.meta_posts(&a), stage.meta_posts(&b));
        assert_eq!((a, b), (StatusCode::OK, StatusCode::OK));
    }
    stage.settle().await;
    let conversations = inbox(&stage).await;
    assert_eq!((conversations.len(), stage.all("/v1/contacts").await.len()), (5, 5));
    for conversation in conversations {
        assert_eq!(said(&stage, &conversation).await.len(), 2);
    }
}

/// A person writes from the old number and from the new one.
async fn two_records(stage: &Stage) {
    let now = stage.now().as_second();
    posts(stage, &wrote("m1", now, OLD, "one")).await;
    stage.pass(60).await;
    posts(stage, &wrote("m2", now + 5, NEW, "two")).await;
    stage.pass(60).await;
}

/// The change that joins the two. How many rows, messages, notes there are in the end.
async fn joined(stage: &Stage) -> (usize, usize, usize) {
    posts(stage, &changed("c", stage.now().as_second() - 116, OLD, NEW)).await;
    stage.pass(1_200).await;
    let conversations = inbox(stage).await;
    let said = said(stage, &conversations[0]).await;
    let notes = said.iter().filter(|word| *word == "number_changed").count();
    (conversations.len(), said.len() - notes, notes)
}

#[tokio::test]
async fn inbound_may_die_at_every_step_of_following_a_person() {
    let calm = Stage::start().await;
    two_records(&calm).await;
    let before = calm.faults.effects("inbound").len();
    assert_eq!(joined(&calm).await, (1, 3, 1));
    for nth in 0..calm.faults.effects("inbound").len() - before {
        // Dying before an effect is dying after the one before it; several run side by side.
        let stage = Stage::start().await;
        two_records(&stage).await;
        stage.faults.kill("inbound", nth, Moment::Before);
        assert_eq!(joined(&stage).await, (1, 3, 1), "inbound dies before its side effect {nth}");
        assert!(stage.faults.killed());
    }
}
