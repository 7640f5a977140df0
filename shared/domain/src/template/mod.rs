//! Templates: what of them a message fills, from where, and what the person will read.
//!
//! A template is mirrored from Meta ([`Content`]). [`parameters`] lists what a message has to fill, [`Binding`]s say from
//! where, [`fill`] makes exactly what is sent, and [`render`] reads from that what the person will see: so a preview, a
//! thread and the wire cannot say different things.

mod binding;
mod coerce;
mod fill;
mod health;
mod language;
mod limits;
mod mirror;
mod parameter;
mod render;
mod sources;
mod told;

use cloud_api::language::Language;
use cloud_api::manage::template::{
    ComponentDef, ComponentKind, CreateTemplate, ParameterFormat, TemplateNode, TemplateState,
};
use cloud_api::webhook::event::templates::TemplateCategoryName;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use binding::{Binding, Bindings, Given, check_bindings, sample_bindings};
pub use fill::{Preview, Unfilled, fill, preview};
pub use health::{Concern, Health, Severity, health};
pub use language::choose;
pub use limits::{
    DELETED_NAME_BLOCKED, EDITS_A_MONTH, EditRefusal, NEW_TEMPLATES_AN_HOUR, TEMPLATES_UNVERIFIED,
    TEMPLATES_VERIFIED, edits_in, may_edit,
};
pub use mirror::{Aspect, Change, Mirror, Telling, purpose_of};
pub use parameter::{Kind, Parameter, ParameterKey, Part, Place, parameters};
pub use render::{Rendered, RenderedButton, RenderedCard, RenderedHeader, RenderedOffer, render};
pub use sources::{Source, Sources};
pub use told::{Told, seen_in, told_by};

/// What a template says: the part of it that messages depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Its category now, as far as Meta told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TemplateCategoryName>,
    /// How its variables are called.
    pub format: ParameterFormat,
    /// What it is made of.
    pub components: Vec<ComponentDef>,
}

impl Content {
    /// The content of a template as Meta shows it.
    #[must_use]
    pub fn of(node: &TemplateNode) -> Self {
        Self {
            name: node.name.clone(),
            language: node.language.clone(),
            category: node.category.clone(),
            format: node.parameter_format.clone().unwrap_or(ParameterFormat::Positional),
            components: node.components.clone(),
        }
    }

    /// The content of a template that is to be created. A template of Meta's library shows what it says once it is there.
    #[must_use]
    pub fn asked(template: &CreateTemplate) -> Self {
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
            category: Some(template.category.clone()),
            format: template.parameter_format.clone().unwrap_or(ParameterFormat::Positional),
            components: template.components.clone(),
        }
    }

    /// SHA-256 of what people read and messages fill, in hexadecimal.
    ///
    /// Samples do not count: Meta shows those of files as links that are others each time. Neither does the order of
    /// members, nor the category: that is watched by itself.
    #[must_use]
    pub fn hash(&self) -> String {
        let parts = serde_json::to_value(&self.components).unwrap_or_default();
        let mut text = format!("{}|{}|{}|", self.name, self.language.as_str(), self.format);
        write_canonical(&parts, &mut text);
        crate::sha256(text.as_bytes())
    }

    pub(crate) fn component(&self, kind: &ComponentKind) -> Option<&ComponentDef> {
        self.components.iter().find(|component| component.kind == *kind)
    }

    pub(crate) fn is_authentication(&self) -> bool {
        self.category == Some(TemplateCategoryName::Authentication)
    }

    pub(crate) fn is_named(&self) -> bool {
        self.format == ParameterFormat::Named
    }
}

/// JSON with its members sorted, without samples.
fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(name, _)| *name != "example").collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in members {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

/// Whether Meta accepts messages of a template in this state.
pub(crate) fn is_live(state: &TemplateState) -> bool {
    matches!(state, TemplateState::Approved | TemplateState::Reinstated | TemplateState::Flagged)
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod news_tests;
#[cfg(test)]
mod tests;
