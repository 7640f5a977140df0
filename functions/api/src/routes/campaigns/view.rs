//! Campaigns as they are told.

use domain::campaign::definition::Definition;
use domain::campaign::guard::Guard;
use domain::campaign::state::{PausedBy, State};
use serde::Serialize;
use store::Campaign;
use utoipa::ToSchema;

use crate::view::Time;

/// A campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignView {
    id: String,
    /// `draft`, `scheduled`, `running`, `waiting`, `paused`, `finished` or `cancelled`.
    state: &'static str,
    /// The state with what belongs to it: when it starts, what it waits for, who paused it and since when.
    status: State,
    /// Why a guard paused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<Stopped>,
    /// What it is.
    definition: Definition,
    /// Who made it.
    created_by: String,
    /// The recurring campaign that it is a run of.
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence_of: Option<String>,
    created_at: Time,
    updated_at: Time,
    started_at: Option<Time>,
    progress: Progress,
    /// Grows with each change of its definition or state.
    version: i64,
}

/// Why a guard paused a campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignStopped)]
pub(crate) struct Stopped {
    guard: Guard,
    /// What happened, in a sentence.
    why: &'static str,
    /// What exactly the guard saw: a template, a number, an account or a code of Meta's, with what was told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
}

impl Stopped {
    fn of(campaign: &Campaign) -> Option<Self> {
        let State::Paused { by: PausedBy::Guard(guard), .. } = &campaign.state else { return None };
        let concern = campaign.watch.stopped.as_ref().filter(|concern| concern.guard == *guard);
        Some(Self { guard: *guard, why: guard.why(), of: concern.map(|concern| concern.of.clone()) })
    }
}

/// How far a campaign has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignProgress)]
pub(crate) struct Progress {
    /// When everybody of its audience was written down; nobody gets anything before.
    frozen_at: Option<Time>,
    /// How many people it is for, once that is known.
    people: Option<u64>,
    /// In how many chunks of a hundred.
    chunks: Option<u64>,
    /// How many of these may be worked on.
    released: u64,
    /// How many are through, from the first.
    done: u64,
}

impl From<Campaign> for CampaignView {
    fn from(campaign: Campaign) -> Self {
        let log = &campaign.log;
        let progress = Progress {
            frozen_at: log.frozen_at.map(Time::from),
            people: log.frozen_at.map(|_| log.people),
            chunks: log.frozen_at.map(|_| log.chunks),
            released: log.released_upto,
            done: log.done_upto,
        };
        Self {
            stopped: Stopped::of(&campaign),
            id: campaign.id.to_string(),
            state: campaign.state.as_str(),
            status: campaign.state,
            definition: campaign.definition,
            created_by: campaign.by,
            recurrence_of: campaign.parent.map(|parent| parent.to_string()),
            created_at: campaign.created_at.into(),
            updated_at: campaign.updated_at.into(),
            started_at: campaign.started_at.map(Time::from),
            progress,
            version: campaign.version,
        }
    }
}
