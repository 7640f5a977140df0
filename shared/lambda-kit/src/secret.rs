//! A secret of Secrets Manager: read before the first event, kept, and read again when it is old or was found
//! wanting.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tracing::{info, warn};

use crate::metrics::SECRET_REFRESH_FAILURES;
use crate::{ConfigError, Kit, Vars};

/// A value older than this is read again at its next use.
pub const MAX_AGE: Duration = Duration::from_secs(300);
/// After a read that failed, or that somebody asked for out of turn, this long passes before the next one out of
/// turn: a flood of forged signatures must not become a flood of calls.
pub const PAUSE: Duration = Duration::from_secs(30);
/// How long a read may take. Whoever waits for it has an event to serve.
const TIMEOUT: Duration = Duration::from_secs(3);

/// What a secret's JSON means to a function.
pub trait FromSecret: Sized + Send + Sync {
    /// Reads the keys of the JSON object.
    ///
    /// # Errors
    /// Names every key that is missing or cannot be used, and says nothing of values.
    fn from_keys(keys: Vars<'_>) -> Result<Self, ConfigError>;
}

/// A secret cannot be used. Says which one and why, and nothing of its value.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager does not give it.
    #[error("secret {arn} cannot be read: {reason}")]
    Unreadable {
        /// Which one.
        arn: String,
        /// Why.
        reason: String,
    },
    /// It is not a JSON object.
    #[error("secret {arn} is not a JSON object")]
    NotJson {
        /// Which one.
        arn: String,
    },
    /// Keys are missing, or their values cannot be used.
    #[error("secret {arn}: {keys}")]
    Keys {
        /// Which one.
        arn: String,
        /// Which keys.
        keys: ConfigError,
    },
}

/// As the message: a function that does not start is known by what `main` prints.
impl fmt::Debug for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A secret. Cheap to clone; clones share what was read.
pub struct Secret<T>(Arc<Inner<T>>);

struct Inner<T> {
    source: Source,
    kit: Kit,
    held: Mutex<Held<T>>,
    /// Locked by whoever reads.
    reading: tokio::sync::Mutex<()>,
}

struct Source {
    client: Client,
    arn: String,
}

struct Held<T> {
    value: Arc<T>,
    text: SecretString,
    read_at: Timestamp,
    /// No read out of turn before this time.
    paused_until: Timestamp,
}

impl<T> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secret").field(&self.0.source.arn).finish()
    }
}

impl<T: FromSecret> Secret<T> {
    /// Reads a secret for the first time.
    ///
    /// # Errors
    /// Without it the function must not start.
    pub async fn load(client: Client, arn: impl Into<String>, kit: &Kit) -> Result<Self, SecretError> {
        let source = Source { client, arn: arn.into() };
        let (value, text) = source.read().await?;
        let now = kit.clock.now();
        let held = Held { value: Arc::new(value), text, read_at: now, paused_until: now };
        let (kit, held) = (kit.clone(), Mutex::new(held));
        Ok(Self(Arc::new(Inner { source, kit, held, reading: tokio::sync::Mutex::default() })))
    }

    /// The value, read again if it is older than [`MAX_AGE`]. If it cannot be read, the old one goes on.
    pub async fn current(&self) -> Arc<T> {
        if !self.is_old() {
            return self.value();
        }
        // Whoever comes while another reads goes on with what is there.
        if let Ok(_reading) = self.0.reading.try_lock()
            && self.is_old()
        {
            self.read_again(Turn::Due).await;
        }
        self.value()
    }

    /// The value that took the place of `used`, after `used` was found wanting: read again at once, though never
    /// twice within [`PAUSE`]. `None` if there is no other.
    pub async fn instead_of(&self, used: &Arc<T>) -> Option<Arc<T>> {
        let _reading = self.0.reading.lock().await;
        // Others may have found it wanting too, and read it meanwhile.
        if Arc::ptr_eq(&self.value(), used) && self.0.kit.clock.now() >= self.held().paused_until {
            self.read_again(Turn::OutOfTurn).await;
        }
        Some(self.value()).filter(|value| !Arc::ptr_eq(value, used))
    }

    async fn read_again(&self, turn: Turn) {
        let read = self.0.source.read().await;
        let now = self.0.kit.clock.now();
        let mut held = self.held();
        if read.is_err() || turn == Turn::OutOfTurn {
            held.paused_until = now + PAUSE;
        }
        match read {
            Ok((value, text)) => {
                held.read_at = now;
                // The same text stays the same value: nobody tries it a second time.
                if text.expose_secret() != held.text.expose_secret() {
                    info!(secret.arn = self.0.source.arn, "A secret has changed");
                    (held.value, held.text) = (Arc::new(value), text);
                }
            }
            Err(error) => {
                warn!(%error, "A secret could not be read again; the old value goes on");
                self.0.kit.metrics.record(SECRET_REFRESH_FAILURES, 1);
            }
        }
    }

    fn is_old(&self) -> bool {
        let (now, held) = (self.0.kit.clock.now(), self.held());
        now >= held.read_at + MAX_AGE && now >= held.paused_until
    }

    fn value(&self) -> Arc<T> {
        Arc::clone(&self.held().value)
    }

    fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a secret is read again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It is old.
    Due,
    /// Somebody found it wanting.
    OutOfTurn,
}

impl Source {
    async fn read<T: FromSecret>(&self) -> Result<(T, SecretString), SecretError> {
        let unreadable = |reason| SecretError::Unreadable { arn: self.arn.clone(), reason };
        let asked = self.client.get_secret_value().secret_id(&self.arn).send();
        let answer = tokio::time::timeout(TIMEOUT, asked).await;
        let answer = answer.map_err(|_| unreadable("no answer in time".to_owned()))?;
        let answer = answer.map_err(|error| unreadable(reason(&error)))?;
        let text = answer.secret_string.ok_or_else(|| unreadable("it holds no text".to_owned()))?;
        let text = SecretString::from(text);
        Ok((parse(&self.arn, text.expose_secret())?, text))
    }
}

fn parse<T: FromSecret>(arn: &str, text: &str) -> Result<T, SecretError> {
    // The parser's own message may quote what it read.
    let keys: Map<String, Value> =
        serde_json::from_str(text).map_err(|_| SecretError::NotJson { arn: arn.to_owned() })?;
    let read = T::from_keys(Vars::of_secret(|key| keys.get(key)?.as_str().map(str::to_owned)));
    read.map_err(|keys| SecretError::Keys { arn: arn.to_owned(), keys })
}

/// Why it was not given, in one line. An answer that is not understood may hold the secret: it is not shown.
fn reason(error: &SdkError<GetSecretValueError, HttpResponse>) -> String {
    match error {
        SdkError::ServiceError(refused) => {
            let refused = refused.err();
            let (code, message) =
                (refused.code().unwrap_or("an error"), refused.message().unwrap_or_default());
            format!("{code} {message}").trim_end().replace('\n', " ")
        }
        SdkError::DispatchFailure(failure) => failure
            .as_connector_error()
            .map_or("it could not be asked for".to_owned(), |error| DisplayErrorContext(error).to_string())
            .replace('\n', " "),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::ConstructionFailure(_) => "it could not be asked for".to_owned(),
        _ => "an answer that cannot be understood".to_owned(),
    }
}
