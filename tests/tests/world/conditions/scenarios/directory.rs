//! Scenarios of the directory: who works here, and requests with an idempotency key.

use std::time::Duration;

use domain::agent::AgentId;
use store::{AgentChange, Begun, KeptAnswer, RequestKey};
use tests::Stage;

const KEY: RequestKey<'static> = RequestKey { source: "api.u1", key: "k1" };

pub(crate) async fn a_change_makes_nobody(stage: &Stage) {
    let (store, id) = (stage.store(), AgentId::new("nobody").unwrap());
    let change = AgentChange { role: Some("admin".to_owned()), ..AgentChange::default() };
    assert!(!store.change_agent(&id, &change).await.unwrap());
    assert_eq!(store.agent(&id).await.unwrap(), None);
}

pub(crate) async fn a_key_begins_one_request(stage: &Stage) {
    let store = stage.store();
    assert_eq!(store.begin_request(&KEY, "a", stage.now()).await.unwrap(), Begun::Now);
    assert_eq!(store.begin_request(&KEY, "a", stage.now()).await.unwrap(), Begun::UnderWay(5));
    assert_eq!(store.begin_request(&KEY, "b", stage.now()).await.unwrap(), Begun::OtherRequest);
}

pub(crate) async fn who_was_believed_dead_answers_for_nobody(stage: &Stage) {
    let (store, first) = (stage.store(), stage.now());
    let second = first + Duration::from_secs(60);
    assert_eq!(store.begin_request(&KEY, "a", first).await.unwrap(), Begun::Now);
    assert_eq!(store.begin_request(&KEY, "a", second).await.unwrap(), Begun::Now);
    let answer =
        |status| KeptAnswer { status, content_type: None, location: None, body: Some(String::new()) };
    store.answer_request(&KEY, "a", first, &answer(201)).await.unwrap();
    assert_eq!(store.begin_request(&KEY, "a", second).await.unwrap(), Begun::UnderWay(5));
    store.answer_request(&KEY, "a", second, &answer(204)).await.unwrap();
    assert_eq!(store.begin_request(&KEY, "a", second).await.unwrap(), Begun::Answered(answer(204)));
}
