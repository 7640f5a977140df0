//! A template as we know it, and how it changes over time.
//!
//! Each aspect is a register: the newest word stands, by Meta's time, whatever the order in which words arrive.

use std::collections::BTreeMap;

use cloud_api::manage::template::{TemplateNode, TemplateState};
use cloud_api::webhook::event::templates::{QualityScore, TemplateCategoryName};
use cloud_api::{TemplateId, WabaId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Content, seen_in};
use crate::consent::Purpose;
use crate::number::facts::Source;

/// What can change of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Where it stands at Meta.
    State,
    /// How people take it.
    Quality,
    /// Its category.
    Category,
    /// The category that it will have.
    NextCategory,
    /// What it says; in the history by its hash.
    Content,
    /// How long Meta tries to deliver.
    Ttl,
}

impl Aspect {
    /// Reads a word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::State, Self::Quality, Self::Category, Self::NextCategory, Self::Content, Self::Ttl]
            .into_iter()
            .find(|aspect| aspect.as_str() == word)
    }

    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Quality => "quality",
            Self::Category => "category",
            Self::NextCategory => "next_category",
            Self::Content => "content",
            Self::Ttl => "ttl",
        }
    }
}

/// What Meta says of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Telling {
    /// Where it stands, and why.
    State(TemplateState, Option<String>),
    /// How people take it.
    Quality(QualityScore),
    /// Its category.
    Category(TemplateCategoryName),
    /// The category that it will have, and when.
    NextCategory(TemplateCategoryName, Option<Timestamp>),
    /// What it says.
    Content(Box<Content>),
    /// How long Meta tries to deliver, in seconds.
    Ttl(Option<i64>),
}

/// When a word was so, and who told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    #[serde(rename = "t")]
    at: Timestamp,
    #[serde(rename = "s")]
    source: Source,
    #[serde(rename = "v")]
    value: String,
}

impl Stamp {
    /// As facts of numbers have it: webhooks have whole seconds, and tell of a change, while who looks may have looked
    /// just before it. Without ties, so that the newest is one.
    fn rank(&self) -> (i64, Source, Timestamp, &str) {
        (self.at.as_second(), self.source, self.at, &self.value)
    }
}

/// Something that is another now: a line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changed.
    pub aspect: Aspect,
    /// What was known before; `None` if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now, in Meta's word; a content by its hash.
    pub to: String,
    /// Why, as far as Meta says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when, by Meta's clock; where we looked, when we saw it first.
    pub at: Timestamp,
    /// Who told.
    pub source: Source,
}

/// A template as we know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mirror {
    /// Its id.
    pub id: TemplateId,
    /// Whose it is.
    pub waba: WabaId,
    /// What it says, with its category now.
    pub content: Content,
    /// Where it stands at Meta.
    pub state: TemplateState,
    /// Why, as far as Meta says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How people take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<QualityScore>,
    /// The category that Meta announced, and when it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_category: Option<(TemplateCategoryName, Option<Timestamp>)>,
    /// How long Meta tries to deliver, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    stamps: BTreeMap<Aspect, Stamp>,
}

impl Mirror {
    /// A template that was seen for the first time.
    #[must_use]
    pub fn seen(waba: WabaId, node: &TemplateNode, asked_at: Timestamp) -> Self {
        let mut mirror = Self {
            id: node.id.clone(),
            waba,
            content: Content { category: None, ..Content::of(node) },
            state: node.status.clone(),
            reason: None,
            quality: None,
            next_category: None,
            ttl_seconds: None,
            stamps: BTreeMap::new(),
        };
        for telling in seen_in(node) {
            mirror.hear(telling, asked_at, Source::Sync);
        }
        mirror
    }

    /// Takes in what was told. An older word than the one that is known changes nothing; in whatever order the same words
    /// come, the same is known in the end.
    pub fn hear(&mut self, telling: Telling, at: Timestamp, source: Source) -> Option<Change> {
        let (aspect, value, reason) = words(&telling);
        let stamp = Stamp { at, source, value };
        let known = self.stamps.get(&aspect);
        if known.is_some_and(|known| known.rank() >= stamp.rank()) {
            return None;
        }
        let from = known.map(|known| known.value.clone());
        match telling {
            Telling::State(state, reason) => (self.state, self.reason) = (state, reason),
            Telling::Quality(score) => self.quality = Some(score),
            Telling::Category(category) => self.content.category = Some(category),
            Telling::NextCategory(category, when) => self.next_category = Some((category, when)),
            Telling::Content(content) => {
                self.content = Content { category: self.content.category.take(), ..*content };
            }
            Telling::Ttl(seconds) => self.ttl_seconds = seconds,
        }
        let change = (from.as_ref() != Some(&stamp.value)).then(|| Change {
            aspect,
            from,
            to: stamp.value.clone(),
            reason,
            at,
            source,
        });
        self.stamps.insert(aspect, stamp);
        change
    }

    /// What was known of it when it was seen first, as the first lines of its history.
    #[must_use]
    pub fn beginnings(&self) -> Vec<Change> {
        let line = |(aspect, stamp): (&Aspect, &Stamp)| Change {
            aspect: *aspect,
            from: None,
            to: stamp.value.clone(),
            reason: self.reason.clone().filter(|_| *aspect == Aspect::State),
            at: stamp.at,
            source: stamp.source,
        };
        self.stamps.iter().map(line).collect()
    }

    /// When an aspect was told last.
    #[must_use]
    pub fn told_at(&self, aspect: Aspect) -> Option<Timestamp> {
        self.stamps.get(&aspect).map(|stamp| stamp.at)
    }

    /// What a person must have agreed to, by its category now. `None`: Meta did not say, or in a word that this build does
    /// not know.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        self.content.category.as_ref().and_then(purpose_of)
    }

    /// The category that is announced and has not come yet.
    #[must_use]
    pub fn announced(&self) -> Option<&(TemplateCategoryName, Option<Timestamp>)> {
        self.next_category.as_ref().filter(|(next, _)| self.content.category.as_ref() != Some(next))
    }
}

/// What a person must have agreed to who is sent a template of this category.
#[must_use]
pub fn purpose_of(category: &TemplateCategoryName) -> Option<Purpose> {
    match category {
        TemplateCategoryName::Marketing => Some(Purpose::Marketing),
        TemplateCategoryName::Utility => Some(Purpose::Utility),
        TemplateCategoryName::Authentication => Some(Purpose::Authentication),
        _ => None,
    }
}

fn words(telling: &Telling) -> (Aspect, String, Option<String>) {
    match telling {
        Telling::State(state, reason) => (Aspect::State, state.to_string(), reason.clone()),
        Telling::Quality(score) => (Aspect::Quality, score.to_string(), None),
        Telling::Category(category) => (Aspect::Category, category.to_string(), None),
        Telling::NextCategory(category, _) => (Aspect::NextCategory, category.to_string(), None),
        Telling::Content(content) => (Aspect::Content, content.hash(), None),
        Telling::Ttl(seconds) => {
            (Aspect::Ttl, seconds.map(|seconds| seconds.to_string()).unwrap_or_default(), None)
        }
    }
}
