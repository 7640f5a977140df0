//! The customer service window, which gave this project its name.

use std::time::Duration;

use jiff::Timestamp;

/// How long a business may write freely after the customer last did.
///
/// See [Cloud API/Messages/Customer service windows], read 2026-11.
pub const LENGTH: Duration = Duration::from_secs(24 * 60 * 60);

/// The 24 hours after a customer's last message, counted from Meta's own timestamp. While it is open,
/// anything may be written; afterwards only a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerServiceWindow {
    closes_at: Timestamp,
}

impl CustomerServiceWindow {
    /// The window that a message of the customer at this time opens.
    #[must_use]
    pub fn opened_by(contacted_at: Timestamp) -> Self {
        Self { closes_at: contacted_at.saturating_add(LENGTH).unwrap_or(Timestamp::MAX) }
    }

    /// Whether free-form messages may be sent at this time. The last instant is outside.
    #[must_use]
    pub fn is_open_at(self, now: Timestamp) -> bool {
        now < self.closes_at
    }

    /// The customer's message that opened it last.
    #[must_use]
    pub fn opened_at(self) -> Timestamp {
        self.closes_at.saturating_sub(LENGTH).unwrap_or(Timestamp::MIN)
    }

    /// The instant at which it closes, or closed.
    #[must_use]
    pub fn closes_at(self) -> Timestamp {
        self.closes_at
    }
}

/// A free entry point: the customer came through an ad or a page's button, we answered within a day, and for a while
/// Meta charges nothing, whatever the category. It opens no customer service window.
///
/// Its end is Meta's own word on the `sent` status of our answer (72 hours after it, as documented); sources differ on
/// the length, so it is never computed here. See [Cloud API/Pricing], read 2026-11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeEntryPoint {
    closes_at: Timestamp,
}

impl FreeEntryPoint {
    /// The window that closes then, as Meta says.
    #[must_use]
    pub fn until(closes_at: Timestamp) -> Self {
        Self { closes_at }
    }

    /// Whether messages are free at this time. The last instant is outside.
    #[must_use]
    pub fn is_open_at(self, now: Timestamp) -> bool {
        now < self.closes_at
    }

    /// The instant at which it closes, or closed.
    #[must_use]
    pub fn closes_at(self) -> Timestamp {
        self.closes_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_after_24_hours_needs_a_template() {
        let asked: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let window = CustomerServiceWindow::opened_by(asked);
        assert!(window.is_open_at("2026-11-23T09:59:59.999Z".parse().unwrap()));
        assert!(!window.is_open_at("2026-11-23T10:00:00Z".parse().unwrap()));
    }
}
