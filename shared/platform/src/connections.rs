//! WebSocket connections, as API Gateway holds them.

use std::sync::Arc;

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::{DisplayErrorContext, SdkError};
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;

use crate::describe;

/// The most bytes of one frame ([Amazon API Gateway quotas for WebSocket APIs], read 2026-11).
///
/// [Amazon API Gateway quotas for WebSocket APIs]: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
pub const LARGEST_FRAME: usize = 128 * 1024;

/// The connections of a WebSocket API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Client>);

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The connection has it.
    Taken,
    /// There is no such connection any more.
    Gone,
}

/// A frame was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// It is longer than [`LARGEST_FRAME`]. A retry ends the same.
    #[error("the frame is too long")]
    TooLarge,
    /// The gateway did not answer as it should, again and again.
    #[error("the gateway is not available: {0}")]
    Unavailable(String),
}

impl Connections {
    /// The connections that a client reaches: its endpoint names the API and the stage.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(Arc::new(client))
    }

    /// Pushes a frame of text to a connection.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn push(&self, connection: &str, text: &str) -> Result<Pushed, PushError> {
        let post = self.0.post_to_connection().connection_id(connection).data(Blob::new(text.as_bytes()));
        match post.send().await {
            Ok(_) => Ok(Pushed::Taken),
            Err(error) => match error.as_service_error() {
                Some(PostToConnectionError::GoneException(_)) => Ok(Pushed::Gone),
                Some(PostToConnectionError::PayloadTooLargeException(_)) => Err(PushError::TooLarge),
                _ => Err(unavailable(&error)),
            },
        }
    }

    /// Ends a connection. One that is gone already is no error.
    ///
    /// # Errors
    /// [`PushError::Unavailable`]: it may be there still.
    pub async fn end(&self, connection: &str) -> Result<(), PushError> {
        match self.0.delete_connection().connection_id(connection).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(DeleteConnectionError::GoneException(_)) => Ok(()),
                _ => Err(unavailable(&error)),
            },
        }
    }
}

fn unavailable<E: std::error::Error + Send + Sync + 'static>(error: &SdkError<E>) -> PushError {
    PushError::Unavailable(describe(&DisplayErrorContext(error)))
}
