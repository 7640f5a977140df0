//! What travels in `biz_opaque_callback_data`: the message's own key, so that a status finds its message
//! without an index.
//!
//! See [Cloud API/Messages], read 2026-11: at most 512 characters, echoed in every status of the message.

use std::fmt;
use std::str::FromStr;

use crate::MessageId;

/// Our callback data, version 1: `1|s|<message id>|<attempt>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The message that was posted.
    pub message: MessageId,
    /// Which attempt of it, from 1.
    pub attempt: u32,
}

/// Not ours: another app's data, a person's own phone, or a version that this build does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("foreign callback data")]
pub struct Foreign;

impl fmt::Display for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1|s|{}|{}", self.message, self.attempt)
    }
}

impl FromStr for Callback {
    type Err = Foreign;

    fn from_str(text: &str) -> Result<Self, Foreign> {
        let rest = text.strip_prefix("1|s|").ok_or(Foreign)?;
        let (message, attempt) = rest.split_once('|').ok_or(Foreign)?;
        Ok(Self {
            message: message.parse().map_err(|_| Foreign)?,
            attempt: attempt.parse().map_err(|_| Foreign)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use cloud_api::{GroupId, PhoneNumberId};
    use proptest::prelude::*;

    use super::*;
    use crate::{ContactId, ConversationId, Party, Slot};

    fn party() -> impl Strategy<Value = Party> {
        prop_oneof![
            "[0-9A-HJKMNP-TV-Z]{26}".prop_map(|id| Party::Contact(ContactId::new(id).unwrap())),
            // Group ids are opaque and of no documented length; the longest seen has 24 characters.
            "[ -~]{1,90}".prop_map(|id| Party::Group(GroupId::new(id))),
        ]
    }

    fn slot() -> impl Strategy<Value = Slot> {
        prop_oneof![
            (0..9_999_999_999_999_i64, "[0-9a-f]{16}").prop_map(|(at, hash)| Slot::Message { at, hash }),
            ("[0-9a-f]{16}", "reaction|edit|revoke", "[0-9a-f]{16}")
                .prop_map(|(target, kind, hash)| Slot::About { target, kind, hash }),
        ]
    }

    proptest! {
        #[test]
        fn callback_data_survives_the_round_trip_and_fits(
            number in "[0-9]{1,20}", party in party(), slot in slot(), attempt in 1..u32::MAX
        ) {
            let conversation = ConversationId { number: PhoneNumberId::new(number), party };
            let callback = Callback { message: MessageId { conversation, slot }, attempt };
            let text = callback.to_string();
            prop_assert!(text.len() <= 400, "{} characters", text.len());
            prop_assert_eq!(text.parse::<Callback>().unwrap(), callback);
        }

        #[test]
        fn foreign_data_is_foreign_and_never_a_crash(text in ".{0,600}") {
            prop_assert!(text.parse::<Callback>().is_err());
        }
    }

    #[test]
    fn a_later_version_is_foreign_until_this_build_knows_it() {
        assert_eq!("2|s|x|1".parse::<Callback>(), Err(Foreign));
        assert_eq!("fx:campaign=12;contact=77".parse::<Callback>(), Err(Foreign));
    }
}
