//! A fan-out that is killed again and again: everybody has to be in one chunk all the same.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ContactId;
use domain::campaign::log::Chunk;
use jiff::Timestamp;
use local::world::{Time, WorldOptions};
use store::Campaign;
use tests::{Faults, Moment, Stage};

use super::{campaign, records, stored};
use crate::BoxError;
use crate::people::Dice;
use crate::stage::{only, post};

/// How many chunks a fan-out writes at once.
const TOGETHER: usize = 8;

/// What was left of it.
pub(super) struct Survived {
    pub(super) deaths: usize,
    /// After how many chunks each came.
    pub(super) at: Vec<u64>,
    pub(super) in_one_chunk: usize,
    pub(super) in_several: usize,
}

/// A fan-out in a world whose clock is moved by hand: what a function died of comes back after minutes.
pub(super) async fn play(people: usize, deaths: usize) -> Result<Survived, BoxError> {
    let directory = tempfile::tempdir()?;
    let faults = Faults::default();
    let taps = faults.clone();
    let start: Timestamp = tests::START.parse()?;
    let stage = Stage::of(WorldOptions {
        data: Some(directory.path().to_owned()),
        time: Time::Manual(start),
        functions: only(&["campaign"]),
        interceptors: Some(Arc::new(move |function| vec![taps.interceptor(function)])),
        ..WorldOptions::default()
    })
    .await;
    records::put(&stage, people).await?;
    let id = campaign(&stage).await?;
    let seed = usize::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    let mut dice = Dice::of(seed);
    let chunks = people.div_ceil(domain::campaign::log::CHUNK);
    let mut survived = Survived { deaths: 0, at: Vec::new(), in_one_chunk: 0, in_several: 0 };
    // Each dies within the share of the log that is its own, so that all of them come before the end.
    let reach = (chunks / TOGETHER / (deaths + 1)).max(2);
    for death in 0..deaths {
        let moment = if dice.roll(2) == 0 { Moment::Before } else { Moment::After };
        // It notes that it is at work first.
        faults.kill("campaign", 2 + dice.roll(reach), moment);
        if death == 0 {
            post(&stage, &format!("/v1/campaigns/{id}/start"), None).await?;
            stage.settle().await;
        }
        // The tick finds a fan-out that is silent for three minutes: by the minute, or it would be through before the next
        // death is ordered.
        for _ in 0..40 {
            if faults.killed() {
                break;
            }
            stage.pass(60).await;
        }
        survived.deaths += usize::from(faults.killed());
        let campaign = stored(&stage, &id).await?;
        survived.at.push(stage.store().last_chunk(&campaign.id).await?.map_or(0, |last| last.number + 1));
    }
    for _ in 0..10 {
        stage.pass(240).await;
    }
    let campaign = stored(&stage, &id).await?;
    if campaign.log.frozen_at.is_none() {
        return Err("the fan-out does not end after its deaths".into());
    }
    let seen = seen(&stage, &campaign).await?;
    survived.in_one_chunk = seen.values().filter(|times| **times == 1).count();
    survived.in_several = seen.values().filter(|times| **times > 1).count();
    Ok(survived)
}

/// In how many chunks everybody is.
pub(super) async fn seen(stage: &Stage, campaign: &Campaign) -> Result<HashMap<ContactId, usize>, BoxError> {
    let store = stage.store();
    let mut seen = HashMap::new();
    for number in 0..campaign.log.chunks {
        let chunk = store.chunk(&campaign.id, Chunk::Walked(number)).await?;
        for member in chunk.ok_or("a chunk is gone")?.members {
            *seen.entry(member.contact).or_default() += 1;
        }
    }
    Ok(seen)
}
