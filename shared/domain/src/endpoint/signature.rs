//! Signatures of what is posted: HMAC-SHA256 over id, time and body.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with, so that it is known for one where it turns up.
const PREFIX: &str = "whsec_";
/// How many bytes a secret has: what [`SigningSecret::of`] is given.
const BYTES: usize = 32;

/// A secret that an endpoint's receiver knows too. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// The text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret")]
pub struct NotASecret;

impl SigningSecret {
    /// A secret of random bytes.
    #[must_use]
    pub fn of(bytes: [u8; BYTES]) -> Self {
        Self(bytes.to_vec())
    }

    /// Reads a secret's text.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, NotASecret> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).ok_or(NotASecret)?).map_err(|_| NotASecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(NotASecret) }
    }

    /// The secret's text, for the one time that it is shown and for the table that keeps it.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret")
    }
}

/// The header `webhook-signature`: one signature for each secret that is good, the newest first.
///
/// `id` has no full stop; `second` is the attempt's time in Unix seconds.
#[must_use]
pub fn sign(secrets: &[SigningSecret], id: &str, second: i64, body: &str) -> String {
    let one = |secret: &SigningSecret| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.0) else { return String::new() };
        mac.update(format!("{id}.{second}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specifications_own_libraries() {
        // The vector that the reference implementations are tested with.
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_is_being_replaced_both_sign() {
        let (new, old) = (SigningSecret::of([1; 32]), SigningSecret::of([2; 32]));
        let both = sign(&[new.clone(), old.clone()], "evt_1", 1, "{}");
        let alone = |secret: SigningSecret| sign(&[secret], "evt_1", 1, "{}");
        assert_eq!(both, format!("{} {}", alone(new), alone(old)));
    }

    #[test]
    fn a_secret_reads_back_and_is_never_printed() {
        let secret = SigningSecret::of([7; 32]);
        assert_eq!(SigningSecret::parse(&secret.expose()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "SigningSecret");
        for text in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(SigningSecret::parse(text).is_err(), "{text}");
        }
    }
}
