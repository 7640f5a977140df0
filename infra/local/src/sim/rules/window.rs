//! The customer service window, and who sees whose phone number.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::sim::model::{Pair, Person};

/// Free-form messages may be sent for 24 hours after the person's last message.
pub(crate) fn is_open(pair: Option<&Pair>, now: Timestamp) -> bool {
    pair.and_then(|pair| pair.last_inbound).is_some_and(|at| now < at + SignedDuration::from_hours(24))
}

/// Whether a message of this kind refreshes the window. Reactions do in practice, though no page says so.
pub(crate) fn refreshes(kind: &str) -> bool {
    !matches!(kind, "system" | "edit" | "revoke")
}

/// Whether the business sees the person's number: always without a username, else if they show it, or if
/// the business wrote to that number in the last 30 days.
pub(crate) fn sees_phone(person: &Person, pair: Option<&Pair>, now: Timestamp) -> bool {
    let recently =
        pair.and_then(|pair| pair.phoned_at).is_some_and(|at| now < at + SignedDuration::from_hours(30 * 24));
    person.phone_visible || recently
}

/// The free entry point of an ad: 72 hours from a message with a referral.
pub(crate) fn entry_point(message: &Value, now: Timestamp) -> Option<Timestamp> {
    message["referral"].is_object().then(|| now + SignedDuration::from_hours(72))
}
