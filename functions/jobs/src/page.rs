//! An export as a page that people can read, without anything from elsewhere.

use serde_json::Value;

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
content=\"width=device-width\"><title>Everything about a person</title><style>body{font:16px/1.5 sans-serif;\
max-width:48rem;margin:2rem auto;padding:0 1rem}th{text-align:left;vertical-align:top;padding-right:1rem}\
.company{margin-left:4rem}.message{border:1px solid #ccc;border-radius:.5rem;padding:.5rem 1rem;margin-bottom:.5rem;\
white-space:pre-wrap;overflow-wrap:anywhere}small{color:#555}</style>";

/// The page.
pub(crate) fn of(document: &Value) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(&format!(
        "<h1>Everything about a person</h1><p>Written {}.</p>",
        escaped(&text(&document["generated_at"]))
    ));
    page.push_str("<h2>Record</h2>");
    page.push_str(&table(&document["contact"]));
    for merged in document["merged_contacts"].as_array().into_iter().flatten() {
        page.push_str("<h2>Record that was merged</h2>");
        page.push_str(&table(merged));
    }
    page.push_str("<h2>Consent</h2>");
    for word in document["consent"].as_array().into_iter().flatten() {
        page.push_str(&table(word));
    }
    for told in document["conversions"].as_array().into_iter().flatten() {
        page.push_str("<h2>What another system told</h2>");
        page.push_str(&table(told));
    }
    for conversation in document["conversations"].as_array().into_iter().flatten() {
        let number = &conversation["number"];
        let name = number["display"].as_str().or(number["id"].as_str()).unwrap_or_default();
        page.push_str(&format!("<h2>Conversation with {}</h2>", escaped(name)));
        page.push_str(&table(&conversation["handling"]));
        for message in conversation["messages"].as_array().into_iter().flatten() {
            page.push_str(&one(message));
        }
    }
    page.push_str("</html>");
    page
}

fn one(message: &Value) -> String {
    let from = message["from"].as_str().unwrap_or_default();
    format!(
        "<div class=\"message {from}\"><small>{} · {from} · {}</small>\n{}</div>",
        escaped(&text(&message["at"])),
        escaped(&text(&message["type"])),
        escaped(&said(&message["content"])),
    )
}

/// What people read of a message: its words, or its JSON where it has none.
fn said(content: &Value) -> String {
    let kind = content["type"].as_str().unwrap_or_default();
    let body = &content[kind];
    let words =
        [&body["body"], &body["caption"], &body["text"], &body["emoji"], &body["event"], &body["name"]];
    let words = words.into_iter().find_map(Value::as_str);
    words.map_or_else(|| body.to_string(), str::to_owned)
}

fn table(members: &Value) -> String {
    let rows = members.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let rows: String = rows
        .map(|(name, value)| {
            format!("<tr><th>{}<td>{}", escaped(&name.replace('_', " ")), escaped(&text(value)))
        })
        .collect();
    format!("<table>{rows}</table>")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_stranger_wrote_is_no_markup() {
        let page = of(&json!({ "contact": { "name": "<script>x</script>" }, "conversations": [{
            "number": { "id": "900" },
            "messages": [{ "from": "person", "at": "now", "type": "text",
                "content": { "type": "text", "text": { "body": "<img src=x>" } } }] }] }));
        assert!(!page.contains("<script>") && !page.contains("<img"), "{page}");
        assert!(page.contains("&lt;img src=x&gt;"));
    }
}
