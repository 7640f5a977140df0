//! The stack's own key, under which it remembers whom it must have forgotten.

use secrecy::{ExposeSecret, SecretString};

use crate::{ConfigError, FromSecret, Kit, Secret, SecretError, Vars};

/// The shortest key that is taken.
const SHORTEST: usize = 32;

struct StackKey(SecretString);

impl FromSecret for StackKey {
    fn from_keys(mut keys: Vars<'_>) -> Result<Self, ConfigError> {
        const KEY: &str = "STACK_KEY";
        let key = keys.required(KEY);
        if !key.is_empty() && key.len() < SHORTEST {
            return Err(keys.refuse(KEY, format!("it must have {SHORTEST} characters or more")));
        }
        keys.finish().map(|()| Self(key.into()))
    }
}

/// Reads the stack's key, once: it never changes.
///
/// # Errors
/// Without it the function must not start: it could bring back somebody who was erased.
pub async fn stack_key(
    client: aws_sdk_secretsmanager::Client,
    arn: impl Into<String>,
    kit: &Kit,
) -> Result<SecretString, SecretError> {
    let secret = Secret::<StackKey>::load(client, arn, kit).await?;
    let key = secret.current().await;
    Ok(key.0.expose_secret().to_owned().into())
}
