//! Secrets that people type in and a job needs: sealed by the one, opened by the other, and unreadable in between.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

const NONCE: usize = 24;

/// What is sealed under a stack's key. Queues, dead letters and backups have the seal; only functions with the key have
/// what is in it.
#[derive(Clone)]
pub struct Seal {
    sealing: [u8; 32],
    marking: [u8; 32],
}

/// A seal that cannot be opened: of another key, about something else, or broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret cannot be sealed or opened")]
pub struct SealError;

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// The seal of a stack. Each purpose has a key of its own, which says nothing of the stack's.
    #[must_use]
    pub fn of(stack_key: &SecretString) -> Self {
        let derived = |purpose| digest(stack_key.expose_secret().as_bytes(), &[purpose]);
        Self { sealing: derived("ventana 1 seal"), marking: derived("ventana 1 mark") }
    }

    /// Seals a secret. It can be opened only by who says again what it is about: taken from one job into another, it
    /// stays shut.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn close(&self, about: &[&str], secret: &str) -> Result<String, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError)?;
        let about = joined(about);
        let payload = Payload { msg: secret.as_bytes(), aad: &about };
        // 24 bytes of chance never meet again, so that nobody has to count.
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed about the same thing.
    ///
    /// # Errors
    /// It was sealed under another key, or about something else, or it is broken.
    pub fn open(&self, about: &[&str], sealed: &str) -> Result<SecretString, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let about = joined(about);
        let payload = Payload { msg: sealed, aad: &about };
        let secret = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError)?;
        String::from_utf8(secret).map(SecretString::from).map_err(|_| SealError)
    }

    /// A mark by which the same text is known again, and nothing else: without the key nobody can try out what it was
    /// made of, however short that is.
    #[must_use]
    pub fn mark(&self, text: &[u8]) -> String {
        digest(&self.marking, &[text]).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.sealing))
    }
}

fn digest(key: &[u8], parts: &[impl AsRef<[u8]>]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part.as_ref());
    }
    mac.finalize().into_bytes().into()
}

/// Parts with their lengths, so that no two lists read the same.
fn joined(about: &[&str]) -> Vec<u8> {
    about.iter().flat_map(|part| [&part.len().to_be_bytes()[..], part.as_bytes()].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal::of(&SecretString::from("0123456789abcdef0123456789abcdef"))
    }

    #[test]
    fn a_seal_is_opened_only_with_the_key_and_for_what_it_is_about() {
        let about = ["900", "register", "01K"];
        let sealed = seal().close(&about, "123456").unwrap();
        assert!(!sealed.contains("123456"));
        assert_eq!(seal().open(&about, &sealed).unwrap().expose_secret(), "123456");
        assert_ne!(seal().close(&about, "123456").unwrap(), sealed, "the same secret looks new each time");
        for other in [&["900", "pin", "01K"][..], &["900register", "", "01K"], &["900", "register"]] {
            assert!(seal().open(other, &sealed).is_err(), "{other:?}");
        }
        let another = Seal::of(&SecretString::from("another key of thirty-two letters"));
        assert!(another.open(&about, &sealed).is_err());
        for broken in ["", "x", "AAAA", &sealed[..sealed.len() - 2], &format!("{sealed}AA")] {
            assert!(seal().open(&about, broken).is_err(), "{broken}");
        }
        assert_eq!(format!("{:?}", seal()), "Seal");
    }

    #[test]
    fn a_mark_is_the_same_for_the_same_text_and_key_only() {
        assert_eq!(seal().mark(b"123456"), seal().mark(b"123456"));
        assert_ne!(seal().mark(b"123456"), seal().mark(b"123457"));
        let another = Seal::of(&SecretString::from("another key of thirty-two letters"));
        assert_ne!(another.mark(b"123456"), seal().mark(b"123456"));
        assert_ne!(seal().mark(b"123456"), domain::sha256(b"123456"));
    }
}
