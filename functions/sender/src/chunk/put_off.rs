//! What a step leaves behind: outcomes in the result block, and a chunk of their own for people who were put off.

use std::collections::BTreeMap;

use domain::campaign::log::Chunk;
use domain::campaign::outcome::{Outcome, Put};
use domain::campaign::result::{Entry, Placed};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use store::{Kept, StoredChunk, Told};
use tracing::info;

use super::context::Context;
use super::person::Ended;
use super::{Chunks, Place};
use crate::worker::failure;

/// Who is put off for less than this has a chunk of the present hour, and its hint waits; for longer, the hour waits.
const SOON: SignedDuration = SignedDuration::from_mins(15);

/// How often another name is tried for a chunk of people who were put off.
const NAMES: u64 = 4;

impl Chunks {
    /// Writes down what became of people. First those who were put off get their place in the log: whoever dies between
    /// the two leaves nobody out.
    pub(crate) async fn record(&self, context: &Context, ended: Vec<(usize, Ended)>) -> Result<(), Failure> {
        let now = self.sender.kit.clock.now();
        let mut turns: BTreeMap<u64, (Timestamp, Vec<usize>)> = BTreeMap::new();
        for (member, ended) in &ended {
            let Some(until) = ended.until else { continue };
            let turn = turns.entry(hour_of(until, now)).or_insert((until, Vec::new()));
            turn.0 = turn.0.max(until);
            turn.1.push(*member);
        }
        let mut hints = Vec::new();
        for (hour, (until, members)) in turns {
            let chunk = self.put_chunk(context, hour, &members).await?;
            hints.push((chunk, until));
        }
        let told = ended.into_iter().filter_map(|(member, ended)| Some(Told { member, entry: ended.told? }));
        let told: Vec<_> = told.collect();
        let place = &context.place;
        self.sender.store.record_results(&place.campaign, place.chunk, &told).await.map_err(failure)?;
        for (chunk, until) in hints {
            let later = Place { campaign: place.campaign.clone(), chunk };
            self.hint_again(&later, until.max(chunk.due_at())).await?;
        }
        Ok(())
    }

    async fn put_chunk(&self, context: &Context, hour: u64, members: &[usize]) -> Result<Chunk, Failure> {
        let place = &context.place;
        let stored = StoredChunk {
            members: members.iter().filter_map(|member| context.members.get(*member).cloned()).collect(),
            next: None,
            upto: u64::try_from(members.len()).unwrap_or_default(),
        };
        // From where they come, so that a repeat meets the chunk that is there.
        let first = members.first().copied().unwrap_or_default();
        let name = domain::hash16(&format!("{}|{}|{first}|{}", place.campaign, place.chunk, members.len()));
        let name = u64::from_str_radix(&name[..11], 16).unwrap_or_default();
        for n in name..name + NAMES {
            let chunk = Chunk::Deferred { hour, n };
            let kept = self.sender.store.put_chunk(&place.campaign, chunk, &stored).await.map_err(failure)?;
            let is_there = match kept {
                Kept::Ours => true,
                Kept::Theirs(there) => there.members == stored.members,
            };
            if is_there {
                info!(campaign.id = %place.campaign, campaign.chunk = %chunk, people = members.len(), "Put people off");
                return Ok(chunk);
            }
        }
        Err(Failure::Retry("no name for people who were put off".to_owned()))
    }
}

/// The hour of the chunk: the present one for a short while.
fn hour_of(until: Timestamp, now: Timestamp) -> u64 {
    if until.duration_since(now) < SOON {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        return seconds / 3_600;
    }
    Chunk::hour_of(until)
}

/// What the old line of somebody says who was put off.
pub(crate) fn line(why: Put, variant: u8, market: String) -> Entry {
    let outcome = Placed { outcome: Outcome::PutOff(why), variant, market };
    Entry { outcome: Some(outcome), ..Entry::default() }
}
