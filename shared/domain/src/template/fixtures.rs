//! Templates of each build, as Meta shows them.

use cloud_api::manage::template::TemplateNode;
use serde_json::{Value, json};

use super::Content;

pub(super) fn node(value: Value) -> TemplateNode {
    serde_json::from_value(value).unwrap()
}

pub(super) fn order_update() -> Value {
    json!({ "id": "900000000002001", "name": "order_update_v3", "language": "en_US", "status": "APPROVED",
        "category": "UTILITY", "parameter_format": "NAMED", "quality_score": { "score": "GREEN" },
        "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Order {{order_no}}",
              "example": { "header_text_named_params": [ { "param_name": "order_no", "example": "FX-77" } ] } },
            { "type": "BODY", "text": "Hi {{first_name}}, parcel {{parcel}} left our store. Bye {{first_name}}!",
              "example": { "body_text_named_params": [
                { "param_name": "first_name", "example": "Amara" }, { "param_name": "parcel", "example": "PX-9" } ] } },
            { "type": "FOOTER", "text": "Fixture Kettles" },
            { "type": "BUTTONS", "buttons": [
              { "type": "QUICK_REPLY", "text": "Stop updates" },
              { "type": "URL", "text": "Track", "url": "https://shop.example/{{1}}",
                "example": [ "https://shop.example/t/PX-9" ] },
              { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100200" } ] } ] })
}

pub(super) fn offer() -> Value {
    json!({ "id": "2", "name": "fx_lto", "language": "en", "status": "APPROVED", "category": "MARKETING",
        "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["https://cdn.example/1"] } },
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Spring sale", "has_expiration": true } },
            { "type": "BODY", "text": "For {{2}}: all kettles cheaper, dear {{1}}.",
              "example": { "body_text": [["Amara", "you"]] } },
            { "type": "BUTTONS", "buttons": [
                { "type": "COPY_CODE", "text": "Copy offer code", "example": ["KETTLE20"] },
                { "type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}", "example": ["sale"] } ] } ] })
}

pub(super) fn carousel() -> Value {
    let card = |text: &str| {
        json!({ "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["https://cdn.example/1"] } },
            { "type": "BODY", "text": text, "example": { "body_text": [["12"]] } },
            { "type": "BUTTONS", "buttons": [
                { "type": "QUICK_REPLY", "text": "More" },
                { "type": "URL", "text": "Buy", "url": "https://shop.example/{{1}}", "example": ["k"] } ] } ] })
    };
    json!({ "id": "3", "name": "fx_carousel", "language": "en", "status": "APPROVED", "category": "MARKETING",
        "components": [
            { "type": "BODY", "text": "Hi {{1}}, look at these.", "example": { "body_text": [["Amara"]] } },
            { "type": "CAROUSEL", "cards": [card("A kettle for {{1}} euros!"), card("A pot for {{1}} euros!")] } ] })
}

pub(super) fn code() -> Value {
    json!({ "id": "4", "name": "fx_otp", "language": "en_US", "status": "APPROVED", "category": "AUTHENTICATION",
        "components": [
            { "type": "BODY", "text": "*{{1}}* is your verification code.", "example": { "body_text": [["123456"]] } },
            { "type": "FOOTER", "text": "This code expires in 5 minutes.", "code_expiration_minutes": 5 },
            { "type": "BUTTONS", "buttons": [
                { "type": "URL", "text": "Copy code", "url": "https://wa.example/otp/?code=otp{{1}}",
                  "example": ["https://wa.example/otp/?code=otp123456"] } ] } ] })
}

pub(super) fn place_and_shop() -> Value {
    json!({ "id": "5", "name": "fx_place", "language": "en", "status": "APPROVED", "category": "MARKETING",
        "components": [
            { "type": "HEADER", "format": "LOCATION" },
            { "type": "BODY", "text": "Come and see us." },
            { "type": "BUTTONS", "buttons": [
                { "type": "FLOW", "text": "Rate", "flow_id": "900000000003001" },
                { "type": "CATALOG", "text": "View catalog" },
                { "type": "MPM", "text": "View items" } ] } ] })
}

pub(super) fn content(value: Value) -> Content {
    Content::of(&node(value))
}

pub(super) fn all() -> Vec<Content> {
    [order_update(), offer(), carousel(), code(), place_and_shop()].map(content).to_vec()
}
