//! Tickets: a browser cannot send a token when it opens a WebSocket, so it buys one of these with it first.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::agent::AgentId;
use jiff::Timestamp;

use crate::item::{self, Get, Put, ms, n, s};
use crate::{Store, StoreError, keys};

/// What a ticket is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Who bought it.
    pub agent: AgentId,
    /// The role that their token named: it counts where the directory does not know them.
    pub role: String,
    /// Until when it is good.
    pub until: Timestamp,
}

impl Store {
    /// Keeps a ticket, under the hash of its text.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_ticket(&self, text: &str, ticket: &Ticket) -> Result<(), StoreError> {
        let (pk, sk) = keys::ticket(text);
        let mut item = item::at(&pk, &sk);
        item.put("ag", s(ticket.agent.as_str()));
        item.put("rl", s(&ticket.role));
        item.put("un", ms(ticket.until));
        item.put("ttl", n(ticket.until.as_second() + 60));
        self.put_listed(item).await
    }

    /// Takes a ticket: of two who come with the same one, the first has it. `None` if it is none, or too old.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn take_ticket(&self, text: &str, now: Timestamp) -> Result<Option<Ticket>, StoreError> {
        let (pk, sk) = keys::ticket(text);
        let delete = self.client.delete_item().table_name(&self.tables.directory);
        let delete = delete.key("pk", s(pk)).key("sk", s(sk)).return_values(ReturnValue::AllOld);
        let taken = delete.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let read = |item: &item::Item| {
            Some(Ticket {
                agent: AgentId::new(item.text("ag")?)?,
                role: item.text("rl").unwrap_or_default().to_owned(),
                until: item.time("un")?,
            })
        };
        Ok(taken.attributes.as_ref().and_then(read).filter(|ticket| now < ticket.until))
    }
}
