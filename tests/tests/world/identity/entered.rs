//! Identities that the company enters, lookups, and suggestions.

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::Stage;

use crate::identity::{asks, found, id, merge};

async fn person(stage: &Stage, name: &str, phone: &str) -> String {
    let who = stage.person(name, phone, json!({}));
    stage.writes(&who, "Hello");
    stage.pass(60).await;
    id(&found(stage, &format!("phone={phone}")).await)
}

fn place(contact: &str, kind: &str, value: &str) -> String {
    format!("/v1/contacts/{contact}/identities/{kind}/{value}")
}

#[tokio::test]
async fn a_person_is_found_by_every_identity_that_was_entered() {
    let stage = Stage::start().await;
    let ada = person(&stage, "Ada Fern", "15550105501").await;
    for (kind, value, by) in [
        ("email", "Ada.Fern@Example.org", "email=ada.fern@EXAMPLE.org"),
        ("external_id", "shop:A%2F17", "external_id=shop:A%2F17"),
        ("username", "@ada.fern", "username=ada.fern"),
        ("phone", "+5215587655501", "phone=525587655501"),
    ] {
        asks(&stage, Method::PUT, &place(&ada, kind, value), None, StatusCode::OK).await;
        asks(&stage, Method::PUT, &place(&ada, kind, value), None, StatusCode::OK).await;
        assert_eq!(id(&found(&stage, by).await), ada, "{by}");
        let value = value.replace("+52155", "5255");
        asks(&stage, Method::DELETE, &place(&ada, kind, &value), None, StatusCode::NO_CONTENT).await;
        asks(&stage, Method::DELETE, &place(&ada, kind, &value), None, StatusCode::NOT_FOUND).await;
        let gone = stage.read(&format!("/v1/contacts/lookup?{by}")).await;
        assert_eq!(gone["items"], json!([]), "{by}");
    }
    assert_eq!(stage.read(&format!("/v1/contacts/{ada}")).await["phone"], "15550105501");
}

#[tokio::test]
async fn an_id_of_another_system_belongs_to_one_person_and_an_address_may_be_shared() {
    let stage = Stage::start().await;
    let ada = person(&stage, "Ada Fern", "15550105501").await;
    let ben = person(&stage, "Ben Fern", "15550105502").await;
    for (kind, value, second) in [
        ("external_id", "shop:17", StatusCode::CONFLICT),
        ("phone", "15550105509", StatusCode::CONFLICT),
        ("email", "fern@example.org", StatusCode::OK),
    ] {
        asks(&stage, Method::PUT, &place(&ada, kind, value), None, StatusCode::OK).await;
        asks(&stage, Method::PUT, &place(&ben, kind, value), None, second).await;
    }
    let both = stage.read("/v1/contacts/lookup?email=fern@example.org").await;
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
    merge(&stage, &ben, &ada).await;
    assert_eq!(id(&found(&stage, "email=fern@example.org").await), ada, "one person by now");
    asks(&stage, Method::PUT, &place(&ben, "email", "b@example.org"), None, StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn what_is_no_identity_is_refused_by_name() {
    let stage = Stage::start().await;
    let ada = person(&stage, "Ada Fern", "15550105501").await;
    for (kind, value, field) in [
        ("email", "ada", "value"),
        ("external_id", "17", "value"),
        ("user_id", "US.7", "kind"),
        ("fax", "1", "kind"),
    ] {
        let problem =
            asks(&stage, Method::PUT, &place(&ada, kind, value), None, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem["field"], field, "{kind}");
    }
    asks(&stage, Method::PUT, &place("nobody", "email", "a@b.org"), None, StatusCode::NOT_FOUND).await;
    for (query, field) in [
        ("", "query"),
        ("?phone=1555&email=a@b.org", "query"),
        ("?fax=1", "fax"),
        ("?phone=1555&phone=1556", "phone"),
        ("?user_id=7", "user_id"),
        ("?email=ada", "email"),
    ] {
        let path = format!("/v1/contacts/lookup{query}");
        let problem = asks(&stage, Method::GET, &path, None, StatusCode::BAD_REQUEST).await;
        assert_eq!(problem["field"], field, "{query}");
    }
}

#[tokio::test]
async fn likely_duplicates_are_suggested_with_their_reasons() {
    let stage = Stage::start().await;
    let ada = person(&stage, "Ada Fern", "15550105501").await;
    let ben = person(&stage, "Ben Moss", "15550105502").await;
    let abroad = person(&stage, "FERN, Áda", "447000105501").await;
    let other = person(&stage, "Cy Wood", "33600105501").await;
    for contact in [&ada, &ben] {
        asks(&stage, Method::PUT, &place(contact, "email", "a@example.org"), None, StatusCode::OK).await;
    }
    // The entries that the table's stream keeps.
    for contact in [&ada, &abroad, &other] {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let put = stage.world.dynamodb().put_item().table_name("local-contacts");
        put.item("pk", key("TERM#tail#0105501")).item("sk", key(contact)).send().await.unwrap();
    }
    let found = stage.read(&format!("/v1/contacts/{ada}/duplicates")).await;
    let found: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (id(&it["contact"]), it["reasons"].clone()))
        .collect();
    assert_eq!(found, [(ben.clone(), json!(["email"])), (abroad, json!(["name_and_number"]))]);
    merge(&stage, &ben, &ada).await;
    let found = stage.read(&format!("/v1/contacts/{ada}/duplicates")).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "who is merged is no duplicate any more");
}
