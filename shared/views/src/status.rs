//! How far a message has come: our own state and Meta's statuses, as one word.

use domain::Displayed;
use domain::sending::SendState;
use serde::Serialize;
use store::{Direction, StoredMessage};
use utoipa::ToSchema;

use crate::Time;

/// The word: Meta's, once Meta said anything; until then where the message stands between us and Meta.
pub(crate) fn word(message: &StoredMessage) -> &'static str {
    if message.direction != Direction::Outbound {
        return "received";
    }
    match message.delivery.displayed() {
        Displayed::Played => "played",
        Displayed::Read => "read",
        Displayed::Delivered => "delivered",
        Displayed::Failed => "failed",
        Displayed::Sent => "sent",
        Displayed::Nothing => message.state.unwrap_or(SendState::Unknown).as_str(),
    }
}

/// When each thing happened, if it did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Statuses)]
pub struct StatusTimes {
    /// Meta took it.
    accepted: Option<Time>,
    /// Meta handed it on: one tick.
    sent: Option<Time>,
    /// It reached a device: two ticks. Meta skips this one at times.
    delivered: Option<Time>,
    /// It was shown, and the person shares read receipts.
    read: Option<Time>,
    /// A voice message was played.
    played: Option<Time>,
    /// It failed, or was refused.
    failed: Option<Time>,
}

impl StatusTimes {
    /// The times of a message of ours. A customer's message has none.
    pub fn of(message: &StoredMessage) -> Self {
        let delivery = &message.delivery;
        Self {
            accepted: message.accepted_at.map(Time::from),
            sent: delivery.sent.map(Time::from),
            delivered: delivery.delivered.map(Time::from),
            read: delivery.read.map(Time::from),
            played: delivery.played.map(Time::from),
            failed: delivery.failed.or(message.refused_at).map(Time::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Delivery, DeliveryEvent};
    use jiff::Timestamp;

    use super::*;
    use crate::message::tests::stored;

    #[test]
    fn metas_word_counts_as_soon_as_there_is_one_and_never_goes_back() {
        let mut message = stored("900.01K.m.5.0123456789abcdef", Direction::Outbound, "{}");
        message.state = Some(SendState::Unknown);
        assert_eq!(word(&message), "unknown");
        // A status resolves an answer that was lost.
        let events = [
            (DeliveryEvent::Sent, "sent"),
            (DeliveryEvent::Failed, "failed"),
            (DeliveryEvent::Delivered, "delivered"),
            (DeliveryEvent::Sent, "delivered"),
            (DeliveryEvent::Read, "read"),
            (DeliveryEvent::Played, "played"),
        ];
        for (event, shown) in events {
            message.delivery = message.delivery.join(Delivery::of(event, Timestamp::UNIX_EPOCH));
            assert_eq!(word(&message), shown);
        }
    }

    #[test]
    fn before_meta_says_anything_our_own_state_is_shown() {
        for state in ["queued", "waiting", "sending", "accepted", "failed", "unknown"] {
            let mut message = stored("900.01K.m.5.0123456789abcdef", Direction::Outbound, "{}");
            message.state = SendState::from_word(state);
            assert_eq!(word(&message), state);
        }
        assert_eq!(word(&stored("900.01K.m.5.0123456789abcdef", Direction::Inbound, "{}")), "received");
    }
}
