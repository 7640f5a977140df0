//! Records that merge and part.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use crate::identity::{asks, found, id, inbox, merge, said, text, unmerge};

/// Two records of one person: she writes from two phones.
pub(crate) async fn two(stage: &Stage) -> ([String; 2], [String; 2]) {
    let people = [
        stage.person("Ada Fern", "15550106601", json!({})),
        stage.person("A. Fern", "15550106602", json!({})),
    ];
    for (person, words) in people.iter().zip(["private", "work"]) {
        stage.writes(person, words);
        stage.pass(60).await;
    }
    let records =
        [id(&found(stage, "phone=15550106601").await), id(&found(stage, "phone=15550106602").await)];
    (people, records)
}

/// All that the API says, so that two times can be compared. Versions count changes and are left out.
async fn everything(stage: &Stage) -> Value {
    let mut all = json!({ "contacts": stage.all("/v1/contacts").await, "conversations": stage.all("/v1/conversations").await });
    for conversation in all["conversations"].clone().as_array().unwrap() {
        let id = conversation["id"].as_str().unwrap();
        all[id] = json!(stage.all(&format!("/v1/conversations/{id}/messages")).await);
    }
    for list in ["contacts", "conversations"] {
        for item in all[list].as_array_mut().unwrap() {
            item.as_object_mut().unwrap().remove("version");
            if let Some(contact) = item["contact"].as_object_mut() {
                contact.remove("version");
            }
        }
    }
    all
}

#[tokio::test]
async fn a_merged_person_has_one_row_one_thread_and_one_entry() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    let kept = merge(&stage, &work, &ada).await;
    assert_eq!((id(&kept), &kept["merged"]), (ada.clone(), &json!([work])));
    stage.writes(&people[1], "again");
    stage.pass(60).await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1);
    assert_eq!(id(&conversations[0]["contact"]), ada);
    assert_eq!(conversations[0]["last_message_preview"], "again");
    assert_eq!(said(&stage, &conversations[0]).await, ["private", "work", "again"]);
    assert_eq!(stage.all("/v1/contacts").await.len(), 1);
    // The old names of things still lead there.
    let old = json!({ "id": format!("{NUMBER}.{work}") });
    assert_eq!(said(&stage, &old).await.len(), 3);
    let shown = stage.read(&format!("/v1/conversations/{NUMBER}.{work}")).await;
    assert_eq!(shown["id"], conversations[0]["id"]);
    assert_eq!(stage.read(&format!("/v1/contacts/{work}")).await["merged_into"], json!(ada));
}

#[tokio::test]
async fn a_merged_person_is_answered_where_they_wrote_last_and_the_answer_stands_in_the_one_thread() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    merge(&stage, &work, &ada).await;
    for (to, phone, person) in [
        (json!({ "contact": work }), "15550106602", 0),
        (json!({ "contact": ada }), "15550106601", 1),
        (json!({ "phone": "15550106601" }), "15550106602", 1),
    ] {
        let before = stage.posts().len();
        let request = json!({ "from": NUMBER, "to": to, "message": text("Hi") });
        let answer = asks(&stage, Method::POST, "/v1/messages", Some(request), StatusCode::ACCEPTED).await;
        assert_eq!(answer["contact"], json!(ada));
        stage.pass(60).await;
        let posts = stage.posts();
        assert_eq!(posts.len(), before + 1);
        assert!(posts[before]["body"]["to"].as_str().unwrap().ends_with(phone), "{phone}: {}", posts[before]);
        assert_eq!(inbox(&stage).await[0]["waiting_since"], Value::Null);
        stage.writes(&people[person], "more");
        stage.pass(60).await;
    }
    assert_eq!(inbox(&stage).await.len(), 1);
}

