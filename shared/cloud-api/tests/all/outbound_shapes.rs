//! What can be sent, in Meta's own JSON.

use cloud_api::outbound::Message;
use serde_json::{Value, json};

use crate::common::{card, interactive, template, text, violations};

#[test]
fn every_free_form_kind_is_possible() {
    for message in [
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550100177",
            "type": "text", "text": {"body": text(4096), "preview_url": true}, "context": {"message_id": "wamid.A"}}),
        json!({"type": "image", "image": {"id": "900000000001001", "caption": text(1024)}}),
        json!({"type": "video", "video": {"link": "https://cdn.example/a.mp4"}}),
        json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
        json!({"type": "document", "document": {"id": "1", "filename": "a.pdf", "caption": "x"}}),
        json!({"type": "sticker", "sticker": {"id": "1"}}),
        json!({"type": "location", "location": {"latitude": 12.5, "longitude": -98.25, "name": "x", "address": "y"}}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Noor Sample", "first_name": "Noor"},
            "phones": [{"phone": "+1 555", "wa_id": "15550100188", "type": "CELL"}], "org": {"company": "Co"},
            "emails": [{"email": "a@b.example", "type": "WORK"}], "birthday": "1990-01-31",
            "addresses": [{"city": "x", "zip": "0"}], "urls": [{"url": "https://x.example", "type": "WORK"}]}]}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": "👩‍👩‍👧‍👦"}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": ""}}),
        json!({"status": "read", "message_id": "wamid.A", "typing_indicator": {"type": "text"}}),
        json!({"status": "read", "message_id": "wamid.A"}),
    ] {
        possible(&message);
    }
}

#[test]
fn every_interactive_kind_is_possible() {
    for message in [
        interactive(
            "button",
            json!({"buttons": [{"type": "reply", "reply": {"id": text(256), "title": text(20)}}]}),
        ),
        interactive(
            "list",
            json!({"button": text(20), "sections": [{"title": text(24), "rows": [
            {"id": text(200), "title": text(24), "description": text(72)}]}]}),
        ),
        interactive(
            "cta_url",
            json!({"name": "cta_url",
            "parameters": {"display_text": text(20), "url": "https://x.example/a?b=c"}}),
        ),
        interactive(
            "flow",
            json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1",
            "flow_cta": "Rate", "flow_token": "t", "flow_action": "navigate",
            "flow_action_payload": {"screen": "RATING", "data": {"visit": "FX-77"}}}}),
        ),
        interactive("location_request_message", json!({"name": "send_location"})),
        interactive("address_message", json!({"name": "address_message", "parameters": {"country": "IN"}})),
        interactive("product", json!({"catalog_id": "1", "product_retailer_id": "P"})),
        interactive(
            "catalog_message",
            json!({"name": "catalog_message",
            "parameters": {"thumbnail_product_retailer_id": "P"}}),
        ),
        interactive(
            "voice_call",
            json!({"name": "voice_call",
            "parameters": {"display_text": "Call us", "ttl_minutes": 100, "payload": "x"}}),
        ),
        interactive("call_permission_request", json!({"name": "call_permission_request"})),
        interactive("request_contact_info", json!({"name": "request_contact_info"})),
        interactive("order_details", json!({"name": "review_and_pay", "parameters": {"reference_id": "r"}})),
        json!({"type": "interactive", "interactive": {"type": "product_list", "body": {"text": "x"},
            "header": {"type": "text", "text": "Ours"}, "footer": {"text": text(60)}, "action": {"catalog_id": "1",
            "sections": [{"title": "A", "product_items": [{"product_retailer_id": "P"}]}]}}}),
    ] {
        possible(&message);
    }
}

