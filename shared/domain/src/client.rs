//! Service clients: programs that ask for a company, each with what it may ask for.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

/// The beginning of a client's subject, where a person's is their `sub`: then its id.
pub const SUBJECTS: &str = "client.";

/// A service client's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

impl ClientId {
    /// Wraps an id. `None` if it holds anything but letters and digits.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let is_id = (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
        is_id.then_some(Self(id))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceClient {
    /// Its id, which is a part of its token.
    pub id: ClientId,
    /// What it is for.
    pub name: String,
    /// What it may ask for, such as `contacts:read`.
    pub scopes: BTreeSet<String>,
    /// Who made it: a token's `sub`.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on its token is refused; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// The last day, in UTC, on which it asked for something.
    pub last_used: Option<Date>,
    /// SHA-256 of the token's secret, in hexadecimal: the secret itself is nowhere.
    pub secret_hash: String,
}

impl ServiceClient {
    /// Whether this token is the client's, now.
    #[must_use]
    pub fn admits(&self, token: &Token<'_>, now: Timestamp) -> bool {
        // Hashes of 256 random bits: how long a comparison takes tells nothing that helps.
        self.id.as_str() == token.id
            && self.secret_hash == token.secret_hash()
            && self.expires_at.is_none_or(|end| now < end)
    }
}

/// The beginning of every token, so that those who search code for secrets can find one.
const PREFIX: &str = "vtn_";

/// A service client's token: `vtn_<id>_<64 hexadecimal digits>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Whose it says it is.
    pub id: &'a str,
    secret: &'a str,
}

impl<'a> Token<'a> {
    /// Reads a token. `None` if it cannot be one.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let is_secret = secret.len() == 64 && secret.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_id = ClientId::new(id).is_some();
        (is_secret && is_id).then_some(Self { id, secret })
    }

    /// What is kept of its secret.
    #[must_use]
    pub fn secret_hash(&self) -> String {
        crate::sha256(self.secret.as_bytes())
    }

    /// Writes the token of a client with this secret.
    #[must_use]
    pub fn write(id: &ClientId, secret: &[u8; 32]) -> String {
        format!("{PREFIX}{id}_{}", hex::encode(secret))
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> ServiceClient {
        let token = Token::parse(text).unwrap();
        ServiceClient {
            id: ClientId::new(token.id).unwrap(),
            name: "Shop".to_owned(),
            scopes: BTreeSet::new(),
            created_by: "u1".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: Some(Timestamp::from_second(100).unwrap()),
            last_used: None,
            secret_hash: token.secret_hash(),
        }
    }

    #[test]
    fn a_token_opens_for_its_own_client_until_it_expires() {
        let id = ClientId::new("01K9").unwrap();
        let (ours, other) = (Token::write(&id, &[7; 32]), Token::write(&id, &[8; 32]));
        let client = client(&ours);
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(client.admits(&Token::parse(&ours).unwrap(), at(99)));
        assert!(!client.admits(&Token::parse(&ours).unwrap(), at(100)));
        assert!(!client.admits(&Token::parse(&other).unwrap(), at(99)));
        assert!(!client.secret_hash.contains(&hex::encode([7; 32])));
    }

    #[test]
    fn what_is_no_token_is_not_looked_up_and_none_prints_its_secret() {
        let secret = "0".repeat(64);
        for text in
            ["", "vtn_", "vtn_01K9", "vtn_01K9_abc", &format!("vtn__{secret}"), &format!("vtn_a#b_{secret}")]
        {
            assert!(Token::parse(text).is_none(), "{text}");
        }
        let text = format!("vtn_01K9_{secret}");
        assert!(!format!("{:?}", Token::parse(&text).unwrap()).contains(&secret));
    }
}
