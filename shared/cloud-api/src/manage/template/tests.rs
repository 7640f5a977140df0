use serde_json::{Value, json};

use super::*;

fn order_update() -> Value {
    json!({
        "name": "order_update_v3", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
        "message_send_ttl_seconds": 3600,
        "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Order {{order_no}}",
              "example": { "header_text_named_params": [ { "param_name": "order_no", "example": "FX-77" } ] } },
            { "type": "BODY", "text": "Hi {{first_name}}, parcel {{parcel}} left our store.",
              "example": { "body_text_named_params": [
                { "param_name": "first_name", "example": "Amara" }, { "param_name": "parcel", "example": "PX-9" } ] } },
            { "type": "FOOTER", "text": "Fixture Kettles" },
            { "type": "BUTTONS", "buttons": [
              { "type": "QUICK_REPLY", "text": "Stop updates" },
              { "type": "URL", "text": "Track", "url": "https://shop.example/{{1}}", "example": [ "t/PX-9" ] } ] } ]
    })
}

fn carousel() -> Value {
    let card = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::a"] } },
        { "type": "BODY", "text": "A kettle for you", },
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "More" },
            { "type": "URL", "text": "Buy", "url": "https://shop.example/{{1}}", "example": ["k"] } ] } ] });
    json!({
        "name": "kettles", "language": "en", "category": "MARKETING",
        "components": [
            { "type": "BODY", "text": "Hi {{1}}, look at these.", "example": { "body_text": [["Amara"]] } },
            { "type": "CAROUSEL", "cards": [card.clone(), card] } ]
    })
}

fn offer() -> Value {
    json!({
        "name": "spring", "language": "en", "category": "MARKETING",
        "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::a"] } },
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Spring sale", "has_expiration": true } },
            { "type": "BODY", "text": "Hi {{1}}, all kettles are cheaper.", "example": { "body_text": [["Amara"]] } },
            { "type": "BUTTONS", "buttons": [
                { "type": "COPY_CODE", "example": "KETTLE20" },
                { "type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}", "example": ["sale"] } ] } ]
    })
}

fn code() -> Value {
    json!({
        "name": "code", "language": "en", "category": "AUTHENTICATION", "message_send_ttl_seconds": 60,
        "components": [
            { "type": "BODY", "add_security_recommendation": true },
            { "type": "FOOTER", "code_expiration_minutes": 5 },
            { "type": "BUTTONS", "buttons": [ { "type": "OTP", "otp_type": "ONE_TAP", "text": "Copy code",
                "autofill_text": "Autofill",
                "supported_apps": [ { "package_name": "com.example.app", "signature_hash": "K8a/AINcGX7" } ] } ] } ]
    })
}

fn faults(template: Value) -> Vec<String> {
    let template: CreateTemplate = serde_json::from_value(template).unwrap();
    match template.validate() {
        Ok(()) => Vec::new(),
        Err(violations) => violations.into_iter().map(|violation| violation.to_string()).collect(),
    }
}

#[test]
fn templates_of_every_build_pass_and_go_to_meta_as_they_were_written() {
    for template in [order_update(), carousel(), offer(), code()] {
        assert_eq!(faults(template.clone()), Vec::<String>::new());
        let read: CreateTemplate = serde_json::from_value(template.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), template);
    }
}

#[test]
fn what_a_build_does_not_know_is_kept_and_told_before_it_goes_to_review() {
    let strange = json!({ "type": "HOLOGRAM", "depth": { "m": 3 }, "text": 7, "buttons": "none" });
    let read: ComponentDef = serde_json::from_value(strange.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), strange);
    let mut template = order_update();
    template["components"][2] = strange;
    assert_eq!(
        faults(template),
        [
            "components.2.depth is not a member of this part",
            "components.2.text has another shape",
            "components.2.buttons has another shape",
            "components.2.type must be one of HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER"
        ]
    );
}

