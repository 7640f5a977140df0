//! Limits of interactive messages.

use serde_json::Value;

use crate::outbound::interactive::{Action, ActionParameters, Button, Card, Header, Interactive, Section};

use super::Check;

pub(super) fn check(message: &Interactive, check: &mut Check) {
    check_header(message, check);
    check_body(message, check);
    if let Some(footer) = &message.footer {
        check.text("footer.text", &footer.text, 60);
        check.only(message.kind != "carousel", "footer", "carousel");
    }
    let Some(action) = &message.action else {
        check.fail("action", "is required");
        return;
    };
    check.within("action", |check| check_action(&message.kind, action, check));
    if !KINDS.contains(&message.kind.as_str()) {
        check.fail("type", "is not a type of interactive message that can be sent");
    }
}

const KINDS: [&str; 16] = [
    "button",
    "list",
    "cta_url",
    "flow",
    "location_request_message",
    "address_message",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "voice_call",
    "call_permission_request",
    "request_contact_info",
    "order_details",
    "order_status",
    "payment_request",
];

fn check_header(message: &Interactive, check: &mut Check) {
    let kind = message.kind.as_str();
    let Some(header) = &message.header else {
        if kind == "product_list" {
            check.fail("header", "is required");
        }
        return;
    };
    check.only(!matches!(kind, "product" | "carousel"), "header", kind);
    check.within("header", |check| {
        if matches!(kind, "list" | "product_list") && header.kind != "text" {
            check.fail("type", format!("must be text with {kind}"));
        }
        check_header_content(header, check);
    });
}

fn check_header_content(header: &Header, check: &mut Check) {
    let (kind, media) = match header.kind.as_str() {
        "text" => return check.text("text", header.text.as_deref().unwrap_or_default(), 60),
        "image" => ("image", &header.image),
        "video" => ("video", &header.video),
        "document" => ("document", &header.document),
        _ => return check.fail("type", "must be text, image, video or document"),
    };
    match media {
        Some(media) => check.within(kind, |check| media.check(kind, check)),
        None => check.fail(kind, "is required"),
    }
}

/// Lists carry long texts; products need none.
fn check_body(message: &Interactive, check: &mut Check) {
    let limit = if message.kind == "list" { 4096 } else { 1024 };
    match &message.body {
        Some(body) => check.text("body.text", &body.text, limit),
        None if matches!(message.kind.as_str(), "product" | "call_permission_request") => {}
        None => check.fail("body", "is required"),
    }
}

fn check_action(kind: &str, action: &Action, check: &mut Check) {
    match kind {
        "button" => {
            check.count("buttons", action.buttons.len(), 1..=3);
            check.each("buttons", &action.buttons, |check, button| check_reply_button(button, check));
            unique(action.buttons.iter().filter_map(|b| b.reply.as_ref()).map(|r| &r.id), "buttons", check);
        }
        "list" => check_list(action, check),
        "cta_url" => check_link(action, check),
        "flow" => check_flow(action, check),
        "location_request_message" => name(action, "send_location", check),
        "address_message" => {
            name(action, "address_message", check);
            parameter(action, "country", 2, check);
        }
        "product" => {
            check.present("catalog_id", action.catalog_id.as_ref().map(|id| id.as_str()));
            check.present("product_retailer_id", action.product_retailer_id.as_deref());
        }
        "product_list" => check_products(action, check),
        "catalog_message" | "call_permission_request" | "request_contact_info" => name(action, kind, check),
        "voice_call" => {
            name(action, kind, check);
            at_most(action, "display_text", 20, check);
        }
        "carousel" => check_carousel(&action.cards, check),
        // Payments pass through: their own pages, their own countries.
        _ => {}
    }
}

fn check_reply_button(button: &Button, check: &mut Check) {
    match (&button.reply, button.kind.as_str()) {
        (Some(reply), "reply") => check.within("reply", |check| {
            check.text("id", &reply.id, 256);
            check.text("title", &reply.title, 20);
        }),
        (None, "reply") => check.fail("reply", "is required"),
        _ => check.fail("type", "must be reply"),
    }
}

fn check_list(action: &Action, check: &mut Check) {
    check.text("button", action.button.as_deref().unwrap_or_default(), 20);
    check.count("sections", action.sections.len(), 1..=10);
    let rows: usize = action.sections.iter().map(|section| section.rows.len()).sum();
    if rows > 10 {
        check.fail("sections", format!("have {rows} rows in all, 10 are possible"));
    }
    check_titles(&action.sections, check);
    check.each("sections", &action.sections, |check, section| {
        if section.rows.is_empty() {
            check.fail("rows", "is required");
        }
        check.each("rows", &section.rows, |check, row| {
            check.text("id", &row.id, 200);
            check.text("title", &row.title, 24);
            check.at_most("description", row.description.as_deref().unwrap_or_default(), 72);
        });
    });
    unique(action.sections.iter().flat_map(|s| &s.rows).map(|row| &row.id), "sections", check);
}

/// A single section needs no title.
fn check_titles(sections: &[Section], check: &mut Check) {
    check.each("sections", sections, |check, section| match &section.title {
        Some(title) => check.at_most("title", title, 24),
        None if sections.len() > 1 => check.fail("title", "is required with several sections"),
        None => {}
    });
}

