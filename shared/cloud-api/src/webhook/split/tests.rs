use super::*;

fn kinds(body: &str) -> Vec<Kind> {
    let parts = split(body.as_bytes());
    assert_eq!(parts.uncut, []);
    parts.items.iter().map(|item| item.kind).collect()
}

fn messages(value: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{value}}}]}}]}}"#
    )
}

#[test]
fn every_message_and_status_of_every_change_is_an_item_of_its_own() {
    let body = messages(
        r#"{"metadata":{"phone_number_id":"9","display_phone_number":"15"},"contacts":[{"wa_id":"1"}],"messages":[{"id":"a"},{"id":"b"}],"statuses":[{"id":"c"}]}"#,
    );
    let parts = split(body.as_bytes());
    let ids: Vec<_> = parts.items.iter().map(|item| (item.kind, item.raw.get())).collect();
    assert_eq!(
        ids,
        [(Kind::Message, r#"{"id":"a"}"#), (Kind::Message, r#"{"id":"b"}"#), (Kind::Status, r#"{"id":"c"}"#)]
    );
    assert_eq!(parts.items[2].number.as_deref(), Some("9"));
    assert_eq!(parts.items[0].waba, "1");
}

#[test]
fn what_else_stands_beside_messages_is_an_event_and_nothing_is_in_two_items() {
    let body = messages(r#"{"messages":[{"id":"a"}],"errors":[{"code":1}],"new":{"x":1}}"#);
    let parts = split(body.as_bytes());
    assert_eq!(parts.items[1].kind, Kind::Event);
    assert_eq!(parts.items[1].raw.get(), r#"{"errors":[{"code":1}],"new":{"x":1}}"#);
    assert_eq!(kinds(&messages(r#"{"errors":[{"code":1}]}"#)), [Kind::Event]);
}

#[test]
fn another_field_is_one_event_whole() {
    let body = r#"{"entry":[{"id":1,"time":"7","changes":[{"field":"calls","value":{"calls":[{},{}]}}]}]}"#;
    let parts = split(body.as_bytes());
    assert_eq!(parts.items.len(), 1);
    assert_eq!((parts.items[0].waba.as_ref(), parts.items[0].time), ("1", Some(7)));
    assert_eq!(parts.items[0].raw.get(), r#"{"calls":[{},{}]}"#);
}

#[test]
fn an_item_has_its_persons_contact_or_all_if_none_matches() {
    let body = messages(
        r#"{"contacts":[{"wa_id":"1","user_id":"US.1"},{"user_id":"US.2"}],"messages":[{"id":"a","from_user_id":"US.2"},{"id":"b","from":"1"},{"id":"c","from":"3"}],"statuses":[{"id":"d","recipient_user_id":"US.1"}]}"#,
    );
    let parts = split(body.as_bytes());
    let contacts: Vec<_> = parts.items.iter().map(|item| item.contacts.len()).collect();
    assert_eq!(contacts, [1, 1, 2, 1]);
    assert_eq!(parts.items[0].contacts[0].get(), r#"{"user_id":"US.2"}"#);
    assert_eq!(parts.items[3].contacts[0].get(), r#"{"wa_id":"1","user_id":"US.1"}"#);
}

#[test]
fn a_broken_part_takes_no_neighbour_with_it() {
    let body = r#"{"entry":[7,{"id":"1","changes":[{"value":{}},{"field":"messages","value":{"messages":{"id":"a"}}},{"field":"messages","value":{"messages":[{"id":"b"}]}}]},{"id":"2","changes":[]}]}"#;
    let parts = split(body.as_bytes());
    assert_eq!(parts.items.len(), 1);
    let reasons: Vec<_> = parts.uncut.iter().map(|uncut| uncut.reason).collect();
    assert_eq!(
        reasons,
        [
            "an entry that is not one",
            "a change without field or value",
            "messages or statuses that are no array",
            "an entry without changes"
        ]
    );
}

#[test]
fn bytes_that_are_no_webhook_are_kept_whole_with_the_reason() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, reason) in [
        (b"{" as &[u8], "not JSON"),
        (b"", "not JSON"),
        (b"[]", "not a webhook body"),
        (b"{\"entry\":{}}", "not a webhook body"),
        (b"{\"entry\":[]}", "no entry"),
        (b"\xff\xfe", "not UTF-8"),
        (deep.as_bytes(), "not a webhook body"),
    ] {
        let parts = split(body);
        assert!(parts.items.is_empty());
        assert_eq!(parts.uncut.len(), 1);
        assert_eq!(parts.uncut[0].reason, reason);
        assert!(parts.uncut[0].bytes == body, "all bytes are kept");
    }
}

#[test]
fn a_deeply_nested_message_is_an_item_and_no_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = messages(&format!(r#"{{"messages":[{{"id":"a","text":{deep}}},{{"id":"b"}}]}}"#));
    assert_eq!(kinds(&body), [Kind::Message, Kind::Message]);
}
