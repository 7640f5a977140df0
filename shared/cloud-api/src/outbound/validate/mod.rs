//! Meta's limits, checked before sending: what we refuse here costs nobody a wait.
//!
//! Limits are counted in characters (Unicode scalar values); Meta's pages do not say more precisely.
//! See [Cloud API/Send messages], read 2026-11.

mod interactive;
mod template;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::contacts;
use super::message::{Content, Message};

/// Something that Meta would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
pub struct Violation {
    /// Path of the member, such as `text.body` or `interactive.action.buttons.0.reply.title`.
    pub field: String,
    /// What is wrong with it; never quotes the content.
    pub message: String,
}

impl Violation {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

/// Collects violations, and knows where it stands.
#[derive(Default)]
pub(crate) struct Check {
    path: Vec<String>,
    violations: Vec<Violation>,
}

impl Check {
    pub(crate) fn finish(self) -> Result<(), Vec<Violation>> {
        if self.violations.is_empty() { Ok(()) } else { Err(self.violations) }
    }

    pub(crate) fn fail(&mut self, field: &str, message: impl Into<String>) {
        let mut path = self.path.clone();
        if !field.is_empty() {
            path.push(field.to_owned());
        }
        self.violations.push(Violation::new(path.join("."), message));
    }

    /// Checks a member, or an item by its number.
    pub(crate) fn within(&mut self, field: &str, inside: impl FnOnce(&mut Self)) {
        self.path.push(field.to_owned());
        inside(self);
        self.path.pop();
    }

    /// Checks the items of a list, each under its number.
    pub(crate) fn each<T>(&mut self, field: &str, items: &[T], inside: impl Fn(&mut Self, &T)) {
        self.within(field, |check| {
            for (n, item) in items.iter().enumerate() {
                check.within(&n.to_string(), |check| inside(check, item));
            }
        });
    }

    /// A text that must be there and has a limit.
    pub(crate) fn text(&mut self, field: &str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.fail(field, "is required");
        } else {
            self.at_most(field, text, limit);
        }
    }

    /// A text that may be missing and has a limit.
    pub(crate) fn at_most(&mut self, field: &str, text: &str, limit: usize) {
        let length = text.chars().count();
        if length > limit {
            self.fail(field, format!("has {length} characters, {limit} are possible"));
        }
    }

    /// A text that must be there.
    pub(crate) fn present(&mut self, field: &str, text: Option<&str>) {
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.fail(field, "is required");
        }
    }

    /// A number of items.
    pub(crate) fn count(&mut self, field: &str, count: usize, possible: RangeInclusive<usize>) {
        if !possible.contains(&count) {
            let (least, most) = possible.into_inner();
            self.fail(field, format!("has {count} items, {least} to {most} are possible"));
        }
    }

    /// A link that Meta or the person can open.
    pub(crate) fn link(&mut self, field: &str, link: &str) {
        let after = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
        if after.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
            self.fail(field, "must be a link that starts with https:// or http://");
        }
    }

    /// A member that only some kinds have.
    pub(crate) fn only(&mut self, possible: bool, field: &str, kind: &str) {
        if !possible {
            self.fail(field, format!("is not possible with {kind}"));
        }
    }
}

impl Message {
    /// Checks Meta's limits and required parts.
    ///
    /// # Errors
    /// What is wrong, each with the path of the member.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut check = Check::default();
        self.check(&mut check);
        check.finish()
    }

    pub(super) fn check(&self, check: &mut Check) {
        let kind = self.content.kind();
        match &self.content {
            Content::Text(text) => check.within(kind, |check| text.check(check)),
            Content::Image(media)
            | Content::Video(media)
            | Content::Audio(media)
            | Content::Document(media)
            | Content::Sticker(media) => check.within(kind, |check| media.check(kind, check)),
            Content::Location(location) => check.within(kind, |check| location.check(check)),
            Content::Contacts(cards) => check.within(kind, |check| contacts::check(cards, check)),
            Content::Reaction(reaction) => check.within(kind, |check| reaction.check(check)),
            Content::Interactive(message) => check.within(kind, |check| interactive::check(message, check)),
            Content::Template(message) => check.within(kind, |check| template::check(message, check)),
            Content::Read(read) => read.check(check),
        }
        if let Some(context) = &self.context {
            check.text("context.message_id", context.message_id.as_str(), 1024);
            check.only(!matches!(kind, "reaction" | "read"), "context", kind);
        }
    }
}

/// For `skip_serializing_if`: members that are left out when they are empty.
pub(crate) fn is_absent<T: MayBeAbsent>(value: &T) -> bool {
    value.is_absent()
}

/// What may be left out when writing.
pub(crate) trait MayBeAbsent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> MayBeAbsent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> MayBeAbsent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl MayBeAbsent for String {}
impl MayBeAbsent for i64 {}
impl MayBeAbsent for super::template::TemplateLanguage {}
