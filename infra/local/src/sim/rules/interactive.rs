//! Shapes and lengths of interactive messages (section 7.3 of Meta's facts).

use std::collections::HashSet;

use serde_json::Value;

use super::lengths::{at_most, required};
use crate::sim::graph::errors::GraphError;

type Checked = Result<(), GraphError>;

fn invalid(why: impl Into<String>) -> GraphError {
    GraphError::new(131_009, why)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// A text that must be there, with a longest length.
fn label(content: &Value, what: &str, key: &str, limit: usize) -> Checked {
    required(content, what, key)?;
    at_most(131_009, &format!("{what}['{key}']"), &content[key], limit)
}

pub(crate) fn check(content: &Value) -> Checked {
    required(content, "interactive", "type")?;
    let kind = content["type"].as_str().unwrap_or_default();
    let action = &content["action"];
    if !action.is_object() {
        return Err(GraphError::new(131_008, "The parameter interactive['action'] is required"));
    }
    frame(kind, content)?;
    match kind {
        "button" => buttons(action),
        "list" => sections(action),
        "cta_url" => cta_url(action),
        "flow" => flow(action),
        "product" => label(action, "action", "product_retailer_id", 256),
        "product_list" => products(action),
        "carousel" => carousel(action),
        "location_request_message" => named(action, "send_location"),
        "address_message"
        | "catalog_message"
        | "voice_call"
        | "call_permission_request"
        | "request_contact_info" => named(action, kind),
        "order_details" | "order_status" | "payment_request" => Ok(()),
        other => {
            Err(GraphError::new(100, format!("Param interactive['type'] has an unknown value '{other}'")))
        }
    }
}

/// Header, body and footer.
fn frame(kind: &str, content: &Value) -> Checked {
    let body_limit = if kind == "list" { 4096 } else { 1024 };
    let optional = matches!(kind, "product" | "call_permission_request" | "catalog_message");
    if !optional || content["body"].is_object() {
        label(&content["body"], "interactive['body']", "text", body_limit)?;
    }
    at_most(131_009, "interactive['footer']['text']", &content["footer"]["text"], 60)?;
    let header = content["header"]["type"].as_str();
    let allowed: &[&str] = match kind {
        "button" | "cta_url" | "flow" => &["text", "image", "video", "document"],
        "list" | "product_list" => &["text"],
        _ => &[],
    };
    match header {
        Some("text") if allowed.contains(&"text") => {
            label(&content["header"], "interactive['header']", "text", 60)
        }
        Some(other) if !allowed.contains(&other) => {
            Err(invalid(format!("a header of type {other} is not allowed in {kind}")))
        }
        None if kind == "product_list" => Err(GraphError::new(131_008, "product_list needs a text header")),
        _ => Ok(()),
    }
}

fn named(action: &Value, name: &str) -> Checked {
    if action["name"] == name { Ok(()) } else { Err(invalid(format!("action['name'] must be {name}"))) }
}

fn buttons(action: &Value) -> Checked {
    let buttons = list(action, "buttons");
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(invalid(format!(
            "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3, got {}",
            buttons.len()
        )));
    }
    for button in buttons {
        label(&button["reply"], "reply", "id", 256)?;
        label(&button["reply"], "reply", "title", 20)?;
    }
    distinct(buttons.iter().map(|button| &button["reply"]["id"]), "button id")?;
    distinct(buttons.iter().map(|button| &button["reply"]["title"]), "button title")
}

fn distinct<'a>(values: impl Iterator<Item = &'a Value>, what: &str) -> Checked {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value.as_str()) {
            return Err(invalid(format!("duplicated {what}: {value}")));
        }
    }
    Ok(())
}

fn sections(action: &Value) -> Checked {
    label(action, "action", "button", 20)?;
    let sections = list(action, "sections");
    let rows: Vec<&Value> = sections.iter().flat_map(|section| list(section, "rows")).collect();
    if sections.is_empty() || sections.len() > 10 || rows.is_empty() || rows.len() > 10 {
        return Err(invalid("a list has 1 to 10 sections and 1 to 10 rows in total"));
    }
    for section in sections {
        if sections.len() > 1 {
            required(section, "section", "title")?;
        }
        at_most(131_009, "section['title']", &section["title"], 24)?;
        if list(section, "rows").is_empty() {
            return Err(invalid("a section without rows"));
        }
    }
    for row in &rows {
        label(row, "row", "id", 200)?;
        label(row, "row", "title", 24)?;
        at_most(131_009, "row['description']", &row["description"], 72)?;
    }
    distinct(rows.iter().map(|row| &row["id"]), "row id")
}

fn cta_url(action: &Value) -> Checked {
    named(action, "cta_url")?;
    label(&action["parameters"], "parameters", "display_text", 20)?;
    required(&action["parameters"], "parameters", "url")
}

fn flow(action: &Value) -> Checked {
    named(action, "flow")?;
    let parameters = &action["parameters"];
    label(parameters, "parameters", "flow_cta", 30)?;
    if parameters["flow_id"].is_null() == parameters["flow_name"].is_null() {
        return Err(invalid("one of flow_id and flow_name is required"));
    }
    Ok(())
}

fn products(action: &Value) -> Checked {
    required(action, "action", "catalog_id")?;
    let sections = list(action, "sections");
    let count: usize = sections.iter().map(|section| list(section, "product_items").len()).sum();
    if sections.is_empty() || sections.len() > 10 || count == 0 || count > 30 {
        return Err(invalid("a product list has 1 to 10 sections and 1 to 30 products"));
    }
    sections.iter().try_for_each(|section| at_most(131_009, "section['title']", &section["title"], 24))
}

fn carousel(action: &Value) -> Checked {
    let cards = list(action, "cards");
    if cards.len() < 2 || cards.len() > 10 {
        return Err(invalid("a carousel has 2 to 10 cards"));
    }
    let shape = |card: &Value| {
        let kinds: Vec<String> =
            list(&card["action"], "buttons").iter().map(|b| b["type"].to_string()).collect();
        (card["type"].to_string(), card["action"]["name"].to_string(), kinds)
    };
    for card in cards {
        at_most(131_009, "card body", &card["body"]["text"], 160)?;
        if shape(card) != shape(&cards[0]) {
            return Err(invalid("all cards must have the same kind of buttons"));
        }
        for button in list(&card["action"], "buttons") {
            label(&button["quick_reply"], "quick_reply", "id", 256)?;
            label(&button["quick_reply"], "quick_reply", "title", 20)?;
        }
        if card["action"]["name"] == "cta_url" {
            cta_url(&card["action"])?;
        }
    }
    Ok(())
}
