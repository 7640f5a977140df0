//! What a person has with the company, whichever number they write to.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::inbox::{a_customer, answers, asks, changes, department, hired, listed, notes, reads, settles};

const OTHER: &str = "900000000000202";

/// Somebody who writes to two numbers, the first of which sales answer and the second support; gives the contact and both
/// conversations.
async fn writes_to_two(stage: &Stage) -> (String, String, String) {
    for id in ["sales", "support"] {
        department(stage, id).await;
    }
    let (person, first) = a_customer(stage, "Ada Fern", "15550104401").await;
    stage.pass(5).await;
    let to = json!({ "to": OTHER, "text": "And the toaster?" });
    stage.sim().person_writes(&person, to).unwrap();
    stage.settle().await;
    settles(stage, json!({ "department": "sales" })).await;
    let path = format!("/v1/numbers/{OTHER}");
    let answer =
        asks(stage, "boss", Role::Admin, Method::PATCH, &path, Some(json!({ "department": "support" })))
            .await;
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    let contact = first.split_once('.').unwrap().1.to_owned();
    (contact.clone(), first, format!("{OTHER}.{contact}"))
}

async fn sent_to(stage: &Stage, id: &str, department: Value) {
    let (path, change) = (format!("/v1/conversations/{id}"), json!({ "department": department }));
    let (status, body) = asks(stage, "eva", Role::Supervisor, Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

fn ids(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_has_a_conversation_with_each_number_and_an_agent_sees_those_of_their_department() {
    let stage = Stage::start().await;
    let (contact, first, second) = writes_to_two(&stage).await;
    hired(&stage, "ana", &["sales"], None).await;
    let path = format!("/v1/contacts/{contact}/conversations");
    let (_, all) = asks(&stage, "eva", Role::Supervisor, Method::GET, &path, None).await;
    assert_eq!(ids(&all), [second.as_str(), first.as_str()], "the newest first");
    assert_eq!(ids(&reads(&stage, "ana", &path).await), [first.as_str()]);
    sent_to(&stage, &second, json!("sales")).await;
    assert_eq!(
        ids(&reads(&stage, "ana", &path).await),
        [second.as_str(), first.as_str()],
        "it was sent to hers"
    );
    let nobody = asks(&stage, "ana", Role::Agent, Method::GET, "/v1/contacts/none/conversations", None).await;
    assert_eq!(nobody.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_row_of_a_person_says_who_it_is() {
    let stage = Stage::start().await;
    let since = stage.now();
    let (contact, first, second) = writes_to_two(&stage).await;
    hired(&stage, "ana", &["sales", "support"], None).await;
    for id in [&first, &second] {
        changes(&stage, "ana", id, json!({ "assignee": "me" })).await;
    }
    stage.settle().await;
    for path in [
        "/v1/conversations?category=mine".to_owned(),
        format!("/v1/conversations?changed_since={since}"),
        "/v1/conversations".to_owned(),
    ] {
        let rows = reads(&stage, "ana", &path).await;
        let who: Vec<_> = rows["items"].as_array().unwrap().iter().map(|row| &row["contact"]["id"]).collect();
        assert_eq!(who, [&json!(contact), &json!(contact)], "{path}: {rows:#}");
    }
}

#[tokio::test]
async fn a_department_has_what_was_sent_to_it_and_of_its_numbers_what_was_sent_nowhere() {
    let stage = Stage::start().await;
    let (_, first, second) = writes_to_two(&stage).await;
    for category in ["all", "unassigned", "new"] {
        let of = async |department: &str| {
            let query = format!("category={category}&department={department}");
            let path = format!("/v1/conversations?{query}");
            let (_, page) = asks(&stage, "eva", Role::Supervisor, Method::GET, &path, None).await;
            ids(&page["items"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((of("sales").await, of("support").await), (vec![first.clone()], vec![second.clone()]));
        sent_to(&stage, &first, json!("support")).await;
        assert_eq!((of("sales").await.len(), of("support").await.len()), (0, 2), "{category}");
        sent_to(&stage, &first, Value::Null).await;
    }
    let refused =
        asks(&stage, "eva", Role::Supervisor, Method::GET, "/v1/conversations?department=a%20b", None);
    let (status, body) = refused.await;
    assert_eq!((status.as_u16(), &body["field"]), (400, &json!("department")));
}

#[tokio::test]
async fn a_message_of_ours_says_who_sent_it() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    let (_, id) = a_customer(&stage, "Ada Fern", "15550104401").await;
    let (status, body) = answers(&stage, "ana", &id, "Since today.").await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    let page = reads(&stage, "ana", &format!("/v1/conversations/{id}/messages")).await;
    for message in page["items"].as_array().unwrap() {
        let ours = message["direction"] == "outbound";
        let by = if ours { json!({ "kind": "agent", "id": "ana" }) } else { Value::Null };
        assert_eq!(message["sent_by"], by, "{page:#}");
    }
    assert!(notes(&stage, &id).await.is_empty() && listed(&stage, "ana", "category=all").await.len() == 1);
}
