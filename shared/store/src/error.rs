//! What can go wrong, by what to do about it.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// A verb of the store did not do its work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Too much at once. Nothing was written; worth a retry.
    #[error("the table is throttled")]
    Throttled,
    /// No answer, or none that says anything. Worth a retry: every write is right under repetition.
    #[error("the table is not available: {0}")]
    Unavailable(String),
    /// Others kept changing the same item. Worth a retry.
    #[error("too many others changed the same item")]
    Contended,
    /// DynamoDB refuses the item itself, for instance as too large. A retry ends the same.
    #[error("the table refuses the item: {0}")]
    Refused(String),
    /// The person behind it was erased: nothing was written, and nothing may be.
    #[error("the person was erased")]
    Erased,
    /// An item does not read as what its key says. A retry ends the same.
    #[error("an item is not what it should be: {0}")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Whether doing it again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable(_) | Self::Contended)
    }

    pub(crate) fn from_sdk<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match error.code() {
            Some(
                "ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded",
            ) => Self::Throttled,
            // DynamoDB's message of a validation names attributes and sizes, never values.
            Some("ValidationException") => Self::Refused(error.message().unwrap_or_default().to_owned()),
            _ => Self::Unavailable(DisplayErrorContext(error).to_string().replace('\n', " ")),
        }
    }
}

/// The result of a conditional write.
pub(crate) enum Conditional<T> {
    /// It was written.
    Written,
    /// The condition did not hold.
    Refused(T),
}
