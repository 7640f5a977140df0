//! What Meta would refuse, and where.

use cloud_api::outbound::Message;
use serde_json::{Value, json};

use crate::common::{card, interactive, template, text, violations};

#[test]
fn what_is_not_metas_shape_is_refused_with_its_place() {
    refused(&json!({"type": "hologram"}), "type is not a type of message");
    refused(&json!({"text": {"body": "x"}}), "type is required");
    refused(&json!({"type": "text"}), "text is required");
    refused(&json!({"type": "text", "text": {"body": 5}}), "text.body must be a text");
    refused(&json!({"type": "text", "text": {}}), "text.body is required");
    refused(&json!({"type": "text", "text": "secret"}), "text must be an object");
    refused(&json!({"type": "contacts", "contacts": [{"phones": {}}]}), "contacts.0.phones must be a list");
    refused(
        &interactive("button", json!({"buttons": [{"reply": 1}]})),
        "interactive.action.buttons.0.reply must",
    );
    refused(&json!({"type": "location", "location": {"latitude": 1}}), "location.longitude is required");
    refused(&json!({"status": "delivered", "message_id": "x"}), "status must be read");
    refused(&json!({"status": "read"}), "message_id is required");
    refused(&json!("hello"), " must be");
}

#[test]
fn a_refusal_never_repeats_the_words() {
    let found = violations(&json!({"type": "text", "text": "secret words"}));
    assert!(!found[0].contains("secret"), "{found:?}");
}

#[test]
fn unknown_members_never_reach_meta() {
    let message =
        Message::read(&json!({"type": "text", "text": {"body": "x", "color": "red"}, "to": "1", "x": 1}));
    let written = serde_json::to_value(message.unwrap()).unwrap();
    assert_eq!(written, json!({"type": "text", "text": {"body": "x"}}));
}

#[test]
fn texts_are_counted_in_characters_and_not_in_bytes() {
    assert!(violations(&json!({"type": "text", "text": {"body": "👍".repeat(4096)}})).is_empty());
    refused(&json!({"type": "text", "text": {"body": text(4097)}}), "text.body has 4097 characters");
    refused(&json!({"type": "text", "text": {"body": " "}}), "text.body is required");
    refused(&json!({"type": "image", "image": {"id": "1", "caption": text(1025)}}), "image.caption has 1025");
}

#[test]
fn a_file_is_given_by_id_or_by_link_and_not_by_both() {
    refused(&json!({"type": "image", "image": {}}), "image.id give an id or a link");
    refused(
        &json!({"type": "image", "image": {"id": "1", "link": "https://x.example"}}),
        "image.link give either",
    );
    refused(&json!({"type": "image", "image": {"link": "ftp://x.example"}}), "image.link must be a link");
    refused(&json!({"type": "audio", "audio": {"id": "1", "caption": "x"}}), "audio.caption is not possible");
    refused(
        &json!({"type": "image", "image": {"id": "1", "filename": "x"}}),
        "image.filename is not possible",
    );
    refused(&json!({"type": "video", "video": {"id": "1", "voice": true}}), "video.voice is not possible");
}

#[test]
fn places_cards_and_reactions_have_limits() {
    refused(&json!({"type": "location", "location": {"latitude": 91, "longitude": 0}}), "location.latitude");
    refused(
        &json!({"type": "location", "location": {"latitude": 0, "longitude": -181}}),
        "location.longitude",
    );
    refused(
        &json!({"type": "location", "location": {"latitude": "north", "longitude": 0}}),
        "location.latitude",
    );
    refused(&json!({"type": "contacts", "contacts": []}), "contacts has 0 items");
    let card = json!({"name": {"formatted_name": "A"}});
    refused(&json!({"type": "contacts", "contacts": [card]}), "contacts.0.name needs one more part");
    let cards = vec![json!({"name": {"formatted_name": "A", "last_name": "B"}}); 258];
    refused(&json!({"type": "contacts", "contacts": cards}), "contacts has 258 items");
    let reaction =
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": "a text, not an emoji"}});
    refused(&reaction, "reaction.emoji has 20");
    let quoted = json!({"type": "reaction", "reaction": {"message_id": "a", "emoji": ""}, "context": {"message_id": "b"}});
    refused(&quoted, "context is not possible with reaction");
}

