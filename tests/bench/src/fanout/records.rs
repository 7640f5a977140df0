//! Very many records, as an import would have left them: copies of one that the API made, with ids and phones of their own.

use dynoxide::ImportOptions;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::types::{AttributeValue, Item};
use serde_json::json;
use tests::Stage;

use crate::BoxError;
use crate::people::phone;
use crate::stage::post;

/// As many as are in memory at once.
const BATCH: usize = 10_000;
/// How many partitions the walk over all records has.
const SHARDS: usize = 16;
const TABLE: &str = "local-contacts";

/// Puts so many people on record. The API would take hours, and requests of 25 items still an hour for a million.
pub(super) async fn put(stage: &Stage, people: usize) -> Result<(), BoxError> {
    let made = json!({ "phone": format!("+{}", phone(0)), "name": "Ana García", "kind": "lead" });
    let made = post(stage, "/v1/contacts", Some(made)).await?;
    let id = made["id"].as_str().ok_or("a contact without an id")?.to_owned();
    let database = stage.world.database();
    let scanned = database.scan(ScanRequest { table_name: TABLE.to_owned(), ..ScanRequest::default() })?;
    let holds = |item: &Item| matches!(item.get("wid"), Some(AttributeValue::S(there)) if *there == id);
    let model = scanned.items.unwrap_or_default().into_iter().find(holds);
    let model = model.ok_or("the contact has no record")?;
    let numbers: Vec<usize> = (1..people).collect();
    for batch in numbers.chunks(BATCH) {
        let items = batch.iter().map(|n| copy(&model, (&id, &phone(0)), *n)).collect();
        database.import_items(TABLE, items, ImportOptions::default())?;
    }
    Ok(())
}

/// The n-th copy, under an id and a phone of its own.
fn copy(model: &Item, (old_id, old_phone): (&str, &str), n: usize) -> Item {
    let (id, phone) = (format!("{}{n:010}", &old_id[..16]), phone(n));
    let mut item = model.clone();
    for value in item.values_mut() {
        rename(value, &[(old_id, &id), (old_phone, &phone)]);
    }
    item.insert("wk".to_owned(), AttributeValue::S((n % SHARDS).to_string()));
    item
}

fn rename(value: &mut AttributeValue, names: &[(&str, &str)]) {
    let rename = |text: &mut String| {
        for (old, new) in names {
            *text = text.replace(old, new);
        }
    };
    match value {
        AttributeValue::S(text) => rename(text),
        AttributeValue::SS(texts) => texts.iter_mut().for_each(rename),
        _ => {}
    }
}
