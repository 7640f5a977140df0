//! Connections: all of them for changes of lists, and by the conversation on the screen for what happens in it.

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, Select, WriteRequest};
use domain::ConversationId;
use domain::agent::AgentId;
use domain::realtime::{CONNECTION, Watching, What};
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::united::Thread;
use crate::{Store, StoreError, keys};

/// The most items that one `BatchWriteItem` takes.
const BATCH: usize = 25;

/// Somebody's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// API Gateway's id of it.
    pub id: String,
    /// Whose it is.
    pub agent: AgentId,
    /// The role that their token named.
    pub role: String,
    /// Since when.
    pub since: Timestamp,
    /// What it has on the screen.
    pub open: Option<ConversationId>,
    /// Every conversation that belongs to what is on the screen: one for each record of the person.
    pub members: Vec<ConversationId>,
}

/// A connection that has a conversation on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// API Gateway's id of the connection.
    pub connection: String,
    /// The role that the token named.
    pub role: String,
    /// The conversation that is shown, which unites those of all records of the person.
    pub root: ConversationId,
    /// Who, and what they do.
    pub watching: Watching,
}

impl Store {
    /// Enters a connection.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connect(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut item = item::at(keys::CONNECTIONS, &connection.id);
        item.put("ag", s(connection.agent.as_str()));
        item.put("rl", s(&connection.role));
        item.put("at", ms(connection.since));
        item.put("ttl", n(ttl(connection.since)));
        self.put_listed(item).await
    }

    /// A connection, as it stands now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connection(&self, id: &str) -> Result<Option<Connection>, StoreError> {
        let key = (keys::CONNECTIONS.to_owned(), id.to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_connection))
    }

    /// Every connection.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        Ok(self.listed_now(keys::CONNECTIONS).await?.iter().filter_map(read_connection).collect())
    }

    /// Whether there is any connection: at night nobody has to be looked for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_anybody_connected(&self) -> Result<bool, StoreError> {
        let one = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(keys::CONNECTIONS))
            .select(Select::Count)
            .consistent_read(true)
            .limit(1)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(one.count() > 0)
    }

    /// Puts a conversation on a connection's screen in the place of the one before; or none. `false` if there is no such
    /// connection any more.
    ///
    /// What was on the screen is written down first: whoever dies in between leaves nothing that the end of the
    /// connection does not find.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn watch(
        &self,
        connection: &Connection,
        thread: Option<&Thread>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let members = thread.map(|thread| thread.members.clone()).unwrap_or_default();
        let both: Vec<String> = members.iter().chain(&connection.members).map(ToString::to_string).collect();
        let changes = |open: Option<&ConversationId>, members: Vec<String>| {
            let members = (!members.is_empty()).then(|| AttributeValue::Ss(sorted(members)));
            vec![("op", open.map(|open| s(open.to_string()))), ("ms", members)]
        };
        let root = thread.map(|thread| &thread.root);
        if !self.change_listed(keys::CONNECTIONS, &connection.id, changes(root, both)).await? {
            return Ok(false);
        }
        let left = connection.members.iter().filter(|member| !members.contains(member));
        let mut writes: Vec<WriteRequest> = left.map(|member| unwatched(member, &connection.id)).collect();
        if let Some(root) = root {
            writes.extend(members.iter().map(|member| watched(member, root, connection, now)));
        }
        for batch in writes.chunks(BATCH) {
            self.write_batch(&self.tables.directory, batch.to_vec()).await?;
        }
        let members = members.iter().map(ToString::to_string).collect();
        self.change_listed(keys::CONNECTIONS, &connection.id, changes(root, members)).await
    }

    /// Says what somebody does in the conversation on the screen. `false` if it is there no more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn watcher_does(
        &self,
        conversation: &ConversationId,
        connection: &str,
        what: What,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changes = vec![("wh", Some(s(what.word()))), ("sd", Some(ms(now)))];
        self.change_listed(&keys::watchers(conversation), connection, changes).await
    }

    /// The connections that have a conversation on the screen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn watchers(&self, conversation: &ConversationId) -> Result<Vec<Watcher>, StoreError> {
        Ok(self.listed_now(&keys::watchers(conversation)).await?.iter().filter_map(read_watcher).collect())
    }

    /// Takes a connection away with all that it had on the screen, and gives it as it was.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn disconnect(&self, id: &str) -> Result<Option<Connection>, StoreError> {
        let Some(connection) = self.connection(id).await? else { return Ok(None) };
        let left: Vec<_> = connection.members.iter().map(|member| unwatched(member, id)).collect();
        for batch in left.chunks(BATCH) {
            self.write_batch(&self.tables.directory, batch.to_vec()).await?;
        }
        self.remove_listed(keys::CONNECTIONS, id).await?;
        Ok(Some(connection))
    }

    /// A list of the directory as it stands now: who has just connected must not be missed.
    async fn listed_now(&self, list: &str) -> Result<Vec<Item>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(list))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }
}

/// An item outlives the connection by a little: what the end of a connection does not take away, time does.
fn ttl(since: Timestamp) -> i64 {
    since.as_second() + CONNECTION.as_secs() + 600
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn watched(
    member: &ConversationId,
    root: &ConversationId,
    connection: &Connection,
    now: Timestamp,
) -> WriteRequest {
    let mut item = item::at(&keys::watchers(member), &connection.id);
    item.put("ag", s(connection.agent.as_str()));
    item.put("rl", s(&connection.role));
    item.put("rt", s(root.to_string()));
    item.put("wh", s(What::Reading.word()));
    item.put("sd", ms(now));
    item.put("ttl", n(ttl(connection.since)));
    // Key and item are always set.
    WriteRequest::builder().set_put_request(PutRequest::builder().set_item(Some(item)).build().ok()).build()
}

fn unwatched(member: &ConversationId, connection: &str) -> WriteRequest {
    let key = item::at(&keys::watchers(member), connection);
    WriteRequest::builder()
        .set_delete_request(DeleteRequest::builder().set_key(Some(key)).build().ok())
        .build()
}

fn read_connection(item: &Item) -> Option<Connection> {
    Some(Connection {
        id: item.text("sk")?.to_owned(),
        agent: AgentId::new(item.text("ag")?)?,
        role: item.text("rl").unwrap_or_default().to_owned(),
        since: item.time("at")?,
        open: item.text("op").and_then(|id| id.parse().ok()),
        members: item.texts("ms").iter().filter_map(|id| id.parse().ok()).collect(),
    })
}

fn read_watcher(item: &Item) -> Option<Watcher> {
    Some(Watcher {
        connection: item.text("sk")?.to_owned(),
        role: item.text("rl").unwrap_or_default().to_owned(),
        root: item.text("rt")?.parse().ok()?,
        watching: Watching {
            agent: AgentId::new(item.text("ag")?)?,
            what: item.text("wh").and_then(What::from_word).unwrap_or(What::Reading),
            said_at: item.time("sd")?,
        },
    })
}
