//! Requests with an idempotency key: begun, answered, given up.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use domain::idempotency::{ABANDONED, KEPT, Record, Repeat};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Whose key it is, and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey<'a> {
    /// Who asks; nobody else's keys are the same.
    pub source: &'a str,
    /// The key.
    pub key: &'a str,
}

/// An answer that is kept for a repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body's type, if there is a body.
    pub content_type: Option<String>,
    /// Where the thing is that was made.
    pub location: Option<String>,
    /// The body. `None` if it may not be kept, or is too large to be.
    pub body: Option<String>,
}

/// What a request with a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It may begin. What ends it names the time at which it began.
    Now,
    /// It was answered.
    Answered(KeptAnswer),
    /// It is under way; ask again after so many seconds.
    UnderWay(u64),
    /// The key stands for another request.
    OtherRequest,
}

impl Store {
    /// Begins a request under a key, or tells what became of the one before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_request(
        &self,
        key: &RequestKey<'_>,
        request: &str,
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let (pk, sk) = keys::request(key.source, key.key);
        let mut item = item::at(&pk, &sk);
        item.put("hs", s(request));
        item.put("ba", ms(now));
        item.put("ttl", n((now + KEPT).as_second()));
        // The same as `Record::repeat` says, where two may ask at the same instant.
        let values = [(":hs", s(request)), (":expired", ms(now - KEPT)), (":abandoned", ms(now - ABANDONED))];
        let table = &self.tables.directory;
        match self.put_if_with(table, item, Condition::RequestFree, values.into()).await? {
            Conditional::Written => Ok(Begun::Now),
            Conditional::Refused(there) => {
                let record = read_record(&there).ok_or(StoreError::Corrupt("a request"))?;
                Ok(match record.repeat(request, now) {
                    Repeat::Answered => Begun::Answered(read_answer(&there)),
                    Repeat::OtherRequest => Begun::OtherRequest,
                    Repeat::UnderWay(seconds) => Begun::UnderWay(seconds),
                    // The condition and the rule differ by a clock: the next try is free.
                    Repeat::Begin => Begun::UnderWay(1),
                })
            }
        }
    }

    /// Keeps the answer of a request that began at this time, unless it was begun again meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn answer_request(
        &self,
        key: &RequestKey<'_>,
        request: &str,
        begun_at: Timestamp,
        answer: &KeptAnswer,
    ) -> Result<(), StoreError> {
        let (pk, sk) = keys::request(key.source, key.key);
        let mut item = item::at(&pk, &sk);
        item.put("hs", s(request));
        item.put("ba", ms(begun_at));
        item.put("ttl", n((begun_at + KEPT).as_second()));
        item.put("st", n(answer.status.into()));
        item.put_text("ct", answer.content_type.as_deref());
        item.put_text("lo", answer.location.as_deref());
        if let Some(body) = &answer.body {
            item.put("bd", s(body));
        }
        let values = [(":begun", ms(begun_at))];
        let table = &self.tables.directory;
        self.put_if_with(table, item, Condition::RequestMine, values.into()).await.map(drop)
    }

    /// Frees the key of a request that began at this time and changed nothing, so that it may be asked again at once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn free_request(&self, key: &RequestKey<'_>, begun_at: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = keys::request(key.source, key.key);
        let condition = Condition::RequestMine;
        let delete = self
            .client
            .delete_item()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .under(condition)
            .expression_attribute_values(":begun", ms(begun_at));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // Somebody else has begun it again, or has freed it.
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }
}

fn read_record(item: &Item) -> Option<Record> {
    Some(Record {
        request: item.text("hs")?.to_owned(),
        begun_at: item.time("ba")?,
        is_done: item.contains_key("st"),
    })
}

fn read_answer(item: &Item) -> KeptAnswer {
    let text = |name: &str| item.text(name).map(str::to_owned);
    KeptAnswer {
        status: item.number("st").and_then(|status| status.try_into().ok()).unwrap_or(200),
        content_type: text("ct"),
        location: text("lo"),
        body: text("bd"),
    }
}
