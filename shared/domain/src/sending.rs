//! May a message go out now, and what does Meta's answer mean for it?

use std::time::Duration;

use cloud_api::error::Remedy;
use jiff::Timestamp;

use crate::CustomerServiceWindow;

/// Where a message of ours stands between us and Meta. What Meta says later is in
/// [`Delivery`](crate::Delivery).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendState {
    /// On its way to the sender.
    Queued,
    /// May not go yet; a timer wakes it.
    Waiting,
    /// Being posted. Written before the request leaves.
    Sending,
    /// Meta took it and gave it a wamid.
    Accepted,
    /// Refused, by Meta or by our own rules. Definite.
    Failed,
    /// The request may have been delivered; nobody knows. Never posted again by us: a status resolves it,
    /// or a person decides.
    Unknown,
}

impl SendState {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Queued, Self::Waiting, Self::Sending, Self::Accepted, Self::Failed, Self::Unknown]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// Whether a message needs an open window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Anything that is not a template.
    FreeForm,
    /// An approved template: may go at any time.
    Template,
}

/// Why a message may not go at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The customer service window is closed: only a template may go.
    WindowClosed {
        /// When it closed; `None` if the customer never wrote.
        closed_at: Option<Timestamp>,
    },
}

/// The code that Meta itself gives for a closed window. Our own refusal carries the same, so that clients
/// need to know one only.
pub const WINDOW_CLOSED: i64 = 131_047;

/// Decides whether a message may go to a person now.
///
/// # Errors
/// The reason why it may not.
pub fn check(form: Form, window: Option<CustomerServiceWindow>, now: Timestamp) -> Result<(), Refusal> {
    match (form, window) {
        (Form::Template, _) => Ok(()),
        (Form::FreeForm, Some(window)) if window.is_open_at(now) => Ok(()),
        (Form::FreeForm, window) => {
            Err(Refusal::WindowClosed { closed_at: window.map(CustomerServiceWindow::closes_at) })
        }
    }
}

/// What becomes of a message that Meta refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Nothing was sent and it may be tried again, but not before this time.
    Wait(Timestamp),
    /// It is over; a person reads why.
    Fail,
}

/// The attempts after which waiting ends and the message fails with Meta's last reason.
pub const MAX_ATTEMPTS: u32 = 8;

/// Decides from Meta's remedy what becomes of a single message, after its n-th attempt (from 1).
///
/// Only limits are waited for. A single message is somebody's words to somebody: for anything else its
/// author hears at once, and decides.
#[must_use]
pub fn after_refusal(remedy: Remedy, attempt: u32, now: Timestamp) -> AfterRefusal {
    if attempt >= MAX_ATTEMPTS {
        return AfterRefusal::Fail;
    }
    let seconds = match remedy {
        Remedy::SlowDown => 2_u64.saturating_pow(attempt.saturating_sub(1)).min(30),
        // See [Cloud API/Error codes/131056], read 2026-11: retry after 4^X seconds, X from 0.
        Remedy::WaitPair => 4_u64.saturating_pow(attempt.saturating_sub(1)).clamp(6, 900),
        Remedy::WaitNumber => 60,
        _ => return AfterRefusal::Fail,
    };
    AfterRefusal::Wait(now.saturating_add(Duration::from_secs(seconds)).unwrap_or(now))
}

/// How long a retry of something that never left us waits: 1, 2, 4 … 30 seconds.
#[must_use]
pub fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(attempt.saturating_sub(1)).min(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

    #[test]
    fn free_form_needs_an_open_window_and_the_refusal_says_when_it_closed() {
        let asked = NOW.saturating_sub(Duration::from_secs(25 * 3600)).unwrap();
        let window = CustomerServiceWindow::opened_by(asked);
        let refusal = check(Form::FreeForm, Some(window), NOW).unwrap_err();
        assert_eq!(refusal, Refusal::WindowClosed { closed_at: Some(window.closes_at()) });
        assert_eq!(check(Form::FreeForm, None, NOW), Err(Refusal::WindowClosed { closed_at: None }));
        assert_eq!(check(Form::Template, None, NOW), Ok(()));
        assert_eq!(check(Form::FreeForm, Some(CustomerServiceWindow::opened_by(NOW)), NOW), Ok(()));
    }

    #[test]
    fn only_limits_are_waited_for() {
        let wait = |seconds| AfterRefusal::Wait(NOW.saturating_add(Duration::from_secs(seconds)).unwrap());
        assert_eq!(after_refusal(Remedy::SlowDown, 1, NOW), wait(1));
        assert_eq!(after_refusal(Remedy::WaitPair, 1, NOW), wait(6));
        assert_eq!(after_refusal(Remedy::WaitPair, 4, NOW), wait(64));
        assert_eq!(after_refusal(Remedy::WaitNumber, 1, NOW), wait(60));
        assert_eq!(after_refusal(Remedy::SwitchToTemplate, 1, NOW), AfterRefusal::Fail);
        assert_eq!(after_refusal(Remedy::HoldAndAsk, 1, NOW), AfterRefusal::Fail);
        assert_eq!(after_refusal(Remedy::SlowDown, MAX_ATTEMPTS, NOW), AfterRefusal::Fail);
    }
}