#[test]
fn a_carousel_has_links_quick_replies_or_products() {
    let card = |n: u32| {
        json!({"card_index": n, "type": "cta_url", "header": {"type": "image", "image": {"id": "1"}},
        "body": {"text": text(160)}, "action": {"name": "cta_url",
            "parameters": {"display_text": "Go", "url": "https://x.example"}}})
    };
    let quick = |n: u32| {
        json!({"card_index": n, "header": {"type": "video", "video": {"id": "1"}},
        "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": format!("q{n}"), "title": "More"}}]}})
    };
    let product = |n: u32| {
        json!({"card_index": n, "type": "product",
        "action": {"product_retailer_id": format!("P{n}"), "catalog_id": "1"}})
    };
    for message in [
        interactive("carousel", json!({"cards": [card(0), card(1)]})),
        interactive("carousel", json!({"cards": [quick(0), quick(1)]})),
        interactive("carousel", json!({"cards": [product(0), product(1)]})),
    ] {
        possible(&message);
    }
}

#[test]
fn every_template_component_is_possible() {
    let components = json!([
        {"type": "header", "parameters": [{"type": "document", "document": {"id": "1", "filename": "a.pdf"}}]},
        {"type": "body", "parameters": [
            {"type": "text", "parameter_name": "first_name", "text": "Amara"},
            {"type": "currency", "parameter_name": "price",
                "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}},
            {"type": "date_time", "parameter_name": "day", "date_time": {"fallback_value": "Monday"}}]},
        {"type": "limited_time_offer", "parameters": [
            {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_795_651_200_000_i64}}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0",
            "parameters": [{"type": "payload", "payload": text(128)}]},
        {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "t/FX-77"}]},
        {"type": "button", "sub_type": "copy_code", "index": 2,
            "parameters": [{"type": "coupon_code", "coupon_code": "KETTLE20"}]},
        {"type": "button", "sub_type": "flow", "index": 3,
            "parameters": [{"type": "action", "action": {"flow_token": "t", "flow_action_data": {"a": 1}}}]},
        {"type": "button", "sub_type": "mpm", "index": 4, "parameters": [{"type": "action", "action": {
            "thumbnail_product_retailer_id": "P",
            "sections": [{"title": "A", "product_items": [{"product_retailer_id": "P"}]}]}}]},
        {"type": "button", "sub_type": "voice_call", "index": 5,
            "parameters": [{"type": "ttl_minutes", "ttl_minutes": 60}]},
        {"type": "tap_target_configuration",
            "tap_target_configuration": [{"url": "https://x.example", "title": "Shop"}]},
    ]);
    possible(&template(components));
    for header in [
        json!({"type": "text", "text": "Order"}),
        json!({"type": "location", "location": {"latitude": 1.0, "longitude": 2.0, "name": "a", "address": "b"}}),
        json!({"type": "product", "product": {"product_retailer_id": "P", "catalog_id": "1"}}),
        json!({"type": "gif", "gif": {"id": "1"}}),
        json!({"type": "video", "video": {"link": "https://x.example/a.mp4"}}),
    ] {
        possible(&template(json!([{"type": "header", "parameters": [header]}])));
    }
    possible(&json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"},
        "components": [{"type": "carousel", "cards": [card(0), card(1)]}]}}));
}

#[track_caller]
fn possible(message: &Value) {
    assert_eq!(violations(message), Vec::<String>::new(), "{message}");
    // Reading and writing loses nothing of Meta's own shape.
    let read = Message::read(message).unwrap();
    let mut written = serde_json::to_value(&read).unwrap();
    let mut original = message.clone();
    for envelope in ["messaging_product", "recipient_type", "to", "biz_opaque_callback_data"] {
        original.as_object_mut().unwrap().remove(envelope);
    }
    indexes_as_text(&mut original);
    indexes_as_text(&mut written);
    assert_eq!(written, original);
}

/// Meta takes the position of a button as a number and as a string; we write strings.
fn indexes_as_text(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(indexes_as_text),
        Value::Object(members) => {
            for (key, item) in members {
                if key == "index" && item.is_number() {
                    *item = json!(item.to_string());
                }
                indexes_as_text(item);
            }
        }
        _ => {}
    }
}
