//! Scenarios of the store alone: races and zombies that the loop meets once in a while.

use std::time::Duration;

use cloud_api::{Bsuid, PhoneNumberId, PortfolioId, WaId, Wamid};
use domain::agent::AgentId;
use domain::identity::Sighting;
use domain::inbox::Change;
use domain::media::{MediaFacts, MediaState};
use domain::number::Settings;
use domain::sending::SendState;
use domain::{ContactId, ConversationId, MessageId, Slot};
use futures::future::join_all;
use jiff::Timestamp;
use store::{
    Attempt, Changed, ConversationState, HandlingChange, Number, Outbound, Outcome, ProfileSeen, StateMove,
    Store,
};
use tests::{NUMBER, Stage};

fn conversation() -> ConversationId {
    ConversationId::with_contact(NUMBER.into(), ContactId::new("01M83T4CM04MP9CXWTQAKDCY56").unwrap())
}

fn later(stage: &Stage, seconds: u64) -> Timestamp {
    stage.now() + Duration::from_secs(seconds)
}

pub(crate) async fn concurrent_moves_lose_nothing(stage: &Stage) {
    let store = stage.store();
    for round in 0..6_u64 {
        let number = PhoneNumberId::new(format!("{round}"));
        let id = ConversationId { number, ..conversation() };
        // The newest received and the widest window are in different moves, so that most of them must join.
        let moves = (0..16_u64).map(|n| StateMove {
            received_at: later(stage, 100 + n),
            window_from: Some(later(stage, 100 - n)),
            preview: n.to_string(),
            from: None,
        });
        let moved = moves.map(|step| {
            let (store, id) = (store.clone(), id.clone());
            tokio::spawn(async move { store.move_state(&id, &step).await })
        });
        for outcome in join_all(moved).await {
            outcome.unwrap().unwrap();
        }
        let state = store.state(&id).await.unwrap().unwrap();
        assert_eq!(state.received_at, Some(later(stage, 115)));
        assert_eq!(state.preview, "15");
        assert_eq!(state.window.unwrap().closes_at(), later(stage, 100 + 24 * 3_600));
    }
}

pub(crate) async fn a_phone_remembers_each_of_its_owners(stage: &Stage) {
    let store = stage.store();
    let resolve = |n: u64| {
        let store = store.clone();
        let sighting = Sighting {
            portfolio: PortfolioId::new("main"),
            user_id: Some(Bsuid::new(format!("US.{n}"))),
            parent_user_id: None,
            phone: Some(WaId::new("15550109901")),
            at: later(stage, n),
        };
        let (now, id) = (stage.now(), ContactId::new(format!("contact-{n}")).unwrap());
        tokio::spawn(async move {
            store.resolve_person(&sighting, &ProfileSeen::default(), &NUMBER.into(), &id, now).await
        })
    };
    resolve(0).await.unwrap().unwrap();
    for outcome in join_all((1..=4).map(resolve)).await {
        outcome.unwrap().unwrap();
    }
    let owners = stage
        .world
        .dynamodb()
        .query()
        .table_name("local-contacts")
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(
            ":pk",
            aws_sdk_dynamodb::types::AttributeValue::S("IDENTITY#phone##15550109901".to_owned()),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(owners.count(), 5, "one owner now, and four before");
}

/// A message of ours, written ahead.
async fn written(stage: &Stage, store: &Store) -> MessageId {
    let slot = Slot::Message { at: stage.now().as_millisecond(), hash: "0123456789abcdef".to_owned() };
    let id = MessageId { conversation: conversation(), slot };
    let message = Outbound {
        id: &id,
        request: "tests#1".to_owned(),
        kind: "text",
        raw: "{}".to_owned(),
        about: None,
        upload: Some("01KB0XQ6G0000000000000F1LE"),
        correlation: None,
        callback: None,
        at: stage.now(),
    };
    store.write_ahead(&message).await.unwrap();
    id
}

fn accepted(wamid: &str) -> Outcome {
    Outcome::Accepted { wamid: Wamid::from(wamid), held: None }
}

async fn state(store: &Store, id: &MessageId) -> Option<SendState> {
    store.message(id).await.unwrap().unwrap().state
}

pub(crate) async fn an_old_attempt_does_not_undo_a_new_one(stage: &Stage) {
    let store = stage.store();
    let id = written(stage, &store).await;
    let now = stage.now();
    assert_eq!(store.begin_attempt(&id, 0, None, now).await.unwrap(), Attempt::Begun(1));
    store.record_outcome(&id, 1, &Outcome::Back, now).await.unwrap();
    assert_eq!(store.begin_attempt(&id, 1, None, now).await.unwrap(), Attempt::Begun(2));
    store.record_outcome(&id, 2, &accepted("wamid.two"), now).await.unwrap();
    let zombie = Outcome::Failed { errors: "[]".to_owned() };
    store.record_outcome(&id, 1, &zombie, now).await.unwrap();
    assert_eq!(state(&store, &id).await, Some(SendState::Accepted));
}

pub(crate) async fn what_was_accepted_does_not_wait(stage: &Stage) {
    let store = stage.store();
    let id = written(stage, &store).await;
    store.begin_attempt(&id, 0, None, stage.now()).await.unwrap();
    store.record_outcome(&id, 1, &accepted("wamid.one"), stage.now()).await.unwrap();
    store.put_off(&id, "{}", later(stage, 60)).await.unwrap();
    assert_eq!(state(&store, &id).await, Some(SendState::Accepted));
}

pub(crate) async fn what_was_accepted_does_not_become_unknown(stage: &Stage) {
    let store = stage.store();
    let id = written(stage, &store).await;
    store.begin_attempt(&id, 0, None, stage.now()).await.unwrap();
    store.record_outcome(&id, 1, &accepted("wamid.one"), stage.now()).await.unwrap();
    store.give_up_attempt(&id, 1).await.unwrap();
    assert_eq!(state(&store, &id).await, Some(SendState::Accepted));
}

pub(crate) async fn a_renewed_hold_is_not_lifted(stage: &Stage) {
    let store = stage.store();
    let id = written(stage, &store).await;
    let (first, second) = (later(stage, 60), later(stage, 120));
    store.put_off(&id, "{}", first).await.unwrap();
    store.put_off(&id, "{}", second).await.unwrap();
    store.lift_hold(&id.conversation, first).await.unwrap();
    assert_eq!(store.state(&id.conversation).await.unwrap().unwrap().hold, Some(second));
    store.lift_hold(&id.conversation, second).await.unwrap();
    assert_eq!(store.state(&id.conversation).await.unwrap().unwrap().hold, None);
}

pub(crate) async fn a_number_keeps_what_was_first_known(stage: &Stage) {
    let store = stage.store();
    for display in ["15550100200", "something else"] {
        let number = Number { display: Some(display.to_owned()), ..Number::new(NUMBER.into()) };
        store.meet_number(&number, stage.now()).await.unwrap();
    }
    assert_eq!(store.numbers().await.unwrap()[0].display.as_deref(), Some("15550100200"));
}

fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// A conversation in which a customer waits.
async fn waited(stage: &Stage, store: &Store) -> ConversationState {
    let step = StateMove {
        received_at: stage.now(),
        window_from: Some(stage.now()),
        preview: "Hello?".to_owned(),
        from: None,
    };
    store.move_state(&conversation(), &step).await.unwrap().1
}

pub(crate) async fn two_who_take_a_conversation_at_once_do_not_both_have_it(stage: &Stage) {
    let store = stage.store();
    let seen = waited(stage, &store).await;
    let takes = |name: &'static str| {
        let (store, seen, at) = (store.clone(), seen.clone(), stage.now());
        async move {
            let change = Change { assignee: Some(Some(agent(name))), ..Change::default() };
            let to = seen.handling.changed(&change, at).unwrap();
            let (id, by) = (conversation(), agent(name));
            let change = HandlingChange { id: &id, seen: &seen, to: &to, by: Some(&by), why: None, at };
            store.change_handling(&change).await.unwrap()
        }
    };
    assert_eq!(takes("ana").await, Changed::Written);
    assert_eq!(takes("ben").await, Changed::Stale);
    let state = store.state(&conversation()).await.unwrap().unwrap();
    assert_eq!(state.handling.assignee, Some(agent("ana")));
}