#[test]
fn buttons_have_limits() {
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let message = |buttons: Value| interactive("button", json!({"buttons": buttons}));
    let at = "interactive.action.buttons";
    refused(&message(json!([])), "interactive.action.buttons has 0 items");
    let four = json!([button("1", "a"), button("2", "b"), button("3", "c"), button("4", "d")]);
    refused(&message(four), "interactive.action.buttons has 4 items");
    refused(&message(json!([button("1", &text(21))])), &format!("{at}.0.reply.title has 21"));
    refused(&message(json!([button(&text(257), "a")])), &format!("{at}.0.reply.id has 257"));
    refused(&message(json!([button("1", "a"), button("1", "b")])), &format!("{at} must have different ids"));
    refused(&message(json!([{"type": "link"}])), &format!("{at}.0.type must be reply"));
    let long = with(message(json!([button("1", "a")])), "/interactive/body/text", json!(text(1025)));
    refused(&long, "interactive.body.text has 1025");
    refused(&interactive("teleport", json!({})), "interactive.type is not a type");
    refused(
        &json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "x"}}}),
        "interactive.action is required",
    );
}

#[test]
fn lists_have_limits() {
    let row = |id: usize| json!({"id": id.to_string(), "title": "a"});
    let message = |sections: Value| interactive("list", json!({"button": "Choose", "sections": sections}));
    let rows: Vec<_> = (0..11).map(row).collect();
    refused(&message(json!([{"rows": rows}])), "interactive.action.sections have 11 rows");
    let sections: Vec<_> = (0..11).map(|n| json!({"title": "t", "rows": [row(n)]})).collect();
    refused(&message(json!(sections)), "interactive.action.sections has 11 items");
    let untitled = json!([{"rows": [row(1)]}, {"title": "b", "rows": [row(2)]}]);
    refused(&message(untitled), "interactive.action.sections.0.title is required");
    for (key, limit) in [("id", 200), ("title", 24), ("description", 72)] {
        let long = with(
            message(json!([{"rows": [{"id": "1", "title": "a", "description": "b"}]}])),
            &format!("/interactive/action/sections/0/rows/0/{key}"),
            json!(text(limit + 1)),
        );
        refused(&long, &format!("interactive.action.sections.0.rows.0.{key} has {}", limit + 1));
    }
    let mut pictured = message(json!([{"rows": [row(1)]}]));
    pictured["interactive"]["header"] = json!({"type": "image", "image": {"id": "1"}});
    refused(&pictured, "interactive.header.type must be text");
    pictured["interactive"]["header"] = json!({"type": "text", "text": text(61)});
    refused(&pictured, "interactive.header.text has 61");
}

#[test]
fn links_flows_and_products_have_limits() {
    let link = |text: &str, url: &str| {
        interactive("cta_url", json!({"name": "cta_url", "parameters": {"display_text": text, "url": url}}))
    };
    refused(&link(&text(21), "https://x.example"), "interactive.action.parameters.display_text has 21");
    refused(&link("Go", "x.example"), "interactive.action.parameters.url must be a link");
    refused(&interactive("cta_url", json!({"name": "link"})), "interactive.action.name must be cta_url");
    let flow = |parameters: Value| interactive("flow", json!({"name": "flow", "parameters": parameters}));
    let both = json!({"flow_message_version": "3", "flow_cta": "a", "flow_id": "1", "flow_name": "b"});
    refused(&flow(both), "interactive.action.parameters.flow_name give either");
    let neither = json!({"flow_message_version": "3", "flow_cta": "a", "mode": "secret"});
    refused(&flow(neither.clone()), "interactive.action.parameters.flow_id give a flow_id");
    refused(&flow(neither), "interactive.action.parameters.mode must be one of");
    refused(&interactive("product", json!({"catalog_id": "1"})), "interactive.action.product_retailer_id");
    let items: Vec<_> = (0..31).map(|n| json!({"product_retailer_id": n.to_string()})).collect();
    let list =
        interactive("product_list", json!({"catalog_id": "1", "sections": [{"product_items": items}]}));
    refused(&list, "interactive.action.sections has 31 items");
    refused(&list, "interactive.header is required");
}

