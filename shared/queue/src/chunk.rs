//! A hint that a chunk of a campaign may be worked on. The campaign's log is the truth: a hint may be lost, and may come
//! twice.

use serde::{Deserialize, Serialize};

use crate::pack::V1;

/// A hint on the `chunks` queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkHint {
    /// The version: `"1"`.
    pub v: V1,
    /// The campaign's id.
    pub campaign: String,
    /// The chunk's name, as the log has it: `000000012`, or `D0498720#000000000` for people who were put off.
    pub chunk: String,
}

impl ChunkHint {
    /// A hint.
    #[must_use]
    pub fn of(campaign: impl Into<String>, chunk: impl Into<String>) -> Self {
        Self { v: V1::One, campaign: campaign.into(), chunk: chunk.into() }
    }

    /// Reads a hint.
    ///
    /// # Errors
    /// It is not a hint of a version that this build knows.
    pub fn parse(body: &str) -> Result<Self, NotAChunkHint> {
        serde_json::from_str(body).map_err(|_| NotAChunkHint)
    }

    /// The hint's JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Not a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hint of version 1")]
pub struct NotAChunkHint;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_of_version_1_reads_the_same_forever() {
        for frozen in [
            r#"{"v":"1","campaign":"01K","chunk":"000000012"}"#,
            r#"{"v":"1","campaign":"01K","chunk":"D0498720#000000000"}"#,
        ] {
            assert_eq!(ChunkHint::parse(frozen).unwrap().to_json(), frozen);
        }
        assert!(ChunkHint::parse(r#"{"v":"2","campaign":"01K","chunk":"000000012"}"#).is_err());
    }
}
