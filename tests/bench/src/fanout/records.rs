//! Very many records, as an import would have left them: copies of one that the API made, with ids and phones of their own.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use tests::Stage;

use super::post;
use crate::BoxError;
use crate::people::phone;

/// As many as one request takes.
const BATCH: usize = 25;
/// How many partitions the walk over all records has.
const SHARDS: usize = 16;

type Item = HashMap<String, AttributeValue>;

/// Puts so many people on record. The API would take hours.
pub(super) async fn put(stage: &Stage, people: usize) -> Result<(), BoxError> {
    let made = json!({ "phone": format!("+{}", phone(0)), "name": "Ana García", "kind": "lead" });
    let made = post(stage, "/v1/contacts", Some(made)).await?;
    let id = made["id"].as_str().ok_or("a contact without an id")?.to_owned();
    let client = aws_sdk_dynamodb::Client::new(stage.world.sdk());
    let table = "local-contacts";
    let scanned = client.scan().table_name(table).send().await?;
    let holds = |item: &&Item| item.get("wid").is_some_and(|it| it.as_s().is_ok_and(|it| *it == id));
    let model = scanned.items().iter().find(holds).ok_or("the contact has no record")?.clone();
    let (old_id, old_phone) = (id.clone(), phone(0));
    let batches = (1..people).collect::<Vec<_>>();
    let batches = batches.chunks(BATCH).map(<[usize]>::to_vec).collect::<Vec<_>>();
    let written = stream::iter(batches.into_iter().map(|batch| {
        let puts = batch.into_iter().map(|n| {
            let (id, phone) = (format!("{}{n:010}", &old_id[..16]), phone(n));
            let mut item: Item = model.clone();
            for value in item.values_mut() {
                rename(value, &[(&old_id, &id), (&old_phone, &phone)]);
            }
            item.insert("wk".to_owned(), AttributeValue::S((n % SHARDS).to_string()));
            let put = PutRequest::builder().set_item(Some(item)).build()?;
            Ok::<_, BoxError>(WriteRequest::builder().put_request(put).build())
        });
        let puts: Result<Vec<_>, _> = puts.collect();
        let client = client.clone();
        async move {
            let sent = client.batch_write_item().request_items(table, puts?).send().await?;
            let is_left = sent.unprocessed_items().is_some_and(|left| !left.is_empty());
            if is_left { Err("the database did not take all".into()) } else { Ok::<_, BoxError>(()) }
        }
    }));
    written.buffer_unordered(4).try_collect::<Vec<()>>().await?;
    Ok(())
}

fn rename(value: &mut AttributeValue, names: &[(&str, &str)]) {
    let rename = |text: &mut String| {
        for (old, new) in names {
            *text = text.replace(old, new);
        }
    };
    match value {
        AttributeValue::S(text) => rename(text),
        AttributeValue::Ss(texts) => texts.iter_mut().for_each(rename),
        _ => {}
    }
}