#[test]
fn a_page_of_templates_is_read_with_what_it_has_and_one_that_cannot_be_read_hides_no_other() {
    let page: TemplatesPage = serde_json::from_value(json!({
        "data": [
            { "id": "900000000002001", "name": "order_update_v3", "language": "en-US", "status": "APPROVED",
              "category": "MARKETING", "previous_category": "UTILITY", "rejected_reason": "NONE",
              "quality_score": { "score": "GREEN", "date": 1795392000 }, "parameter_format": "NAMED",
              "components": [ { "type": "BODY", "text": "Hi" }, 7, { "type": "SOMETHING_NEW", "a": 1 } ] },
            { "name": "no id" },
            { "id": 900000000002002_i64, "name": "b", "language": "en", "status": "SOMETHING_NEW" } ],
        "paging": { "cursors": { "after": "b" }, "next": "https://graph.example/next" }
    }))
    .unwrap();
    assert_eq!(page.next(), Some("b"));
    assert_eq!((page.data.len(), page.unreadable.len()), (2, 1));
    let first = &page.data[0];
    assert_eq!(first.language, Language::new("en_US"));
    assert_eq!(first.components.len(), 3);
    assert_eq!(first.components[1].other[""], json!(7));
    assert_eq!(first.quality_score.as_ref().unwrap().score, QualityScore::Green);
    assert_eq!(page.data[1].status, TemplateState::Other("SOMETHING_NEW".to_owned()));
    assert_eq!(page.data[1].id.as_str(), "900000000002002");
}

/// Changes a member of a template that is right, and expects what is told of it.
fn refused(mut template: Value, at: &str, value: Value, expected: &str) {
    *template.pointer_mut(at).unwrap_or_else(|| panic!("{at}")) = value;
    let faults = faults(template);
    assert!(faults.iter().any(|fault| fault == expected), "{at}: {faults:?}, not {expected}");
}

#[test]
fn each_limit_of_texts_is_told_with_the_path_of_the_member() {
    let body = "/components/1/text";
    for (at, value, expected) in [
        ("/name", json!("Order"), "name has only lower-case letters, digits and underscores"),
        ("/name", json!("x".repeat(513)), "name has 513 characters, 512 are possible"),
        ("/language", json!("en us"), "language must be a language such as en or en_US"),
        ("/category", json!("PROMO"), "category must be one of MARKETING, UTILITY, AUTHENTICATION"),
        ("/message_send_ttl_seconds", json!(29), "message_send_ttl_seconds must be 30 to 43200, or -1"),
        ("/components/0/text", json!("x".repeat(61)), "components.0.text has 61 characters, 60 are possible"),
        ("/components/0/text", json!("{{a}} {{b}}"), "components.0.text can hold one variable"),
        (body, json!("x".repeat(1025)), "components.1.text has 1025 characters, 1024 are possible"),
        (body, json!("{{first_name}} hello"), "components.1.text cannot begin with a variable"),
        (body, json!("Hello {{first_name}} "), "components.1.text cannot end with a variable"),
        (body, json!("Hi {{a}}{{b}}!"), "components.1.text must have words between two variables"),
        (
            body,
            json!("Hi {{First}}!"),
            "components.1.text must have variables of lower-case letters, digits and underscores, such as {{first_name}}",
        ),
        (
            body,
            json!("Hi {{first_name}}, well."),
            "components.1.example.body_text_named_params must have one sample for each variable: 1",
        ),
        ("/components/1/type", json!("FOOTER"), "components must have a BODY"),
        ("/components/2/text", json!("{{a}}"), "components.2.text cannot hold variables"),
        ("/components/2/text", json!("x".repeat(61)), "components.2.text has 61 characters, 60 are possible"),
        ("/components/2/type", json!("HEADER"), "components has more than one HEADER"),
    ] {
        refused(order_update(), at, value, expected);
    }
    let positional =
        |text: &str| json!({ "type": "BODY", "text": text, "example": { "body_text": [["a"]] } });
    let gap = "components.0.text must have variables {{1}}, {{2}}, … without a gap; names need parameter_format NAMED";
    refused(carousel(), "/components/0", positional("Hi {{2}}!"), gap);
    refused(carousel(), "/components/0", positional("Hi {{name}}!"), gap);
    let count = "components.0.example.body_text must have one sample for each variable: 2";
    refused(carousel(), "/components/0", positional("Hi {{1}} and {{2}}!"), count);
}

