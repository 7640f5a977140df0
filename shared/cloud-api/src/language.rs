//! Template languages, in one spelling.

use serde::Serialize;
use serde_json::Value;

use crate::wire::{Broken, Wire};

/// A template's language, such as `en_US`. Some webhooks write `en-US`; here both are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Takes either spelling.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.replace('-', "_"))
    }

    /// With an underscore, as the Graph API spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Wire for Language {
    fn read(value: Value) -> Result<Self, Broken> {
        String::read(value).map(|code| Self::new(&code))
    }
}

deserialize_as_read!(Language);
schema_as!(Language, String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_language_are_one() {
        assert_eq!(Language::new("en-US"), Language::new("en_US"));
        assert_eq!(Language::new("pt-BR").as_str(), "pt_BR");
        assert_eq!(Language::new("en").as_str(), "en");
    }
}
