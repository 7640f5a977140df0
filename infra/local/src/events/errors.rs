//! Errors as EventBridge names them.

use crate::targets::DbError;

/// Why EventBridge refused.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EventsError {
    /// A parameter is missing or not allowed.
    #[error("{0}")]
    Validation(String),
    /// The pattern is none.
    #[error("Event pattern is not valid. Reason: {0}")]
    InvalidPattern(String),
    /// The request names something that is not there.
    #[error("{0}")]
    NotFound(String),
    /// There is a bus of this name.
    #[error("Event bus {0} already exists.")]
    AlreadyExists(String),
    /// More than AWS allows.
    #[error("{0}")]
    LimitExceeded(String),
    /// The target names an action that is not played here.
    #[error("The embedded EventBridge does not know the action {0}.")]
    UnknownOperation(String),
    /// The storage failed; nothing was done.
    #[error(transparent)]
    Storage(#[from] DbError),
}

impl EventsError {
    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationException",
            Self::InvalidPattern(_) => "InvalidEventPatternException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::AlreadyExists(_) => "ResourceAlreadyExistsException",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::UnknownOperation(_) => "UnknownOperationException",
            Self::Storage(_) => "InternalException",
        }
    }

    pub(super) fn no_bus(name: &str) -> Self {
        Self::NotFound(format!("Event bus {name} does not exist."))
    }

    pub(super) fn no_rule(bus: &str, name: &str) -> Self {
        Self::NotFound(format!("Rule {name} does not exist on EventBus {bus}."))
    }
}

impl From<rusqlite::Error> for EventsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<serde_json::Error> for EventsError {
    fn from(error: serde_json::Error) -> Self {
        Self::Storage(error.into())
    }
}
