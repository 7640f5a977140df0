//! What stands behind a slash in a script, as WhatsApp's and the API's JSON.

use serde_json::{Value, json};

use super::samples::sample;

/// A word and the rest: `/image Here it is`.
fn parts(what: &str) -> (&str, &str) {
    match what.strip_prefix('/') {
        Some(rest) => rest.split_once(' ').unwrap_or((rest, "")),
        None => ("", what),
    }
}

/// Fields between bars, at least so many.
fn bars(text: &str) -> Vec<&str> {
    text.split('|').map(str::trim).collect()
}

/// What a customer writes, as the simulator takes it. `last` is what they received last, `own` what they wrote last.
pub(super) fn written(key: &str, what: &str, last: Option<&str>, own: Option<&str>) -> Value {
    let (kind, text) = parts(what);
    let fields = bars(text);
    let field = |n: usize| fields.get(n).copied().unwrap_or_default();
    let (kind, body, reply_to) = match kind {
        "" => return json!({ "text": text }),
        "quote" => return json!({ "text": text, "reply_to": last }),
        "ad" => {
            let referral = json!({ "source_url": "https://fb.me/electroavila", "source_id": "120212345678",
                "source_type": "ad", "headline": field(0), "body": field(0), "media_type": "image",
                "ctwa_clid": "ARA-demo" });
            return json!({ "text": field(1), "referral": referral });
        }
        "reply" => ("button", json!({ "payload": text, "text": text }), last),
        "button" => ("button_reply", json!({ "id": text, "title": text }), last),
        "row" => ("list_reply", json!({ "id": text, "title": text }), last),
        "react" => ("reaction", json!({ "message_id": last, "emoji": text }), None),
        "edit" => ("edit", json!({ "original_message_id": own, "text": text }), None),
        "revoke" => ("revoke", json!({ "original_message_id": own }), None),
        "poll" => return json!({ "type": "unsupported" }),
        "location" => ("location", location(text), None),
        "contacts" => {
            let name = json!({ "formatted_name": field(0), "first_name": field(0) });
            let phones = json!([{ "phone": format!("+{}", field(1)), "wa_id": field(1), "type": "CELL" }]);
            ("contacts", json!([{ "name": name, "phones": phones }]), None)
        }
        "document" => return json!({ "type": "document", "body": { "filename": field(0) } }),
        media => {
            let mut fields = sample(media, key);
            fields["type"] = media.into();
            if !text.is_empty() {
                fields["body"] = json!({ "caption": text });
            }
            return fields;
        }
    };
    json!({ "type": kind, "body": body, "reply_to": reply_to })
}

/// What the team writes, as the API takes it. `last` is what the customer wrote last.
pub(super) fn sent(what: &str, last: Option<&str>) -> Value {
    let (kind, text) = parts(what);
    let fields = bars(text);
    let field = |n: usize| fields.get(n).copied().unwrap_or_default();
    match kind {
        "quote" => json!({ "type": "text", "text": { "body": text }, "context": { "message_id": last } }),
        "react" => json!({ "type": "reaction", "reaction": { "message_id": last, "emoji": text } }),
        "location" => json!({ "type": "location", "location": location(text) }),
        "document" => json!({ "type": "document", "document": {
            "link": "https://electroavila.example/documento.pdf", "filename": field(0), "caption": field(1) } }),
        "buttons" => {
            let reply = |title: &&str| json!({ "type": "reply", "reply": { "id": title, "title": title } });
            let buttons: Vec<Value> = fields.iter().skip(1).map(reply).collect();
            json!({ "type": "interactive", "interactive": { "type": "button", "body": { "text": field(0) },
                "action": { "buttons": buttons } } })
        }
        "list" => {
            let rows: Vec<Value> = fields.iter().skip(2).map(|it| json!({ "id": it, "title": it })).collect();
            json!({ "type": "interactive", "interactive": { "type": "list", "body": { "text": field(0) },
                "action": { "button": field(1), "sections": [{ "title": field(1), "rows": rows }] } } })
        }
        "template" => {
            let (name, language) = field(0).split_once(' ').unwrap_or((field(0), "es"));
            let values: Vec<Value> =
                fields.iter().skip(1).map(|it| json!({ "type": "text", "text": it })).collect();
            json!({ "type": "template", "template": { "name": name, "language": { "code": language },
                "components": [{ "type": "body", "parameters": values }] } })
        }
        _ => json!({ "type": "text", "text": { "body": what } }),
    }
}

/// `10.48 -66.83 Name | Address`.
fn location(text: &str) -> Value {
    let mut words = text.splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
    let (latitude, longitude) = (number(), number());
    let fields = bars(words.next().unwrap_or_default());
    let field = |n: usize| fields.get(n).copied().unwrap_or_default();
    json!({ "latitude": latitude, "longitude": longitude, "name": field(0), "address": field(1) })
}
