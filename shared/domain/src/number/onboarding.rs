//! Steps of a number at Meta: asked for by an admin, done by a job, and what became of them.

use jiff::{SignedDuration, Timestamp};

/// After this time a step that nobody ended may be asked for again: its job is lost, or lies among the dead letters.
pub const GIVEN_UP: SignedDuration = SignedDuration::from_mins(15);

/// What a failed step says where nobody knows what Meta did.
pub const UNKNOWN: &str = "Nobody knows whether Meta did it: the answer was lost. Look at the number again before you \
                           repeat it.";

/// What a failed step says where nothing reached Meta.
pub const NOT_ASKED: &str = "Meta was not reached, and nothing was asked of it. Try again.";

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its job.
    Pending,
    /// Meta is being asked. It is never asked twice for one step.
    Asking,
    /// Meta did it.
    Done,
    /// It was not done, or nobody knows.
    Failed,
}

impl State {
    /// Its word, as it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Asking => "asking",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads it back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pending, Self::Asking, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    /// Its word for people, to whom it makes no difference whether a job waits or asks.
    #[must_use]
    pub fn shown(self) -> &'static str {
        if self == Self::Asking { "pending" } else { self.as_str() }
    }
}

/// A step and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The request that asked for it, by an id of ours.
    pub id: String,
    /// Its word, such as `register`.
    pub step: String,
    /// How far it is.
    pub state: State,
    /// Why it failed.
    pub reason: Option<String>,
    /// When it came into this state.
    pub at: Timestamp,
}

/// Meta's refusal in our words. See [Cloud API/Error codes], read 2026-11. They stand in a list, in the audit of who
/// looks, and before an admin: so they say what to do, and repeat nothing of what was asked.
#[must_use]
pub fn refusal(code: Option<u32>) -> String {
    let Some(code) = code else { return "Meta refused it and gave no code.".to_owned() };
    let words = match code {
        0 | 190 => "Meta does not accept the access token.",
        3 | 10 | 200..=299 | 131_005 => "The access token has not the right to do this.",
        4 | 80_007 | 130_429 => "Meta's limit of calls is reached. Try again in an hour.",
        33 => "Meta does not know this number, or the access token does not see it.",
        100 | 131_008 | 131_009 => {
            "Meta does not take one of the values, or the token does not see the number."
        }
        368 | 131_031 => "Meta has locked the account.",
        133_000 => "The last deregistration is not complete. Deregister the number again.",
        133_004 | 131_016 => "Meta's registration is not available now. Try again later.",
        133_005 => "The PIN is not that of the number's two-step verification.",
        133_006 => "The number has to be verified first: request a code.",
        133_008 => "There were too many wrong PINs. Wait before the next try.",
        133_009 => "PINs came too fast one after the other. Wait before the next try.",
        133_010 => "The number is not registered.",
        133_015 => "The number was deleted a moment ago. Try again in five minutes.",
        133_016 => "Meta takes ten registrations of a number in 72 hours, and they are used up.",
        136_024 => "Meta sends no code: the number is verified already, or too many were asked for.",
        136_025 => "The code is wrong, or it is not good any more.",
        147_001..=147_005 => "Meta does not take this name.",
        _ => "Meta refused it.",
    };
    format!("{words} (Meta's code {code})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_and_its_code() {
        assert!(refusal(Some(133_005)).starts_with("The PIN is not"));
        assert!(refusal(Some(136_025)).ends_with("(Meta's code 136025)"));
        assert_eq!(refusal(Some(999)), "Meta refused it. (Meta's code 999)");
        assert!(refusal(None).contains("no code"));
    }

    #[test]
    fn a_state_is_read_back_and_asking_is_pending_for_people() {
        for state in [State::Pending, State::Asking, State::Done, State::Failed] {
            assert_eq!(State::from_word(state.as_str()), Some(state));
        }
        assert_eq!(State::Asking.shown(), "pending");
    }
}
