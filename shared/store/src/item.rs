//! Reading and writing attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

/// An item, as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn ms(time: Timestamp) -> AttributeValue {
    n(time.as_millisecond())
}

/// Starts an item at a key.
pub(crate) fn at(pk: &str, sk: &str) -> Item {
    Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

/// Setting attributes one by one.
pub(crate) trait Put {
    fn put(&mut self, name: &str, value: AttributeValue);

    fn put_text(&mut self, name: &str, value: Option<&str>) {
        // DynamoDB takes empty strings, but an empty name says nothing that an absent one does not.
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.put(name, s(value));
        }
    }
}

impl Put for Item {
    fn put(&mut self, name: &str, value: AttributeValue) {
        self.insert(name.to_owned(), value);
    }
}

/// Reading attributes that may be missing.
pub(crate) trait Get {
    fn text(&self, name: &str) -> Option<&str>;
    fn number(&self, name: &str) -> Option<i64>;
    fn texts(&self, name: &str) -> Vec<String>;
    fn is_set(&self, name: &str) -> bool;

    fn time(&self, name: &str) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.number(name)?).ok()
    }
}

impl Get for Item {
    fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_s().ok().map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_n().ok()?.parse().ok()
    }

    fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, AttributeValue::Bool(true)))
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let set = self.get(name).and_then(|value| value.as_ss().ok());
        let mut texts = set.cloned().unwrap_or_default();
        texts.sort_unstable();
        texts
    }
}
