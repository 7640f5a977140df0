//! How a simulator is opened, and the settings that can be changed while it runs.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a simulator needs to start. `SimConfig::default()` serves for tests.
#[derive(Clone)]
pub struct SimConfig {
    /// Where `sim.db` is kept; `None` keeps everything in memory.
    pub directory: Option<PathBuf>,
    /// Signs the webhooks.
    pub app_secret: String,
    /// The bearer token that the Graph API asks for.
    pub access_token: String,
    /// Where webhooks are posted; empty means they wait until [`crate::sim::Sim::set_webhook_url`].
    pub webhook_url: String,
    /// Where this Graph API is reached from outside, without a trailing slash: the start of media addresses.
    pub base_url: String,
    /// Ids and faults follow from this number.
    pub seed: u64,
    /// How many webhooks are posted at the same time.
    pub concurrency: usize,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            directory: None,
            app_secret: "local-app-secret".into(),
            access_token: "local-access-token".into(),
            webhook_url: String::new(),
            base_url: "http://127.0.0.1:8081/graph".into(),
            seed: 1,
            concurrency: 8,
        }
    }
}

impl std::fmt::Debug for SimConfig {
    /// Leaves the two secrets out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimConfig")
            .field("directory", &self.directory)
            .field("webhook_url", &self.webhook_url)
            .field("base_url", &self.base_url)
            .field("seed", &self.seed)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// What `POST /sim/settings` changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Delivery errors that are answered at once. All others come as a `failed` status, as most do at Meta.
    pub(crate) sync_codes: BTreeSet<u32>,
    /// Whether a send past the messaging limit is refused.
    pub(crate) enforce_tier: bool,
    /// Meta's code for that is not established, so this one is ours.
    pub(crate) tier_code: u32,
    /// Service messages per number and month that are free.
    pub(crate) free_service_messages: u64,
    /// The Graph version that the app's webhook subscription is on: decides about `conversation`.
    pub(crate) webhook_version: u32,
    /// How long the review of a new template takes.
    pub(crate) template_review_ms: u64,
    /// How long the review of a display name takes.
    #[serde(default = "name_review")]
    pub(crate) name_review_ms: u64,
}

fn name_review() -> u64 {
    60_000
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sync_codes: BTreeSet::new(),
            enforce_tier: true,
            tier_code: 131_999,
            free_service_messages: 1_000,
            webhook_version: 26,
            template_review_ms: 30_000,
            name_review_ms: name_review(),
        }
    }
}
