//! Our path, from the event's bytes to the jobs' bytes. What it leaves out is the call of SQS.

use aws_lambda_events::event::lambda_function_urls::LambdaFunctionUrlRequest;
use cloud_api::signature;
use cloud_api::webhook::split::split;
use jiff::Timestamp;
use webhook::Packed;

use super::bodies::SECRET;
use crate::BoxError;

/// When everything here is received.
const NOW: Timestamp = Timestamp::constant(1_795_424_400, 0);

/// The event that Lambda's runtime hands over: read as the runtime reads it, each error with its path.
pub(crate) fn handle(event: &[u8]) -> Result<Packed, BoxError> {
    let mut json = serde_json::Deserializer::from_slice(event);
    let event: LambdaFunctionUrlRequest = serde_path_to_error::deserialize(&mut json)?;
    let body = webhook::body_of(&event).ok_or("the event has no body")?;
    let header = event.headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    signature::verify(&[SECRET], &body, header)?;
    Ok(webhook::pack(split(&body), NOW))
}
