//! Event patterns, as far as EventBridge documents them:
//! [Comparison operators](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html),
//! read 2026-11, with the array rules of [Event Ruler](https://github.com/aws/event-ruler), which EventBridge runs.
//!
//! Written here, because no crate does: quamina 0.7 comes nearest, but has no `$or`, no `anything-but` of a
//! prefix, suffix or wildcard, and no prefix that ignores case. It is made for many patterns at once, of which
//! a local program has a handful.

mod parse;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use text::Text;

/// A pattern: every field must match.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    fields: BTreeMap<String, Field>,
    /// `$or`: of each list, one pattern must match.
    alternatives: Vec<Vec<Pattern>>,
}

/// What is asked of one field.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    /// It is an object that matches.
    Below(Pattern),
    /// It has a value that one of these takes.
    Any(Vec<Matcher>),
}

/// What is asked of one value.
#[derive(Clone, Debug, PartialEq)]
enum Matcher {
    /// It is this text, number, truth value or null.
    Exact(Value),
    Exists(bool),
    Text(Text),
    /// It is none of these.
    NotExact(Vec<Value>),
    /// No text of which one of these holds.
    NotText(Vec<Text>),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(IpAddr, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Pattern {
    /// Whether an event matches.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        match event {
            Value::Object(_) => {
                let fields = self.fields.iter().all(|(name, field)| field.matches(event.get(name)));
                let any = |patterns: &Vec<Self>| patterns.iter().any(|pattern| pattern.matches(event));
                fields && self.alternatives.iter().all(any)
            }
            // What is asked of several fields must hold of one element.
            Value::Array(elements) => elements.iter().any(|element| self.matches(element)),
            _ => false,
        }
    }

    /// Whether it matches where there is nothing.
    fn matches_nothing(&self) -> bool {
        let any = |patterns: &Vec<Self>| patterns.iter().any(Self::matches_nothing);
        self.fields.values().all(|field| field.matches(None)) && self.alternatives.iter().all(any)
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Below(pattern) => match value {
                Some(value @ (Value::Object(_) | Value::Array(_))) if !is_empty(value) => {
                    pattern.matches(value)
                }
                _ => pattern.matches_nothing(),
            },
            Self::Any(matchers) => {
                let mut leaves = Vec::new();
                value.into_iter().for_each(|value| collect_leaves(value, &mut leaves));
                matchers.iter().any(|matcher| match matcher {
                    Matcher::Exists(wanted) => leaves.is_empty() != *wanted,
                    matcher => leaves.iter().any(|leaf| matcher.takes(leaf)),
                })
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// The values of a field: itself, or the elements of an array. An object is no value, and nor is an empty array.
fn collect_leaves<'a>(value: &'a Value, into: &mut Vec<&'a Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| collect_leaves(element, into)),
        Value::Object(_) => {}
        leaf => into.push(leaf),
    }
}

impl Matcher {
    fn takes(&self, value: &Value) -> bool {
        match self {
            Self::Exact(wanted) => same(wanted, value),
            Self::Exists(wanted) => *wanted,
            Self::Text(wanted) => value.as_str().is_some_and(|text| wanted.holds(text)),
            Self::NotExact(unwanted) => !unwanted.iter().any(|it| same(it, value)),
            Self::NotText(unwanted) => {
                !value.as_str().is_some_and(|text| unwanted.iter().any(|it| it.holds(text)))
            }
            Self::Numeric(bounds) => value.as_f64().is_some_and(|number| {
                bounds.iter().all(|(comparison, bound)| comparison.holds(number, *bound))
            }),
            Self::Cidr(network, prefix) => {
                let address = value.as_str().and_then(|text| text.parse().ok());
                address.is_some_and(|address| contains(*network, *prefix, address))
            }
        }
    }
}

/// Equal, and numbers by their value: 300, 300.0 and 3.0e2 are one.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => Comparison::Equal.holds(a, b),
        _ => a == b,
    }
}

impl Comparison {
    fn holds(self, number: f64, bound: f64) -> bool {
        let order = number.partial_cmp(&bound);
        match self {
            Self::Equal => order.is_some_and(std::cmp::Ordering::is_eq),
            Self::Less => order.is_some_and(std::cmp::Ordering::is_lt),
            Self::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Self::More => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

/// Whether an address lies in a network of its own family.
fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let shift = 32 - u32::from(prefix);
            network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let shift = 128 - u32::from(prefix);
            network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}