#[test]
fn each_limit_of_buttons_cards_and_offers_is_told() {
    let buttons = "/components/3/buttons";
    let reply = |text: &str| json!({ "type": "QUICK_REPLY", "text": text });
    let url = |url: &str| json!({ "type": "URL", "text": "Go", "url": url, "example": ["a"] });
    for (at, value, expected) in [
        (buttons, json!(vec![reply("a"); 11]), "components.3.buttons has 11 items, 1 to 10 are possible"),
        (
            buttons,
            json!(vec![url("https://a.example/{{1}}"); 3]),
            "components.3.buttons has 3 of type URL, 2 are possible",
        ),
        (
            buttons,
            json!([reply("a"), url("https://a.example/{{1}}"), reply("b")]),
            "components.3.buttons must have quick replies next to each other",
        ),
        (
            buttons,
            json!([reply(&"x".repeat(26))]),
            "components.3.buttons.0.text has 26 characters, 25 are possible",
        ),
        (
            buttons,
            json!([url("https://a.example/{{1}}/b")]),
            "components.3.buttons.0.url can hold one variable, at its end",
        ),
        (
            buttons,
            json!([url("shop/{{1}}")]),
            "components.3.buttons.0.url must be a link that starts with https:// or http://",
        ),
        (
            buttons,
            json!([{ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "1".repeat(21) }]),
            "components.3.buttons.0.phone_number has 21 characters, 20 are possible",
        ),
        (
            buttons,
            json!([{ "type": "COPY_CODE", "example": "x".repeat(16) }]),
            "components.3.buttons.0.example has 16 characters, 15 are possible",
        ),
        (
            buttons,
            json!([{ "type": "OTP", "otp_type": "COPY_CODE" }]),
            "components.3.buttons.0.type is possible in AUTHENTICATION templates only",
        ),
        (
            buttons,
            json!([{ "type": "FLOW", "text": "Rate" }]),
            "components.3.buttons.0.flow_id give a flow_id or a flow_name",
        ),
    ] {
        refused(order_update(), at, value, expected);
    }
    let cards = "/components/1/cards";
    let card = carousel()["components"][1]["cards"][0].clone();
    refused(carousel(), cards, json!([card]), "components.1.cards has 1 items, 2 to 10 are possible");
    refused(
        carousel(),
        "/components/1/cards/1/components/2/buttons/0",
        json!({ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "1" }),
        "components.1.cards.1.components must be built like the first card",
    );
    refused(
        carousel(),
        "/components/1/cards/0/components/0/format",
        json!("DOCUMENT"),
        "components.1.cards.0.components.0.format must be IMAGE, VIDEO or PRODUCT on a card",
    );
    refused(
        offer(),
        "/category",
        json!("UTILITY"),
        "components.1.type is not possible with templates that are not marketing",
    );
    refused(
        offer(),
        "/components/1/limited_time_offer/text",
        json!("x".repeat(17)),
        "components.1.limited_time_offer.text has 17 characters, 16 are possible",
    );
    refused(
        offer(),
        "/components/2/text",
        json!("x".repeat(601)),
        "components.2.text has 601 characters, 600 are possible",
    );
    refused(
        offer(),
        "/components/0",
        json!({ "type": "FOOTER", "text": "a" }),
        "components.0.type is not possible with LIMITED_TIME_OFFER",
    );
    refused(
        offer(),
        "/components/0/example",
        json!({}),
        "components.0.example.header_handle must hold the handle of one uploaded sample",
    );
}

#[test]
fn authentication_templates_have_metas_words_and_one_button() {
    for (at, value, expected) in [
        (
            "/components/0",
            json!({ "type": "BODY", "text": "Your code" }),
            "components.0.text is not possible with AUTHENTICATION: the words are Meta's",
        ),
        (
            "/components/1/code_expiration_minutes",
            json!(91),
            "components.1.code_expiration_minutes must be 1 to 90",
        ),
        (
            "/components/2/buttons/0/supported_apps",
            json!([]),
            "components.2.buttons.0.supported_apps must name an app",
        ),
        (
            "/components/2/buttons/0/otp_type",
            json!("ZERO_TAP"),
            "components.2.buttons.0.zero_tap_terms_accepted must be true",
        ),
        ("/components/2/buttons/0/type", json!("URL"), "components.2.buttons.0.type must be OTP"),
        (
            "/components/1/type",
            json!("HEADER"),
            "components.1.type must be one of BODY, FOOTER, BUTTONS in AUTHENTICATION templates",
        ),
    ] {
        refused(code(), at, value, expected);
    }
}

#[test]
fn an_edit_changes_something_and_is_checked_for_the_category_of_the_template() {
    let nothing = EditTemplate::default();
    let named = ParameterFormat::Named;
    assert!(nothing.validate(&TemplateCategoryName::Utility, &named).is_err());
    let components = serde_json::from_value(order_update()["components"].clone()).unwrap();
    let edit = EditTemplate { components: Some(components), ..EditTemplate::default() };
    assert_eq!(edit.validate(&TemplateCategoryName::Utility, &named), Ok(()));
    assert!(edit.validate(&TemplateCategoryName::Authentication, &named).is_err());
    assert!(edit.validate(&TemplateCategoryName::Utility, &ParameterFormat::Positional).is_err());
}

#[test]
fn a_request_with_a_member_that_nobody_knows_is_refused() {
    let mut template = order_update();
    template["allow_category_change"] = json!(true);
    assert!(serde_json::from_value::<CreateTemplate>(template).is_err());
}
