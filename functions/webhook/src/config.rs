//! Configuration: from the environment, and from the secret that it names.

use lambda_kit::{ConfigError, FromSecret, Vars};
use secrecy::SecretString;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The stage of the stack, for metrics.
    pub stage: String,
    /// The secret that holds [`Shared`].
    pub webhook_secret_arn: String,
    /// Where messages and events go.
    pub inbound_queue_url: String,
    /// Where statuses go.
    pub status_queue_url: String,
    /// Where large items lie.
    pub bucket: String,
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
            webhook_secret_arn: vars.required("WEBHOOK_SECRET_ARN"),
            inbound_queue_url: vars.required("INBOUND_QUEUE_URL"),
            status_queue_url: vars.required("STATUS_QUEUE_URL"),
            bucket: vars.required("BUCKET"),
        };
        vars.finish().map(|()| config)
    }
}

/// What is shared with Meta.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Any of these signs a body.
    pub app_secrets: Vec<SecretString>,
    /// The word that Meta's `GET` must know.
    pub verify_token: SecretString,
}

impl FromSecret for Shared {
    fn from_keys(mut keys: Vars<'_>) -> Result<Self, ConfigError> {
        let app_secrets = keys.secrets("META_APP_SECRET");
        let verify_token = keys.secret("META_VERIFY_TOKEN");
        if app_secrets.is_empty() {
            keys.reject("META_APP_SECRET", "holds no secret");
        }
        keys.finish().map(|()| Self { app_secrets, verify_token })
    }
}
