//! May a template be used, and what speaks against it?

use cloud_api::manage::template::TemplateState;
use cloud_api::webhook::event::templates::{QualityScore, TemplateCategoryName};
use jiff::Timestamp;

use super::Mirror;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It goes, but somebody should know.
    Warns,
    /// It does not go.
    Stops,
}

/// Something that speaks against using a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Meta does not send it in this state.
    State(TemplateState),
    /// Meta says that it is about to be disabled.
    Flagged,
    /// Its quality is medium or low: Meta may pause it.
    Quality(QualityScore),
    /// It costs and means something else than when the campaign was planned.
    CategoryChanged {
        /// Then.
        from: Option<TemplateCategoryName>,
        /// Now.
        to: Option<TemplateCategoryName>,
    },
    /// Meta will change its category.
    CategoryWillChange {
        /// To this.
        to: TemplateCategoryName,
        /// When, if Meta said it.
        at: Option<Timestamp>,
    },
    /// It says something else than when the campaign was planned.
    ContentChanged,
}

impl Concern {
    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::State(_) | Self::CategoryChanged { .. } | Self::ContentChanged => Severity::Stops,
            Self::Flagged | Self::Quality(_) | Self::CategoryWillChange { .. } => Severity::Warns,
        }
    }

    /// The word that stands in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Flagged => "flagged",
            Self::Quality(_) => "quality",
            Self::CategoryChanged { .. } => "category_changed",
            Self::CategoryWillChange { .. } => "category_will_change",
            Self::ContentChanged => "content_changed",
        }
    }
}

/// How a template stands for use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// What speaks against it, the gravest first.
    pub concerns: Vec<Concern>,
}

impl Health {
    /// Whether it may be used.
    #[must_use]
    pub fn may_be_used(&self) -> bool {
        self.concerns.iter().all(|concern| concern.severity() == Severity::Warns)
    }
}

/// Judges a template; with the hash and the category that were frozen, also whether it still is what was planned.
#[must_use]
pub fn health(mirror: &Mirror, frozen: Option<(&str, Option<&TemplateCategoryName>)>) -> Health {
    let mut concerns = Vec::new();
    if let Some((hash, category)) = frozen {
        if mirror.content.hash() != hash {
            concerns.push(Concern::ContentChanged);
        }
        if mirror.content.category.as_ref() != category {
            let (from, to) = (category.cloned(), mirror.content.category.clone());
            concerns.push(Concern::CategoryChanged { from, to });
        }
    }
    if !super::is_live(&mirror.state) {
        concerns.push(Concern::State(mirror.state.clone()));
    } else if mirror.state == TemplateState::Flagged {
        concerns.push(Concern::Flagged);
    }
    if let Some(quality @ (QualityScore::Yellow | QualityScore::Red)) = &mirror.quality {
        concerns.push(Concern::Quality(quality.clone()));
    }
    if let Some((to, at)) = mirror.announced() {
        concerns.push(Concern::CategoryWillChange { to: to.clone(), at: *at });
    }
    concerns.sort_by_key(|concern| std::cmp::Reverse(concern.severity()));
    Health { concerns }
}
