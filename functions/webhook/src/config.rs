//! Configuration, from the environment only.

use lambda_kit::{ConfigError, Vars};
use secrecy::SecretString;

/// What the function needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Any of these signs a body.
    pub app_secrets: Vec<SecretString>,
    /// The word that Meta's `GET` must know.
    pub verify_token: SecretString,
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
            app_secrets: vars.secrets("META_APP_SECRET"),
            verify_token: vars.secret("META_VERIFY_TOKEN"),
            inbound_queue_url: vars.required("INBOUND_QUEUE_URL"),
            status_queue_url: vars.required("STATUS_QUEUE_URL"),
            bucket: vars.required("BUCKET"),
        };
        if config.app_secrets.is_empty() {
            vars.reject("META_APP_SECRET", "holds no secret");
        }
        vars.finish().map(|()| config)
    }
}
