//! Reading a pattern, strictly: what EventBridge refuses is refused.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::text::Text;
use super::{Comparison, Field, Matcher, Pattern};

/// Numbers beyond are not compared.
const LARGEST: f64 = 5e9;

impl Pattern {
    /// Reads a pattern's JSON.
    ///
    /// # Errors
    /// What is wrong with it, after "Event pattern is not valid. Reason: ".
    pub fn parse(text: &str) -> Result<Self, String> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) if fields.is_empty() => {
                Err("Empty patterns are not allowed".to_owned())
            }
            Ok(Value::Object(fields)) => Self::read(&fields),
            Ok(_) => Err("Filter is not an object".to_owned()),
            Err(error) => Err(format!("Unparseable JSON: {error}")),
        }
    }

    fn read(object: &Map<String, Value>) -> Result<Self, String> {
        let (mut fields, mut alternatives) = (BTreeMap::new(), Vec::new());
        for (name, value) in object {
            match value {
                Value::Array(list) if name == "$or" => alternatives.push(either(list)?),
                Value::Array(list) if list.is_empty() => {
                    return Err("Empty arrays are not allowed".to_owned());
                }
                Value::Array(list) => {
                    let matchers = list.iter().map(Matcher::read).collect::<Result<_, _>>()?;
                    fields.insert(name.clone(), Field::Any(matchers));
                }
                Value::Object(below) if below.is_empty() => {
                    return Err("Empty objects are not allowed".to_owned());
                }
                Value::Object(below) => {
                    fields.insert(name.clone(), Field::Below(Self::read(below)?));
                }
                _ => return Err(format!("\"{name}\" must be an object or an array")),
            }
        }
        Ok(Self { fields, alternatives })
    }
}

fn either(list: &[Value]) -> Result<Vec<Pattern>, String> {
    if list.len() < 2 {
        return Err("There must have at least 2 Objects in $or relationship".to_owned());
    }
    let patterns = list.iter().map(|item| match item {
        Value::Object(object) if !object.is_empty() => Pattern::read(object),
        _ => Err("Only objects with fields are allowed in $or relationship".to_owned()),
    });
    patterns.collect()
}

impl Matcher {
    fn read(value: &Value) -> Result<Self, String> {
        let object = match value {
            Value::Object(object) => object,
            Value::Array(_) => {
                return Err("Match value must be String, number, true, false, or null".to_owned());
            }
            leaf => return Ok(Self::Exact(leaf.clone())),
        };
        let mut pairs = object.iter();
        let (Some((operator, operand)), None) = (pairs.next(), pairs.next()) else {
            return Err("Only one key allowed in match expression".to_owned());
        };
        match operator.as_str() {
            "exists" => match operand {
                Value::Bool(wanted) => Ok(Self::Exists(*wanted)),
                _ => Err("exists match pattern must be either true or false".to_owned()),
            },
            "anything-but" => anything_but(operand),
            "numeric" => numeric(operand),
            "cidr" => cidr(operand),
            _ => text(operator, operand).map(Self::Text),
        }
    }
}

/// An operator that asks something of a text.
fn text(operator: &str, operand: &Value) -> Result<Text, String> {
    if let ("prefix" | "suffix", Value::Object(object)) = (operator, operand) {
        let wanted = object.get("equals-ignore-case").and_then(Value::as_str).filter(|_| object.len() == 1);
        let wanted =
            wanted.ok_or_else(|| format!("{operator} match pattern must be a string"))?.to_lowercase();
        let begins = operator == "prefix";
        return Ok(if begins { Text::BeginsIgnoringCase(wanted) } else { Text::EndsIgnoringCase(wanted) });
    }
    let wanted = operand.as_str().ok_or_else(|| format!("{operator} match pattern must be a string"));
    match operator {
        "prefix" => Ok(Text::Begins(wanted?.to_owned())),
        "suffix" => Ok(Text::Ends(wanted?.to_owned())),
        "equals-ignore-case" => Ok(Text::IsIgnoringCase(wanted?.to_lowercase())),
        "wildcard" => Text::wildcard(wanted?),
        _ => Err(format!("Unrecognized match type {operator}")),
    }
}

fn anything_but(operand: &Value) -> Result<Matcher, String> {
    let wrong = || "Value of anything-but must be an array or single string/number value.".to_owned();
    match operand {
        Value::String(_) | Value::Number(_) => Ok(Matcher::NotExact(vec![operand.clone()])),
        Value::Array(list) if list.is_empty() => Err("Empty arrays are not allowed".to_owned()),
        Value::Array(list) if list.iter().all(Value::is_string) || list.iter().all(Value::is_number) => {
            Ok(Matcher::NotExact(list.clone()))
        }
        Value::Array(_) => Err(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
                .to_owned(),
        ),
        Value::Object(object) => {
            let mut pairs = object.iter();
            let (Some((operator, operand)), None) = (pairs.next(), pairs.next()) else {
                return Err("Only one key allowed in match expression".to_owned());
            };
            let texts = match operand {
                Value::Array(list) if !list.is_empty() => list.iter().map(|it| text(operator, it)).collect(),
                single => text(operator, single).map(|text| vec![text]),
            };
            texts.map(Matcher::NotText)
        }
        _ => Err(wrong()),
    }
}

fn numeric(operand: &Value) -> Result<Matcher, String> {
    let list = operand.as_array().ok_or("Value of numeric must be an array.")?;
    let mut bounds = Vec::new();
    for pair in list.chunks(2) {
        let [operator, number] = pair else {
            return Err("Numeric range must have both operator and number".to_owned());
        };
        let comparison = match operator.as_str() {
            Some("=") => Comparison::Equal,
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::AtMost,
            Some(">") => Comparison::More,
            Some(">=") => Comparison::AtLeast,
            _ => return Err(format!("Unrecognized numeric range operator: {operator}")),
        };
        let number = number.as_f64().ok_or("Value of a numeric range must be numeric")?;
        if number.abs() > LARGEST {
            return Err(format!("Value must be between -{LARGEST} and {LARGEST}, inclusive"));
        }
        bounds.push((comparison, number));
    }
    let upward = |it| matches!(it, Comparison::More | Comparison::AtLeast);
    let downward = |it| matches!(it, Comparison::Less | Comparison::AtMost);
    match bounds[..] {
        [_] => Ok(Matcher::Numeric(bounds)),
        [(from, least), (to, most)] if upward(from) && downward(to) && least < most => {
            Ok(Matcher::Numeric(bounds))
        }
        [] => Err("Numeric range must have an operator and a number".to_owned()),
        _ => Err("Bad numeric range: it goes from a lower bound up to a higher one".to_owned()),
    }
}

fn cidr(operand: &Value) -> Result<Matcher, String> {
    let text = operand.as_str().ok_or("cidr match pattern must be a string")?;
    let wrong = || format!("Malformed CIDR, one '/' and an address required: {text}");
    let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.parse().ok().filter(|prefix| *prefix <= longest).ok_or_else(wrong)?;
    Ok(Matcher::Cidr(address, prefix))
}
