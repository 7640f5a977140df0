//! Records that several change at once.

use domain::{Contact, ContactId, ContactKind};
use serde_json::json;
use store::{ChangeRecord, FileJob, FileKind, StoreError};
use tests::Stage;

fn ana(stage: &Stage) -> Contact {
    let mut ana = Contact::new(ContactId::new("01KB0XQ6G00000000000000ANA").unwrap(), stage.now());
    ana.name = Some("Ana".to_owned());
    ana
}

/// A request that makes a record is repeated after its answer was lost, and the record was changed meanwhile.
pub(crate) async fn a_record_is_made_once(stage: &Stage) {
    let (store, ana) = (stage.store(), ana(stage));
    store.create_contact(&ana, stage.now()).await.unwrap();
    let before = store.contact(&ana.id).await.unwrap().unwrap();
    let after = Contact { kind: ContactKind::Lead, ..before.clone() };
    store.change_contact(&before, &after).await.unwrap();
    store.create_contact(&ana, stage.now()).await.unwrap();
    assert_eq!(store.contact(&ana.id).await.unwrap().unwrap().kind, ContactKind::Lead);
}

/// Two people change what both have seen.
pub(crate) async fn nobody_overwrites_what_was_not_seen(stage: &Stage) {
    let (store, ana) = (stage.store(), ana(stage));
    store.create_contact(&ana, stage.now()).await.unwrap();
    let before = store.contact(&ana.id).await.unwrap().unwrap();
    let one = Contact { name: Some("Ana María".to_owned()), ..before.clone() };
    let other = Contact { name: Some("Anabel".to_owned()), ..before.clone() };
    store.change_contact(&before, &one).await.unwrap();
    assert_eq!(store.change_contact(&before, &other).await, Err(StoreError::Contended));
    assert_eq!(store.contact(&ana.id).await.unwrap().unwrap().name, one.name);
}

/// The stream tells of an older conversation after a newer one.
pub(crate) async fn a_month_does_not_come_back(stage: &Stage) {
    let (store, ana) = (stage.store(), ana(stage));
    store.create_contact(&ana, stage.now()).await.unwrap();
    // Ids begin with the time; this one is of 2025-11.
    let told = |number: &str, before: i64, after: i64| {
        let key = json!({"pk": {"S": format!("CONV#{number}#{}", ana.id)}, "sk": {"S": "STATE"}});
        let image = |ms: i64| {
            let mut image = key.clone();
            image["la"] = json!({"N": ms.to_string()});
            image
        };
        let record = json!({
            "eventName": "MODIFY", "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/local-conversations/stream/x",
            "dynamodb": {"SequenceNumber": "1", "ApproximateCreationDateTime": 1_795_392_000,
                "Keys": key, "OldImage": image(before), "NewImage": image(after)}
        });
        ChangeRecord::read(&record).unwrap()
    };
    let month = |ym: &str| format!("{ym}-05T00:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond();
    store.follow(&told("1", month("2026-09"), month("2026-11"))).await.unwrap();
    store.follow(&told("2", month("2026-08"), month("2026-10"))).await.unwrap();
    let active = store.contact(&ana.id).await.unwrap().unwrap().active_month;
    assert_eq!(active.as_deref(), Some("2026-11"));
}

fn job(stage: &Stage) -> FileJob {
    FileJob::new("01KB0XQ6G00000000000000IMP".to_owned(), "agent".to_owned(), "{}".to_owned(), stage.now())
}

/// Two workers hold the same piece of an import.
pub(crate) async fn a_piece_of_an_import_counts_once(stage: &Stage) {
    let store = stage.store();
    let mut one = job(stage);
    store.put_file_job(FileKind::Import, &mut one).await.unwrap();
    let mut other = one.clone();
    (one.lines, other.lines) = (10, 10);
    store.put_file_job(FileKind::Import, &mut one).await.unwrap();
    assert_eq!(store.put_file_job(FileKind::Import, &mut other).await, Err(StoreError::Contended));
}

/// The same file is imported twice.
pub(crate) async fn a_file_is_imported_once(stage: &Stage) {
    let store = stage.store();
    assert_eq!(store.claim_file("hash", "one").await.unwrap(), "one");
    assert_eq!(store.claim_file("hash", "other").await.unwrap(), "one");
    assert_eq!(store.claim_file("hash", "one").await.unwrap(), "one");
}
