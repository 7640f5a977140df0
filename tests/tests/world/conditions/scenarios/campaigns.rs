//! What holds of campaigns however many workers are at it.

use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::conversion::Conversion;
use domain::campaign::definition::Definition;
use domain::campaign::log::Chunk;
use domain::campaign::state::State;
use serde_json::json;
use store::{Campaign, Converted, Kept, Member, PreflightJob, StoreError, StoredChunk};
use tests::{NUMBER, Stage};

fn draft(stage: &Stage, name: &str) -> Campaign {
    let definition: Definition = serde_json::from_value(json!({
        "name": name, "numbers": [NUMBER], "templates": [{"template": "spring_offer"}],
        "language": {"default": "es"}, "audience": {"include": [{"filter": "kind:lead"}]},
    }))
    .unwrap();
    let id = CampaignId::new("01KB0XQ6G0000000000CAMPA1GN").unwrap();
    Campaign::draft(id, definition, "u1".to_owned(), stage.now())
}

async fn made(stage: &Stage) -> Campaign {
    let campaign = draft(stage, "Spring");
    assert!(stage.store().create_campaign(&campaign).await.unwrap());
    campaign
}

/// Two workers find the same run of a recurring campaign due.
pub(crate) async fn a_campaign_is_made_once(stage: &Stage) {
    let campaign = made(stage).await;
    let second = stage.store().create_campaign(&draft(stage, "Autumn")).await.unwrap();
    let there = stage.store().campaign(&campaign.id).await.unwrap().unwrap();
    assert_eq!((second, &*there.definition.name), (false, "Spring"));
}

/// Somebody pauses what somebody else cancels.
pub(crate) async fn a_campaign_is_changed_as_it_was_seen(stage: &Stage) {
    let (store, mut one) = (stage.store(), made(stage).await);
    let mut other = one.clone();
    one.state = State::Running;
    store.change_campaign(&mut one, false).await.unwrap();
    other.state = State::Cancelled { by: "u2".to_owned(), at: stage.now() };
    assert_eq!(store.change_campaign(&mut other, false).await, Err(StoreError::Contended));
    let there = store.campaign(&one.id).await.unwrap().unwrap();
    assert_eq!((there.state, there.version), (State::Running, 2));
}

/// Two walks over an audience that changed between them.
pub(crate) async fn of_two_walks_the_second_adopts_the_chunk(stage: &Stage) {
    let (store, campaign) = (stage.store(), made(stage).await);
    let chunk = |id: &str, next: &str| {
        let member = Member { contact: ContactId::new(id).unwrap(), excluded: false, line: None };
        StoredChunk { members: vec![member], next: Some(next.to_owned()), upto: 1 }
    };
    let (first, second) = (chunk("01KANA", "0:01KANA"), chunk("01KBOB", "0:01KBOB"));
    let name = Chunk::Walked(0);
    assert_eq!(store.put_chunk(&campaign.id, name, &first).await.unwrap(), Kept::Ours);
    assert_eq!(store.put_chunk(&campaign.id, name, &second).await.unwrap(), Kept::Theirs(first.clone()));
    assert_eq!(store.chunk(&campaign.id, name).await.unwrap(), Some(first));
}

/// A fan-out ends a second time, after a job that came twice.
pub(crate) async fn an_audience_is_frozen_once(stage: &Stage) {
    let (store, campaign) = (stage.store(), made(stage).await);
    assert!(store.note_frozen(&campaign.id, (3, 250), stage.now()).await.unwrap());
    assert!(!store.note_frozen(&campaign.id, (5, 410), stage.now()).await.unwrap());
    let log = store.campaign(&campaign.id).await.unwrap().unwrap().log;
    assert_eq!((log.chunks, log.people), (3, 250));
}

/// A release that was slow comes after one that was fast.
pub(crate) async fn what_is_released_stays_released(stage: &Stage) {
    let (store, campaign) = (stage.store(), made(stage).await);
    store.note_frozen(&campaign.id, (40, 4_000), stage.now()).await.unwrap();
    let times = (Some(stage.now()), None);
    assert!(store.note_released(&campaign.id, (20, 6), times).await.unwrap());
    assert!(!store.note_released(&campaign.id, (12, 2), times).await.unwrap());
    let log = store.campaign(&campaign.id).await.unwrap().unwrap().log;
    assert_eq!((log.released_upto, log.done_upto), (20, 6));
}

/// Two workers hold the same piece of a pre-flight.
pub(crate) async fn a_piece_of_a_preflight_counts_once(stage: &Stage) {
    let (store, campaign, now) = (stage.store(), made(stage).await, stage.now());
    let mut one = PreflightJob {
        id: "01KPRE".to_owned(),
        state: "running".to_owned(),
        reason: None,
        of_version: 1,
        snapshot: "{}".to_owned(),
        place: None,
        people: 0,
        counts: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    store.begin_preflight(&campaign.id, &one).await.unwrap();
    let mut other = one.clone();
    (one.people, other.people) = (100, 90);
    store.put_preflight(&campaign.id, &mut one).await.unwrap();
    assert_eq!(store.put_preflight(&campaign.id, &mut other).await, Err(StoreError::Contended));
    assert_eq!(store.preflight(&campaign.id).await.unwrap().unwrap().people, 100);
}

/// Another system uses an id for two things.
pub(crate) async fn a_conversion_is_written_once(stage: &Stage) {
    let (store, campaign) = (stage.store(), made(stage).await);
    let contact = ContactId::new("01KANA").unwrap();
    let conversion = |kind: &str| Conversion {
        records: [contact.clone()].into(),
        contact: contact.clone(),
        kind: kind.to_owned(),
        value: None,
        at: stage.now(),
    };
    let (visit, purchase) = (conversion("visit"), conversion("purchase"));
    assert_eq!(store.record_conversion(&campaign.id, "1", &visit).await.unwrap(), Converted::New);
    assert_eq!(store.record_conversion(&campaign.id, "1", &visit).await.unwrap(), Converted::Known);
    assert_eq!(store.record_conversion(&campaign.id, "1", &purchase).await.unwrap(), Converted::Other);
    assert_eq!(store.conversions(&campaign.id).await.unwrap(), [visit]);
}
