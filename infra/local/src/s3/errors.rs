//! Errors as S3 names them.

use http::StatusCode;

/// Why S3 refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum S3Error {
    /// No bucket has this name.
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    /// No object has this key.
    #[error("The specified key does not exist.")]
    NoSuchKey,
    /// A name that no bucket can have.
    #[error("The specified bucket is not valid.")]
    InvalidBucketName,
    /// A condition of the request does not hold.
    #[error("At least one of the pre-conditions you specified did not hold")]
    PreconditionFailed,
    /// The bytes are not those that the request's checksum was made of.
    #[error("The {0} you specified did not match what we received.")]
    BadDigest(&'static str),
    /// The body or the key is not written as it should be.
    #[error("{0}")]
    InvalidRequest(String),
    /// A key of more than 1024 bytes.
    #[error("Your key is too long")]
    KeyTooLong,
    /// A body larger than is taken here.
    #[error("Your proposed upload exceeds the maximum allowed size")]
    EntityTooLarge,
    /// A range that the object does not have.
    #[error("The requested range is not satisfiable")]
    InvalidRange,
    /// The time of a link has run out.
    #[error("Request has expired")]
    Expired,
    /// A link is followed in another way than it was signed for.
    #[error("The request signature we calculated does not match the signature you provided.")]
    SignatureDoesNotMatch,
    /// The action is not one that is served here.
    #[error("A header or query you provided implies functionality that is not implemented")]
    NotImplemented,
    /// The storage failed.
    #[error("The storage failed: {0}")]
    Storage(String),
}

impl S3Error {
    /// The code in the XML answer.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchBucket => "NoSuchBucket",
            Self::NoSuchKey => "NoSuchKey",
            Self::InvalidBucketName => "InvalidBucketName",
            Self::PreconditionFailed => "PreconditionFailed",
            Self::BadDigest(_) => "BadDigest",
            Self::InvalidRequest(_) => "InvalidRequest",
            Self::KeyTooLong => "KeyTooLongError",
            Self::EntityTooLarge => "EntityTooLarge",
            Self::InvalidRange => "InvalidRange",
            Self::Expired => "AccessDenied",
            Self::SignatureDoesNotMatch => "SignatureDoesNotMatch",
            Self::NotImplemented => "NotImplemented",
            Self::Storage(_) => "InternalError",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Expired | Self::SignatureDoesNotMatch => StatusCode::FORBIDDEN,
            Self::NoSuchBucket | Self::NoSuchKey => StatusCode::NOT_FOUND,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::InvalidRange => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<std::io::Error> for S3Error {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(error.to_string())
    }
}
