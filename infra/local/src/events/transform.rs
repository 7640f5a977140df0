//! What a target gets of an event: all of it, a part, a constant, or a text made of parts.
//!
//! [Input transformation](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html),
//! read 2026-11.

use serde_json::Value;

use super::types::{InputTransformer, Rule, RuleTarget};

/// Names that need no path.
const RESERVED: [&str; 5] = [
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
];

/// One step of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Field(&'a str),
    Element(usize),
}

/// What is wrong with a target's input, if anything.
pub(super) fn fault(target: &RuleTarget) -> Option<String> {
    let given = [target.input.is_some(), target.input_path.is_some(), target.input_transformer.is_some()];
    let id = &target.id;
    if given.iter().filter(|given| **given).count() > 1 {
        return Some(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
        ));
    }
    if target.input.as_deref().is_some_and(|input| serde_json::from_str::<Value>(input).is_err()) {
        return Some(format!("JSON syntax error in input for target {id}"));
    }
    let path = target.input_path.as_deref();
    if path.is_some_and(|path| steps(path).is_none()) {
        return Some(format!("InputPath for target {id} is invalid."));
    }
    let transformer = target.input_transformer.as_ref()?;
    let paths = &transformer.input_paths_map;
    if paths.len() > 100 || paths.values().any(|path| steps(path).is_none()) {
        return Some(format!("InputPathsMap for target {id} is invalid."));
    }
    let known = |name: &str| paths.contains_key(name) || RESERVED.contains(&name);
    let stray = parts(&transformer.input_template).find_map(|part| match part {
        Part::Name { name, .. } if !known(name) => Some(name),
        _ => None,
    });
    stray.map(|name| format!("InputTemplate for target {id} contains invalid placeholder {name}."))
}

/// What a target gets of an event.
pub(super) fn input(target: &RuleTarget, rule: &Rule, event: &Value, ingested: &str) -> String {
    if let Some(input) = &target.input {
        return input.clone();
    }
    if let Some(path) = &target.input_path {
        return follow(path, event).unwrap_or(&Value::Null).to_string();
    }
    match &target.input_transformer {
        Some(transformer) => transform(transformer, rule, event, ingested),
        None => event.to_string(),
    }
}

fn transform(transformer: &InputTransformer, rule: &Rule, event: &Value, ingested: &str) -> String {
    let mut made = String::new();
    for part in parts(&transformer.input_template) {
        let (name, quoted) = match part {
            Part::Text(text) => {
                made.push_str(text);
                continue;
            }
            Part::Name { name, quoted } => (name, quoted),
        };
        let value = match name {
            "aws.events.rule-arn" => Some(Value::from(rule.arn())),
            "aws.events.rule-name" => Some(Value::from(rule.name.as_str())),
            "aws.events.event.ingestion-time" => Some(Value::from(ingested)),
            "aws.events.event" | "aws.events.event.json" => Some(event.clone()),
            name => transformer.input_paths_map.get(name).and_then(|path| follow(path, event)).cloned(),
        };
        made.push_str(&match (value, quoted) {
            // Inside of quotes a text stands without its own.
            (Some(Value::String(text)), true) => inside(&Value::from(text).to_string()),
            (Some(value), true) => inside(&Value::from(value.to_string()).to_string()),
            (Some(value), false) => value.to_string(),
            (None, true) => String::new(),
            // AWS leaves such a variable out; what that makes of a JSON object it does not say.
            (None, false) => "null".to_owned(),
        });
    }
    made
}

/// A JSON text without its quotes.
fn inside(json: &str) -> String {
    json.trim_start_matches('"').strip_suffix('"').unwrap_or(json).to_owned()
}

/// A part of a template.
enum Part<'a> {
    Text(&'a str),
    /// A name in angle brackets, and whether it stands inside of a JSON text.
    Name {
        name: &'a str,
        quoted: bool,
    },
}

fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let (mut rest, mut quoted) = (template, false);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        if let Some((name, after)) =
            named.filter(|(name, _)| !name.is_empty() && !name.contains([' ', '<', '"']))
        {
            rest = after;
            return Some(Part::Name { name, quoted });
        }
        let begin = usize::from(rest.starts_with('<'));
        let end = rest[begin..].find('<').map_or(rest.len(), |end| end + begin);
        let (text, after) = rest.split_at(end);
        rest = after;
        let mut escaped = false;
        for byte in text.bytes() {
            quoted ^= byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
        }
        Some(Part::Text(text))
    })
}

/// Reads a path: `$`, `$.detail.name`, `$.resources[0]`, `$.detail['a name']`.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(field) = rest.strip_prefix('.') {
            let end = field.find(['.', '[']).unwrap_or(field.len());
            let (name, after) = field.split_at(end);
            if name.is_empty() || name == "*" {
                return None;
            }
            steps.push(Step::Field(name));
            rest = after;
        } else {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            let quoted = index.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
            steps.push(match quoted {
                Some(name) => Step::Field(name),
                None => Step::Element(index.parse().ok()?),
            });
            rest = after;
        }
    }
    Some(steps)
}

fn follow<'a>(path: &str, event: &'a Value) -> Option<&'a Value> {
    steps(path)?.into_iter().try_fold(event, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Element(index) => value.get(index),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule() -> Rule {
        let spec = serde_json::from_value(json!({"EventPattern": "{}"})).unwrap();
        let at = jiff::Timestamp::UNIX_EPOCH;
        Rule { id: 1, bus: "default".into(), name: "r".into(), spec, anchor: at, due: None }
    }

    fn target(extra: Value) -> RuleTarget {
        let mut target = json!({"Id": "1", "Arn": "arn"});
        extra.as_object().unwrap().iter().for_each(|(name, value)| target[name] = value.clone());
        serde_json::from_value(target).unwrap()
    }

    fn made(extra: Value, event: &Value) -> String {
        let target = target(extra);
        assert_eq!(fault(&target), None);
        input(&target, &rule(), event, "2026-11-23T08:00:00Z")
    }

    #[test]
    fn a_target_gets_the_event_a_part_of_it_or_a_constant() {
        let event = json!({"source": "crm", "resources": ["a", "b"], "detail": {"n": 1, "o p": [true]}});
        assert_eq!(made(json!({}), &event), event.to_string());
        assert_eq!(made(json!({"InputPath": "$.detail.n"}), &event), "1");
        assert_eq!(made(json!({"InputPath": "$.resources[1]"}), &event), "\"b\"");
        assert_eq!(made(json!({"InputPath": "$.detail['o p'][0]"}), &event), "true");
        assert_eq!(made(json!({"Input": "{\"tick\":1}"}), &event), "{\"tick\":1}");
    }

    #[test]
    fn a_template_quotes_texts_where_none_are_quoted() {
        let event = json!({"detail": {"id": "i-\"1\"", "n": 5, "o": {"a": 1}}});
        let paths =
            json!({"id": "$.detail.id", "n": "$.detail.n", "o": "$.detail.o", "gone": "$.detail.gone"});
        let make = |template: &str| {
            made(json!({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}), &event)
        };
        assert_eq!(make(r#""<id> is <n><gone>""#), r#""i-\"1\" is 5""#);
        let json = r#"{"id": <id>, "n": <n>, "o": <o>, "t": "n < <n>", "gone": <gone>, "rule": <aws.events.rule-name>}"#;
        let expected =
            json!({"id": "i-\"1\"", "n": 5, "o": {"a": 1}, "t": "n < 5", "gone": null, "rule": "r"});
        assert_eq!(serde_json::from_str::<Value>(&make(json)).unwrap(), expected);
        assert_eq!(make(r#"{"o": "<o>"}"#), r#"{"o": "{\"a\":1}"}"#);
    }

    #[test]
    fn an_input_that_cannot_be_made_is_refused_before_an_event_comes() {
        let wrong = [
            json!({"Input": "{"}),
            json!({"Input": "1", "InputPath": "$"}),
            json!({"InputPath": "detail"}),
            json!({"InputPath": "$.detail[*]"}),
            json!({"InputTransformer": {"InputPathsMap": {}, "InputTemplate": "\"<x>\""}}),
        ];
        for extra in wrong {
            assert!(fault(&target(extra.clone())).is_some(), "{extra}");
        }
    }
}
