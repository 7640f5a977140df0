//! The queue of pushes: what is told to lists a second later, and what could not be told at all.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is to be pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushJob {
    /// What has changed in lists since the last push.
    Lists,
    /// That everybody reads anew: changes were given up.
    Resync,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "v")]
enum Versioned {
    #[serde(rename = "1")]
    V1 { kind: Kind },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Lists,
    Resync,
}

impl PushJob {
    /// The job's JSON.
    #[must_use]
    pub fn to_json(self) -> String {
        let kind = match self {
            Self::Lists => Kind::Lists,
            Self::Resync => Kind::Resync,
        };
        // A tag and a word: nothing in it can fail to be written.
        serde_json::to_string(&Versioned::V1 { kind }).unwrap_or_default()
    }

    /// Reads a job, or what Lambda says of records of a stream that it gave up. Whatever else comes here was not
    /// understood, and whoever looks is told to read anew.
    #[must_use]
    pub fn read(body: &str) -> Self {
        match serde_json::from_str::<Value>(body).and_then(serde_json::from_value) {
            Ok(Versioned::V1 { kind: Kind::Lists }) => Self::Lists,
            Ok(Versioned::V1 { kind: Kind::Resync }) | Err(_) => Self::Resync,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_stays_as_it_is_and_what_was_given_up_is_read_anew() {
        assert_eq!(PushJob::Lists.to_json(), r#"{"v":"1","kind":"lists"}"#);
        assert_eq!(PushJob::Resync.to_json(), r#"{"v":"1","kind":"resync"}"#);
        for job in [PushJob::Lists, PushJob::Resync] {
            assert_eq!(PushJob::read(&job.to_json()), job);
        }
        assert_eq!(PushJob::read(r#"{"version":"1.0","DDBStreamBatchInfo":{}}"#), PushJob::Resync);
    }
}
