use std::collections::BTreeMap;

use cloud_api::outbound::{Content as Sent, Message, ProductItem, Section, Template, TemplateAction};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{all, carousel, code, content, offer, order_update, place_and_shop};
use super::*;
use crate::record::{FieldId, FieldValue};
use crate::{Contact, ContactId};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(key: &str) -> ParameterKey {
    ParameterKey::new(key)
}

fn constant(text: &str) -> Binding {
    Binding::Constant(text.into())
}

fn keys(content: &Content) -> Vec<String> {
    parameters(content).into_iter().map(|parameter| parameter.key.to_string()).collect()
}

/// Binds every parameter to a constant that its kind takes.
fn constants(content: &Content, text: &str) -> Bindings {
    let bound = parameters(content).into_iter().map(|parameter| {
        let given = match parameter.kind {
            Kind::Image | Kind::Video | Kind::Document | Kind::Gif => "900000000001001".into(),
            Kind::Location => "48.1;11.5;Shop;Main street".into(),
            Kind::EndsAt => Given::At(at("2026-12-01T18:00:00Z")),
            Kind::Products => {
                let product_items = vec![ProductItem { product_retailer_id: "KETTLE".to_owned() }];
                let sections = vec![Section { product_items, ..Section::default() }];
                Given::Action(Box::new(TemplateAction { sections, ..TemplateAction::default() }))
            }
            Kind::LinkEnd | Kind::Thumbnail => "t/PX-9".into(),
            Kind::Code | Kind::CouponCode => "481516".into(),
            _ => Given::from(text),
        };
        (parameter.key, Binding::Constant(given))
    });
    bound.collect()
}

fn meta_accepts(template: &Template) {
    let message = Message { content: Sent::Template(template.clone()), context: None };
    assert_eq!(message.validate(), Ok(()));
}

#[test]
fn every_place_that_a_message_fills_has_a_name() {
    assert_eq!(
        keys(&content(order_update())),
        ["header.order_no", "body.first_name", "body.parcel", "button.0", "button.1"]
    );
    assert_eq!(keys(&content(offer())), ["header", "body.1", "body.2", "offer", "button.0", "button.1"]);
    assert_eq!(
        keys(&content(carousel())),
        [
            "body.1",
            "card.0.header",
            "card.0.body.1",
            "card.0.button.0",
            "card.0.button.1",
            "card.1.header",
            "card.1.body.1",
            "card.1.button.0",
            "card.1.button.1"
        ]
    );
    assert_eq!(keys(&content(code())), ["code"]);
    assert_eq!(keys(&content(place_and_shop())), ["header", "button.0", "button.1", "button.2"]);
}

