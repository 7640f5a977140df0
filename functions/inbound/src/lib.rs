#![doc = include_str!("../README.md")]

mod call;
mod choice;
mod config;
mod event;
mod facts;
mod message;
mod numbers;
mod person;
mod reply;
mod template;
mod turn;

use std::collections::HashMap;

use cloud_api::PhoneNumberId;
pub use config::Config;
use domain::{ConversationId, DeadLetter};
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Kit, PackItem, Worker};
use platform::Bucket;
use queue::{ItemKind, Queue};
use store::{StateMove, Store, StoreError};
use tracing::warn;

use crate::choice::Heard;
use crate::numbers::Numbers;
use crate::reply::Campaigns;

/// The function.
#[derive(Debug)]
pub struct Inbound {
    store: Store,
    queue: Queue,
    bucket: Bucket,
    kit: Kit,
    queues: Queues,
    numbers: Numbers,
    keywords: Heard,
    campaigns: Campaigns,
}

/// Queues, by URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues {
    /// The one that it works on.
    pub inbound: String,
    /// Requests to send.
    pub send: String,
    /// Jobs: templates that have to be read at Meta.
    pub jobs: String,
    /// What campaigns have to look at.
    pub campaigns: String,
    /// Files that are to be copied.
    pub media: String,
}

/// What a message leaves to be done for its conversation.
#[derive(Clone, Debug, Default)]
pub enum Effect {
    /// Nothing.
    #[default]
    Nothing,
    /// Its state moves forward. Of events only a missed call does that.
    Moves(ConversationId, StateMove),
    /// A message was changed or deleted: if it is what the list shows, that becomes another.
    Rewords {
        /// The conversation in the list.
        shown: ConversationId,
        /// Where the message stands.
        thread: ConversationId,
        /// The hash of its wamid.
        hash: String,
        /// What the list shows from now on.
        preview: String,
    },
}

impl Effect {
    fn step(&self) -> Option<(&ConversationId, &StateMove)> {
        if let Self::Moves(conversation, step) = self { Some((conversation, step)) } else { None }
    }
}

impl Inbound {
    /// The function on these clients.
    #[must_use]
    pub fn new(store: Store, queue: Queue, bucket: Bucket, kit: Kit, queues: Queues) -> Self {
        Self {
            store,
            queue,
            bucket,
            kit,
            queues,
            numbers: Numbers::default(),
            keywords: Heard::default(),
            campaigns: Campaigns::default(),
        }
    }
}

impl Worker for Inbound {
    type Item = PackItem;
    type Effect = Effect;

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "inbound"
    }

    fn queue_url(&self) -> &str {
        &self.queues.inbound
    }

    fn open(&self, body: &str) -> Result<Parcel<PackItem>, String> {
        PackItem::open(body)
    }

    async fn work(&self, item: &PackItem, _tries: u32) -> Result<Effect, Failure> {
        match item.item.kind {
            ItemKind::Unreadable => {
                let reason = item.item.reason.as_deref().unwrap_or("unreadable");
                return Err(Failure::Dead(reason.to_owned()));
            }
            ItemKind::Status => return Err(Failure::Dead("a status on the inbound queue".to_owned())),
            ItemKind::Event | ItemKind::Message => {}
        }
        let raw = item.text(&self.bucket).await?;
        if item.is_stored() && self.store.is_forgotten(&raw).await.map_err(failure)? {
            item.delete_stored(&self.bucket).await?;
            return Ok(Effect::Nothing);
        }
        match item.item.kind {
            ItemKind::Message => self.record_message(item, raw).await,
            _ => self.record_event(item, raw).await,
        }
    }

    /// Several messages of a conversation in one batch move its state once; then somebody may get it, and the customer
    /// may hear something at once.
    async fn settle(&self, effects: Vec<Effect>) -> Vec<Result<(), Failure>> {
        self.note_rates(&effects).await;
        let mut moves: HashMap<&ConversationId, StateMove> = HashMap::new();
        for (conversation, step) in effects.iter().filter_map(Effect::step) {
            let joined = match moves.remove(conversation) {
                Some(other) => other.join(step.clone()),
                None => step.clone(),
            };
            moves.insert(conversation, joined);
        }
        let moved = moves.into_iter().map(async |(conversation, step)| {
            let moved = self.store.move_state(conversation, &step).await.map_err(failure);
            (conversation, step, moved)
        });
        let mut written = HashMap::new();
        // One after the other: each who is given a conversation has one more before the next is given away.
        for (conversation, step, moved) in futures::future::join_all(moved).await {
            let attended = match moved {
                Ok((moved, state)) => self.attend(&moved, state, &step).await,
                Err(failure) => Err(failure),
            };
            written.insert(conversation, attended);
        }
        let outcome = effects.iter().map(async |effect| match effect {
            Effect::Moves(conversation, _) => written.get(conversation).cloned().unwrap_or(Ok(())),
            // After the moves: the message may have come in the same batch.
            Effect::Rewords { shown, thread, hash, preview } => {
                self.store.reword(shown, (thread, hash), preview).await.map_err(failure)
            }
            Effect::Nothing => Ok(()),
        });
        futures::future::join_all(outcome).await
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

impl Inbound {
    /// What came in counts against a number's throughput, where somebody leases it. Once for each batch and number.
    async fn note_rates(&self, effects: &[Effect]) {
        let mut came: HashMap<&PhoneNumberId, u32> = HashMap::new();
        for (conversation, _) in effects.iter().filter_map(Effect::step) {
            *came.entry(&conversation.number).or_default() += 1;
        }
        let now = self.kit.clock.now();
        for (number, messages) in came {
            // No message is held up by it: the next batch notes it as well.
            if let Err(error) = self.numbers.note_inbound(&self.store, number, messages, now).await {
                warn!(number.id = %number, %error, "What came in could not be noted");
            }
        }
    }
}

/// What a store's error means for an item.
fn failure(error: StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}
