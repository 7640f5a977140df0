//! Which message of a campaign a customer's message may answer: found in the conversation, and never far back.

use cloud_api::PortfolioId;
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::{ContactId, ConversationId};
use jiff::Timestamp;

use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// How many pages a quoted message is looked for in, and how long each is.
const PAGES: usize = 4;
const PAGE: i32 = 250;
/// How many messages back the newest of a campaign is looked for.
const NEWEST: i32 = 50;

/// A message of a campaign, with the place of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignPost {
    /// The campaign.
    pub campaign: CampaignId,
    /// The chunk of the person's line.
    pub chunk: Chunk,
    /// The place in it.
    pub member: usize,
    /// When it was posted.
    pub at: Timestamp,
}

impl Store {
    /// Whether any campaign ever wrote to a person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn heard_a_campaign(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
    ) -> Result<bool, StoreError> {
        let gate = self.get(&self.tables.campaigns, &keys::gate(portfolio, contact), false).await?;
        Ok(gate.is_some_and(|gate| gate.text("mk").is_some()))
    }

    /// The message of a campaign in a conversation that has this wamid: at most 1,000 messages back. Without one, the
    /// newest of a campaign among the last 50 messages.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn campaign_post(
        &self,
        id: &ConversationId,
        wamid: Option<&str>,
        until: Timestamp,
    ) -> Result<Option<CampaignPost>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(":first", s("MSG#"))
            .expression_attribute_values(
                ":last",
                s(format!("MSG#{}#~", keys::digits(until.as_millisecond()))),
            )
            .projection_expression("cmp, #t")
            .expression_attribute_names("#t", "t")
            .scan_index_forward(false);
        let (query, pages, page) = match wamid {
            Some(wamid) => {
                let query = query.filter_expression("w = :wamid");
                (query.expression_attribute_values(":wamid", s(wamid)), PAGES, PAGE)
            }
            None => (query.filter_expression("attribute_exists(cmp)"), 1, NEWEST),
        };
        let mut found = query.into_paginator().page_size(page).send();
        for _ in 0..pages {
            let Some(page) = found.next().await else { break };
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            if let Some(item) = page.items().first() {
                return Ok(read_post(item));
            }
        }
        Ok(None)
    }
}

/// `None` if it is of no campaign.
fn read_post(item: &Item) -> Option<CampaignPost> {
    let parts: Vec<&str> = item.text("cmp")?.split('|').collect();
    let &[campaign, chunk, member] = parts.as_slice() else { return None };
    Some(CampaignPost {
        campaign: CampaignId::new(campaign)?,
        chunk: chunk.parse().ok()?,
        member: member.parse().ok()?,
        at: item.time("t")?,
    })
}
