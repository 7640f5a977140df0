//! Configuration, parsed once and whole.

use secrecy::SecretString;

type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Variables by name, however they are kept.
pub struct Vars<'a> {
    lookup: Box<Lookup<'a>>,
    what: &'static str,
    missing: Vec<&'static str>,
    invalid: Vec<(&'static str, String)>,
}

/// What is wrong with a configuration: all of it, in one go.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    what: &'static str,
    missing: Vec<&'static str>,
    invalid: Vec<(&'static str, String)>,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.missing.is_empty() {
            write!(f, "missing {}: {}", self.what, self.missing.join(", "))?;
        }
        for (index, (name, what)) in self.invalid.iter().enumerate() {
            let separator = if index == 0 && self.missing.is_empty() { "" } else { "; " };
            write!(f, "{separator}{name}: {what}")?;
        }
        Ok(())
    }
}

/// As the message: a function that does not start is known by what `main` prints.
impl std::fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl<'a> Vars<'a> {
    /// Reads from a lookup, such as `std::env::var`.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self::of("environment variables", lookup)
    }

    /// Reads the keys of a secret.
    pub(crate) fn of_secret(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self::of("keys", lookup)
    }

    fn of(what: &'static str, lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { lookup: Box::new(lookup), what, missing: Vec::new(), invalid: Vec::new() }
    }

    /// A variable that must be there. Absent and empty are the same; either is remembered, and an empty text
    /// stands in until [`Vars::finish`] says so.
    pub fn required(&mut self, name: &'static str) -> String {
        let value = (self.lookup)(name).filter(|value| !value.trim().is_empty());
        value.unwrap_or_else(|| {
            self.missing.push(name);
            String::new()
        })
    }

    /// A variable that may be missing. Absent and empty are the same.
    #[must_use]
    pub fn optional(&self, name: &'static str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    /// A secret that must be there.
    pub fn secret(&mut self, name: &'static str) -> SecretString {
        SecretString::from(self.required(name))
    }

    /// Secrets separated by commas, so that one can follow another without a moment in which none holds.
    pub fn secrets(&mut self, name: &'static str) -> Vec<SecretString> {
        let value = self.required(name);
        let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(SecretString::from).collect()
    }

    /// Notes that a variable is there but cannot be used. `what` names no secret.
    pub fn reject(&mut self, name: &'static str, what: impl Into<String>) {
        if !self.missing.contains(&name) {
            self.invalid.push((name, what.into()));
        }
    }

    /// Ends reading.
    ///
    /// # Errors
    /// Names every variable that is missing or cannot be used.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.missing.is_empty() && self.invalid.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    /// Ends reading with a variable that is there but cannot be used. `what` names no secret.
    #[must_use]
    pub fn refuse(mut self, name: &'static str, what: impl Into<String>) -> ConfigError {
        self.reject(name, what);
        self.into_error()
    }

    fn into_error(self) -> ConfigError {
        ConfigError { what: self.what, missing: self.missing, invalid: self.invalid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_names_everything_that_is_missing() {
        let mut vars = Vars::new(|name| (name == "HERE").then(|| "x".to_owned()));
        assert_eq!(vars.required("HERE"), "x");
        vars.required("ONE");
        vars.secret("TWO");
        let error = vars.finish().unwrap_err();
        assert_eq!(error.to_string(), "missing environment variables: ONE, TWO");
    }

    #[test]
    fn secrets_are_separated_by_commas_and_never_printed() {
        let mut vars = Vars::new(|_| Some(" new , old,".to_owned()));
        let secrets = vars.secrets("S");
        assert_eq!(secrets.len(), 2);
        assert!(!format!("{secrets:?}").contains("new"));
    }
}
