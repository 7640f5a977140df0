//! Fills a template with the parameters of a send, as strictly as Meta does, and shows what a person reads.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sim::graph::errors::GraphError;
use crate::sim::model::Template;

/// The template as the person sees it, or why it cannot be sent.
pub(crate) fn fill(template: &Template, sent: &[Value]) -> Result<Value, GraphError> {
    let named = template.parameter_format == "NAMED";
    let mut seen = Map::new();
    seen.insert("template".into(), json!(template.name));
    components(list(&template.components), sent, named, &mut seen)?;
    if template.category == "AUTHENTICATION" {
        code_stands_twice(sent)?;
    }
    Ok(Value::Object(seen))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn kind(value: &Value) -> String {
    text(value, "type").to_ascii_uppercase()
}

fn sent_part<'a>(sent: &'a [Value], wanted: &str) -> &'a Value {
    sent.iter().find(|part| kind(part) == wanted).unwrap_or(&Value::Null)
}

const KNOWN: &[&str] = &[
    "HEADER",
    "BODY",
    "BUTTON",
    "CAROUSEL",
    "LIMITED_TIME_OFFER",
    "TAP_TARGET_CONFIGURATION",
    "ORDER_STATUS",
];

/// Whether a sent component is one of Meta's, and has its place in the template.
fn belongs(template: &[Value], part: &Value) -> Result<(), GraphError> {
    let kind = kind(part);
    if !KNOWN.contains(&kind.as_str()) {
        return Err(GraphError::new(100, format!("Unexpected component type {}", part["type"])));
    }
    if kind == "HEADER" && !template.iter().any(|part| self::kind(part) == "HEADER") {
        return Err(count_differs("header", list(&part["parameters"]).len(), 0));
    }
    Ok(())
}

fn components(
    template: &[Value],
    sent: &[Value],
    named: bool,
    seen: &mut Map<String, Value>,
) -> Result<(), GraphError> {
    sent.iter().try_for_each(|part| belongs(template, part))?;
    let none = json!({ "type": "BUTTONS", "buttons": [] });
    buttons(template.iter().find(|part| kind(part) == "BUTTONS").unwrap_or(&none), sent, seen)?;
    for part in template {
        match kind(part).as_str() {
            "HEADER" => header(part, sent_part(sent, "HEADER"), named, seen)?,
            "BODY" => {
                let filled = texts("body", text(part, "text"), sent_part(sent, "BODY"), named, 1024)?;
                seen.insert("body".into(), filled.into());
            }
            "FOOTER" => {
                seen.insert("footer".into(), part["text"].clone());
            }
            "CAROUSEL" => cards(part, sent_part(sent, "CAROUSEL"), named, seen)?,
            "LIMITED_TIME_OFFER" => offer(part, sent_part(sent, "LIMITED_TIME_OFFER"))?,
            _ => {}
        }
    }
    Ok(())
}

fn header(part: &Value, sent: &Value, named: bool, seen: &mut Map<String, Value>) -> Result<(), GraphError> {
    let format = text(part, "format").to_ascii_uppercase();
    if format == "TEXT" {
        let filled = texts("header", text(part, "text"), sent, named, 60)?;
        seen.insert("header".into(), filled.into());
        return Ok(());
    }
    let parameter = list(&sent["parameters"]).first().unwrap_or(&Value::Null);
    let received = if parameter.is_null() { "UNKNOWN".to_owned() } else { kind(parameter) };
    if received != format {
        return Err(format_differs("header", &format, &received));
    }
    let content = &parameter[format.to_ascii_lowercase().as_str()];
    let complete = match format.as_str() {
        "LOCATION" => content["latitude"].is_number() || content["latitude"].is_string(),
        "PRODUCT" => content["product_retailer_id"].is_string(),
        _ => content["id"].is_string() != content["link"].is_string(),
    };
    if !complete {
        return Err(GraphError::new(131_008, format!("header: parameter of type {format} is incomplete")));
    }
    seen.insert("header".into(), parameter.clone());
    Ok(())
}

