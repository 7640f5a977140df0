//! What holds of limits and runs however many workers are at them.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud_api::{PhoneNumberId, PortfolioId};
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::pace::{Ask, Grant, Level, Purpose};
use domain::rates::Micros;
use domain::tier::{Begin, Block, Limit, Run, RunChange, Turn};
use futures::future::join_all;
use store::{KeptLedger, KeptRun, SlotTaken, StoreError};
use tests::{NUMBER, Stage};

const LIMIT: Limit = Limit::People(250);

fn campaign() -> CampaignId {
    CampaignId::new("01KB0XQ6G0000000000CAMPA1GN").unwrap()
}

fn portfolio() -> PortfolioId {
    PortfolioId::new("main")
}

/// A turn that begins with a chunk of a hundred, upon this ledger.
fn begins(stage: &Stage, ledger: &KeptLedger, turn: u64) -> RunChange {
    match Run::default().begin(100, 25..=100, &ledger.ledger, Turn(turn), stage.now()) {
        Begin::Go(change) => change,
        other => panic!("no turn: {other:?}"),
    }
}

async fn writes(stage: &Stage, chunk: u64, change: &RunChange, ledger: Option<&KeptLedger>) -> bool {
    let (campaign, portfolio) = (campaign(), portfolio());
    let of =
        KeptRun { campaign: &campaign, chunk: Chunk::Walked(chunk), members: 100, portfolio: &portfolio };
    stage.store().write_run(of, change, ledger, stage.now()).await.unwrap()
}

pub(crate) async fn who_only_slept_begins_no_block(stage: &Stage) {
    let store = stage.store();
    let ledger = store.tier_ledger(&portfolio(), LIMIT).await.unwrap();
    let first = begins(stage, &ledger, 1);
    assert!(writes(stage, 0, &first, Some(&ledger)).await);
    let Begin::Go(second) = first.to.begin(100, 25..=100, &ledger.ledger, Turn(2), stage.now()) else {
        panic!("no turn")
    };
    assert!(writes(stage, 0, &second, Some(&ledger)).await);
    let Block::Members(_, asleep) = first.to.block(25, stage.now()) else { panic!("no block") };
    assert!(!writes(stage, 0, &asleep, None).await, "the chunk is somebody else's by now");
    assert_eq!(store.run(&campaign(), Chunk::Walked(0)).await.unwrap().started, 0);
}

pub(crate) async fn two_chunks_do_not_take_the_same_room(stage: &Stage) {
    let store = stage.store();
    // Of 250, 13 are left to single messages and as many to other applications: there is room for two chunks.
    let ledger = store.tier_ledger(&portfolio(), LIMIT).await.unwrap();
    let mut taken = 0;
    for chunk in 0..3 {
        // All three have read the ledger when nothing was taken.
        taken += u32::from(writes(stage, chunk, &begins(stage, &ledger, chunk), Some(&ledger)).await);
    }
    let used = store.tier_ledger(&portfolio(), LIMIT).await.unwrap().ledger.used(stage.now());
    assert_eq!((taken, used), (2, 200), "within the limit");
}

pub(crate) async fn old_slots_stop_counting_once(stage: &Stage) {
    let store = stage.store();
    let ledger = store.tier_ledger(&portfolio(), LIMIT).await.unwrap();
    assert!(writes(stage, 0, &begins(stage, &ledger, 1), Some(&ledger)).await);
    stage.pass(26 * 3_600).await;
    let ledger = store.tier_ledger(&portfolio(), LIMIT).await.unwrap();
    let (one, other) = (begins(stage, &ledger, 2), begins(stage, &ledger, 3));
    assert!(writes(stage, 1, &one, Some(&ledger)).await);
    assert!(!writes(stage, 2, &other, Some(&ledger)).await, "somebody has taken the old ones out already");
    let ledger = store.tier_ledger(&portfolio(), LIMIT).await.unwrap();
    assert_eq!(ledger.ledger.used(stage.now()), 100);
}

