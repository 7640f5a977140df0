//! The functions of this workspace, as the embedded world calls them.

use crate::lambda::{BoxError, FunctionContext, Functions};

/// Makes every function from its own variables.
///
/// # Errors
/// When a function's configuration is not complete.
pub async fn build(context: FunctionContext) -> Result<Functions, BoxError> {
    tracing::debug!(?context, "No function has been built yet");
    Ok(Functions::default())
}
