//! An event on its way to an endpoint.

use serde::{Deserialize, Serialize};

use crate::pack::V1;

/// A job on the `deliveries` queue: one event for one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryJob {
    /// The version: `"1"`.
    pub v: V1,
    /// The endpoint's id.
    pub endpoint: String,
    /// The event's id.
    pub event: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, Unix milliseconds.
    pub at: i64,
    /// What is posted, byte for byte: what was signed once is signed the same again.
    pub body: String,
    /// Whether the body has what people wrote.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub content: bool,
    /// When this round of attempts began, Unix milliseconds; 0 for the first. Whoever replays an event begins a
    /// round, and what is left on the queue of an older one is void.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub round: i64,
    /// Attempts of this round that failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
    /// Not before, Unix milliseconds. A delay on SQS ends at 15 minutes; a longer wait takes several.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_before: i64,
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl DeliveryJob {
    /// Reads a job.
    ///
    /// # Errors
    /// It is not a delivery of a version that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotADelivery> {
        serde_json::from_str(body).map_err(|_| NotADelivery)
    }

    /// The job's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same event from its first attempt on, in a round of its own.
    #[must_use]
    pub fn again(&self, round: i64) -> Self {
        Self { round, failed: 0, not_before: 0, ..self.clone() }
    }

    /// What makes it itself: the same event for the same endpoint is the same dead letter.
    #[must_use]
    pub fn identity(endpoint: &str, event: &str) -> String {
        format!("{endpoint}\n{event}")
    }
}

/// A job that is not a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a delivery of version 1")]
pub struct NotADelivery;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_of_version_1_reads_the_same_forever() {
        let frozen = r#"{"v":"1","endpoint":"01K","event":"evt_00","type":"message.received","at":1795392000000,"body":"{}"}"#;
        let job = DeliveryJob::parse(frozen).unwrap();
        assert_eq!((job.failed, job.round, job.content), (0, 0, false));
        assert_eq!(job.to_json(), frozen);
        let frozen = r#"{"v":"1","endpoint":"01K","event":"evt_00","type":"message.received","at":1795392000000,"body":"{}","content":true,"round":5,"failed":2,"not_before":9}"#;
        let job = DeliveryJob::parse(frozen).unwrap();
        assert_eq!(job.to_json(), frozen);
        let again = job.again(7);
        assert_eq!((again.round, again.failed, again.not_before, again.content), (7, 0, 0, true));
        assert!(DeliveryJob::parse(&frozen.replace(r#""v":"1""#, r#""v":"2""#)).is_err());
    }
}
