//! Our path, from the event's bytes to the jobs' bytes. What it leaves out is the call of SQS.

use cloud_api::signature;
use cloud_api::webhook::split::split;
use jiff::Timestamp;
use queue::CorrelationId;
use webhook::{Event, Origin, Packed};

use super::bodies::SECRET;
use crate::BoxError;

/// When everything here is received.
const NOW: Timestamp = Timestamp::constant(1_795_424_400, 0);

/// The event that Lambda's runtime hands over: read as the runtime reads it, each error with its path.
pub(crate) fn handle(event: &[u8]) -> Result<Packed, BoxError> {
    let mut json = serde_json::Deserializer::from_slice(event);
    let event: Event = serde_path_to_error::deserialize(&mut json)?;
    let body = event.body().ok_or("the event has no body")?;
    signature::verify(&[SECRET], &body, event.signature())?;
    let correlation = event.request_id().and_then(CorrelationId::new);
    Ok(webhook::pack(split(&body), &Origin { received_at: NOW, correlation }))
}
