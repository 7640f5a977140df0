//! The bytes that go to Meta, and what comes back at once.

use cloud_api::outbound::{Message, MessageStatus, PhoneNumber, Recipient, SendRequest, SendResponse};
use serde_json::{Value, json};

use crate::common::{interactive, text};

#[test]
fn a_phone_number_is_dialled_with_a_plus() {
    let phone = Recipient::Phone(PhoneNumber::parse("1 555-010-0177").unwrap());
    assert_eq!(
        body(&request(phone, Message::text("Hi"))),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550100177",
            "biz_opaque_callback_data": "1|s|key|1", "type": "text", "text": {"body": "Hi"}})
    );
}

#[test]
fn a_user_id_is_addressed_as_recipient_and_never_as_to() {
    let written = body(&request(Recipient::User("US.77001122334455".into()), Message::text("Hi")));
    assert_eq!(written["recipient"], "US.77001122334455");
    assert_eq!(written.get("to"), None);
    let wrong = request(Recipient::User("15550100177".into()), Message::text("Hi"));
    assert_eq!(wrong.validate().unwrap_err()[0].field, "recipient");
}

#[test]
fn a_group_gets_its_own_recipient_type_and_no_interactive_message() {
    let written = body(&request(Recipient::Group("Z3Jv".into()), Message::text("Hi")));
    assert_eq!((&written["recipient_type"], &written["to"]), (&json!("group"), &json!("Z3Jv")));
    let action = json!({"name": "request_contact_info"});
    let buttons = Message::read(&interactive("request_contact_info", action)).unwrap();
    let violations = request(Recipient::Group("Z3Jv".into()), buttons).validate().unwrap_err();
    assert_eq!(violations[0].field, "interactive");
}

#[test]
fn a_read_receipt_has_no_recipient() {
    let message = Message::read(&json!({"status": "read", "message_id": "wamid.A"})).unwrap();
    let written = body(&request(Recipient::User("US.1".into()), message));
    assert_eq!(written, json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}));
}

#[test]
fn what_statuses_shall_echo_has_a_limit() {
    let mut request = request(Recipient::User("US.1".into()), Message::text("Hi"));
    request.callback = Some(text(512));
    assert!(request.validate().is_ok());
    request.callback = Some(text(513));
    assert_eq!(request.validate().unwrap_err()[0].field, "biz_opaque_callback_data");
}

#[test]
fn an_acceptance_tells_the_wamid_and_who_it_went_to() {
    let phone =
        br#"{"messaging_product":"whatsapp","contacts":[{"input":"+15550100177","wa_id":"15550100177"}],
        "messages":[{"id":"wamid.FIX","message_status":"held_for_quality_assessment"}]}"#;
    let response = SendResponse::parse(phone).unwrap();
    assert_eq!(response.wamid(), Some(&"wamid.FIX".into()));
    assert_eq!(response.wa_id(), Some(&"15550100177".into()));
    assert_eq!(response.message_status(), Some(&MessageStatus::HeldForQualityAssessment));
    let user = br#"{"contacts":[{"input":"US.1","user_id":"US.1"}],"messages":[{"id":"wamid.FIX"}]}"#;
    let response = SendResponse::parse(user).unwrap();
    assert_eq!((response.wa_id(), response.user_id()), (None, Some(&"US.1".into())));
}

#[test]
fn the_published_schemas_name_every_kind_and_resolve() {
    use utoipa::{PartialSchema, ToSchema};
    let schema = serde_json::to_value(schemars::schema_for!(Message)).unwrap();
    for kind in ["type", "text", "image", "contacts", "interactive", "template", "context", "status"] {
        assert!(schema["properties"].get(kind).is_some(), "{kind}");
    }
    let mut schemas = Vec::new();
    Message::schemas(&mut schemas);
    schemas.push((Message::name().into_owned(), Message::schema()));
    let open_api =
        serde_json::to_value(schemas.into_iter().collect::<std::collections::BTreeMap<_, _>>()).unwrap();
    let text = open_api.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(open_api.get(name).is_some(), "{name} is not defined");
    }
    assert!(open_api["Message"]["properties"].get("template").is_some());
}

fn request(recipient: Recipient, message: Message) -> SendRequest {
    SendRequest { recipient, message, callback: Some("1|s|key|1".to_owned()) }
}

fn body(request: &SendRequest) -> Value {
    serde_json::from_slice(&request.to_body().unwrap()).unwrap()
}
