//! Delivery is a join, not an assignment: any order, any number of repeats, the same result.

use jiff::Timestamp;

/// One thing that Meta says happened to a message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryEvent {
    /// Handed to WhatsApp: one tick.
    Sent,
    /// Reached a device: two ticks. May be skipped when `read` comes.
    Delivered,
    /// Shown to the person. Only if read receipts are on.
    Read,
    /// A voice message was played.
    Played,
    /// Did not go, or stopped going.
    Failed,
}

/// Everything known of a message's way: for each event, Meta's earliest time of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// When Meta handed it on.
    pub sent: Option<Timestamp>,
    /// When it reached a device.
    pub delivered: Option<Timestamp>,
    /// When it was shown.
    pub read: Option<Timestamp>,
    /// When it was played.
    pub played: Option<Timestamp>,
    /// When it failed.
    pub failed: Option<Timestamp>,
}

/// What is shown of a message's way, lowest first. `Failed` stands below `Delivered`: a message that
/// reached the person has reached the person, whatever came afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Displayed {
    /// Meta said nothing yet.
    Nothing,
    /// One tick.
    Sent,
    /// Failed, with errors.
    Failed,
    /// Two ticks.
    Delivered,
    /// Two blue ticks.
    Read,
    /// Played.
    Played,
}

impl Delivery {
    /// What one event says.
    #[must_use]
    pub fn of(event: DeliveryEvent, at: Timestamp) -> Self {
        let mut delivery = Self::default();
        *delivery.slot(event) = Some(at);
        delivery
    }

    fn slot(&mut self, event: DeliveryEvent) -> &mut Option<Timestamp> {
        match event {
            DeliveryEvent::Sent => &mut self.sent,
            DeliveryEvent::Delivered => &mut self.delivered,
            DeliveryEvent::Read => &mut self.read,
            DeliveryEvent::Played => &mut self.played,
            DeliveryEvent::Failed => &mut self.failed,
        }
    }

    /// Both together: each event keeps its earliest time. Commutes, associates, and repeats change nothing.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let earliest = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            sent: earliest(self.sent, other.sent),
            delivered: earliest(self.delivered, other.delivered),
            read: earliest(self.read, other.read),
            played: earliest(self.played, other.played),
            failed: earliest(self.failed, other.failed),
        }
    }

    /// What is shown: the highest event present. Grows with every event, so it never goes back.
    #[must_use]
    pub fn displayed(&self) -> Displayed {
        if self.played.is_some() {
            Displayed::Played
        } else if self.read.is_some() {
            Displayed::Read
        } else if self.delivered.is_some() {
            Displayed::Delivered
        } else if self.failed.is_some() {
            Displayed::Failed
        } else if self.sent.is_some() {
            Displayed::Sent
        } else {
            Displayed::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event() -> impl Strategy<Value = Delivery> {
        let kinds = prop_oneof![
            Just(DeliveryEvent::Sent),
            Just(DeliveryEvent::Delivered),
            Just(DeliveryEvent::Read),
            Just(DeliveryEvent::Played),
            Just(DeliveryEvent::Failed),
        ];
        (kinds, 0..1_000_i64).prop_map(|(kind, second)| Delivery::of(kind, Timestamp::constant(second, 0)))
    }

    proptest! {
        #[test]
        fn any_order_and_any_repeats_end_the_same(
            events in prop::collection::vec(event(), 1..12).prop_flat_map(|events| {
                let again = prop::collection::vec(0..events.len(), 0..8);
                (Just(events.clone()), Just(events).prop_shuffle(), again)
            })
        ) {
            let (events, mut shuffled, again) = events;
            let repeats: Vec<_> = again.iter().map(|index| events[*index]).collect();
            shuffled.extend(repeats);
            let fold = |events: &[Delivery]| events.iter().fold(Delivery::default(), |a, b| a.join(*b));
            prop_assert_eq!(fold(&events), fold(&shuffled));
        }

        #[test]
        fn what_is_shown_never_goes_back(events in prop::collection::vec(event(), 1..12)) {
            let mut seen = Delivery::default();
            for event in events {
                let next = seen.join(event);
                prop_assert!(next.displayed() >= seen.displayed());
                seen = next;
            }
        }
    }

    #[test]
    fn a_failure_after_delivery_does_not_hide_that_it_arrived() {
        let at = Timestamp::constant(1, 0);
        let both = Delivery::of(DeliveryEvent::Delivered, at).join(Delivery::of(DeliveryEvent::Failed, at));
        assert_eq!(both.displayed(), Displayed::Delivered);
    }
}
