//! Where a campaign stands, and what may become of it. A store writes each step upon the state that was read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::Guard;

/// Where a campaign stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schema(as = CampaignState)]
pub enum State {
    /// Being written.
    Draft,
    /// Starts by itself.
    Scheduled {
        /// When.
        #[schema(value_type = String)]
        at: Timestamp,
    },
    /// Sending.
    Running,
    /// Sends nothing until a limit allows more; goes on by itself.
    Waiting {
        /// Which limit.
        limit: Waits,
        /// Until when.
        #[schema(value_type = String)]
        until: Timestamp,
    },
    /// Sends nothing until somebody resumes it.
    Paused {
        /// Who stopped it.
        by: PausedBy,
        /// Since when.
        #[schema(value_type = String)]
        since: Timestamp,
    },
    /// Over: everybody has an outcome, or its end came.
    Finished {
        /// When.
        #[schema(value_type = String)]
        at: Timestamp,
    },
    /// Ended by somebody.
    Cancelled {
        /// The `sub` of their tokens, or the program's name.
        by: String,
        /// When.
        #[schema(value_type = String)]
        at: Timestamp,
    },
}

/// What a campaign waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignWaits)]
pub enum Waits {
    /// The portfolio's messaging limit: unique people in a rolling 24 hours.
    Tier,
    /// The numbers' messages a second, or a number in maintenance.
    Throughput,
    /// The campaign's own pace or warm-up.
    Pace,
    /// Everybody who is left sleeps.
    QuietHours,
    /// The canary's results.
    Canary,
    /// People who were put off, such as for Meta's marketing limit of a person.
    PutOff,
}

impl Waits {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Tier, Self::Throughput, Self::Pace, Self::QuietHours, Self::Canary, Self::PutOff];
}

/// Who stopped a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignPausedBy)]
pub enum PausedBy {
    /// Somebody, by the `sub` of their tokens, or a program by its name.
    Person(String),
    /// A guard.
    Guard(Guard),
}

/// What is to happen to a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Its definition is changed.
    Edit,
    /// It shall start by itself.
    Schedule {
        /// When.
        at: Timestamp,
    },
    /// It shall not start by itself after all.
    Unschedule,
    /// It starts.
    Start,
    /// A limit is reached.
    Wait {
        /// Which.
        limit: Waits,
        /// Until when.
        until: Timestamp,
    },
    /// The limit allows more.
    Wake,
    /// It stops.
    Pause {
        /// Who stops it.
        by: PausedBy,
    },
    /// Somebody lets it go on.
    Resume,
    /// Nothing is left to do, or its end came.
    Finish,
    /// It ends for good.
    Cancel {
        /// Who ends it.
        by: String,
    },
    /// It is removed.
    Delete,
}

/// Why a campaign stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The audience, the template and its content are frozen once it started.
    #[error(
        "the campaign has started: its audience and its content are frozen; cancel it and copy it to change it"
    )]
    Frozen,
    /// It has not started.
    #[error("the campaign has not started")]
    NotStarted,
    /// It has started already.
    #[error("the campaign has started already")]
    AlreadyStarted,
    /// It is not paused, so nobody has to let it go on.
    #[error("the campaign is not paused")]
    NotPaused,
    /// It is paused: only a person lets it go on.
    #[error("the campaign is paused: somebody must resume it")]
    Paused,
    /// It does not wait for anything.
    #[error("the campaign does not wait for a limit")]
    NotWaiting,
    /// It is not scheduled.
    #[error("the campaign is not scheduled")]
    NotScheduled,
    /// It is over.
    #[error("the campaign is over")]
    Over,
    /// The time has passed.
    #[error("the time has passed")]
    InThePast,
}

impl State {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled { .. } => "scheduled",
            Self::Running => "running",
            Self::Waiting { .. } => "waiting",
            Self::Paused { .. } => "paused",
            Self::Finished { .. } => "finished",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether it may send now. A waiting campaign may not: whoever holds one of its chunks puts it back.
    #[must_use]
    pub fn sends(&self) -> bool {
        *self == Self::Running
    }

    /// Whether it is over for good.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Cancelled { .. })
    }

    fn has_started(&self) -> bool {
        !matches!(self, Self::Draft | Self::Scheduled { .. })
    }
}

/// What becomes of a campaign. The same action twice is the same state, so that a repeated step changes nothing,
/// except that the first who paused or ended it stays on record.
///
/// # Errors
/// Why it stays as it is.
pub fn apply(state: &State, action: &Action, now: Timestamp) -> Result<State, Refused> {
    if state.is_over() {
        return over(state, action);
    }
    match action {
        Action::Edit | Action::Delete if state.has_started() => Err(Refused::Frozen),
        Action::Edit | Action::Delete => Ok(state.clone()),
        Action::Schedule { .. } | Action::Unschedule if state.has_started() => Err(Refused::AlreadyStarted),
        Action::Schedule { at } if *at < now => Err(Refused::InThePast),
        Action::Schedule { at } => Ok(State::Scheduled { at: *at }),
        Action::Unschedule if *state == State::Draft => Err(Refused::NotScheduled),
        Action::Unschedule => Ok(State::Draft),
        Action::Start if state.has_started() => Err(Refused::AlreadyStarted),
        Action::Start => Ok(State::Running),
        Action::Cancel { by } => Ok(State::Cancelled { by: by.clone(), at: now }),
        _ if !state.has_started() => Err(Refused::NotStarted),
        Action::Wait { limit, until } => wait(state, *limit, *until, now),
        Action::Wake => wake(state),
        Action::Pause { by } => Ok(pause(state, by, now)),
        Action::Resume if matches!(state, State::Paused { .. }) => Ok(State::Running),
        Action::Resume => Err(Refused::NotPaused),
        Action::Finish if matches!(state, State::Paused { .. }) => Err(Refused::Paused),
        Action::Finish => Ok(State::Finished { at: now }),
    }
}

/// A campaign that is over stays over; only its removal and a repeated end are no mistake.
fn over(state: &State, action: &Action) -> Result<State, Refused> {
    match (state, action) {
        (State::Finished { .. }, Action::Finish)
        | (State::Cancelled { .. }, Action::Cancel { .. })
        | (_, Action::Delete) => Ok(state.clone()),
        _ => Err(Refused::Over),
    }
}

/// Several workers meet limits at the same time: the latest time counts, whoever tells it first.
fn wait(state: &State, limit: Waits, until: Timestamp, now: Timestamp) -> Result<State, Refused> {
    match state {
        State::Paused { .. } => Err(Refused::Paused),
        State::Waiting { until: there, .. } if *there >= until => Ok(state.clone()),
        _ if until <= now => Ok(state.clone()),
        _ => Ok(State::Waiting { limit, until }),
    }
}

fn wake(state: &State) -> Result<State, Refused> {
    match state {
        State::Waiting { .. } | State::Running => Ok(State::Running),
        State::Paused { .. } => Err(Refused::Paused),
        _ => Err(Refused::NotWaiting),
    }
}

/// A person's pause is not taken over by a guard: whoever resumes a guard's pause must have seen the reason, and
/// whoever paused by hand wants it to stay so. The first guard's reason stays.
fn pause(state: &State, by: &PausedBy, now: Timestamp) -> State {
    match (state, by) {
        (State::Paused { .. }, PausedBy::Guard(_)) | (State::Paused { by: PausedBy::Person(_), .. }, _) => {
            state.clone()
        }
        _ => State::Paused { by: by.clone(), since: now },
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
