//! The fan-out: everybody of an audience into chunks of a hundred.
//!
//! The log is its own checkpoint: each chunk says where the walk goes on. A piece begins at the last chunk; one that
//! finds a chunk where it wanted to write has lost a race, and goes on from there. However large the audience is, a page
//! and a chunk are in memory.

use domain::campaign::guard::Guard;
use domain::campaign::log::{CHUNK, Chunk};
use domain::campaign::state::{Action, PausedBy};
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{CampaignTask, CorrelationId};
use store::{Campaign, Kept, LastChunk, Member, StoredChunk};
use tracing::info;

use crate::audience::{Audience, Mode, Page};
use crate::{Campaigns, PIECE, failure};

/// How many chunks are written at once. A chunk has at most 400 KB and a transaction 4 MB; each write waits for the disk.
const TOGETHER: usize = 8;

/// Where a fan-out is.
struct Walk {
    /// The number of the next chunk.
    number: u64,
    /// Where the audience goes on; `None` is its beginning.
    place: Option<String>,
    /// How many people are in chunks.
    upto: u64,
    /// Members that are in no chunk yet, each with where the walk goes on behind it.
    waiting: Vec<(Member, String)>,
}

impl Walk {
    /// Behind a chunk of the log. `None` if there is nothing behind it.
    fn behind(last: LastChunk) -> Option<Self> {
        let number = last.number + 1;
        Some(Self { number, place: Some(last.next?), upto: last.upto, waiting: Vec::new() })
    }
}

/// What putting a chunk came to.
enum Put {
    /// It stands as it was given.
    AsGiven,
    /// Another walk was first. The audience goes on behind its chunk.
    Adopted,
    /// Another walk was first, and that was the last chunk.
    Ended,
}

impl Campaigns {
    /// A piece of the fan-out.
    pub(crate) async fn freeze(&self, id: &str, correlation: Option<CorrelationId>) -> Result<(), Failure> {
        let Some(campaign) = self.open(id).await? else { return Ok(()) };
        if campaign.started_at.is_none() {
            return Ok(());
        }
        if campaign.log.frozen_at.is_some() {
            return self.release(id, false).await;
        }
        let begun = self.kit.clock.now();
        self.store.note_freezing(&campaign.id, begun).await.map_err(failure)?;
        let mut walk = match self.store.last_chunk(&campaign.id).await.map_err(failure)? {
            None => Walk { number: 0, place: None, upto: 0, waiting: Vec::new() },
            Some(last) => {
                let (chunks, people) = (last.number + 1, last.upto);
                match Walk::behind(last) {
                    Some(walk) => walk,
                    None => return self.frozen(&campaign, (chunks, people)).await,
                }
            }
        };
        let snapshot = campaign.snapshot.clone().unwrap_or_default();
        let started_at = campaign.started_at.unwrap_or(begun);
        let audience = Audience::of(self, &campaign.definition, &snapshot, (Mode::Write, started_at)).await?;
        let Some(audience) = audience else {
            let by = PausedBy::Guard(Guard::AudienceGone);
            return self.change(campaign, &Action::Pause { by }).await;
        };
        if self.walk(&campaign, &audience, (&mut walk, begun)).await? {
            return self.frozen(&campaign, (walk.number, walk.upto)).await;
        }
        self.go_on(CampaignTask::Freeze { campaign: id.to_owned() }, correlation).await
    }

