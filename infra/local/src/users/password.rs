//! Passwords: argon2id with the crate's defaults, which are OWASP's (19 MiB, two passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::UsersError;

/// The shortest password, in characters: as in the user pool on AWS.
pub(crate) const SHORTEST: usize = 12;
/// The longest, in bytes: more is no better, and costs time.
const LONGEST: usize = 1024;

/// Hashes a new password.
///
/// # Errors
/// When it is too short or too long, or the name itself.
pub(crate) fn hash(name: &str, password: &str) -> Result<String, UsersError> {
    let fits = password.chars().count() >= SHORTEST && password.len() <= LONGEST;
    if !fits || password.to_lowercase() == name {
        return Err(UsersError::WeakPassword);
    }
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| UsersError::Hash(error.to_string()))
}

/// Whether a password is the one that was hashed. Without a hash it takes as long, and is wrong.
pub(crate) fn matches(hash: Option<&str>, password: &str) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    match hash.and_then(|hash| PasswordHash::new(hash).ok()) {
        Some(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        None => {
            // How long an answer takes must not tell which names there are.
            let unused: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
            drop(unused);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_for_itself_only_and_no_two_hashes_are_alike() {
        let hashes = [(); 2].map(|()| hash("ana@example.org", "blue kettle 42").unwrap());
        assert!(hashes[0].starts_with("$argon2id$") && hashes[0] != hashes[1]);
        assert!(matches(Some(&hashes[0]), "blue kettle 42"));
        assert!(!matches(Some(&hashes[0]), "blue kettle 43"));
        assert!(!matches(None, "blue kettle 42"));
    }

    #[test]
    fn a_password_that_is_short_or_the_name_is_refused() {
        let long = "x".repeat(1025);
        for password in ["", "eleven char", "ana@Example.org", &long] {
            assert!(matches!(hash("ana@example.org", password), Err(UsersError::WeakPassword)), "{password}");
        }
    }
}
