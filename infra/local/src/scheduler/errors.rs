//! Errors as EventBridge Scheduler names them.

use http::StatusCode;

use crate::targets::DbError;

/// Why the scheduler refused.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SchedulerError {
    /// A parameter is missing or not allowed.
    #[error("{0}")]
    Validation(String),
    /// A schedule or group of this name is there already.
    #[error("{0} already exists.")]
    Conflict(String),
    /// The request names something that is not there.
    #[error("{0} does not exist.")]
    NotFound(String),
    /// No operation has this method and path.
    #[error("The embedded scheduler does not know this operation.")]
    UnknownOperation,
    /// The storage failed; nothing was done.
    #[error(transparent)]
    Storage(#[from] DbError),
}

impl SchedulerError {
    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationException",
            Self::Conflict(_) => "ConflictException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Storage(_) => "InternalServerException",
        }
    }

    /// Its status on the wire.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Validation(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::NotFound(_) | Self::UnknownOperation => StatusCode::NOT_FOUND,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<rusqlite::Error> for SchedulerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<serde_json::Error> for SchedulerError {
    fn from(error: serde_json::Error) -> Self {
        Self::Storage(error.into())
    }
}
