//! Managing message templates: how Meta shows them, and what it can be asked to create, to change and to delete.
//!
//! See [Cloud API/Template management], read 2026-11.

mod parts;
mod validate;
mod variables;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::TemplateId;
use crate::language::Language;
use crate::webhook::event::templates::{QualityScore, TemplateCategoryName};
use crate::wire::{Broken, Fields, Wire};

use super::Paging;

pub use parts::{
    ButtonDef, ButtonKind, CardDef, ComponentDef, ComponentKind, HeaderFormat, NamedSample, OfferDef,
    OneOrMany, OtpKind, ParameterFormat, Samples, SupportedApp, of_kind,
};
pub use variables::{Piece, pieces, position, variables};

/// The fields of a template that are asked for, as the query's `fields` has them.
pub const TEMPLATE_FIELDS: &str = "id,name,language,status,category,sub_category,parameter_format,components,\
    quality_score,rejected_reason,previous_category,correct_category,message_send_ttl_seconds,\
    library_template_name,cta_url_link_tracking_opted_out";

/// How many templates a page holds at most.
pub const TEMPLATES_A_PAGE: u32 = 100;

open_enum! {
    /// Where a template stands at Meta.
    pub enum TemplateState {
        /// May be sent.
        Approved = "APPROVED",
        /// In review.
        Pending = "PENDING",
        /// Refused at review.
        Rejected = "REJECTED",
        /// Low quality: paused for hours.
        Paused = "PAUSED",
        /// Low quality: for good.
        Disabled = "DISABLED",
        /// Appealed.
        InAppeal = "IN_APPEAL",
        /// Will vanish.
        PendingDeletion = "PENDING_DELETION",
        /// Gone.
        Deleted = "DELETED",
        /// Too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// Not used for a year; cannot be sent.
        Archived = "ARCHIVED",
        /// About to be disabled.
        Flagged = "FLAGGED",
        /// Back after an appeal.
        Reinstated = "REINSTATED",
        /// Cannot be changed.
        Locked = "LOCKED",
    }
}

wire! {
    /// A template, as `GET /{waba_id}/message_templates` and `GET /{template_id}` show it.
    #[derive(PartialEq)]
    pub struct TemplateNode {
        /// Its id.
        pub id: TemplateId,
        /// Its name; together with the language it is one template.
        pub name: String,
        /// Its language.
        pub language: Language,
        /// Where it stands.
        pub status: TemplateState,
        /// Its category now.
        pub category: Option<TemplateCategoryName>,
        /// More closely, such as `FORM`.
        pub sub_category: Option<String>,
        /// The category before Meta changed it.
        pub previous_category: Option<TemplateCategoryName>,
        /// The category that Meta holds right.
        pub correct_category: Option<TemplateCategoryName>,
        /// How people take it.
        pub quality_score: Option<Quality>,
        /// Why it was refused; `NONE` when it was not.
        pub rejected_reason: Option<String>,
        /// How its variables are called.
        pub parameter_format: Option<ParameterFormat>,
        /// What it is made of.
        pub components: Vec<ComponentDef>,
        /// How long Meta tries to deliver, in seconds; -1 is 30 days.
        pub message_send_ttl_seconds: Option<i64>,
        /// The library's template that it was made of.
        pub library_template_name: Option<String>,
        /// Whether Meta counts no taps on its links.
        pub cta_url_link_tracking_opted_out: Option<bool>,
    }

    /// How people take a template.
    #[derive(PartialEq, Eq)]
    pub struct Quality {
        /// The score.
        pub score: QualityScore,
        /// Since when, in Unix seconds.
        pub date: Option<i64>,
        /// Why.
        pub reasons: Vec<String>,
    }

    /// The answer to a request to create a template.
    #[derive(PartialEq, Eq)]
    pub struct CreatedTemplate {
        /// Its id.
        pub id: TemplateId,
        /// Where it stands: in review, or decided at once.
        pub status: TemplateState,
        /// Its category: Meta may have chosen another one than was asked for.
        pub category: Option<TemplateCategoryName>,
    }

    /// The answer to a request to change or to delete.
    #[derive(PartialEq, Eq)]
    pub struct TemplateDone {
        /// Whether it is done.
        pub success: bool,
    }
}

/// A page of a WABA's templates.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplatesPage {
    /// The templates.
    pub data: Vec<TemplateNode>,
    /// Those without an id, a name, a language or a status, as Meta wrote them: one of them hides no other.
    pub unreadable: Vec<Value>,
    /// Where the next page begins.
    pub paging: Option<Paging>,
}

impl TemplatesPage {
    /// The cursor of the next page, if there is one.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        let paging = self.paging.as_ref().filter(|paging| paging.next.is_some())?;
        paging.cursors.as_ref()?.after.as_deref()
    }
}

impl Wire for TemplatesPage {
    fn read(value: Value) -> Result<Self, Broken> {
        let mut fields = Fields::of(value)?;
        let nodes: Vec<Value> = fields.take(&["data"])?;
        let (mut data, mut unreadable) = (Vec::new(), Vec::new());
        for node in nodes {
            match TemplateNode::read(node.clone()) {
                Ok(read) => data.push(read),
                Err(_) => unreadable.push(node),
            }
        }
        Ok(Self { data, unreadable, paging: fields.take(&["paging"])? })
    }
}

deserialize_as_read!(TemplatesPage);

/// A request to create a template: the body of `POST /{waba_id}/message_templates`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTemplate {
    /// At most 512 characters: lower-case letters, digits and underscores.
    pub name: String,
    /// Its language, such as `en_US`.
    pub language: Language,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`. Meta approves as marketing what it takes for that.
    pub category: TemplateCategoryName,
    /// How its variables are called: `POSITIONAL` without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_format: Option<ParameterFormat>,
    /// How long Meta tries to deliver, in seconds: authentication 30 to 900, utility 30 to 43200, marketing 43200 to
    /// 2592000; -1 is 30 days, for the first two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Whether Meta shall count no taps on its links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta_url_link_tracking_opted_out: Option<bool>,
    /// What it is made of. Not with `library_template_name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentDef>,
    /// A template of Meta's library, approved beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_template_name: Option<String>,
    /// With `library_template_name`; passes through unchecked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub library_template_body_inputs: Option<Value>,
    /// With `library_template_name`; passes through unchecked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub library_template_button_inputs: Option<Value>,
}

/// A request to change a template: the body of `POST /{template_id}`. What is absent stays; components are given all
/// at once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditTemplate {
    /// All of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentDef>>,
    /// Another category; not of an approved template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TemplateCategoryName>,
    /// How long Meta tries to deliver, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Whether Meta shall count no taps on its links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta_url_link_tracking_opted_out: Option<bool>,
}

impl EditTemplate {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
