//! Limits of templates at send time.

use crate::outbound::template::{Component, Parameter, Template, TemplateCard};

use super::Check;

const TYPES: [&str; 7] = [
    "header",
    "body",
    "button",
    "carousel",
    "limited_time_offer",
    "tap_target_configuration",
    "order_status",
];

pub(super) fn check(template: &Template, check: &mut Check) {
    check.text("name", &template.name, 512);
    if !template.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        check.fail("name", "has only lower-case letters, digits and underscores");
    }
    check.text("language.code", &template.language.code, 16);
    check_components(&template.components, check);
}

fn check_components(components: &[Component], check: &mut Check) {
    check.each("components", components, check_component);
    for kind in ["header", "body", "carousel", "limited_time_offer", "tap_target_configuration"] {
        if components.iter().filter(|component| component.kind == kind).count() > 1 {
            check.fail("components", format!("has more than one {kind}"));
        }
    }
    let mut seen = std::collections::HashSet::new();
    let buttons = components.iter().filter(|component| component.kind == "button");
    if !buttons.filter_map(|button| button.index.as_deref()).all(|index| seen.insert(index)) {
        check.fail("components", "has two buttons with the same index");
    }
}

fn check_component(check: &mut Check, component: &Component) {
    let kind = component.kind.as_str();
    match kind {
        "button" => check_button(component, check),
        "carousel" => check_carousel(&component.cards, check),
        "header" => check.count("parameters", component.parameters.len(), 0..=1),
        "limited_time_offer" => check.count("parameters", component.parameters.len(), 1..=1),
        "tap_target_configuration" => {
            check.count("tap_target_configuration", component.tap_target_configuration.len(), 1..=1);
            check.each("tap_target_configuration", &component.tap_target_configuration, |check, target| {
                check.link("url", &target.url);
                check.text("title", &target.title, 60);
            });
        }
        _ if !TYPES.contains(&kind) => check.fail("type", format!("must be one of {}", TYPES.join(", "))),
        _ => {}
    }
    let named = component.parameters.iter().filter(|parameter| parameter.parameter_name.is_some()).count();
    if named != 0 && named != component.parameters.len() {
        check.fail("parameters", "must all have a parameter_name, or none");
    }
    let possible = possible_parameters(kind);
    check.each("parameters", &component.parameters, |check, parameter| {
        if !possible.contains(&parameter.kind.as_str()) {
            check.fail("type", format!("must be one of {} in {kind}", possible.join(", ")));
        }
        check_parameter(parameter, kind, check);
    });
}

fn possible_parameters(component: &str) -> &'static [&'static str] {
    match component {
        "header" => &["text", "image", "video", "document", "gif", "location", "product"],
        "body" => &["text", "currency", "date_time"],
        "button" => &["payload", "text", "coupon_code", "action", "ttl_minutes"],
        "limited_time_offer" => &["limited_time_offer"],
        _ => &["order_status"],
    }
}

fn check_button(button: &Component, check: &mut Check) {
    check.present("sub_type", button.sub_type.as_deref());
    match button.index.as_deref().map(str::parse::<u32>) {
        Some(Ok(0..=9)) => {}
        Some(_) => check.fail("index", "must be a position from 0 to 9"),
        None => check.fail("index", "is required"),
    }
    let needed: &[&str] = match button.sub_type.as_deref() {
        Some("quick_reply") => &["payload"],
        Some("url") => &["text"],
        Some("copy_code") => &["coupon_code"],
        Some("flow" | "catalog" | "mpm" | "order_details") => &["action"],
        Some("voice_call") => &["ttl_minutes", "payload"],
        _ => return,
    };
    if button.parameters.iter().any(|parameter| !needed.contains(&parameter.kind.as_str())) {
        check.fail("parameters", format!("must be of type {}", needed.join(" or ")));
    }
}

fn check_carousel(cards: &[TemplateCard], check: &mut Check) {
    check.count("cards", cards.len(), 2..=10);
    let shape = |card: &TemplateCard| {
        let mut kinds: Vec<_> =
            card.components.iter().map(|c| (c.kind.clone(), c.sub_type.clone())).collect();
        kinds.sort();
        kinds
    };
    let first = cards.first().map(shape);
    let mut seen = std::collections::HashSet::new();
    if !cards.iter().filter_map(|card| card.card_index).all(|index| seen.insert(index)) {
        check.fail("cards", "must have different positions");
    }
    check.each("cards", cards, |check, card| {
        if card.card_index.is_none() {
            check.fail("card_index", "is required");
        }
        if Some(shape(card)) != first {
            check.fail("components", "must have the same parts as the first card");
        }
        if card.components.iter().any(|component| component.kind == "carousel") {
            return check.fail("components", "cannot hold another carousel");
        }
        check_components(&card.components, check);
    });
}

fn check_parameter(parameter: &Parameter, component: &str, check: &mut Check) {
    let media = match parameter.kind.as_str() {
        "text" => return check_text(parameter, component, check),
        "image" => &parameter.image,
        "video" => &parameter.video,
        "document" => &parameter.document,
        "gif" => &parameter.gif,
        _ => return check_other(parameter, check),
    };
    let kind = parameter.kind.as_str();
    match media {
        Some(media) => check.within(kind, |check| media.check(kind, check)),
        None => check.fail(kind, "is required"),
    }
}

fn check_text(parameter: &Parameter, component: &str, check: &mut Check) {
    let text = parameter.text.as_deref().unwrap_or_default();
    let limit = match component {
        "header" => 60,
        "body" => 1024,
        _ => 2000,
    };
    check.text("text", text, limit);
    // Meta refuses these inside a body.
    if component == "body" && (text.contains(['\n', '\r', '\t']) || text.contains("     ")) {
        check.fail("text", "cannot hold line breaks, tabs or more than 4 spaces in a row");
    }
}

fn check_other(parameter: &Parameter, check: &mut Check) {
    match parameter.kind.as_str() {
        "payload" => check.text("payload", parameter.payload.as_deref().unwrap_or_default(), 128),
        "coupon_code" => check.text("coupon_code", parameter.coupon_code.as_deref().unwrap_or_default(), 15),
        "location" => match &parameter.location {
            Some(location) => check.within("location", |check| location.check(check)),
            None => check.fail("location", "is required"),
        },
        "currency" => match &parameter.currency {
            Some(currency) => check.within("currency", |check| {
                check.present("fallback_value", Some(&currency.fallback_value));
                check.text("code", &currency.code, 3);
            }),
            None => check.fail("currency", "is required"),
        },
        "date_time" => {
            let text = parameter.date_time.as_ref().map(|date| date.fallback_value.as_str());
            check.present("date_time.fallback_value", text);
        }
        "product" => {
            let id = parameter.product.as_ref().map(|product| product.product_retailer_id.as_str());
            check.present("product.product_retailer_id", id);
        }
        "action" if parameter.action.is_none() => check.fail("action", "is required"),
        "limited_time_offer" if parameter.limited_time_offer.is_none() => {
            check.fail("limited_time_offer", "is required");
        }
        "ttl_minutes" if parameter.ttl_minutes.is_none() => check.fail("ttl_minutes", "is required"),
        _ => {}
    }
}