fn check_products(action: &Action, check: &mut Check) {
    check.present("catalog_id", action.catalog_id.as_ref().map(|id| id.as_str()));
    check.count("sections", action.sections.len(), 1..=10);
    check_titles(&action.sections, check);
    let products = action.sections.iter().map(|section| section.product_items.len()).sum();
    check.count("sections", products, 1..=30);
    check.each("sections", &action.sections, |check, section| {
        check.each("product_items", &section.product_items, |check, item| {
            check.present("product_retailer_id", Some(&item.product_retailer_id));
        });
    });
}

fn check_link(action: &Action, check: &mut Check) {
    name(action, "cta_url", check);
    parameter(action, "display_text", 20, check);
    check.within("parameters", |check| match text_of(action.parameters.as_ref(), "url") {
        Some(url) => check.link("url", url),
        None => check.fail("url", "is required"),
    });
}

fn check_flow(action: &Action, check: &mut Check) {
    name(action, "flow", check);
    parameter(action, "flow_message_version", 8, check);
    parameter(action, "flow_cta", 30, check);
    let parameters = action.parameters.as_ref();
    let (id, flow_name) = (text_of(parameters, "flow_id"), text_of(parameters, "flow_name"));
    match (id, flow_name) {
        (Some(_), Some(_)) => {
            check.fail("parameters.flow_name", "give either flow_id or flow_name, not both")
        }
        (None, None) => check.fail("parameters.flow_id", "give a flow_id or a flow_name"),
        _ => {}
    }
    one_of(parameters, "mode", &["draft", "published"], check);
    one_of(parameters, "flow_action", &["navigate", "data_exchange"], check);
}

fn check_carousel(cards: &[Card], check: &mut Check) {
    check.count("cards", cards.len(), 2..=10);
    let first = cards.first().map(shape_of);
    let catalog = |card: &Card| card.action.as_ref().and_then(|action| action.catalog_id.clone());
    let first_catalog = cards.first().and_then(catalog);
    check.each("cards", cards, |check, card| {
        if Some(shape_of(card)) != first {
            check.fail("action", "must have the same kinds of buttons as the first card");
        }
        if catalog(card) != first_catalog {
            check.fail("action.catalog_id", "must be the same on all cards");
        }
        check_card(card, check);
    });
}

/// What all cards of a carousel must have in common: kind and number of buttons.
fn shape_of(card: &Card) -> (&str, usize) {
    let buttons = card.action.as_ref().map_or(0, |action| action.buttons.len());
    let kind = if buttons > 0 { "quick_reply" } else { card.kind.as_deref().unwrap_or("cta_url") };
    (kind, buttons)
}

fn check_card(card: &Card, check: &mut Check) {
    if let Some(body) = &card.body {
        check.text("body.text", &body.text, 160);
    }
    let Some(action) = &card.action else { return check.fail("action", "is required") };
    if card.kind.as_deref() == Some("product") {
        return check.within("action", |check| {
            check.present("product_retailer_id", action.product_retailer_id.as_deref());
            check.present("catalog_id", action.catalog_id.as_ref().map(|id| id.as_str()));
        });
    }
    match &card.header {
        Some(header) if matches!(header.kind.as_str(), "image" | "video") => {
            check.within("header", |check| check_header_content(header, check));
        }
        Some(_) => check.fail("header.type", "must be image or video"),
        None => check.fail("header", "is required"),
    }
    check.within("action", |check| {
        if action.buttons.is_empty() {
            return check_link(action, check);
        }
        check.count("buttons", action.buttons.len(), 1..=2);
        check.each("buttons", &action.buttons, |check, button| match &button.quick_reply {
            Some(reply) => check.within("quick_reply", |check| {
                check.text("id", &reply.id, 256);
                check.text("title", &reply.title, 20);
            }),
            None => check.fail("quick_reply", "is required"),
        });
    });
}

fn name(action: &Action, expected: &str, check: &mut Check) {
    if action.name.as_deref() != Some(expected) {
        check.fail("name", format!("must be {expected}"));
    }
}

/// A text that `parameters` must have.
fn parameter(action: &Action, key: &str, limit: usize, check: &mut Check) {
    let text = text_of(action.parameters.as_ref(), key).unwrap_or_default();
    check.within("parameters", |check| check.text(key, text, limit));
}

fn at_most(action: &Action, key: &str, limit: usize, check: &mut Check) {
    let text = text_of(action.parameters.as_ref(), key).unwrap_or_default();
    check.within("parameters", |check| check.at_most(key, text, limit));
}

fn one_of(parameters: Option<&ActionParameters>, key: &str, possible: &[&str], check: &mut Check) {
    if text_of(parameters, key).is_some_and(|value| !possible.contains(&value)) {
        check.fail(&format!("parameters.{key}"), format!("must be one of {}", possible.join(", ")));
    }
}

fn text_of<'a>(parameters: Option<&'a ActionParameters>, key: &str) -> Option<&'a str> {
    parameters.and_then(|parameters| parameters.get(key)).and_then(Value::as_str)
}

/// Two answers with one id could not be told apart.
fn unique<'a>(ids: impl Iterator<Item = &'a String>, field: &str, check: &mut Check) {
    let mut seen = std::collections::HashSet::new();
    if !ids.into_iter().all(|id| seen.insert(id)) {
        check.fail(field, "must have different ids");
    }
}