pub(crate) async fn a_turn_is_taken_once(stage: &Stage) {
    let store = stage.store();
    let number = PhoneNumberId::new(NUMBER);
    let now = stage.now();
    assert!(store.take_turn(&number, &agent("ana"), None, now).await.unwrap());
    assert!(!store.take_turn(&number, &agent("ana"), None, now).await.unwrap(), "it was seen before that");
    assert!(store.take_turn(&number, &agent("ana"), Some(now), now).await.unwrap());
}

pub(crate) async fn what_was_read_stays_read(stage: &Stage) {
    let store = stage.store();
    for seconds in [60, 30] {
        store.mark_read(&conversation(), &agent("ana"), later(stage, seconds)).await.unwrap();
    }
    let marks = store.read_marks(&[conversation()], &agent("ana")).await.unwrap();
    assert_eq!(marks.get(&conversation()), Some(&later(stage, 60)));
}

pub(crate) async fn a_free_entry_point_ends_when_meta_last_said(stage: &Stage) {
    let store = stage.store();
    store.note_free_entry(&conversation(), later(stage, 60)).await.unwrap();
    assert_eq!(store.state(&conversation()).await.unwrap(), None, "it makes no conversation");
    waited(stage, &store).await;
    for seconds in [60, 30] {
        store.note_free_entry(&conversation(), later(stage, seconds)).await.unwrap();
    }
    let state = store.state(&conversation()).await.unwrap().unwrap();
    assert_eq!(state.free_entry.unwrap().closes_at(), later(stage, 60));
}

pub(crate) async fn a_number_that_was_never_seen_has_no_settings(stage: &Stage) {
    let store = stage.store();
    let settings = Settings { name: Some("Sales".to_owned()), ..Settings::default() };
    assert!(!store.settle_number(&"900000000000999".into(), &settings).await.unwrap());
    assert!(store.numbers().await.unwrap().iter().all(|number| number.id.as_str() != "900000000000999"));
}

pub(crate) async fn news_of_a_file_makes_no_message(stage: &Stage) {
    let store = stage.store();
    let slot = Slot::Message { at: 5, hash: "0123456789abcdef".to_owned() };
    let id = MessageId { conversation: conversation(), slot };
    let facts = MediaFacts::default();
    assert!(!store.file_ready(&id, &facts, &["media/x".to_owned()]).await.unwrap());
    assert_eq!(store.message(&id).await.unwrap(), None);
}

pub(crate) async fn a_file_that_was_copied_stays_so(stage: &Stage) {
    let store = stage.store();
    let id = written(stage, &store).await;
    assert!(store.file_ready(&id, &MediaFacts::default(), &["media/x".to_owned()]).await.unwrap());
    assert!(!store.file_missing(&id, MediaState::Failed, "too late").await.unwrap());
    let media = store.message(&id).await.unwrap().unwrap().media.unwrap();
    assert_eq!(media.state, MediaState::Ready);
}
