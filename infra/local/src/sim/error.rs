//! What can go wrong with the simulator itself.

/// The simulator could not be opened, or could not keep what it was told.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The directory for `sim.db` cannot be made.
    #[error("the simulator's directory: {0}")]
    Directory(String),
    /// The file refused a read or a write.
    #[error("sim.db: {0}")]
    File(#[from] rusqlite::Error),
    /// A row of the file cannot be read back.
    #[error("sim.db holds an unreadable row: {0}")]
    Row(String),
    /// The HTTP client for webhooks could not be built.
    #[error("the webhook client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A control request that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct ControlError {
    /// The HTTP status that the control API answers with.
    pub status: u16,
    /// The field that is wrong, when one is.
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl ControlError {
    pub(crate) fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { status: 400, field: Some(field.into()), reason: reason.into() }
    }

    pub(crate) fn conflict(reason: &str) -> Self {
        Self { status: 409, field: None, reason: reason.into() }
    }

    pub(crate) fn missing(what: &str, id: &str) -> Self {
        Self { status: 404, field: None, reason: format!("no {what} {id}") }
    }
}

impl From<SimError> for ControlError {
    fn from(error: SimError) -> Self {
        Self { status: 500, field: None, reason: error.to_string() }
    }
}
