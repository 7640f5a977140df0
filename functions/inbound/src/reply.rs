//! Answers to campaigns: by a button, by a quote, or because the person wrote soon after.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cloud_api::WabaId;
use cloud_api::webhook::content::{Content, Interactive};
use cloud_api::webhook::message::InboundMessage;
use domain::campaign::CampaignId;
use domain::campaign::attribution::{Said, Sent, attribute};
use domain::campaign::gate::{Gate, Mark, Progress};
use domain::campaign::result::Entry;
use domain::{ConversationId, hash16};
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use store::{CampaignPost, Told};
use tracing::info;

use crate::{Inbound, failure};

/// When campaigns started, and for how many hours an answer counts: neither changes, so a warm function asks once.
#[derive(Debug, Default)]
pub(crate) struct Campaigns(Mutex<HashMap<CampaignId, (Timestamp, u16)>>);

impl Inbound {
    /// Notes an answer on the person's line. The first answer counts, so that a redelivery changes nothing. Nothing is
    /// looked for where there is neither a quote nor a campaign that ever wrote to the person.
    pub(crate) async fn attribute(
        &self,
        item: &PackItem,
        message: &InboundMessage,
        conversation: &ConversationId,
        sent_at: Timestamp,
    ) -> Result<(), Failure> {
        let Some(contact) = conversation.contact() else { return Ok(()) };
        let quoted = message.context.as_ref().and_then(|context| context.id.as_ref());
        let now = self.kit.clock.now();
        if quoted.is_none() {
            let waba = WabaId::new(item.item.waba.as_ref());
            let portfolio = self.numbers.portfolio(&self.store, &waba, now).await.map_err(failure)?;
            if !self.store.heard_a_campaign(&portfolio, contact).await.map_err(failure)? {
                return Ok(());
            }
        }
        let quoted = quoted.map(|wamid| wamid.as_str());
        let found = self.store.campaign_post(conversation, quoted, sent_at).await.map_err(failure)?;
        let Some(post) = found else { return Ok(()) };
        let Some((started_at, reply_hours)) = self.known(&post.campaign).await? else { return Ok(()) };
        let said = Said { quotes: quoted.map(hash16), payload: payload(&message.content), at: Some(sent_at) };
        let mark = Mark {
            campaign: post.campaign.clone(),
            attempt: 1,
            progress: Progress::Accepted,
            wamid: said.quotes.clone(),
        };
        let gate = Gate { marks: vec![mark], ..Gate::default() };
        let sent = Sent { campaign: post.campaign.clone(), at: post.at, reply_hours };
        let Some(attributed) = attribute(&said, &gate, &[sent]) else { return Ok(()) };
        let seconds = sent_at.duration_since(started_at).as_secs().max(0);
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let entry = Entry {
            reply: Some((attributed.method, seconds)),
            button: attributed.button,
            ..Entry::default()
        };
        self.answered(&post, entry).await
    }

    async fn answered(&self, post: &CampaignPost, entry: Entry) -> Result<(), Failure> {
        let told = [Told { member: post.member, entry }];
        self.store.record_results(&post.campaign, post.chunk, &told).await.map_err(failure)?;
        info!(campaign.id = %post.campaign, "A message answers a campaign");
        Ok(())
    }

    async fn known(&self, campaign: &CampaignId) -> Result<Option<(Timestamp, u16)>, Failure> {
        let known = self.campaigns.0.lock().unwrap_or_else(PoisonError::into_inner).get(campaign).copied();
        if known.is_some() {
            return Ok(known);
        }
        let Some(found) = self.store.campaign(campaign).await.map_err(failure)? else { return Ok(None) };
        let known = found.started_at.map(|at| (at, found.definition.reply_hours));
        if let Some(known) = known {
            let mut campaigns = self.campaigns.0.lock().unwrap_or_else(PoisonError::into_inner);
            campaigns.insert(campaign.clone(), known);
        }
        Ok(known)
    }
}

/// What we put behind a button that was tapped.
fn payload(content: &Content) -> Option<&str> {
    match content {
        Content::Button(button) => button.payload.as_deref(),
        Content::Interactive(Interactive::ButtonReply(reply)) => Some(&reply.id),
        _ => None,
    }
}
