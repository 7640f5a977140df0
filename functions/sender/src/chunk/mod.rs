//! Chunks of campaigns: a hint says which one, the log says who is in it, and its run how far it is.
//!
//! Nobody hears twice, and never more people than the limit allow, whatever dies when: the block is written ahead, then
//! each person's gate upon the version that was read, then the message; and only then is something posted.

mod before;
mod context;
mod money;
mod own_pace;
mod pacer;
mod person;
mod post;
mod put_off;
mod step;
mod template;
mod turn;

use std::time::Duration;

use domain::DeadLetter;
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use jiff::Timestamp;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker};
use queue::{ChunkHint, Entry, Queue};
use tracing::info;

use crate::Sender;
use crate::worker::failure;

/// How long a worker begins with people of a chunk before it leaves the rest to the next.
const BEGINS: Duration = Duration::from_secs(7);

/// How long messages of people who were begun with may leave: a second of waiting, and what a block of 25 takes at the
/// slowest rate. The function has 20 seconds: a request that leaves at the end of this time still has the 10 that it may
/// take, and its answer is still written down.
const LEAVES: Duration = Duration::from_secs(9);

/// The longest delay of a hint on its queue; whatever waits longer goes round.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

/// The sender, working on chunks of campaigns.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    /// The sender.
    pub(crate) sender: Sender,
    /// Nothing is begun after this.
    until: Timestamp,
    /// Nothing leaves after this.
    leaves_until: Timestamp,
}

/// A hint, as the batch loop sees it.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    body: String,
    hint: ChunkHint,
}

/// Which chunk.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) campaign: CampaignId,
    pub(crate) chunk: Chunk,
}

impl Place {
    fn hint(&self) -> ChunkHint {
        ChunkHint::of(self.campaign.as_str(), self.chunk.to_string())
    }
}

impl Job for Hint {
    fn content(&self) -> &str {
        &self.body
    }

    fn alone(&self, _tries: u32) -> String {
        self.body.clone()
    }

    fn correlation(&self) -> Option<&str> {
        None
    }
}

impl Worker for Chunks {
    type Item = Hint;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.sender.kit
    }

    fn queue(&self) -> &Queue {
        &self.sender.queue
    }

    fn source(&self) -> &'static str {
        "chunks"
    }

    fn queue_url(&self) -> &str {
        &self.sender.chunks_queue_url
    }

    /// A hint waits for the number's throughput: that is what it is there for.
    fn lags(&self) -> bool {
        false
    }

    fn open(&self, body: &str) -> Result<Parcel<Hint>, String> {
        let hint = ChunkHint::parse(body).map_err(|error| error.to_string())?;
        Ok(Parcel::of_one(Hint { body: body.to_owned(), hint }))
    }

    async fn work(&self, item: &Hint, _tries: u32) -> Result<(), Failure> {
        let campaign = CampaignId::new(item.hint.campaign.as_str());
        let (Some(campaign), Ok(chunk)) = (campaign, item.hint.chunk.parse()) else {
            return Err(Failure::Dead("the hint names no chunk".to_owned()));
        };
        Box::pin(self.chunk(&Place { campaign, chunk })).await
    }

    async fn park(&self, letter: DeadLetter) -> Result<(), String> {
        self.sender.store.record_letter(&letter).await.map_err(|error| error.to_string())
    }
}

impl Chunks {
    /// The sender at work from now on.
    pub(crate) fn now(sender: Sender) -> Self {
        let now = sender.kit.clock.now();
        let [until, leaves_until] =
            [BEGINS, LEAVES].map(|time| now.saturating_add(time).unwrap_or(Timestamp::MAX));
        Self { sender, until, leaves_until }
    }

    async fn chunk(&self, place: &Place) -> Result<(), Failure> {
        let Some(campaign) = self.sender.store.campaign(&place.campaign).await.map_err(failure)? else {
            info!(campaign.id = %place.campaign, "A hint for a campaign that is not there");
            return Ok(());
        };
        // Whoever lets it go on releases it again.
        if !campaign.state.sends() {
            info!(campaign.id = %place.campaign, campaign.state = campaign.state.as_str(), "A campaign does not send now");
            return Ok(());
        }
        let now = self.sender.kit.clock.now();
        if place.chunk.due_at() > now {
            return self.hint_again(place, place.chunk.due_at()).await;
        }
        let stored = self.sender.store.chunk(&place.campaign, place.chunk).await.map_err(failure)?;
        let Some(stored) = stored else {
            return Err(Failure::Dead("the log has no such chunk".to_owned()));
        };
        self.turn(place, campaign, stored).await
    }

    /// Puts a hint on the queue, not to be received before this time.
    pub(crate) async fn hint_again(&self, place: &Place, at: Timestamp) -> Result<(), Failure> {
        let wait = Duration::try_from(at.duration_since(self.sender.kit.clock.now())).unwrap_or_default();
        // SQS counts in whole seconds; a hint that is early by a fraction would only go round again.
        let wait =
            Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).min(LONGEST_DELAY);
        let entry = Entry::new(place.hint().to_json()).after(wait);
        let sent = self.sender.queue.send(&self.sender.chunks_queue_url, entry).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }

    /// Whether there is time to begin something.
    pub(crate) fn has_time(&self) -> bool {
        self.sender.kit.clock.now() < self.until
    }

    /// Whether what was begun may still leave.
    pub(crate) fn may_leave(&self) -> bool {
        self.sender.kit.clock.now() < self.leaves_until
    }
}
