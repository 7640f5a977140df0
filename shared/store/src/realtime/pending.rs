//! Which conversations changed: for the next second's push, and for who was away.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, ReturnValue, WriteRequest};
use domain::ConversationId;
use domain::realtime::{Moved, REMEMBERED, SPAN, span, spans};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use crate::inbox::ConversationRow;
use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::threads::{contact_of, read_state};
use crate::{Store, StoreError, keys};

/// The most items that one `BatchWriteItem` takes.
const BATCH: usize = 25;
/// After so long a push that was ordered did not take place, and is ordered again.
const LOST: SignedDuration = SignedDuration::from_secs(10);

/// A place in the list of what changed: when it was noted, and the conversation.
pub type ChangedPlace = (i64, String);

/// A page of what changed, the earliest change first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedPage {
    /// The conversations.
    pub conversations: Vec<ConversationId>,
    /// Where the next page begins.
    pub next: Option<ChangedPlace>,
}

impl Store {
    /// Notes that conversations changed, for whoever is away now. A conversation is noted once in a span, with the time
    /// of its newest change.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_changed(&self, ids: &[ConversationId], now: Timestamp) -> Result<(), StoreError> {
        let partition = keys::changed(span(now));
        let note = |id: &ConversationId| {
            let mut item = item::at(&partition, &id.to_string());
            item.put("at", ms(now));
            item.put("ttl", n(now.as_second() + REMEMBERED.as_secs() + 2 * SPAN.as_secs()));
            WriteRequest::builder()
                .set_put_request(PutRequest::builder().set_item(Some(item)).build().ok())
                .build()
        };
        for batch in ids.chunks(BATCH) {
            self.write_batch(&self.tables.directory, batch.iter().map(note).collect()).await?;
        }
        Ok(())
    }

    /// A page of the conversations that were noted as changed since a time, and a little before it. `None` if nobody
    /// remembers for so long.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn changed_since(
        &self,
        since: Timestamp,
        after: Option<&ChangedPlace>,
        limit: u16,
        now: Timestamp,
    ) -> Result<Option<ChangedPage>, StoreError> {
        let Some(spans) = spans(since, now) else { return Ok(None) };
        let from = since.min(now).as_millisecond() - domain::realtime::SLACK.as_secs() * 1_000;
        let found = try_join_all(spans.map(|span| self.changed_in(span))).await?;
        let mut newest = std::collections::HashMap::<String, i64>::new();
        for (id, at) in found.into_iter().flatten().filter(|(_, at)| *at >= from) {
            newest.entry(id).and_modify(|known| *known = at.max(*known)).or_insert(at);
        }
        let mut places: Vec<ChangedPlace> = newest.into_iter().map(|(id, at)| (at, id)).collect();
        places.retain(|place| after.is_none_or(|after| place > after));
        places.sort_unstable();
        let more = places.len() > usize::from(limit);
        places.truncate(limit.into());
        let next = places.last().filter(|_| more).cloned();
        let conversations = places.iter().filter_map(|(_, id)| id.parse().ok()).collect();
        Ok(Some(ChangedPage { conversations, next }))
    }

    async fn changed_in(&self, span: i64) -> Result<Vec<(String, i64)>, StoreError> {
        let items = self.listed(&keys::changed(span)).await?;
        Ok(items.iter().filter_map(|item| Some((item.text("sk")?.to_owned(), item.number("at")?))).collect())
    }

    /// Adds what changed to the next push of lists. `true` if the caller has to order that push: nobody else does, or the
    /// caller was to, under this name, and died.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_pending(&self, moved: &[Moved], by: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (pk, sk) = keys::pending();
        let mut texts: Vec<String> = moved.iter().map(ToString::to_string).collect();
        texts.sort_unstable();
        texts.dedup();
        let updated = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression(
                "ADD cs :cs SET jb = if_not_exists(jb, :by), ja = if_not_exists(ja, :now), #ttl = :ttl",
            )
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":cs", AttributeValue::Ss(texts))
            .expression_attribute_values(":by", s(by))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":ttl", n(now.as_second() + 3_600))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let Some(before) = updated.attributes else { return Ok(true) };
        let is_lost = before.time("ja").is_none_or(|at| now.duration_since(at) > LOST);
        Ok(is_lost || before.text("jb").is_none_or(|orders| orders == by))
    }

    /// Takes back that a push was ordered: the next one who adds something has to order it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_order(&self) -> Result<(), StoreError> {
        let (pk, sk) = keys::pending();
        self.change_listed(&pk, &sk, vec![("jb", None), ("ja", None)]).await.map(drop)
    }

    /// Takes what is to be pushed: what changes from now on is for the next push.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn take_pending(&self) -> Result<Vec<Moved>, StoreError> {
        let (pk, sk) = keys::pending();
        let delete = self.client.delete_item().table_name(&self.tables.directory);
        let delete = delete.key("pk", s(pk)).key("sk", s(sk)).return_values(ReturnValue::AllOld);
        let taken = delete.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let texts = taken.attributes.map(|item| item.texts("cs")).unwrap_or_default();
        Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
    }

    /// Rows of the inbox, in no order. Of a conversation that is part of another record's there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rows_of(&self, ids: &[ConversationId]) -> Result<Vec<ConversationRow>, StoreError> {
        let keys = ids.iter().map(|id| (keys::conversation(id), keys::STATE.to_owned())).collect();
        // As it stands now: a push that was ordered by a change must have it.
        let items = self.batch_get_consistent(&self.tables.conversations, keys).await?;
        let shown = items.iter().filter(|item| item.contains_key("la") && !item.contains_key("al"));
        let read = |item: &Item| Some((keys::parse_conversation(item.text("pk")?)?, read_state(item)));
        let states: Vec<_> = shown.filter_map(read).collect();
        let people = self.contacts_of(states.iter().filter_map(|(id, _)| contact_of(id)).collect()).await?;
        let row = |(id, state)| {
            let contact = contact_of(&id).and_then(|contact| people.get(&contact).cloned());
            ConversationRow { id, state, contact }
        };
        Ok(states.into_iter().map(row).collect())
    }
}
