//! Configuration, from the environment only.

use lambda_kit::{ConfigError, Vars};
use store::Tables;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The stage of the stack, for metrics.
    pub stage: String,
    /// The tables.
    pub tables: Tables,
    /// The queue that it works on.
    pub inbound_queue_url: String,
    /// Where requests to send go: welcomes, and words that nobody is there.
    pub send_queue_url: String,
    /// Where jobs go: templates that have to be read at Meta.
    pub jobs_queue_url: String,
    /// Where campaigns hear that Meta has told something.
    pub campaigns_queue_url: String,
    /// Where jobs about files go: what customers send is copied at once.
    pub media_queue_url: String,
    /// Where large items lie.
    pub bucket: String,
    /// The secret that holds the stack's key.
    pub stack_secret_arn: String,
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut vars = Vars::new(lookup);
        let config = Self {
            stage: vars.required("STAGE"),
            tables: Tables {
                contacts: vars.required("CONTACTS_TABLE"),
                conversations: vars.required("CONVERSATIONS_TABLE"),
                campaigns: vars.required("CAMPAIGNS_TABLE"),
                directory: vars.required("DIRECTORY_TABLE"),
                journal: vars.required("JOURNAL_TABLE"),
            },
            inbound_queue_url: vars.required("INBOUND_QUEUE_URL"),
            send_queue_url: vars.required("SEND_QUEUE_URL"),
            jobs_queue_url: vars.required("JOBS_QUEUE_URL"),
            campaigns_queue_url: vars.required("CAMPAIGNS_QUEUE_URL"),
            media_queue_url: vars.required("MEDIA_QUEUE_URL"),
            bucket: vars.required("BUCKET"),
            stack_secret_arn: vars.required("STACK_SECRET_ARN"),
        };
        vars.finish().map(|()| config)
    }
}