pub(crate) async fn no_two_workers_lease_the_same_time(stage: &Stage) {
    let number = PhoneNumberId::new(NUMBER);
    let ask = Ask { purpose: Purpose::Campaign, messages: 1, skew: domain::pace::COVERED };
    let leases = (0..12).map(|_| {
        let (store, number, now) = (stage.store(), number.clone(), stage.now());
        tokio::spawn(async move { store.lease(&number, Level::Standard, ask, now).await })
    });
    let mut times = Vec::new();
    for lease in join_all(leases).await {
        match lease.unwrap() {
            Ok(Grant::Messages { send, .. }) => times.push(send.from),
            // Whoever comes too late too often asks again later.
            Ok(Grant::Wait { .. }) | Err(StoreError::Contended) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let different: BTreeSet<_> = times.iter().collect();
    assert_eq!(different.len(), times.len(), "each has a time of its own");
}

/// Sixteen single messages at once, of a number that keeps five slots at a time.
pub(crate) async fn no_slot_is_taken_twice_or_lost(stage: &Stage) {
    let number = PhoneNumberId::new(NUMBER);
    let takes = (0..16).map(|_| {
        let (store, number, now) = (stage.store(), number.clone(), stage.now());
        tokio::spawn(async move {
            for _ in 0..20 {
                match store.take_slot(&number, (&portfolio(), LIMIT), now).await {
                    Ok(SlotTaken::In(_)) => return true,
                    Ok(SlotTaken::Full { .. }) => return false,
                    Err(StoreError::Contended) => tokio::time::sleep(Duration::from_millis(5)).await,
                    Err(error) => panic!("{error}"),
                }
            }
            false
        })
    });
    let takes = join_all(takes).await;
    let taken = takes.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
    let used = stage.store().tier_ledger(&portfolio(), LIMIT).await.unwrap().ledger.used(stage.now());
    let fives = taken.div_ceil(5) * 5;
    assert_eq!(usize::try_from(used).unwrap(), fives, "{taken} were taken, five at a time");
}

const PRICE: Micros = Micros(30_500);

/// Twelve chunks of ten want to keep what three of them would.
pub(crate) async fn a_budget_is_not_passed(stage: &Stage) {
    let limit = PRICE.times(35);
    let keeps = (0..12).map(|chunk| {
        let store = stage.store();
        tokio::spawn(async move {
            let kept = store.keep_money(&campaign(), Chunk::Walked(chunk), limit, &[PRICE; 10]).await;
            kept.map_or(0, |kept| kept.members)
        })
    });
    let kept: usize = join_all(keeps).await.into_iter().map(|kept| kept.unwrap()).sum();
    let budget = stage.store().budget(&campaign(), limit).await.unwrap();
    assert!(kept <= 35 && budget.overrun() == Micros(0), "{kept} people, {budget:?}");
}

/// Six workers hold a hint at the same chunk.
pub(crate) async fn a_chunk_keeps_money_once(stage: &Stage) {
    let limit = PRICE.times(1_000);
    for chunk in 0..6 {
        let keeps = (0..6).map(|_| {
            let store = stage.store();
            tokio::spawn(async move {
                store.keep_money(&campaign(), Chunk::Walked(chunk), limit, &[PRICE; 10]).await
            })
        });
        // Whoever comes too late too often looks again later.
        join_all(keeps).await;
    }
    assert_eq!(stage.store().budget(&campaign(), limit).await.unwrap().held, PRICE.times(60));
}

pub(crate) async fn what_comes_back_comes_back_once(stage: &Stage) {
    let (store, chunk, limit) = (stage.store(), Chunk::Walked(0), PRICE.times(1_000));
    let kept = store.keep_money(&campaign(), chunk, limit, &[PRICE; 10]).await.unwrap();
    assert!(store.settle_money(&campaign(), chunk, (kept, PRICE.times(4))).await.unwrap());
    assert!(!store.settle_money(&campaign(), chunk, (kept, PRICE.times(4))).await.unwrap());
    assert_eq!(store.budget(&campaign(), limit).await.unwrap().held, PRICE.times(4));
}
