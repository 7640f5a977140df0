//! Scenarios of numbers: what Meta says of them, and steps that are asked of Meta.

use std::time::Duration;

use cloud_api::PhoneNumberId;
use domain::number::facts::{Fact, Source, Update};
use domain::number::onboarding::{GIVEN_UP, State};
use futures::future::join_all;
use store::{Claimed, Number, Store, Subject, Track};
use tests::{NUMBER, Stage};

async fn number(stage: &Stage, store: &Store) -> PhoneNumberId {
    let id = PhoneNumberId::new(NUMBER);
    store.meet_number(&Number::new(id.clone()), stage.now()).await.unwrap();
    id
}

pub(crate) async fn words_at_once_are_all_heard(stage: &Stage) {
    let store = stage.store();
    let id = number(stage, &store).await;
    let facts = [Fact::Quality, Fact::Limit, Fact::Status, Fact::Throughput, Fact::Official, Fact::Ban];
    let notes = facts.clone().map(|fact| {
        let (store, id, at) = (store.clone(), id.clone(), stage.now());
        let word = Update { fact, value: "X".to_owned(), at, source: Source::Webhook };
        tokio::spawn(async move { store.note_facts(Subject::Number(&id), &[word], at).await })
    });
    for noted in join_all(notes).await {
        assert_eq!(noted.unwrap().unwrap().len(), 1);
    }
    let known = store.facts(Subject::Number(&id)).await.unwrap();
    assert!(facts.iter().all(|fact| known.get(fact).is_some()), "{known:?}");
}

pub(crate) async fn one_step_at_a_time(stage: &Stage) {
    let store = stage.store();
    let id = number(stage, &store).await;
    let begin =
        async |ask: &str, at| store.begin_step(Track::Onboarding(&id), (ask, "register"), at).await.unwrap();
    assert!(begin("a", stage.now()).await);
    assert!(!begin("b", stage.now()).await, "one is under way");
    assert_eq!(store.claim_step(Track::Onboarding(&id), "a", stage.now()).await.unwrap(), Claimed::Mine);
    assert!(!begin("b", stage.now()).await, "Meta is being asked");
    let later = stage.now() + GIVEN_UP + Duration::from_secs(1);
    assert!(begin("c", later).await, "nobody works on it any more");
    store.end_step(Track::Onboarding(&id), "c", Ok(()), later).await.unwrap();
    assert!(begin("d", later).await);
}

pub(crate) async fn a_step_is_asked_once(stage: &Stage) {
    let store = stage.store();
    let id = number(stage, &store).await;
    let claim = async |ask: &str| store.claim_step(Track::Onboarding(&id), ask, stage.now()).await.unwrap();
    assert!(store.begin_step(Track::Onboarding(&id), ("a", "register"), stage.now()).await.unwrap());
    assert_eq!(claim("another").await, Claimed::Over);
    assert_eq!(claim("a").await, Claimed::Mine);
    assert_eq!(claim("a").await, Claimed::CutOff, "who asked did not come back");
    store.end_step(Track::Onboarding(&id), "a", Err("why"), stage.now()).await.unwrap();
    assert_eq!(claim("a").await, Claimed::Over);
}

pub(crate) async fn an_old_step_does_not_end_a_new_one(stage: &Stage) {
    let store = stage.store();
    let id = number(stage, &store).await;
    let later = stage.now() + GIVEN_UP + Duration::from_secs(1);
    assert!(store.begin_step(Track::Onboarding(&id), ("a", "register"), stage.now()).await.unwrap());
    assert!(store.begin_step(Track::Onboarding(&id), ("b", "pin"), later).await.unwrap());
    store.end_step(Track::Onboarding(&id), "a", Ok(()), later).await.unwrap();
    let step = store.step(Track::Onboarding(&id)).await.unwrap().unwrap();
    assert_eq!((step.id.as_str(), step.state), ("b", State::Pending));
}
