//! A template as we know it, and how it changes over time.
//!
//! Each aspect is a register: the newest word stands, by Meta's time, whatever the order in which words arrive.

use std::collections::BTreeMap;

use cloud_api::manage::template::{TemplateNode, TemplateState};
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::templates::{
    CategoryChange, QualityScore, TemplateCategoryName, TemplateEvent,
};
use cloud_api::{TemplateId, WabaId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Content;
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

    /// The category that is announced and has not come yet.
    #[must_use]
    pub fn announced(&self) -> Option<&(TemplateCategoryName, Option<Timestamp>)> {
        self.next_category.as_ref().filter(|(next, _)| self.content.category.as_ref() != Some(next))
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

/// What Meta's list says of a template.
#[must_use]
pub fn seen_in(node: &TemplateNode) -> Vec<Telling> {
    let reason = node.rejected_reason.clone().filter(|reason| !reason.eq_ignore_ascii_case("none"));
    let mut told = vec![
        Telling::State(node.status.clone(), reason),
        Telling::Content(Box::new(Content::of(node))),
        Telling::Ttl(node.message_send_ttl_seconds),
    ];
    told.extend(node.category.clone().map(Telling::Category));
    told.extend(node.quality_score.as_ref().map(|quality| Telling::Quality(quality.score.clone())));
    told
}

/// What a webhook says of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Of which.
    pub template: TemplateId,
    /// What.
    pub tellings: Vec<Telling>,
    /// Whether the template has to be read again: the webhook does not say all that changed.
    pub read_again: bool,
}

/// Reads an event. `None`: it is not about a template.
#[must_use]
pub fn told_by(event: &Event) -> Option<Told> {
    let (template, tellings, read_again) = match event {
        Event::TemplateStatus(told) => {
            let reason = told.reason.clone().filter(|reason| !reason.eq_ignore_ascii_case("none"));
            let title = told.other_info.as_ref().and_then(|other| other.title.clone());
            let mut tellings = Vec::new();
            // Out of the archive: Meta does not say where it stands now.
            if told.event != TemplateEvent::Unarchived {
                let state = TemplateState::from(told.event.as_str());
                tellings.push(Telling::State(state, reason.or(title)));
            }
            tellings.extend(told.category.clone().map(Telling::Category));
            (&told.id, tellings, told.event == TemplateEvent::Unarchived)
        }
        Event::TemplateQuality(told) => {
            (&told.id, vec![Telling::Quality(told.new_quality_score.clone())], false)
        }
        Event::TemplateComponents(told) => (&told.id, Vec::new(), true),
        Event::TemplateCategory(told) => {
            let telling = match &told.change {
                CategoryChange::Upcoming { next, at, .. } => {
                    let at = at.and_then(|at| Timestamp::from_second(at).ok());
                    Telling::NextCategory(next.clone(), at)
                }
                CategoryChange::Done { new, .. } => Telling::Category(new.clone()),
            };
            (&told.id, vec![telling], false)
        }
        _ => return None,
    };
    Some(Told { template: template.clone(), tellings, read_again })
}