/// Distinct placeholders in the order of their first use.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in text.split("{{").skip(1) {
        let name = piece.split_once("}}").map(|(name, _)| name.trim());
        found.extend(name.filter(|name| !found.contains(name)));
    }
    // Positional parameters go by number, wherever they stand in the text.
    if found.iter().all(|name| name.parse::<u32>().is_ok()) {
        found.sort_by_key(|name| name.parse::<u32>().unwrap_or_default());
    }
    found
}

fn texts(what: &str, template: &str, sent: &Value, named: bool, limit: usize) -> Result<String, GraphError> {
    let wanted = placeholders(template);
    let given = list(&sent["parameters"]);
    if given.len() != wanted.len() {
        return Err(count_differs(what, given.len(), wanted.len()));
    }
    let mut values = BTreeMap::new();
    for (i, parameter) in given.iter().enumerate() {
        let value = parameter_text(what, parameter)?;
        let name = match (named, parameter["parameter_name"].as_str()) {
            (true, Some(name)) if wanted.contains(&name) => name,
            (false, None) => wanted[i],
            (_, name) => return Err(name_differs(what, name, &wanted)),
        };
        if values.insert(name, value).is_some() {
            return Err(name_differs(what, Some(name), &wanted));
        }
    }
    let filled = replace(template, &values);
    let length = filled.chars().count();
    if length > limit {
        return Err(GraphError::new(
            132_005,
            format!("{what}: translated text is {length} characters long, at most {limit}"),
        ));
    }
    Ok(filled)
}

/// Puts values in place of the placeholders, in one pass: a value may look like a placeholder.
fn replace(template: &str, values: &BTreeMap<&str, &str>) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        filled.push_str(values.get(name.trim()).copied().unwrap_or_default());
        filled.push_str(rest);
    }
    filled
}

fn parameter_text<'a>(what: &str, parameter: &'a Value) -> Result<&'a str, GraphError> {
    let value = match text(parameter, "type") {
        "text" => parameter["text"].as_str(),
        "currency" => parameter["currency"]["fallback_value"].as_str(),
        "date_time" => parameter["date_time"]["fallback_value"].as_str(),
        other => return Err(format_differs(what, "TEXT", &other.to_ascii_uppercase())),
    };
    let value = value.unwrap_or_default();
    if value.is_empty() {
        return Err(GraphError::new(131_008, format!("{what}: parameter text is missing")));
    }
    if value.contains(['\n', '\r', '\t']) || value.contains("     ") {
        let why = "cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(GraphError::new(132_018, format!("{what}: param text {why}")));
    }
    Ok(value)
}

fn buttons(part: &Value, sent: &[Value], seen: &mut Map<String, Value>) -> Result<(), GraphError> {
    let buttons = list(&part["buttons"]);
    let mut given = vec![&Value::Null; buttons.len()];
    for button in sent.iter().filter(|part| kind(part) == "BUTTON") {
        let index = button["index"].as_u64().or_else(|| text(button, "index").parse().ok());
        let slot = index.and_then(|i| given.get_mut(i as usize));
        *slot.ok_or_else(|| {
            GraphError::new(132_018, format!("button: no button at index {}", button["index"]))
        })? = button;
    }
    let mut shown = Vec::new();
    for (i, (button, given)) in buttons.iter().zip(given).enumerate() {
        shown.push(self::button(i, button, given)?);
    }
    if !shown.is_empty() {
        seen.insert("buttons".into(), Value::Array(shown));
    }
    Ok(())
}

