//! What the benches of campaigns do to their worlds.

use std::sync::Arc;

use cloud_api::PhoneNumberId;
use domain::number::facts::{Fact, Source, Update};
use local::lambda::FunctionsBuilder;
use reqwest::Method;
use serde_json::Value;
use store::{Number, Subject};
use tests::{NUMBER, Stage, WABA};

use crate::BoxError;

/// A world's functions, and of those with queues, streams and schedules only these.
pub(crate) fn only(names: &'static [&'static str]) -> FunctionsBuilder {
    Arc::new(move |context| {
        Box::pin(async move {
            let mut functions = local::functions::build(context).await?;
            functions.sqs.retain(|name, _| names.contains(&name.as_str()));
            functions.schedules.retain(|name, _| names.contains(&name.as_str()));
            functions.streams.clear();
            Ok(functions)
        })
    })
}

/// The number may send as many as Meta lets any; and as fast, or as all do at first.
pub(crate) async fn boundless(stage: &Stage, fast: bool) -> Result<(), BoxError> {
    let throughput = if fast { "HIGH" } else { "STANDARD" };
    let number = PhoneNumberId::new(NUMBER);
    let facts = [(Fact::Limit, "UNLIMITED"), (Fact::Throughput, throughput)].map(|(fact, value)| Update {
        fact,
        value: value.to_owned(),
        at: stage.now(),
        source: Source::Sync,
    });
    let met = Number { waba: Some(WABA.into()), ..Number::new(number.clone()) };
    stage.store().meet_number(&met, stage.now()).await?;
    stage.store().note_facts(Subject::Number(&number), &facts, stage.now()).await?;
    Ok(())
}

/// Asks the API for a change.
pub(crate) async fn post(stage: &Stage, path: &str, body: Option<Value>) -> Result<Value, BoxError> {
    let (status, answer) = stage.api(Method::POST, path, body).await;
    if status.is_success() { Ok(answer) } else { Err(format!("POST {path}: {status} {answer}").into()) }
}
