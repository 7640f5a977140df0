//! Scenarios of records and identities: races that people and workers run.

use cloud_api::{Bsuid, PortfolioId, WaId};
use domain::ContactId;
use domain::identity::{Given, Sighting};
use futures::future::join_all;
use store::{Entered, Merged, Parted, ProfileSeen, Store, StoreError};
use tests::{NUMBER, Stage};

/// How often a race is run in one scenario.
const ROUNDS: usize = 12;

/// A person with a phone, by any name.
async fn person(stage: &Stage, store: &Store, name: &str, phone: &str) -> ContactId {
    let sighting = Sighting {
        portfolio: PortfolioId::new("main"),
        user_id: Some(Bsuid::new(format!("US.{name}"))),
        parent_user_id: None,
        phone: Some(WaId::new(phone)),
        at: stage.now(),
    };
    let id = ContactId::new(name).unwrap();
    let profile = ProfileSeen::default();
    store
        .resolve_person(&sighting, &profile, &NUMBER.into(), &id, stage.now())
        .await
        .unwrap()
        .unwrap()
        .contact
}

/// Three people of one round.
async fn three(stage: &Stage, store: &Store, round: usize) -> [ContactId; 3] {
    let phone = |who: usize| format!("1555010{round:02}{who:02}");
    [
        person(stage, store, &format!("a-{round}"), &phone(1)).await,
        person(stage, store, &format!("b-{round}"), &phone(2)).await,
        person(stage, store, &format!("c-{round}"), &phone(3)).await,
    ]
}

async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let spawned: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    join_all(spawned).await.into_iter().map(Result::unwrap).collect()
}

/// Whether records and the ones that they are merged into say the same.
async fn agree(store: &Store, people: &[ContactId]) -> bool {
    let records = join_all(people.iter().map(|id| store.contact(id))).await;
    let records: Vec<_> = records.into_iter().map(|record| record.unwrap().unwrap()).collect();
    records.iter().all(|one| {
        records
            .iter()
            .all(|other| other.merged.contains(&one.id) == (one.alias_of.as_ref() == Some(&other.id)))
    })
}

fn merge(
    stage: &Stage,
    loser: &ContactId,
    into: &ContactId,
) -> impl Future<Output = Result<Merged, StoreError>> + Send + 'static {
    let (store, loser, into, now) = (stage.store(), loser.clone(), into.clone(), stage.now());
    async move { store.merge_contact(&loser, &into, "tests", now).await }
}

pub(crate) async fn a_record_is_merged_into_one_other(stage: &Stage) {
    let store = stage.store();
    for round in 0..ROUNDS {
        let people = three(stage, &store, round).await;
        let [a, b, c] = &people;
        let merged = at_once([merge(stage, a, b), merge(stage, a, c)]).await;
        assert_eq!(merged.iter().filter(|merged| **merged == Ok(Merged::Done)).count(), 1, "{merged:?}");
        assert!(agree(&store, &people).await);
    }
}

pub(crate) async fn two_merges_never_make_a_circle(stage: &Stage) {
    let store = stage.store();
    for round in 0..ROUNDS {
        let people = three(stage, &store, round).await;
        let [a, b, _] = &people;
        at_once([merge(stage, a, b), merge(stage, b, a)]).await;
        assert_eq!(store.root_of(a).await.unwrap(), store.root_of(b).await.unwrap());
        assert!(agree(&store, &people).await);
    }
}

pub(crate) async fn an_undoing_undoes_the_merge_that_it_saw(stage: &Stage) {
    let store = stage.store();
    let people = three(stage, &store, 0).await;
    let [a, b, c] = &people;
    assert_eq!(merge(stage, a, b).await, Ok(Merged::Done));
    let parted = store.unmerge_contact(a, Some(b), "tests", stage.now()).await;
    assert_eq!(parted, Ok(Parted::Done(b.clone())));
    assert_eq!(merge(stage, a, c).await, Ok(Merged::Done));
    // Somebody still looks at the first merge.
    let late = store.unmerge_contact(a, Some(b), "tests", stage.now()).await;
    assert_eq!(late, Ok(Parted::NotMerged));
    assert!(agree(&store, &people).await);
    assert_eq!(store.root_of(a).await.as_ref(), Ok(c));
}

pub(crate) async fn an_id_of_another_system_is_one_persons(stage: &Stage) {
    let store = stage.store();
    let [a, b, _] = three(stage, &store, 0).await;
    let given = Given::External { system: "shop".to_owned(), id: "17".to_owned() };
    assert_eq!(store.enter_identity(&a, &given, stage.now()).await, Ok(Entered::Done));
    assert_eq!(store.enter_identity(&b, &given, stage.now()).await, Ok(Entered::Taken(a)));
}

pub(crate) async fn nobody_takes_away_what_went_to_another(stage: &Stage) {
    let store = stage.store();
    let [a, b, _] = three(stage, &store, 0).await;
    let given = Given::Phone("155501000002".to_owned());
    assert_eq!(store.enter_identity(&b, &given, stage.now()).await, Ok(Entered::Done));
    assert_eq!(store.remove_identity(&a, &given).await, Ok(false));
    let owners = store.find_by(&given, stage.now()).await.unwrap();
    assert_eq!(owners.iter().map(|owner| &owner.id).collect::<Vec<_>>(), [&b]);
}
