//! Authorization codes: for a minute, for one taker, who must show what the code was asked with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use lambda_kit::{Clock, random_bytes};
use sha2::{Digest, Sha256};

/// How long a code waits to be taken.
const LIFETIME: Duration = Duration::from_secs(60);

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The browser's login.
    pub(super) login: String,
    /// Where the code was sent.
    pub(super) redirect_uri: String,
    /// SHA-256 of what its taker must show.
    pub(super) challenge: String,
}

/// The codes that wait. They do not outlive the program: a page asks again. Cheap to clone.
#[derive(Clone)]
pub(super) struct Codes {
    waiting: Arc<Mutex<HashMap<String, (Grant, Timestamp)>>>,
    clock: Clock,
}

impl Codes {
    pub(super) fn new(clock: Clock) -> Self {
        Self { waiting: Arc::default(), clock }
    }

    /// A code for a grant.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub(super) fn give(&self, grant: Grant) -> std::io::Result<String> {
        let code = hex::encode(random_bytes()?);
        let now = self.clock.now();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (_, until)| now < *until);
        waiting.insert(code.clone(), (grant, now + LIFETIME));
        Ok(code)
    }

    /// The grant of a code, whose time has not run out and whose taker shows the right verifier. Whoever is wrong has used
    /// it up: a code that was seen by others is worth nothing.
    pub(super) fn take(&self, code: &str, redirect_uri: &str, verifier: &str) -> Option<Grant> {
        let taken = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(code);
        let (grant, until) = taken?;
        let shown = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let is_right =
            shown == grant.challenge && redirect_uri == grant.redirect_uri && is_verifier(verifier);
        (is_right && self.clock.now() < until).then_some(grant)
    }
}

/// Whether a text can be a verifier: [RFC 7636], 4.1.
///
/// [RFC 7636]: https://www.rfc-editor.org/rfc/rfc7636#section-4.1
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~'))
}

/// Whether a text can be the SHA-256 of a verifier.
pub(super) fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}
