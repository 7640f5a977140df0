//! The templates' texts: a root and the nested ones that it names.

use std::collections::BTreeMap;

use serde_norway::Value as Yaml;

use super::TemplateError;

/// Where the stack begins.
pub const ROOT: &str = "template.yaml";

/// The templates of this build, so that the program works wherever it is copied.
const BUILT_IN: [(&str, &str); 15] = [
    (ROOT, include_str!("../../../template.yaml")),
    ("data.yaml", include_str!("../../../data.yaml")),
    ("queues.yaml", include_str!("../../../queues.yaml")),
    ("roles.yaml", include_str!("../../../roles.yaml")),
    ("background-roles.yaml", include_str!("../../../background-roles.yaml")),
    ("background.yaml", include_str!("../../../background.yaml")),
    ("campaigns.yaml", include_str!("../../../campaigns.yaml")),
    ("realtime.yaml", include_str!("../../../realtime.yaml")),
    ("console.yaml", include_str!("../../../console.yaml")),
    ("media.yaml", include_str!("../../../media.yaml")),
    ("sign-in.yaml", include_str!("../../../sign-in.yaml")),
    ("alarms.yaml", include_str!("../../../alarms.yaml")),
    ("dashboard.yaml", include_str!("../../../dashboard.yaml")),
    ("api-domain.yaml", include_str!("../../../api-domain.yaml")),
    ("webhook-domain.yaml", include_str!("../../../webhook-domain.yaml")),
];

/// The text of each template by its file's name.
#[derive(Clone, Debug)]
pub struct Sources(BTreeMap<String, String>);

impl Default for Sources {
    /// The templates of this build.
    fn default() -> Self {
        Self(BUILT_IN.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
    }
}

impl Sources {
    /// The same templates with another text for one of them.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), text.into());
        self
    }

    /// A template's text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names of all templates.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn parse(&self) -> Result<Documents, TemplateError> {
        let parsed = self.0.iter().map(|(name, text)| {
            let yaml = serde_norway::from_str(text)
                .map_err(|error| TemplateError::Yaml { name: name.clone(), source: error })?;
            Ok((name.clone(), yaml))
        });
        parsed.collect()
    }
}

/// Parsed templates by name.
pub(super) type Documents = BTreeMap<String, Yaml>;
