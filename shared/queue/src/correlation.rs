//! The id that connects the log lines of one cause.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The longest id.
pub const MAX_LENGTH: usize = 64;

/// The id under which the log lines of one cause are found: that of the request with which it began. It names
/// nobody, and nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CorrelationId(
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9._:=-]+$"))] String,
);

impl CorrelationId {
    /// Letters, digits, `-`, `_`, `.`, `:` and `=`, at most 64; `None` for anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'=');
        let is_id = (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_sign);
        is_id.then(|| Self(text.to_owned()))
    }

    /// The id that a job carries, of whichever queue it is.
    #[must_use]
    pub fn of_job(body: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Job {
            #[serde(rename = "correlation_id", alias = "c", default, deserialize_with = "lenient")]
            id: Option<CorrelationId>,
        }
        serde_json::from_str::<Job>(body).ok()?.id
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads an id; what is none counts as absent. A job is not lost for what only its log lines need.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CorrelationId>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(CorrelationId::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_job_tells_its_id_if_it_has_one() {
        for job in [r#"{"v":"1","r":1,"c":"c-1","items":[{"c":[7]}]}"#, r#"{"v":"1","correlation_id":"c-1"}"#]
        {
            assert_eq!(CorrelationId::of_job(job).unwrap().as_str(), "c-1");
        }
        for job in ["{", "7", "{}", r#"{"c":7}"#] {
            assert_eq!(CorrelationId::of_job(job), None);
        }
    }

    #[test]
    fn an_id_is_short_and_has_no_signs_of_a_sentence_or_an_address() {
        for id in [
            "1d2c3b4a-0000-4000-8000-000000000000",
            "1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5:6",
            &"x".repeat(64),
        ] {
            assert_eq!(CorrelationId::new(id).unwrap().as_str(), id);
        }
        for none in ["", "two words", "ana@example.org", "+15550100177", "é", "a\nb", &"x".repeat(65)] {
            assert_eq!(CorrelationId::new(none), None, "{none:?}");
        }
    }
}
