//! What Meta says of numbers and WABAs, steps at Meta, and business profiles.

use std::collections::BTreeMap;

use domain::number::facts::{Change, Fact, Facts, InForce};
use domain::number::onboarding::{State, Step};
use jiff::Timestamp;
use serde::Serialize;
use store::{KeptProfile, Waba};
use utoipa::ToSchema;

use crate::view::Time;

/// What Meta says of something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub(crate) struct FactView {
    /// As Meta writes it.
    value: String,
    /// When it was so last, by Meta's clock.
    at: Time,
    /// `webhook` if Meta told, `sync` if we looked.
    source: &'static str,
}

/// Facts by their names. Restrictions are shown apart: they end.
pub(crate) fn facts(facts: &Facts) -> BTreeMap<String, FactView> {
    let shown = facts.iter().filter(|(fact, _)| !matches!(fact, Fact::Restriction(_)));
    shown
        .map(|(fact, known)| {
            let view =
                FactView { value: known.value.clone(), at: known.at.into(), source: known.source.as_str() };
            (fact.to_string(), view)
        })
        .collect()
}

/// A restriction that is in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Restriction)]
pub(crate) struct RestrictionView {
    /// Meta's name for it, such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    kind: String,
    /// Until when; `null` if Meta did not say.
    until: Option<Time>,
    /// Of whom: `number` or `waba`.
    of: &'static str,
}

/// The restrictions that are in force, and whose they are.
pub(crate) fn restrictions(facts: &Facts, of: &'static str, now: Timestamp) -> Vec<RestrictionView> {
    let view = |it: InForce| RestrictionView { kind: it.kind, until: it.until.map(Time::from), of };
    facts.restrictions_at(now).into_iter().map(view).collect()
}

/// A change of what Meta says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FactChange)]
pub(crate) struct ChangeView {
    /// What changed, by the fact's name.
    what: String,
    /// What was known before; `null` if nothing was.
    from: Option<String>,
    /// What it is since then.
    to: String,
    /// Since when, by Meta's clock; where we looked, when we saw it first.
    at: Time,
    /// `webhook` if Meta told, `sync` if we looked.
    source: &'static str,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            what: change.fact.to_string(),
            from: change.from,
            to: change.to,
            at: change.at.into(),
            source: change.source.as_str(),
        }
    }
}

/// A step of a number at Meta.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NumberStep)]
pub(crate) struct StepView {
    /// Which one, such as `register`.
    step: String,
    /// `pending`, `done` or `failed`.
    state: &'static str,
    /// Why it failed.
    reason: Option<String>,
    /// When it came into this state.
    at: Time,
}

impl StepView {
    /// A step that was begun just now.
    pub(crate) fn begun(step: &str, at: Timestamp) -> Self {
        Self { step: step.to_owned(), state: State::Pending.shown(), reason: None, at: at.into() }
    }
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        Self { step: step.step, state: step.state.shown(), reason: step.reason, at: step.at.into() }
    }
}

/// A number's business profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(crate) struct ProfileView {
    /// As Meta showed it: `about`, `address`, `description`, `email`, `profile_picture_url`, `websites`, `vertical`.
    /// `null` until it was read for the first time.
    #[schema(value_type = Option<Object>)]
    profile: Option<serde_json::Value>,
    /// When that was.
    read_at: Option<Time>,
    /// What is being done with it, or was last: `refresh` or `change`.
    step: Option<StepView>,
}

impl From<KeptProfile> for ProfileView {
    fn from(kept: KeptProfile) -> Self {
        let (json, read_at) = kept.read.unzip();
        Self {
            profile: json.and_then(|json| serde_json::from_str(&json).ok()),
            read_at: read_at.map(Time::from),
            step: kept.step.map(StepView::from),
        }
    }
}

/// A place for a picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PicturePlace)]
pub(crate) struct PictureView {
    /// What a change of the profile names.
    pub(crate) picture: String,
    /// Where to `PUT` the file, for 15 minutes.
    pub(crate) upload: String,
}

/// A WhatsApp Business Account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Waba)]
pub(crate) struct WabaView {
    /// Meta's id.
    id: String,
    /// What the company calls it; `null` if nobody told of it, and a number is known.
    name: Option<String>,
    /// The business portfolio that owns it, if an admin named one.
    portfolio: Option<String>,
    /// What Meta says of it.
    facts: BTreeMap<String, FactView>,
    /// What Meta forbids it now.
    restrictions: Vec<RestrictionView>,
}

impl WabaView {
    /// A WABA as it stands now.
    pub(crate) fn new(waba: Waba, now: Timestamp) -> Self {
        Self {
            id: waba.id.to_string(),
            name: waba.name,
            portfolio: waba.portfolio.map(|portfolio| portfolio.to_string()),
            facts: facts(&waba.facts),
            restrictions: restrictions(&waba.facts, "waba", now),
        }
    }
}