#[tokio::test]
async fn undoing_a_merge_is_exact() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let before = everything(&stage).await;
    merge(&stage, &work, &ada).await;
    stage.pass(3_600).await;
    assert_ne!(everything(&stage).await, before);
    let parted = unmerge(&stage, &work).await;
    assert_eq!(parted["merged_into"], Value::Null);
    assert_eq!(everything(&stage).await, before);
    // Asking once more finishes what was broken off, or changes nothing.
    unmerge(&stage, &work).await;
    assert_eq!(everything(&stage).await, before);
}

#[tokio::test]
async fn what_arrived_meanwhile_stands_with_the_one_that_it_came_for() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    merge(&stage, &work, &ada).await;
    stage.writes(&people[0], "for private");
    stage.pass(60).await;
    stage.writes(&people[1], "for work");
    stage.pass(60).await;
    unmerge(&stage, &work).await;
    let mut conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 2);
    conversations.sort_by_key(|conversation| id(&conversation["contact"]) != ada);
    assert_eq!(said(&stage, &conversations[0]).await, ["private", "for private"]);
    assert_eq!(conversations[0]["last_message_preview"], "for private");
    assert_eq!(said(&stage, &conversations[1]).await, ["work", "for work"]);
    assert_eq!(conversations[1]["last_message_preview"], "for work");
    stage.writes(&people[1], "and on");
    stage.pass(60).await;
    assert_eq!(inbox(&stage).await.len(), 2);
}

#[tokio::test]
async fn a_page_of_a_merged_thread_goes_on_where_the_last_one_ended() {
    let stage = Stage::start().await;
    let (people, [ada, work]) = two(&stage).await;
    for n in 0..9 {
        stage.writes(&people[n % 2], &n.to_string());
        stage.pass(30).await;
    }
    merge(&stage, &work, &ada).await;
    let (mut words, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = stage.read(&format!("/v1/conversations/{NUMBER}.{ada}/messages?limit=2{cursor}")).await;
        let items = page["items"].as_array().unwrap();
        words.extend(items.iter().map(|it| it["content"]["text"]["body"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    words.reverse();
    assert_eq!(words, ["private", "work", "0", "1", "2", "3", "4", "5", "6", "7", "8"]);
}

#[tokio::test]
async fn chains_are_followed_and_circles_refused() {
    let stage = Stage::start().await;
    let (_, [ada, work]) = two(&stage).await;
    let third = stage.person("Fern", "15550106603", json!({}));
    stage.writes(&third, "third");
    stage.pass(60).await;
    let third = id(&found(&stage, "phone=15550106603").await);
    let path = |loser: &str| format!("/v1/contacts/{loser}/merge");
    let into = |id: &str| Some(json!({ "into": id }));
    merge(&stage, &work, &ada).await;
    merge(&stage, &work, &ada).await;
    asks(&stage, Method::POST, &path(&ada), into(&work), StatusCode::CONFLICT).await;
    asks(&stage, Method::POST, &path(&ada), into(&ada), StatusCode::BAD_REQUEST).await;
    asks(&stage, Method::POST, &path(&work), into(&third), StatusCode::CONFLICT).await;
    asks(&stage, Method::POST, &path("nobody"), into(&ada), StatusCode::NOT_FOUND).await;
    asks(&stage, Method::POST, &path(&ada), into("nobody"), StatusCode::BAD_REQUEST).await;
    merge(&stage, &ada, &third).await;
    let conversations = inbox(&stage).await;
    assert_eq!(conversations.len(), 1);
    assert_eq!(said(&stage, &conversations[0]).await, ["private", "work", "third"]);
    assert_eq!(id(&found(&stage, "phone=15550106602").await), third);
    unmerge(&stage, &ada).await;
    assert_eq!(inbox(&stage).await.len(), 2);
    assert_eq!(id(&found(&stage, "phone=15550106602").await), ada);
    unmerge(&stage, &work).await;
    assert_eq!(inbox(&stage).await.len(), 3);
    asks(&stage, Method::POST, &format!("/v1/contacts/{third}/unmerge"), None, StatusCode::CONFLICT).await;
}
