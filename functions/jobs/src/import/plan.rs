//! What an import was asked to do.

use std::collections::{BTreeMap, BTreeSet};

use domain::ContactKind;
use domain::record::import::{Mapping, Target};
use jiff::Timestamp;
use serde::Deserialize;

/// A plan, as the API checked and wrote it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plan {
    columns: BTreeMap<String, String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    labels: BTreeSet<String>,
    #[serde(default)]
    calling_code: Option<String>,
    /// The list that everybody comes on.
    #[serde(default)]
    pub(crate) list: Option<String>,
    /// How and when the people agreed, where a column says that they did.
    #[serde(default)]
    pub(crate) consent: Option<Agreed>,
}

/// How and when people agreed to be written to.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Agreed {
    /// What they were told.
    pub(crate) wording: String,
    /// When.
    pub(crate) given_at: Timestamp,
}

impl Plan {
    /// The mapping of a file with these column names.
    ///
    /// # Errors
    /// Names the columns that the file does not have.
    pub(crate) fn mapping(&self, header: &[String]) -> Result<Mapping, String> {
        let named = |name: &String| header.iter().any(|column| column.trim() == name.trim());
        let missing: Vec<_> = self.columns.keys().filter(|name| !named(name)).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(format!("the file has no column {}", missing.join(", ")));
        }
        let target = |column: &String| {
            let (_, word) = self.columns.iter().find(|(name, _)| name.trim() == column.trim())?;
            Target::from_word(word)
        };
        Ok(Mapping {
            columns: header.iter().map(target).collect(),
            kind: self.kind.as_deref().map_or(ContactKind::Lead, ContactKind::from_word),
            labels: self.labels.clone(),
            calling_code: self.calling_code.clone(),
        })
    }
}
