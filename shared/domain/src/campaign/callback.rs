//! What travels in `biz_opaque_callback_data` of a campaign's message: the place of the person's result and the
//! message's own key, so that a status is written without a search.

use std::fmt;
use std::str::FromStr;

use super::CampaignId;
use super::log::{CHUNK, Chunk};
use crate::MessageId;
use crate::callback::Foreign;

/// Callback data of a campaign, version 1: `1|c|<campaign>|<chunk>|<member>|<message id>|<attempt>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignCallback {
    /// The campaign.
    pub campaign: CampaignId,
    /// The chunk; [`block_of`](super::log::block_of) says which block of it.
    pub chunk: Chunk,
    /// The person's place in the chunk.
    pub member: usize,
    /// The message that was posted, which stands in the person's conversation like any other.
    pub message: MessageId,
    /// Which attempt for this person, from 1.
    pub attempt: u32,
}

impl fmt::Display for CampaignCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { campaign, chunk, member, message, attempt } = self;
        write!(f, "1|c|{campaign}|{chunk}|{member}|{message}|{attempt}")
    }
}

impl FromStr for CampaignCallback {
    type Err = Foreign;

    fn from_str(text: &str) -> Result<Self, Foreign> {
        let rest = text.strip_prefix("1|c|").ok_or(Foreign)?;
        let parts: Vec<&str> = rest.split('|').collect();
        let &[campaign, chunk, member, message, attempt] = parts.as_slice() else { return Err(Foreign) };
        let member: usize = member.parse().map_err(|_| Foreign)?;
        Ok(Self {
            campaign: CampaignId::new(campaign).ok_or(Foreign)?,
            chunk: chunk.parse().map_err(|_| Foreign)?,
            member: Some(member).filter(|member| *member < CHUNK).ok_or(Foreign)?,
            message: message.parse().map_err(|_| Foreign)?,
            attempt: attempt.parse().map_err(|_| Foreign)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use cloud_api::PhoneNumberId;
    use proptest::prelude::*;

    use super::*;
    use crate::{ContactId, ConversationId, Slot};

    proptest! {
        #[test]
        fn callback_data_survives_the_round_trip_and_fits(
            campaign in "[0-9A-Za-z_-]{1,128}", n in 0..1_000_000_000_u64, hour in prop::option::of(0..9_999_999_u64),
            member in 0..CHUNK, number in "[0-9]{1,20}", contact in "[0-9A-Z]{26}",
            at in 0..9_999_999_999_999_i64, hash in "[0-9a-f]{16}", attempt in 1..u32::MAX,
        ) {
            let contact = ContactId::new(contact).unwrap();
            let conversation = ConversationId::with_contact(PhoneNumberId::new(number), contact);
            let callback = CampaignCallback {
                campaign: CampaignId::new(campaign).unwrap(),
                chunk: hour.map_or(Chunk::Walked(n), |hour| Chunk::Deferred { hour, n }),
                member,
                message: MessageId { conversation, slot: Slot::Message { at, hash } },
                attempt,
            };
            let text = callback.to_string();
            prop_assert!(text.len() <= 400, "{} characters", text.len());
            prop_assert_eq!(text.parse::<CampaignCallback>().unwrap(), callback);
            prop_assert!(text.parse::<crate::Callback>().is_err());
        }

        #[test]
        fn foreign_data_is_foreign_and_never_a_crash(text in "(1[|]c[|])?.{0,600}") {
            prop_assert!(text.parse::<CampaignCallback>().is_err());
        }
    }
}
