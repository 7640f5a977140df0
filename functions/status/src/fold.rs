//! What a status says, as something that can be joined.

use cloud_api::webhook::pricing::PricingCategory;
use cloud_api::webhook::status::{DeliveryStatus, StatusUpdate};
use domain::{Delivery, DeliveryEvent};
use jiff::Timestamp;
use store::StatusFold;

/// What a status says of its message. `None` if it is one that this build does not know.
pub(crate) fn of(update: &StatusUpdate, received_at: Timestamp) -> Option<StatusFold> {
    let event = match update.status {
        DeliveryStatus::Sent => DeliveryEvent::Sent,
        DeliveryStatus::Delivered => DeliveryEvent::Delivered,
        DeliveryStatus::Read => DeliveryEvent::Read,
        DeliveryStatus::Played => DeliveryEvent::Played,
        DeliveryStatus::Failed => DeliveryEvent::Failed,
        _ => return None,
    };
    let at = update.timestamp.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(received_at);
    let json = |value: serde_json::Result<String>| value.ok();
    Some(StatusFold {
        delivery: Delivery::of(event, at),
        wamid: update.id.to_string(),
        errors: json(serde_json::to_string(&update.errors)).filter(|_| !update.errors.is_empty()),
        pricing: update.pricing.as_ref().and_then(|pricing| json(serde_json::to_string(pricing))),
        user_id: update.recipient_user_id.as_ref().map(ToString::to_string),
        free_entry_until: free_entry_until(update),
    })
}

/// Until when Meta charges nothing, by its own word: only `sent` carries the time, and only of a free entry point.
fn free_entry_until(update: &StatusUpdate) -> Option<Timestamp> {
    let conversation = update.conversation.as_ref()?;
    let origin = conversation.origin.as_ref()?.kind.as_ref()?;
    let until = conversation.expiration_timestamp.filter(|_| *origin == PricingCategory::ReferralConversion);
    Timestamp::from_second(until?).ok()
}

/// Both together. Each keeps the first that it has.
pub(crate) fn join(a: StatusFold, b: StatusFold) -> StatusFold {
    StatusFold {
        delivery: a.delivery.join(b.delivery),
        wamid: a.wamid,
        errors: a.errors.or(b.errors),
        pricing: a.pricing.or(b.pricing),
        user_id: a.user_id.or(b.user_id),
        free_entry_until: a.free_entry_until.max(b.free_entry_until),
    }
}
