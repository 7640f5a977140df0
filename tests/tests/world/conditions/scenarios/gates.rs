//! Scenarios of gates, ledgers and tombstones.

use std::time::Duration;

use cloud_api::language::Language;
use cloud_api::{Bsuid, PortfolioId, WaId, WabaId};
use domain::ContactId;
use domain::consent::{Choice, Entry, Purpose, Source};
use domain::identity::Sighting;
use futures::future::join_all;
use store::{Hinted, ProfileSeen, TemplateKey};
use tests::{NUMBER, Stage};

fn portfolio() -> PortfolioId {
    PortfolioId::new("main")
}

fn contact(n: u64) -> ContactId {
    ContactId::new(format!("contact-{n}")).unwrap()
}

fn word(stage: &Stage, seconds: u64) -> Entry {
    Entry {
        at: stage.now() + Duration::from_secs(seconds),
        purpose: Some(Purpose::Marketing),
        choice: if seconds.is_multiple_of(2) { Choice::OptIn } else { Choice::OptOut },
        portfolio: portfolio(),
        number: None,
        source: Source::Api,
        by: None,
        wording: None,
        proof: Some(seconds.to_string()),
    }
}

async fn all_at_once(stage: &Stage, person: u64) {
    let store = stage.store();
    let words = (0..6_u64).rev().map(|n| {
        let (store, entry) = (store.clone(), word(stage, n));
        tokio::spawn(async move { store.record_consent(&contact(person), &entry).await })
    });
    for noted in join_all(words).await {
        // Whoever comes too late too often tries again later.
        let _ = noted.unwrap();
    }
    let ledger = store.consents(&contact(person)).await.unwrap();
    let gate = store.gate(&portfolio(), &contact(person)).await.unwrap();
    let newest = gate.consent.newest(Purpose::Marketing, &NUMBER.into()).unwrap();
    assert_eq!(Some(newest.at), ledger.iter().map(|entry| entry.at).max());
}

pub(crate) async fn first_words_at_once_leave_the_newest(stage: &Stage) {
    for person in 0..6 {
        all_at_once(stage, person).await;
    }
}

pub(crate) async fn words_at_once_leave_the_newest(stage: &Stage) {
    for person in 0..6 {
        let first = Entry { purpose: Some(Purpose::Utility), ..word(stage, 0) };
        stage.store().record_consent(&contact(person), &first).await.unwrap();
        all_at_once(stage, person).await;
    }
}

pub(crate) async fn a_word_is_never_overwritten(stage: &Stage) {
    let store = stage.store();
    let said = |wording: &str| Entry { wording: Some(wording.to_owned()), ..word(stage, 1) };
    store.record_first_consent(&contact(1), &said("first")).await.unwrap();
    store.record_first_consent(&contact(1), &said("second")).await.unwrap();
    let ledger = store.consents(&contact(1)).await.unwrap();
    assert_eq!(ledger.iter().map(|it| it.wording.as_deref()).collect::<Vec<_>>(), [Some("first")]);
}

pub(crate) async fn an_old_category_does_not_come_back(stage: &Stage) {
    let (store, waba) = (stage.store(), WabaId::new("7"));
    let (name, language) = ("offer".to_owned(), Language::new("en_US"));
    let key = TemplateKey { waba: waba.clone(), name, language };
    let told = async |category, seconds| {
        let at = stage.now() + Duration::from_secs(seconds);
        store.hint_category(&key, category, at, Hinted::Meta).await.unwrap()
    };
    assert!(told(Purpose::Marketing, 9).await);
    told(Purpose::Utility, 3).await;
    let known = store.template_category(&waba, "offer", "en_US").await.unwrap();
    assert_eq!(known, Some(Purpose::Marketing));
}

pub(crate) async fn a_block_makes_no_record(stage: &Stage) {
    let store = stage.store();
    let blocked = store.set_blocked(&portfolio(), &contact(1), &[], Some(stage.now())).await;
    assert!(blocked.is_err(), "nobody is there to be blocked");
    assert!(store.contact(&contact(1)).await.unwrap().is_none());
}

pub(crate) async fn an_erasure_leaves_a_number_to_its_next_owner(stage: &Stage) {
    let store = stage.store();
    let meets = async |n: u64| {
        let sighting = Sighting {
            portfolio: portfolio(),
            user_id: Some(Bsuid::new(format!("US.10{n}"))),
            parent_user_id: None,
            phone: Some(WaId::new("15550109901")),
            at: stage.now() + Duration::from_secs(n),
        };
        let seen = ProfileSeen::default();
        let met = store.resolve_person(&sighting, &seen, &NUMBER.into(), &contact(n), stage.now()).await;
        met.unwrap().unwrap();
        sighting
    };
    meets(1).await;
    let second = meets(2).await;
    // Both say that the identity is the first one's; it was, and is not any more.
    let identities = ["bsuid:main:US.102".to_owned()];
    store.erase_identities(&[contact(1)], &identities, stage.now()).await.unwrap();
    assert_eq!(store.find_person(&second).await.unwrap(), Some(contact(2)));
    let owner = store.find_person(&Sighting { phone: None, ..second }).await.unwrap();
    assert_eq!(owner, Some(contact(2)));
}
