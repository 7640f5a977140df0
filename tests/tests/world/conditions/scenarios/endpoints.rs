//! Endpoints that hear of events.

use domain::endpoint::{Endpoint, EndpointId, Health, SigningSecret, Wanted};
use domain::event::EventKind;
use jiff::SignedDuration;
use store::EndpointChange;
use tests::Stage;

async fn endpoint(stage: &Stage) -> EndpointId {
    let endpoint = Endpoint {
        id: EndpointId::new("01K").unwrap(),
        url: "https://hooks.example.com".to_owned(),
        description: String::new(),
        wanted: Wanted { types: EventKind::by_default(), content: false },
        disabled: None,
        health: Health::default(),
        created_at: stage.now(),
    };
    stage.store().add_endpoint(&endpoint, &SigningSecret::of([7; 32])).await.unwrap();
    endpoint.id
}

/// Somebody changes an endpoint that somebody else has just removed.
pub(crate) async fn what_was_removed_stays_away(stage: &Stage) {
    let (store, id) = (stage.store(), endpoint(stage).await);
    let change =
        EndpointChange { url: Some("https://hooks.example.com/b".to_owned()), ..EndpointChange::default() };
    assert!(store.change_endpoint(&id, &change).await.unwrap());
    store.remove_endpoint(&id).await.unwrap();
    assert!(!store.change_endpoint(&id, &change).await.unwrap());
    store.note_failure(&id, 1, None, stage.now()).await.unwrap();
    assert_eq!(store.endpoint(&id).await.unwrap(), None);
}

/// Several workers come to an endpoint whose pause is over.
pub(crate) async fn one_of_many_ends_a_pause(stage: &Stage) {
    let (store, id) = (stage.store(), endpoint(stage).await);
    let pause = stage.now();
    store.note_failure(&id, 5, Some(pause), stage.now()).await.unwrap();
    let until = pause + SignedDuration::from_secs(60);
    let mut mine = Vec::new();
    for _ in 0..3 {
        mine.push(store.end_pause(&id, pause, until).await.unwrap());
    }
    assert_eq!(mine, [true, false, false]);
}
