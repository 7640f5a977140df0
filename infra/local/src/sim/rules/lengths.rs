//! Shapes and lengths of free-form messages (sections 7.2 and 7.4 of Meta's facts).

use serde_json::Value;

use super::interactive;
use crate::sim::graph::errors::GraphError;

type Checked = Result<(), GraphError>;

/// Checks the object under `type`.
pub(crate) fn check(kind: &str, body: &Value) -> Checked {
    let content = &body[kind];
    let shaped = if kind == "contacts" { content.is_array() } else { content.is_object() };
    if !shaped {
        return Err(GraphError::new(131_008, format!("Parameter '{kind}' is mandatory for type '{kind}'")));
    }
    match kind {
        "text" => {
            required(content, "text", "body")?;
            at_most(100, "text['body']", &content["body"], 4096)
        }
        "image" | "video" | "document" | "audio" | "sticker" => media(kind, content),
        "location" => location(content),
        "contacts" => contacts(content),
        "reaction" => reaction(content),
        "interactive" => interactive::check(content),
        _ => Ok(()),
    }
}

/// A text key that must be there and not empty.
pub(crate) fn required(content: &Value, what: &str, key: &str) -> Checked {
    match content[key].as_str() {
        Some(text) if !text.is_empty() => Ok(()),
        Some(_) => {
            Err(GraphError::new(100, format!("Param {what}['{key}'] must be at least 1 character long")))
        }
        None if content[key].is_null() => {
            Err(GraphError::new(131_008, format!("The parameter {what}['{key}'] is required")))
        }
        None => Err(GraphError::new(100, format!("Param {what}['{key}'] must be a string"))),
    }
}

/// A text that may be missing and has a longest length, in characters.
pub(crate) fn at_most(code: u32, what: &str, text: &Value, limit: usize) -> Checked {
    match text {
        Value::Null => Ok(()),
        Value::String(text) if text.chars().count() <= limit => Ok(()),
        Value::String(_) => {
            Err(GraphError::new(code, format!("Param {what} must be at most {limit} characters long")))
        }
        _ => Err(GraphError::new(code, format!("Param {what} must be a string"))),
    }
}

fn media(kind: &str, content: &Value) -> Checked {
    match (content["id"].as_str(), content["link"].as_str()) {
        (Some(_), None) => {}
        (None, Some(link)) if link.starts_with("https://") || link.starts_with("http://") => {}
        (None, Some(_)) => {
            return Err(GraphError::new(100, format!("Param {kind}['link'] is not a valid URI")));
        }
        (Some(_), Some(_)) => {
            return Err(GraphError::new(100, format!("{kind}: only one of 'id' and 'link' may be given")));
        }
        (None, None) => {
            return Err(GraphError::new(100, format!("{kind}: one of 'id' or 'link' is required")));
        }
    }
    if !content["caption"].is_null() && matches!(kind, "audio" | "sticker") {
        return Err(GraphError::new(100, format!("Unexpected key \"caption\" on param \"{kind}\".")));
    }
    at_most(100, &format!("{kind}['caption']"), &content["caption"], 1024)
}

fn location(content: &Value) -> Checked {
    for (key, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = &content[key];
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        match number {
            Some(number) if (-limit..=limit).contains(&number) => {}
            None if value.is_null() => {
                return Err(GraphError::new(131_008, format!("The parameter location['{key}'] is required")));
            }
            _ => return Err(GraphError::new(131_009, format!("location['{key}'] is not valid"))),
        }
    }
    Ok(())
}

fn contacts(content: &Value) -> Checked {
    let cards = content.as_array().map_or(&[][..], Vec::as_slice);
    if cards.is_empty() || cards.len() > 257 {
        return Err(GraphError::new(131_009, "contacts must hold 1 to 257 cards"));
    }
    for card in cards {
        required(&card["name"], "contacts[name]", "formatted_name")?;
        let others = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if !others.iter().any(|key| card["name"][key].is_string()) {
            return Err(GraphError::new(131_009, "contacts[name] needs one more part beside formatted_name"));
        }
    }
    Ok(())
}

fn reaction(content: &Value) -> Checked {
    required(content, "reaction", "message_id")?;
    if content["emoji"].is_string() {
        return Ok(());
    }
    Err(GraphError::new(131_008, "The parameter reaction['emoji'] is required"))
}
