//! Configuration, from the environment only.

use domain::endpoint::Reach;
use lambda_kit::{ConfigError, Vars};
use store::Tables;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The tables.
    pub tables: Tables,
    /// The queues that it writes to.
    pub queues: Queues,
    /// Where large items lie.
    pub bucket: String,
    /// Where endpoints may be.
    pub reach: Reach,
    /// Where a client connects for what happens at once.
    pub realtime_url: String,
    /// The secret that holds the stack's key.
    pub stack_secret_arn: String,
}

/// Queues, by URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues {
    /// Requests to send.
    pub send: String,
    /// Inbound items, for what goes back there.
    pub inbound: String,
    /// Statuses, for what goes back there.
    pub status: String,
    /// Wake-ups, for what goes back there.
    pub later: String,
    /// Changes that could not be told of in their turn, for what goes back there.
    pub changes: String,
    /// Events on their way to endpoints.
    pub deliveries: String,
    /// Long work.
    pub jobs: String,
    /// What campaigns do next.
    pub campaigns: String,
    /// Chunks of campaigns, for what goes back there.
    pub chunks: String,
    /// Files to look at or to copy once more, and what goes back there.
    pub media: String,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(lookup);
        let config = Self {
            tables: Tables {
                contacts: vars.required("CONTACTS_TABLE"),
                conversations: vars.required("CONVERSATIONS_TABLE"),
                campaigns: vars.required("CAMPAIGNS_TABLE"),
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
            },
            queues: Queues {
                send: vars.required("SEND_QUEUE_URL"),
                inbound: vars.required("INBOUND_QUEUE_URL"),
                status: vars.required("STATUS_QUEUE_URL"),
                later: vars.required("LATER_QUEUE_URL"),
                changes: vars.required("CHANGES_QUEUE_URL"),
                deliveries: vars.required("DELIVERIES_QUEUE_URL"),
                jobs: vars.required("JOBS_QUEUE_URL"),
                campaigns: vars.required("CAMPAIGNS_QUEUE_URL"),
                chunks: vars.required("CHUNKS_QUEUE_URL"),
                media: vars.required("MEDIA_QUEUE_URL"),
            },
            bucket: vars.required("BUCKET"),
            reach: match vars.required("LOOPBACK_ENDPOINTS").as_str() {
                "on" => Reach::PublicAndLoopback,
                // What is not exactly that opens nothing.
                _ => Reach::Public,
            },
            realtime_url: vars.required("REALTIME_URL"),
            stack_secret_arn: vars.required("STACK_SECRET_ARN"),
        };
        vars.finish().map(|()| config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error =
            Config::from_vars(|name| (name != "BUCKET" && name != "JOURNAL_TABLE").then(|| name.to_owned()));
        let error = error.unwrap_err().to_string();
        assert_eq!(error, "missing environment variables: JOURNAL_TABLE, BUCKET");
    }
}