#[test]
fn what_is_sent_is_what_meta_documents() {
    let mut bindings = Bindings::from([
        (key("header"), constant("900000000001001")),
        (key("body.1"), constant("Amara")),
        (key("body.2"), constant("you")),
        (key("offer"), Binding::Constant(Given::At(Timestamp::from_second(1_795_651_200).unwrap()))),
        (key("button.0"), constant("KETTLE20")),
        (key("button.1"), constant("sale")),
    ]);
    let sent = fill(&content(offer()), &bindings, &Sources::default()).unwrap();
    assert_eq!(
        serde_json::to_value(&sent).unwrap(),
        json!({ "name": "fx_lto", "language": { "code": "en" }, "components": [
            { "type": "header", "parameters": [ { "type": "image", "image": { "id": "900000000001001" } } ] },
            { "type": "body", "parameters": [ { "type": "text", "text": "Amara" }, { "type": "text", "text": "you" } ] },
            { "type": "limited_time_offer", "parameters": [
                { "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_795_651_200_000_i64 } } ] },
            { "type": "button", "sub_type": "copy_code", "index": "0",
              "parameters": [ { "type": "coupon_code", "coupon_code": "KETTLE20" } ] },
            { "type": "button", "sub_type": "url", "index": "1", "parameters": [ { "type": "text", "text": "sale" } ] } ] })
    );
    bindings = Bindings::from([(key("code"), constant("481516"))]);
    let sent = fill(&content(code()), &bindings, &Sources::default()).unwrap();
    assert_eq!(
        serde_json::to_value(&sent).unwrap()["components"],
        json!([
            { "type": "body", "parameters": [ { "type": "text", "text": "481516" } ] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [ { "type": "text", "text": "481516" } ] } ])
    );
    assert_eq!(render(&content(code()), &sent).body, "*481516* is your verification code.");
}

#[test]
fn values_come_from_the_record_the_agent_the_campaign_and_the_line_and_a_fallback_stands_in() {
    let mut contact = Contact::new(ContactId::new("c1").unwrap(), Timestamp::UNIX_EPOCH);
    contact.profile_name = Some("Amara Okafor".to_owned());
    let parcel = FieldId::new("parcel").unwrap();
    contact.fields.insert(parcel.clone(), FieldValue::Text("PX-9".to_owned()));
    let (campaign, line) = (
        BTreeMap::from([("order".to_owned(), "FX-77".to_owned())]),
        BTreeMap::from([("track".to_owned(), "t/PX-9".to_owned())]),
    );
    let source = |word: &str| Source::try_from(word.to_owned()).unwrap();
    let bindings = Bindings::from([
        (key("header.order_no"), Binding::from(source("campaign.order"))),
        (
            key("body.first_name"),
            Binding::From { source: source("contact.first_name"), fallback: Some("friend".into()) },
        ),
        (key("body.parcel"), Binding::from(source("field.parcel"))),
        (key("button.1"), Binding::from(source("line.track"))),
    ]);
    let template = content(order_update());
    assert_eq!(check_bindings(&template, &bindings), Ok(()));
    let sources = Sources {
        contact: Some(&contact),
        campaign: Some(&campaign),
        line: Some(&line),
        ..Sources::default()
    };
    let rendered = render(&template, &fill(&template, &bindings, &sources).unwrap());
    assert_eq!(rendered.header, Some(RenderedHeader::Text("Order FX-77".to_owned())));
    assert_eq!(rendered.body, "Hi Amara, parcel PX-9 left our store. Bye Amara!");
    assert_eq!(rendered.buttons[1].url.as_deref(), Some("https://shop.example/t/PX-9"));
    let empty = Sources { line: Some(&line), ..Sources::default() };
    let unfilled = fill(&template, &bindings, &empty).unwrap_err();
    assert_eq!(unfilled.missing, [key("header.order_no"), key("body.parcel")], "the name has a fallback");
}

#[test]
fn a_value_that_meta_would_refuse_is_told_by_its_place_and_never_quoted() {
    let template = content(order_update());
    for (at, value, message) in [
        ("body.parcel", "a\nb", "cannot hold line breaks, tabs or more than 4 spaces in a row"),
        ("body.parcel", "a     b", "cannot hold line breaks, tabs or more than 4 spaces in a row"),
        ("button.1", "a b", "cannot hold spaces"),
    ] {
        let mut bindings = constants(&template, "fine");
        bindings.insert(key(at), constant(value));
        let refused = fill(&template, &bindings, &Sources::default()).unwrap_err().refused;
        assert_eq!(refused.len(), 1);
        assert_eq!((refused[0].field.as_str(), refused[0].message.as_str()), (at, message));
        assert_eq!(check_bindings(&template, &bindings).unwrap_err(), refused);
    }
    let mut bindings = constants(&template, "fine");
    bindings.insert(key("header.order_no"), constant(&"x".repeat(55)));
    let refused = fill(&template, &bindings, &Sources::default()).unwrap_err().refused;
    assert_eq!(
        (refused[0].field.as_str(), refused[0].message.as_str()),
        ("header", "has 61 characters, 60 are possible")
    );
    bindings.insert(key("body.nothing"), constant("x"));
    bindings.remove(&key("body.parcel"));
    let faults = check_bindings(&template, &bindings).unwrap_err();
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["body.parcel is required", "body.nothing is not a parameter of this template"]);
}

#[test]
fn a_template_is_seen_with_the_samples_of_its_review_before_anything_is_bound() {
    let template = content(order_update());
    let shown = preview(&template, &sample_bindings(&template), &Sources::default());
    assert_eq!(shown.rendered.body, "Hi Amara, parcel PX-9 left our store. Bye Amara!");
    assert_eq!(shown.rendered.buttons[1].url.as_deref(), Some("https://shop.example/t/PX-9"));
    assert_eq!(shown.unfilled, Unfilled::default());
    let nothing = preview(&template, &Bindings::new(), &Sources::default());
    assert_eq!(
        nothing.rendered.body,
        "Hi {{first_name}}, parcel {{parcel}} left our store. Bye {{first_name}}!"
    );
    assert_eq!(nothing.unfilled.missing.len(), 4, "a quick reply needs no payload");
}

#[test]
fn bindings_are_written_as_json_and_read_back() {
    let bindings: Bindings = serde_json::from_value(json!({
        "header": { "constant": { "media": { "link": "https://shop.example/a.png" } } },
        "body.1": { "from": { "source": "field.size", "fallback": { "text": "one size" } } },
        "offer": { "constant": { "at": "2026-12-01T18:00:00Z" } } }))
    .unwrap();
    let text = serde_json::to_string(&bindings).unwrap();
    assert_eq!(serde_json::from_str::<Bindings>(&text).unwrap(), bindings);
    for wrong in ["contact.password", "field.", "field.A b", "size", "line."] {
        let value = json!({ "body.1": { "from": { "source": wrong } } });
        assert!(serde_json::from_value::<Bindings>(value).is_err(), "{wrong}");
    }
}

#[test]
fn the_hash_of_a_template_changes_with_what_people_read_and_with_nothing_else() {
    let hash = |value: Value| content(value).hash();
    let mut samples = order_update();
    samples["components"][0]["example"] = json!({ "header_text_named_params": [] });
    samples["components"][3]["buttons"][1]["example"] = json!(["else"]);
    samples["category"] = json!("MARKETING");
    assert_eq!(hash(samples), hash(order_update()));
    for (at, value) in [
        ("/components/1/text", json!("Hi {{first_name}}, {{parcel}} left.")),
        ("/components/3/buttons/1/url", json!("https://other.example/{{1}}")),
        ("/language", json!("en_GB")),
    ] {
        let mut changed = order_update();
        *changed.pointer_mut(at).unwrap() = value;
        assert_ne!(hash(changed), hash(order_update()), "{at}");
    }
}

/// All texts that a person reads.
fn texts(rendered: &Rendered) -> Vec<String> {
    let value = serde_json::to_value(rendered).unwrap();
    let mut texts = Vec::new();
    let mut open = vec![&value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => texts.push(text.clone()),
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    texts
}

proptest! {
    #[test]
    fn what_is_filled_has_no_placeholder_left_shows_what_is_sent_and_passes_metas_limits(
        which in 0_usize..5, text in "[a-zA-Z0-9é🎉][a-z0-9 ]{0,3}[a-z0-9]"
    ) {
        let content = all().swap_remove(which);
        let bindings = constants(&content, &text);
        prop_assert_eq!(check_bindings(&content, &bindings), Ok(()));
        let sent = fill(&content, &bindings, &Sources::default()).unwrap();
        meta_accepts(&sent);
        let shown = texts(&render(&content, &sent));
        prop_assert!(shown.iter().all(|text| !text.contains("{{")), "{shown:?}");
        let wire = serde_json::to_value(&sent).unwrap();
        for parameter in parameters(&content).iter().filter(|parameter| parameter.kind == Kind::Text) {
            prop_assert!(wire.to_string().contains(&text));
            prop_assert!(shown.iter().any(|shown| shown.contains(&text)), "{}", parameter.key);
        }
    }

    #[test]
    fn a_value_is_text_whatever_stands_in_it(text in "[{}0-9a-z]{1,12}") {
        let content = content(order_update());
        let sent = fill(&content, &constants(&content, &text), &Sources::default()).unwrap();
        let expected = format!("Hi {text}, parcel {text} left our store. Bye {text}!");
        prop_assert_eq!(render(&content, &sent).body, expected);
    }

    #[test]
    fn without_one_required_value_nothing_is_sent_and_that_one_is_named(which in 0_usize..5, at in 0_usize..9) {
        let content = all().swap_remove(which);
        let required: Vec<_> =
            parameters(&content).into_iter().filter(|parameter| parameter.kind.is_required()).collect();
        let gone = &required[at % required.len()].key;
        let mut bindings = constants(&content, "x");
        bindings.remove(gone);
        let unfilled = fill(&content, &bindings, &Sources::default()).unwrap_err();
        prop_assert_eq!(unfilled.missing, vec![gone.clone()]);
    }
}
