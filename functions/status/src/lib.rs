#![doc = include_str!("../README.md")]

mod campaign;
mod config;
mod fold;

use std::collections::HashMap;

use cloud_api::webhook::status::StatusUpdate;
pub use config::Config;
use domain::campaign::callback::CampaignCallback;
use domain::{Callback, DeadLetter, MessageId, sha256};
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Kit, PackItem, Worker, correlated};
use platform::Bucket;
use queue::{Content, ItemKind, Queue};
use store::{Metered, StatusFold, StatusTarget, Store, StoreError, WebhookEvent};
use tracing::info;

use crate::campaign::{Line, Started};

/// How many messages are written at the same time: a batch has hundreds, and each needs a connection.
const AT_ONCE: usize = 32;

/// The function.
#[derive(Debug)]
pub struct Status {
    store: Store,
    queue: Queue,
    bucket: Bucket,
    kit: Kit,
    queue_url: String,
    started: Started,
}

/// A status that was read: the message it speaks of with what it says, or an event.
#[derive(Clone, Debug)]
pub struct Effect {
    /// What to fold, and into which message. `None` if it is not ours.
    ours: Option<(MessageId, StatusFold)>,
    /// The same for the person's line, if it is a campaign's message.
    line: Option<Line>,
    /// The status as an event, for when there is no such message. `None`: it is of somebody who was erased.
    event: Option<WebhookEvent>,
}

impl Status {
    /// The function on these clients.
    #[must_use]
    pub fn new(store: Store, queue: Queue, bucket: Bucket, kit: Kit, queue_url: String) -> Self {
        Self { store, queue, bucket, kit, queue_url, started: Started::default() }
    }

    /// Folds what a batch says about one message. Missing means that the message is not ours.
    async fn fold(&self, id: &MessageId, effects: &[&Effect]) -> Result<(), Failure> {
        let folds = effects.iter().filter_map(|effect| effect.ours.as_ref().map(|(_, fold)| fold));
        let Some(joined) = folds.cloned().reduce(fold::join) else { return Ok(()) };
        match self.store.fold_statuses(id, &joined).await.map_err(failure)? {
            StatusTarget::Found { correlation, metered } => {
                // Under the id of the send; the items themselves are logged under that of their webhook.
                correlated(correlation.as_deref())
                    .in_scope(|| info!(message.id = %id, statuses = effects.len(), "Folded statuses into their message"));
                self.note_price(id, &joined, metered).await
            }
            StatusTarget::Missing => self.keep_events(effects).await,
        }
    }

    /// What a status tells of money, beyond its message: the month's meter and the free entry point. Both writes come
    /// out the same however often a status is delivered.
    async fn note_price(
        &self,
        id: &MessageId,
        fold: &StatusFold,
        metered: Option<Metered>,
    ) -> Result<(), Failure> {
        if let Some(until) = fold.free_entry_until {
            self.store.note_free_entry(&id.conversation, until).await.map_err(failure)?;
        }
        // `read` after `delivered` tells nothing new.
        let is_news = fold.pricing.is_some() || fold.delivery.delivered.is_some();
        match metered.filter(|_| is_news) {
            Some(metered) => self.store.meter_message(id, metered).await.map_err(failure),
            None => Ok(()),
        }
    }

    async fn keep_events(&self, effects: &[&Effect]) -> Result<(), Failure> {
        for event in effects.iter().filter_map(|effect| effect.event.as_ref()) {
            self.store.record_event(event).await.map_err(failure)?;
        }
        Ok(())
    }
}

impl Worker for Status {
    type Item = PackItem;
    type Effect = Effect;

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "status"
    }

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn open(&self, body: &str) -> Result<Parcel<PackItem>, String> {
        PackItem::open(body)
    }

    async fn work(&self, item: &PackItem, _tries: u32) -> Result<Effect, Failure> {
        if item.item.kind != ItemKind::Status {
            return Err(Failure::Dead("not a status, on the status queue".to_owned()));
        }
        let raw = item.text(&self.bucket).await?;
        if item.is_stored() && self.store.is_forgotten(&raw).await.map_err(failure)? {
            item.delete_stored(&self.bucket).await?;
            return Ok(Effect { ours: None, line: None, event: None });
        }
        let update = StatusUpdate::parse(&raw).map_err(|error| Failure::Dead(error.to_string()))?;
        let data = update.biz_opaque_callback_data.as_deref();
        let single = data.and_then(|text| text.parse::<Callback>().ok());
        let of_campaign = data.and_then(|text| text.parse::<CampaignCallback>().ok());
        let fold = fold::of(&update, item.received_at);
        if (single.is_none() && of_campaign.is_none()) || fold.is_none() {
            info!(
                message.wamid_hash = domain::hash16(update.id.as_str()),
                "A status that is not of a message of ours became an event"
            );
        }
        let message = single.map(|callback| callback.message);
        let message = message.or_else(|| of_campaign.as_ref().map(|callback| callback.message.clone()));
        let line = match (of_campaign, &fold) {
            (Some(callback), Some(fold)) => self.line(callback, &update, fold).await?,
            _ => None,
        };
        Ok(Effect { ours: message.zip(fold), line, event: Some(as_event(item, raw)) })
    }

    /// Everything that a batch says about one message is one write.
    async fn settle(&self, effects: Vec<Effect>) -> Vec<Result<(), Failure>> {
        let mut by_message: HashMap<&MessageId, Vec<&Effect>> = HashMap::new();
        for effect in &effects {
            if let Some((id, _)) = &effect.ours {
                by_message.entry(id).or_default().push(effect);
            }
        }
        let by_message: Vec<_> = by_message.into_iter().collect();
        let mut folded = HashMap::new();
        for some in by_message.chunks(AT_ONCE) {
            let some = some.iter().map(async |(id, about)| (*id, self.fold(id, about).await));
            folded.extend(futures::future::join_all(some).await);
        }
        // A campaign's people share their blocks: each is one write for all that a batch says of it.
        let lines = self.lines(effects.iter().filter_map(|effect| effect.line.as_ref())).await;
        let outcomes = effects.iter().map(async |effect| match &effect.ours {
            Some((id, _)) => {
                let folded = folded.get(id).cloned().unwrap_or(Ok(()));
                folded.and_then(|()| if effect.line.is_some() { lines.clone() } else { Ok(()) })
            }
            None => self.keep_events(&[effect]).await,
        });
        futures::future::join_all(outcomes).await
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

/// A status as an event of the field that it came in.
fn as_event(item: &PackItem, raw: String) -> WebhookEvent {
    let mut id = sha256(format!("{}\nstatus\n{raw}", item.item.waba).as_bytes());
    id.truncate(32);
    WebhookEvent {
        id,
        waba: item.item.waba.to_string(),
        field: item.item.field.to_string(),
        number: item.item.number.as_ref().map(ToString::to_string),
        time: None,
        received_at: item.received_at,
        raw: match &item.item.content {
            Content::Stored(key) => Err(key.to_string()),
            _ => Ok(raw),
        },
        reading: "foreign_status".to_owned(),
    }
}

/// What a store's error means for an item.
fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}
