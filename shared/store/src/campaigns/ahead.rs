//! A campaign's message in the person's conversation: written once, ahead of the request that posts it.

use domain::MessageId;
use domain::campaign::log::Chunk;
use domain::campaign::{CampaignId, SOURCE};
use domain::sending::SendState;
use jiff::Timestamp;

use crate::item::{self, Put, ms, n, s};
use crate::{Condition, Store, StoreError, keys};

/// A message of a campaign, about to be posted.
#[derive(Clone, Debug)]
pub struct CampaignMessage<'a> {
    /// Where it stands.
    pub id: &'a MessageId,
    /// The campaign.
    pub campaign: &'a CampaignId,
    /// The person's chunk, and their place in it.
    pub place: (Chunk, usize),
    /// The message in Meta's shape.
    pub raw: String,
    /// When it was taken.
    pub at: Timestamp,
}

impl Store {
    /// Writes a message of a campaign ahead of its only request, as `sending`. What came of it stands in the result block,
    /// and what a status tells in both: a message that was accepted costs no write of its own.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write_campaign_message(&self, message: &CampaignMessage<'_>) -> Result<(), StoreError> {
        let (pk, sk) = keys::message(message.id);
        let (chunk, member) = message.place;
        let mut item = item::at(&pk, &sk);
        item.put("d", s("o"));
        item.put("rq", s(format!("{}#{}", SOURCE, message.campaign)));
        item.put("cmp", s(format!("{}|{chunk}|{member}", message.campaign)));
        item.put("t", ms(message.at));
        item.put("ra", ms(message.at));
        item.put("sa", ms(message.at));
        item.put("k", s("template"));
        item.put("raw", s(&message.raw));
        item.put("ss", s(SendState::Sending.as_str()));
        item.put("at", n(1));
        self.put_if(&self.tables.conversations, item, Condition::OutboundAbsent).await.map(drop)
    }
}

impl CampaignMessage<'_> {
    /// Which attempt of its message a request is: another attempt for the person is another message.
    pub const ATTEMPT: u32 = 1;
}
