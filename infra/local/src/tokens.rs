//! Bearer tokens of the embedded world, and their verification as API Gateway's JWT authorizer does it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use lambda_kit::Clock;
use serde::{Deserialize, Serialize};

use crate::template::Authorizer;

/// How long a token lasts that anybody on this machine gets for the asking.
pub const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// How long a token lasts that somebody signed in for.
pub const SIGNED_IN: Duration = Duration::from_secs(3600);

const KEY_FILE: &str = "token.key";

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Everything but the settings.
    Supervisor,
    /// The conversations of the own departments.
    Agent,
}

/// The text is no role.
#[derive(Debug, thiserror::Error)]
#[error("the role must be admin, supervisor or agent")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text {
            "admin" => Ok(Self::Admin),
            "supervisor" => Ok(Self::Supervisor),
            "agent" => Ok(Self::Agent),
            _ => Err(UnknownRole),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Agent => "agent",
        })
    }
}

/// Who asks, once the authorizer is satisfied. A request without them never reaches a handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The person.
    pub sub: String,
    /// What the person may do.
    pub role: Role,
    /// The numbers that the person sees; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Vec<String>>,
}

/// Why a token is refused; the text goes into `www-authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("a bearer token is required")]
    Missing,
    /// It is not one of ours, or not for this API.
    #[error("the token is invalid")]
    Invalid,
    /// It was one of ours.
    #[error("the token has expired")]
    Expired,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(flatten)]
    claims: Claims,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Issues and verifies tokens.
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    authorizer: Authorizer,
    clock: Clock,
}

impl Tokens {
    /// An issuer whose key lies in `directory`, so that a token outlives a restart, or is new with each run.
    ///
    /// # Errors
    /// When the key can be neither read nor made.
    pub fn open(directory: Option<&Path>, authorizer: Authorizer, clock: Clock) -> std::io::Result<Self> {
        let key = match directory {
            Some(directory) => stored_key(&directory.join(KEY_FILE))?,
            None => new_key()?,
        };
        Ok(Self {
            signing: EncodingKey::from_secret(&key),
            verifying: DecodingKey::from_secret(&key),
            authorizer,
            clock,
        })
    }

    /// A token for a person of this role.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn issue(&self, role: Role) -> Result<String, jsonwebtoken::errors::Error> {
        self.issue_for(Claims { sub: format!("local-{role}"), role, numbers: None })
    }

    /// A token with these claims.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn issue_for(&self, claims: Claims) -> Result<String, jsonwebtoken::errors::Error> {
        self.issue_lasting(claims, LIFETIME)
    }

    /// A token with these claims, for this long.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn issue_lasting(
        &self,
        claims: Claims,
        lifetime: Duration,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let now = self.clock.now().as_second();
        let payload = Payload {
            claims,
            iss: self.authorizer.issuer.clone(),
            aud: self.authorizer.audience.first().cloned().unwrap_or_default(),
            iat: now,
            nbf: now,
            exp: now + lifetime.as_secs() as i64,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &self.signing)
    }

    /// Verifies an `Authorization` header: signature, issuer, audience and times, by the world's clock.
    ///
    /// # Errors
    /// [`Refusal`] says what the caller is told.
    pub fn verify(&self, header: Option<&str>) -> Result<Claims, Refusal> {
        let header = header.ok_or(Refusal::Missing)?;
        let (scheme, token) = header.split_once(' ').ok_or(Refusal::Invalid)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::Missing);
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[&self.authorizer.issuer]);
        rules.set_audience(&self.authorizer.audience);
        // The library would ask the machine's clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let token = jsonwebtoken::decode::<Payload>(token.trim(), &self.verifying, &rules);
        let payload = token.map_err(|_| Refusal::Invalid)?.claims;
        let now = self.clock.now().as_second();
        if payload.exp <= now {
            return Err(Refusal::Expired);
        }
        if payload.nbf > now || payload.iat > now {
            return Err(Refusal::Invalid);
        }
        Ok(payload.claims)
    }
}

fn stored_key(file: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::read(file) {
        Ok(key) if key.len() == 32 => Ok(key),
        Ok(_) => {
            Err(std::io::Error::other(format!("{} is not a key; delete it to get a new one", file.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = new_key()?;
            write_private(file, &key)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

fn new_key() -> std::io::Result<Vec<u8>> {
    let mut key = vec![0; 32];
    getrandom::fill(&mut key).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(key)
}

/// Written beside and renamed, so that a crash leaves no half key; readable by its owner only.
fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let beside = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&beside)?;
    open.write_all(bytes)?;
    open.sync_all()?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (Tokens, lambda_kit::ManualClock) {
        let (clock, hand) = Clock::manual("2026-11-23T08:00:00Z".parse().unwrap());
        let authorizer = Authorizer { issuer: "http://issuer".into(), audience: vec!["ventana".into()] };
        (Tokens::open(None, authorizer, clock).unwrap(), hand)
    }

    #[test]
    fn a_token_says_who_asks_and_lasts_twelve_hours_of_the_worlds_clock() {
        let (tokens, hand) = tokens();
        let header = format!("Bearer {}", tokens.issue(Role::Supervisor).unwrap());
        let claims = tokens.verify(Some(&header)).unwrap();
        assert_eq!((claims.role, claims.sub.as_str()), (Role::Supervisor, "local-supervisor"));
        hand.set("2026-11-23T19:59:59Z".parse().unwrap());
        assert!(tokens.verify(Some(&header)).is_ok());
        hand.set("2026-11-23T20:00:00Z".parse().unwrap());
        assert_eq!(tokens.verify(Some(&header)), Err(Refusal::Expired));
    }

    #[test]
    fn a_token_of_another_issuer_or_none_at_all_is_refused() {
        let (ours, _hand) = tokens();
        let (theirs, _hand) = tokens();
        let header = format!("Bearer {}", theirs.issue(Role::Admin).unwrap());
        assert_eq!(ours.verify(Some(&header)), Err(Refusal::Invalid));
        assert_eq!(ours.verify(None), Err(Refusal::Missing));
        assert_eq!(ours.verify(Some("Basic abc")), Err(Refusal::Missing));
        assert_eq!(ours.verify(Some("Bearer")), Err(Refusal::Invalid));
        assert_eq!(ours.verify(Some("Bearer a.b.c")), Err(Refusal::Invalid));
    }

    #[test]
    fn a_token_outlives_a_restart_on_the_same_directory() {
        let directory = tempfile::tempdir().unwrap();
        let authorizer = Authorizer { issuer: "http://issuer".into(), audience: vec!["ventana".into()] };
        let open = || Tokens::open(Some(directory.path()), authorizer.clone(), Clock::system()).unwrap();
        let header = format!("Bearer {}", open().issue(Role::Agent).unwrap());
        assert!(open().verify(Some(&header)).is_ok());
    }
}
