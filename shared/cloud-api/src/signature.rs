//! The signature of a webhook: proof that Meta sent these bytes.
//!
//! See [Cloud API/Webhooks overview], read 2026-11: `X-Hub-Signature-256: sha256=<lowercase hex>`, an
//! HMAC-SHA256 of the raw request bytes under the app's secret. Meta escapes non-ASCII in the bytes it
//! signs, so JSON that was parsed and written again is another document.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// `sha256=` and 64 hex digits.
const LENGTH: usize = 7 + 64;

/// Why a request is not Meta's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No header: refused before anything is hashed.
    #[error("the signature header is missing")]
    Missing,
    /// Not `sha256=` and 64 hex digits: refused before anything is hashed.
    #[error("the signature header is malformed")]
    Malformed,
    /// No secret of ours makes this signature.
    #[error("the signature does not match")]
    Mismatch,
}

/// Checks the header against the raw bytes, with each secret in turn, so that secrets can be rotated.
///
/// # Errors
/// [`SignatureError`]: answer 401, keep nothing, log nothing of the body.
pub fn verify(secrets: &[impl AsRef<[u8]>], body: &[u8], header: Option<&str>) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    if header.len() != LENGTH {
        return Err(SignatureError::Malformed);
    }
    let digits = header.strip_prefix("sha256=").ok_or(SignatureError::Malformed)?;
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(SignatureError::Malformed);
    }
    let claimed = hex::decode(digits).map_err(|_| SignatureError::Malformed)?;
    // `verify_slice` compares in constant time. An empty secret, such as a stray comma in a list leaves
    // behind, is one that everybody knows.
    let matches = |secret: &[u8]| !secret.is_empty() && mac(secret, body).verify_slice(&claimed).is_ok();
    if secrets.iter().any(|secret| matches(secret.as_ref())) { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The header value Meta would send for this body.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(secret, body).finalize().into_bytes()))
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC is defined for keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any key length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;
    const SIGNATURE: &str = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";

    #[test]
    fn the_published_test_vector_holds() {
        assert_eq!(sign(b"test_app_secret", BODY), SIGNATURE);
        assert_eq!(verify(&["test_app_secret"], BODY, Some(SIGNATURE)), Ok(()));
    }

    #[test]
    fn during_a_rotation_either_secret_is_good() {
        assert_eq!(verify(&["next_secret", "test_app_secret"], BODY, Some(SIGNATURE)), Ok(()));
        assert_eq!(verify(&["next_secret"], BODY, Some(SIGNATURE)), Err(SignatureError::Mismatch));
    }

    #[test]
    fn without_a_secret_nothing_is_accepted() {
        assert_eq!(verify(&[] as &[&str], BODY, Some(SIGNATURE)), Err(SignatureError::Mismatch));
    }

    #[test]
    fn an_empty_secret_proves_nothing() {
        let forged = sign(b"", BODY);
        assert_eq!(verify(&["", "test_app_secret"], BODY, Some(&forged)), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_missing_header_is_not_a_malformed_one() {
        assert_eq!(verify(&["test_app_secret"], BODY, None), Err(SignatureError::Missing));
    }

    #[test]
    fn headers_of_another_form_are_refused_before_hashing() {
        let sha1 = format!("sha1=00{}", "a".repeat(64));
        let not_hex = SIGNATURE.replace('d', "g");
        let not_ascii = format!("sha256={}", "é".repeat(32));
        for header in ["", "sha256=", &SIGNATURE[..70], &format!("{SIGNATURE}0"), &sha1, &not_hex, &not_ascii]
        {
            assert_eq!(verify(&["x"], BODY, Some(header)), Err(SignatureError::Malformed), "{header}");
        }
    }
}