/// One button as the person sees it.
fn button(i: usize, button: &Value, given: &Value) -> Result<Value, GraphError> {
    let kind = kind(button);
    let parameter = list(&given["parameters"]).first().unwrap_or(&Value::Null);
    let sub_type = text(given, "sub_type").to_ascii_uppercase();
    if !given.is_null() && sub_type != kind && !(kind == "OTP" && sub_type == "URL") {
        return Err(format_differs(&format!("button at index {i}"), &kind, &sub_type));
    }
    let missing = || {
        GraphError::new(131_008, format!("buttons: Button at index {i} of type {kind} requires a parameter"))
    };
    let mut shown = json!({ "type": kind, "text": button["text"] });
    match kind.as_str() {
        "URL" | "OTP" if kind == "OTP" || text(button, "url").contains("{{1}}") => {
            let suffix = parameter["text"].as_str().filter(|text| !text.is_empty()).ok_or_else(missing)?;
            shown["url"] = text(button, "url").replace("{{1}}", suffix).into();
        }
        "URL" if !parameter.is_null() => {
            return Err(count_differs(&format!("button at index {i}"), 1, 0));
        }
        "URL" => shown["url"] = button["url"].clone(),
        "COPY_CODE" => {
            let code = parameter["coupon_code"].as_str().ok_or_else(missing)?;
            if code.chars().count() > 15 {
                return Err(GraphError::new(132_018, "coupon_code is longer than 15 characters"));
            }
            shown["code"] = code.into();
        }
        "QUICK_REPLY" => {
            let payload = parameter["payload"].as_str().unwrap_or_else(|| text(button, "text"));
            if payload.chars().count() > 128 {
                return Err(GraphError::new(132_018, "payload is longer than 128 characters"));
            }
            shown["payload"] = payload.into();
        }
        _ => {}
    }
    Ok(shown)
}

fn cards(part: &Value, sent: &Value, named: bool, seen: &mut Map<String, Value>) -> Result<(), GraphError> {
    let (wanted, given) = (list(&part["cards"]), list(&sent["cards"]));
    if wanted.len() != given.len() {
        return Err(GraphError::new(
            132_012,
            format!("carousel: {} cards, expected {}", given.len(), wanted.len()),
        ));
    }
    let mut shown = Vec::new();
    for (card, given) in wanted.iter().zip(given) {
        let mut face = Map::new();
        components(list(&card["components"]), list(&given["components"]), named, &mut face)?;
        shown.push(Value::Object(face));
    }
    seen.insert("cards".into(), Value::Array(shown));
    Ok(())
}

fn offer(part: &Value, sent: &Value) -> Result<(), GraphError> {
    let parameter = list(&sent["parameters"]).first().unwrap_or(&Value::Null);
    let wanted = part["limited_time_offer"]["has_expiration"].as_bool().unwrap_or(false);
    if wanted && !parameter["limited_time_offer"]["expiration_time_ms"].is_number() {
        return Err(GraphError::new(131_008, "limited_time_offer: expiration_time_ms is missing"));
    }
    Ok(())
}

/// The code of an authentication template goes into the body and into the button, at most 15 characters.
fn code_stands_twice(sent: &[Value]) -> Result<(), GraphError> {
    let code =
        |part: &str| sent_part(sent, part)["parameters"][0]["text"].as_str().unwrap_or_default().to_owned();
    let (body, button) = (code("BODY"), code("BUTTON"));
    if body != button || body.chars().count() > 15 {
        return Err(GraphError::new(
            132_018,
            "the code must be the same in body and button, at most 15 characters",
        ));
    }
    Ok(())
}

fn count_differs(what: &str, given: usize, wanted: usize) -> GraphError {
    let text = format!(
        "{what}: number of localizable_params ({given}) does not match the expected number of params ({wanted})"
    );
    GraphError::new(132_000, text)
}

fn name_differs(what: &str, name: Option<&str>, wanted: &[&str]) -> GraphError {
    GraphError::new(132_000, format!("{what}: unexpected parameter name {name:?}, expected {wanted:?}"))
}

fn format_differs(what: &str, wanted: &str, received: &str) -> GraphError {
    GraphError::new(132_012, format!("{what}: Format mismatch, expected {wanted}, received {received}"))
}