    /// Walks until everybody is in a chunk, or the piece's time is over. Whether everybody is.
    async fn walk(
        &self,
        campaign: &Campaign,
        audience: &Audience<'_>,
        (walk, begun): (&mut Walk, Timestamp),
    ) -> Result<bool, Failure> {
        let mut page = audience.page(walk.place.as_deref()).await?;
        loop {
            let Page { found, next, .. } = page;
            walk.waiting.extend(found.into_iter().map(|found| (found.member, found.after)));
            walk.place.clone_from(&next);
            let is_over = self.kit.clock.now().duration_since(begun) > PIECE;
            // The next page is read while the chunks of this one are written.
            let (put, following) = futures::join!(self.put_full(campaign, walk), async {
                match &next {
                    Some(next) if !is_over => Some(audience.page(Some(next)).await),
                    _ => None,
                }
            });
            match put? {
                Put::AsGiven => {}
                Put::Ended => return Ok(true),
                Put::Adopted => {
                    page = audience.page(walk.place.as_deref()).await?;
                    continue;
                }
            }
            let Some(next) = next else {
                // The last chunk is whatever is left, be it nobody.
                match self.put(campaign, walk, None).await? {
                    Put::AsGiven | Put::Ended => return Ok(true),
                    Put::Adopted => {
                        page = audience.page(walk.place.as_deref()).await?;
                        continue;
                    }
                }
            };
            match following {
                Some(following) => page = following?,
                None => {
                    // A short chunk, or an empty one, keeps what was walked through.
                    return Ok(matches!(self.put(campaign, walk, Some(next)).await?, Put::Ended));
                }
            }
        }
    }

    /// Puts as many whole chunks as wait, but not the last member: who is the last of all has no place behind.
    async fn put_full(&self, campaign: &Campaign, walk: &mut Walk) -> Result<Put, Failure> {
        while walk.waiting.len() > CHUNK {
            let count = ((walk.waiting.len() - 1) / CHUNK).min(TOGETHER);
            if count > 1 && self.put_together(campaign, walk, count).await? {
                continue;
            }
            // Alone each of them learns what stands there.
            for _ in 0..count {
                let next = walk.waiting.get(CHUNK - 1).map(|(_, after)| after.clone());
                match self.put(campaign, walk, next).await? {
                    Put::AsGiven => {}
                    other => return Ok(other),
                }
            }
        }
        Ok(Put::AsGiven)
    }

    /// Puts so many whole chunks in one write. `false` if another walk was first with one of them, or is at it.
    async fn put_together(
        &self,
        campaign: &Campaign,
        walk: &mut Walk,
        count: usize,
    ) -> Result<bool, Failure> {
        let chunks: Vec<_> = (0..count)
            .map(|nth| {
                let people = &walk.waiting[nth * CHUNK..(nth + 1) * CHUNK];
                let members = people.iter().map(|(member, _)| member.clone()).collect();
                let next = people.last().map(|(_, after)| after.clone());
                StoredChunk { members, next, upto: walk.upto + as_u64((nth + 1) * CHUNK) }
            })
            .collect();
        let all = self.store.put_chunks(&campaign.id, walk.number, &chunks).await.map_err(failure)?;
        if all {
            walk.waiting.drain(..count * CHUNK);
            (walk.number, walk.upto) = (walk.number + as_u64(count), walk.upto + as_u64(count * CHUNK));
        }
        Ok(all)
    }

    /// Puts the next chunk: the first hundred who wait.
    async fn put(&self, campaign: &Campaign, walk: &mut Walk, next: Option<String>) -> Result<Put, Failure> {
        let count = walk.waiting.len().min(CHUNK);
        let members: Vec<_> = walk.waiting.drain(..count).map(|(member, _)| member).collect();
        let upto = walk.upto + as_u64(count);
        let chunk = StoredChunk { members, next, upto };
        let name = Chunk::Walked(walk.number);
        let kept = self.store.put_chunk(&campaign.id, name, &chunk).await.map_err(failure)?;
        let theirs = match kept {
            Kept::Theirs(theirs) if theirs != chunk => theirs,
            // Two walks that saw the same wrote the same.
            Kept::Ours | Kept::Theirs(_) => {
                (walk.number, walk.upto) = (walk.number + 1, upto);
                return Ok(Put::AsGiven);
            }
        };
        (walk.number, walk.upto) = (walk.number + 1, theirs.upto);
        walk.waiting.clear();
        walk.place = theirs.next;
        Ok(if walk.place.is_some() { Put::Adopted } else { Put::Ended })
    }

    async fn frozen(&self, campaign: &Campaign, (chunks, people): (u64, u64)) -> Result<(), Failure> {
        let now = self.kit.clock.now();
        if self.store.note_frozen(&campaign.id, (chunks, people), now).await.map_err(failure)? {
            info!(campaign.id = %campaign.id, campaign.people = people, "The audience of {} is frozen", campaign.id);
        }
        self.release(campaign.id.as_str(), false).await
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
