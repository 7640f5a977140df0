//! Requests to send that were not taken: noted where a stream tells it, so that whoever asked hears of it.

use domain::event::RejectedFacts;

use crate::changes::BadChange;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// How long a note is kept: it has been told long before.
const DAYS: i64 = 7;

impl Store {
    /// Notes that a request was not taken. Twice is once: whoever is told knows by the event's id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_rejected(&self, rejected: &RejectedFacts) -> Result<(), StoreError> {
        let (pk, sk) = keys::rejected(&rejected.letter);
        let mut item = item::at(&pk, &sk);
        item.put("lt", s(&rejected.letter));
        item.put_text("so", rejected.source.as_deref());
        item.put_text("rq", rejected.request.as_deref());
        item.put_text("cb", rejected.callback.as_deref());
        item.put("er", s(&rejected.reason));
        item.put("t", ms(rejected.at));
        item.put("ttl", n(rejected.at.as_second() + DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.conversations).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

pub(crate) fn read_rejected(item: &Item) -> Result<RejectedFacts, BadChange> {
    const BAD: BadChange = BadChange("a request that was not taken");
    let text = |name: &str| item.text(name).map(str::to_owned);
    Ok(RejectedFacts {
        letter: text("lt").ok_or(BAD)?,
        source: text("so"),
        request: text("rq"),
        callback: text("cb"),
        reason: text("er").ok_or(BAD)?,
        at: item.time("t").ok_or(BAD)?,
    })
}
