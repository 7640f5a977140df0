//! A person of several records, and numbers of several forms: what is said or erased under one holds for all.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::privacy::erasure::{backup, erase, every_webhook, nothing_is_left, restore};
use crate::privacy::{ADA, WABA, agrees_to_marketing, contact, is_of_category, template};

/// Her other phone.
const WORK: &str = "15550109912";

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// Asks, and expects a status.
async fn asks(stage: &Stage, method: Method, path: &str, body: Option<Value>, status: StatusCode) -> Value {
    let (answered, body) = stage.api(method.clone(), path, body).await;
    assert_eq!(answered, status, "{method} {path}: {body}");
    body
}

/// Who has a phone.
async fn whose(stage: &Stage, phone: &str) -> Vec<String> {
    let found = stage.read(&format!("/v1/contacts/lookup?phone={phone}")).await;
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A person who writes from two phones: her ids in the simulator, and her records.
async fn two(stage: &Stage) -> ([String; 2], [String; 2]) {
    let people = [stage.person("Ada Fern", ADA, json!({})), stage.person("Adela Fernández", WORK, json!({}))];
    for (person, words) in people.iter().zip(["My secret kettle", "Our secret teapot"]) {
        stage.writes(person, words);
        stage.settle().await;
    }
    let records = [whose(stage, ADA).await.remove(0), whose(stage, WORK).await.remove(0)];
    (people, records)
}

async fn merge(stage: &Stage, loser: &str, into: &str) {
    let into = json!({ "into": into });
    asks(stage, Method::POST, &format!("/v1/contacts/{loser}/merge"), Some(into), StatusCode::OK).await;
}

/// A message of a person's, as Meta posts it.
async fn posts(stage: &Stage, message: Value) {
    let value = json!({ "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER }, "messages": [message] });
    let body = json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": WABA, "changes": [{ "field": "messages", "value": value }] }] });
    assert_eq!(stage.meta_posts(body.to_string().as_bytes()).await, StatusCode::OK);
}

#[tokio::test]
async fn an_erased_person_who_was_merged_from_two_leaves_nothing_of_both() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    let list = asks(&stage, Method::POST, "/v1/lists", Some(json!({ "name": "Fair" })), StatusCode::CREATED);
    let list = list.await["id"].as_str().unwrap().to_owned();
    for (record, other) in [(&ada, "ada"), (&work, "work")] {
        agrees_to_marketing(&stage, record).await;
        for (kind, value) in [("email", "secret@example.org"), ("username", "secret.fern")] {
            let path = format!("/v1/contacts/{record}/identities/{kind}/{other}.{value}");
            asks(&stage, Method::PUT, &path, None, StatusCode::OK).await;
        }
        let path = format!("/v1/contacts/{record}/identities/external_id/shop:secret-{other}");
        asks(&stage, Method::PUT, &path, None, StatusCode::OK).await;
        let note = Some(json!({ "text": "Likes kettles, a secret" }));
        asks(&stage, Method::POST, &format!("/v1/contacts/{record}/notes"), note, StatusCode::CREATED).await;
    }
    let members = json!({ "add": [ada, work] });
    asks(&stage, Method::POST, &format!("/v1/lists/{list}/members"), Some(members), StatusCode::NO_CONTENT)
        .await;
    merge(&stage, &work, &ada).await;
    let unmerge = format!("/v1/contacts/{work}/unmerge");
    asks(&stage, Method::POST, &unmerge, None, StatusCode::OK).await;
    merge(&stage, &work, &ada).await;
    stage.writes(&people[1], "One more secret");
    stage.pass(60).await;
    let answer = json!({ "from": NUMBER, "to": { "contact": work }, "message": text("It stays secret") });
    asks(&stage, Method::POST, "/v1/messages", Some(answer), StatusCode::ACCEPTED).await;
    stage.pass(60).await;
    let user_ids =
        people.map(|person| stage.sim().person(&person).unwrap()["user_id"].as_str().unwrap().to_owned());

    // Whichever of the two is named: it is the person who is erased.
    let (status, erasure) = erase(&stage, &work).await;
    assert_eq!(
        (status, &erasure["id"], &erasure["merged"]),
        (StatusCode::ACCEPTED, &json!(ada), &json!([work]))
    );
    stage.pass(300).await;
    for record in [&ada, &work] {
        let certificate = stage.read(&format!("/v1/erasures/{record}")).await;
        assert_eq!((&certificate["id"], &certificate["status"]), (&json!(ada), &json!("completed")));
        assert!(certificate["removed"]["identities"].as_u64().unwrap() >= 10, "{certificate:#}");
        assert_eq!(stage.read(&format!("/v1/contacts/{record}")).await["erased"], true);
    }
    let mut words: Vec<_> =
        [ADA, WORK, "Ada", "Adela", "adela", "Fern", "fern", "ecret"].map(str::to_owned).into();
    words.extend(user_ids);
    words.push(format!("LIST#{list}"));
    nothing_is_left(&stage, &words).await;

    for body in every_webhook(&stage) {
        assert_eq!(stage.meta_posts(&body).await, StatusCode::OK);
    }
    stage.pass(3_600).await;
    nothing_is_left(&stage, &words).await;
    assert_eq!(stage.all("/v1/contacts").await, Vec::<Value>::new());
    assert_eq!(erase(&stage, &work).await.1["status"], "completed", "a repeat finds the same");
}

#[tokio::test]
async fn an_erased_person_is_neither_merged_nor_parted_nor_looked_up() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let eva = stage.person("Eva Moss", "15550109913", json!({}));
    stage.writes(&eva, "Hello");
    stage.settle().await;
    let eva = whose(&stage, "15550109913").await.remove(0);
    merge(&stage, &work, &ada).await;
    erase(&stage, &ada).await;
    // At once, and when nothing is left of her any more.
    for seconds in [0, 300] {
        stage.pass(seconds).await;
        for erased in [&ada, &work] {
            let into = json!({ "into": eva });
            let path = format!("/v1/contacts/{erased}");
            let missing = StatusCode::NOT_FOUND;
            asks(&stage, Method::POST, &format!("{path}/merge"), Some(into), missing).await;
            asks(&stage, Method::POST, &format!("{path}/unmerge"), None, missing).await;
            asks(&stage, Method::GET, &format!("{path}/duplicates"), None, missing).await;
            asks(&stage, Method::GET, &format!("{path}/identities"), None, missing).await;
            asks(&stage, Method::PUT, &format!("{path}/identities/email/a@example.org"), None, missing).await;
            let into = Some(json!({ "into": erased }));
            let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
            let problem =
                asks(&stage, Method::POST, &format!("/v1/contacts/{eva}/merge"), into, unprocessable).await;
            assert_eq!(problem["reason"], "erased");
        }
        assert!(whose(&stage, ADA).await.is_empty() && whose(&stage, WORK).await.is_empty());
    }
    // Her number is not given to somebody else by hand either.
    let path = format!("/v1/contacts/{eva}/identities/phone/{WORK}");
    let problem = asks(&stage, Method::PUT, &path, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(problem["reason"], "erased");
}

#[tokio::test]
async fn a_number_of_an_erased_person_is_not_brought_back_by_a_redelivery_in_another_form() {
    for (seen, other) in [
        ("553187650011", "5531987650011"),
        ("5531987650012", "553187650012"),
        ("5215587650013", "525587650013"),
        ("5491187650014", "541187650014"),
    ] {
        let stage = Stage::start().await;
        let lia = stage.person("Lia Moss", seen, json!({}));
        stage.writes(&lia, "Hello");
        stage.settle().await;
        erase(&stage, &contact(&stage).await).await;
        stage.pass(300).await;
        for body in every_webhook(&stage) {
            let body = String::from_utf8(body).unwrap();
            for body in [body.clone(), body.replace(seen, other)] {
                assert_eq!(stage.meta_posts(body.as_bytes()).await, StatusCode::OK);
            }
        }
        // Nor by one that names nothing but the number.
        let message = json!({ "from": other, "id": "wamid.OLD", "timestamp": "1795392000", "type": "text",
            "text": { "body": "Hello" } });
        posts(&stage, message).await;
        stage.pass(600).await;
        assert_eq!(stage.all("/v1/contacts").await, Vec::<Value>::new(), "{other}");
        nothing_is_left(&stage, &[seen.to_owned(), other.to_owned(), "Lia".to_owned()]).await;
        let request =
            json!({ "from": NUMBER, "to": { "phone": format!("+{other}") }, "message": template() });
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = asks(&stage, Method::POST, "/v1/messages", Some(request), unprocessable).await;
        assert_eq!(problem["reason"], "erased", "{other}");
        let record = json!({ "kind": "lead", "name": "L. M.", "phone": format!("+{other}") });
        let problem = asks(&stage, Method::POST, "/v1/contacts", Some(record), unprocessable).await;
        assert_eq!(problem["reason"], "erased", "{other}");
    }
}

#[tokio::test]
async fn news_of_a_new_number_brings_nobody_back_and_whoever_writes_from_it_is_a_new_person() {
    let stage = Stage::start().await;
    let person = stage.person("Ada Fern", ADA, json!({}));
    stage.writes(&person, "Hello");
    stage.settle().await;
    let old = stage.sim().person(&person).unwrap()["user_id"].as_str().unwrap().to_owned();
    let erased = contact(&stage).await;
    erase(&stage, &erased).await;
    stage.pass(300).await;
    let at = stage.now().as_second();
    for (wamid, at) in [("wamid.LATE", at - 1_000), ("wamid.NEWS", at)] {
        let system = json!({ "type": "user_changed_number", "user_id": "US.7799", "previous_user_id": old,
            "wa_id": "15550109977" });
        let news = json!({ "from": ADA, "id": wamid, "timestamp": at.to_string(), "type": "system", "system": system });
        posts(&stage, news).await;
    }
    stage.pass(60).await;
    assert_eq!(stage.all("/v1/contacts").await, Vec::<Value>::new());
    nothing_is_left(&stage, &[ADA.to_owned(), old, "US.7799".to_owned()]).await;
    let message = json!({ "from": "15550109977", "from_user_id": "US.7799", "id": "wamid.NEW",
        "timestamp": (at + 100).to_string(), "type": "text", "text": { "body": "Hello again" } });
    posts(&stage, message).await;
    stage.pass(60).await;
    assert_ne!(contact(&stage).await, erased);
}

#[tokio::test]
async fn a_message_that_waits_for_a_record_that_was_merged_is_dropped_when_its_person_is_erased() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let fault = json!({ "graph": [{ "kind": "error", "code": 131_056, "next": 1 }] });
    stage.sim().add_faults(fault).unwrap();
    for n in 1..=2 {
        stage.asks(&format!("n{n}"), json!({ "phone": WORK }), text("It stays secret")).await;
    }
    stage.settle().await;
    let conversation = format!("/v1/conversations/{NUMBER}.{work}/messages");
    let messages = stage.all(&conversation).await;
    assert_eq!(messages.iter().filter(|message| message["status"] == "waiting").count(), 2, "{messages:#?}");
    let posts = stage.posts().len();
    merge(&stage, &work, &ada).await;
    erase(&stage, &ada).await;
    stage.pass(3_600).await;
    assert_eq!(stage.posts().len(), posts, "nothing left");
    assert_eq!(stage.all("/v1/dead-letters").await, Vec::<Value>::new());
    nothing_is_left(&stage, &[WORK.to_owned(), "ecret".to_owned()]).await;
}

#[tokio::test]
async fn a_no_that_was_said_under_one_record_holds_for_the_person_until_they_part() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    is_of_category(&stage, "MARKETING").await;
    agrees_to_marketing(&stage, &ada).await;
    merge(&stage, &work, &ada).await;
    stage.pass(60).await;
    stage.writes(&people[1], "STOP");
    stage.settle().await;
    let request = json!({ "from": NUMBER, "to": { "contact": ada }, "message": template() });
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let problem = asks(&stage, Method::POST, "/v1/messages", Some(request.clone()), refused).await;
    assert_eq!(problem["reason"], "opted_out");
    // Another service that does not ask first finds the same in the sender.
    stage.asks("news", json!({ "phone": ADA }), template()).await;
    stage.settle().await;
    assert!(stage.posts().is_empty());
    let ledger = stage.read(&format!("/v1/contacts/{ada}/consent")).await["ledger"].clone();
    assert_eq!(ledger.as_array().unwrap().len(), 2, "{ledger:#}");
    // A block of the person is one of each number and id.
    let block = format!("/v1/contacts/{ada}/block");
    asks(&stage, Method::POST, &block, None, StatusCode::ACCEPTED).await;
    asks(&stage, Method::POST, &format!("/v1/contacts/{work}/unmerge"), None, StatusCode::OK).await;
    let blocked = stage.read(&format!("/v1/contacts/{work}/block")).await;
    assert!(blocked["blocked_at"].is_string(), "{blocked:#}");
    asks(&stage, Method::DELETE, &block, None, StatusCode::ACCEPTED).await;
    asks(&stage, Method::POST, "/v1/messages", Some(request), StatusCode::ACCEPTED).await;
}

#[tokio::test]
async fn after_a_restore_from_before_a_merge_both_records_are_erased_again() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let backup = backup(&stage).await;
    merge(&stage, &work, &ada).await;
    erase(&stage, &ada).await;
    stage.pass(300).await;
    restore(&stage, backup).await;
    nothing_is_left(&stage, &[ADA, WORK, "Adela", "ecret"].map(str::to_owned)).await;
}