#[test]
fn a_carousel_has_two_to_ten_cards_of_one_kind() {
    let card = json!({"header": {"type": "image", "image": {"id": "1"}}, "action": {"name": "cta_url",
        "parameters": {"display_text": "Go", "url": "https://x.example"}}});
    let quick = json!({"header": {"type": "image", "image": {"id": "1"}},
        "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": "1", "title": "a"}}]}});
    let product = |catalog: &str| {
        json!({"type": "product",
        "action": {"product_retailer_id": "P", "catalog_id": catalog}})
    };
    let message = |cards: Value| interactive("carousel", json!({"cards": cards}));
    refused(&message(json!([card])), "interactive.action.cards has 1 items");
    refused(&message(json!(vec![card.clone(); 11])), "interactive.action.cards has 11 items");
    refused(&message(json!([card, quick])), "interactive.action.cards.1.action must have the same kinds");
    refused(&message(json!([product("1"), product("2")])), "interactive.action.cards.1.action.catalog_id");
    let mut footed = message(json!([card, card]));
    footed["interactive"]["footer"] = json!({"text": "x"});
    refused(&footed, "interactive.footer is not possible with carousel");
    let long = with(
        message(json!([card, {"body": {"text": "x"}, "header": {"type": "text", "text": "x"},
        "action": {"name": "cta_url"}}])),
        "/interactive/action/cards/1/body/text",
        json!(text(161)),
    );
    refused(&long, "interactive.action.cards.1.body.text has 161");
    refused(&long, "interactive.action.cards.1.header.type must be image or video");
}

#[test]
fn templates_have_limits() {
    let body = |parameters: Value| template(json!([{"type": "body", "parameters": parameters}]));
    let at = "template.components.0.parameters";
    let mixed = json!([{"type": "text", "text": "a", "parameter_name": "n"}, {"type": "text", "text": "b"}]);
    refused(&body(mixed), &format!("{at} must all have a parameter_name, or none"));
    refused(
        &body(json!([{"type": "text", "text": "a\nb"}])),
        &format!("{at}.0.text cannot hold line breaks"),
    );
    refused(&body(json!([{"type": "text", "text": "a     b"}])), &format!("{at}.0.text cannot hold"));
    refused(&body(json!([{"type": "text"}])), &format!("{at}.0.text is required"));
    refused(
        &body(json!([{"type": "image", "image": {"id": "1"}}])),
        &format!("{at}.0.type must be one of text"),
    );
}

#[test]
fn buttons_of_templates_have_limits() {
    let at = "template.components.0.parameters";
    let button = |button: Value| template(json!([button]));
    refused(&button(json!({"type": "button", "index": 0})), "template.components.0.sub_type is required");
    refused(&button(json!({"type": "button", "sub_type": "url"})), "template.components.0.index is required");
    refused(
        &button(json!({"type": "button", "sub_type": "url", "index": "10"})),
        "template.components.0.index must",
    );
    let payload = json!({"type": "button", "sub_type": "quick_reply", "index": 0,
        "parameters": [{"type": "payload", "payload": text(129)}]});
    refused(&button(payload), &format!("{at}.0.payload has 129"));
    let coupon = json!({"type": "button", "sub_type": "copy_code", "index": 0,
        "parameters": [{"type": "coupon_code", "coupon_code": text(16)}]});
    refused(&button(coupon), &format!("{at}.0.coupon_code has 16"));
    let wrong = json!({"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "payload", "payload": "x"}]});
    refused(&button(wrong), &format!("{at} must be of type text"));
    refused(&button(json!({"type": "sidebar"})), "template.components.0.type must be one of");
    refused(
        &template(json!([{"type": "body"}, {"type": "body"}])),
        "template.components has more than one body",
    );
    refused(
        &with(template(json!([])), "/template/name", json!("Order Update")),
        "template.name has only lower-case",
    );
    refused(
        &with(template(json!([])), "/template/language", json!({})),
        "template.language.code is required",
    );
}

#[test]
fn a_template_carousel_has_two_to_ten_equal_cards() {
    let carousel = |cards: Value| template(json!([{"type": "carousel", "cards": cards}]));
    refused(&carousel(json!([card(0)])), "template.components.0.cards has 1 items");
    refused(
        &carousel(json!([card(0), card(0)])),
        "template.components.0.cards must have different positions",
    );
    let other = json!({"card_index": 1, "components": [{"type": "body"}]});
    refused(
        &carousel(json!([card(0), other])),
        "template.components.0.cards.1.components must have the same parts",
    );
    let nested = json!({"card_index": 1, "components": [{"type": "carousel"}]});
    refused(
        &carousel(json!([card(0), nested])),
        "template.components.0.cards.1.components cannot hold another",
    );
}

#[track_caller]
fn refused(message: &Value, expected: &str) {
    let found = violations(message);
    assert!(found.iter().any(|violation| violation.starts_with(expected)), "{expected}: {found:?}");
}

fn with(mut message: Value, pointer: &str, value: Value) -> Value {
    *message.pointer_mut(pointer).unwrap() = value;
    message
}
