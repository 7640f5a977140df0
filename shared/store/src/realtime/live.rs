//! What a change in the stream is to somebody who is looking.

use domain::agent::{AgentId, DepartmentId};
use domain::realtime::{Moved, Seat};
use domain::{ConversationId, Slot};

use crate::changes::{BadChange, ChangeRecord, Image};
use crate::item::Get;
use crate::keys;
use crate::threads::{Direction, Related, StoredMessage, read_message};

/// A change that is to be seen at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// A row of lists.
    Row(Moved),
    /// A message, new or changed.
    Message(Box<StoredMessage>),
    /// Something about a message: a reaction, an edit, a revocation.
    About(Box<Related>),
}

impl Live {
    /// The conversation.
    #[must_use]
    pub fn conversation(&self) -> &ConversationId {
        match self {
            Self::Row(moved) => &moved.conversation,
            Self::Message(message) => &message.id.conversation,
            Self::About(related) => &related.message.id.conversation,
        }
    }

    /// Whether it is a customer's, and new.
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        let message = match self {
            Self::Row(_) => return false,
            Self::Message(message) => message,
            Self::About(related) => &related.message,
        };
        message.direction == Direction::Inbound
    }
}

impl ChangeRecord {
    /// What somebody who is looking sees change, if anything. What a campaign sends is seen when a conversation is opened.
    ///
    /// # Errors
    /// The item does not read as what its key says.
    pub fn live(&self) -> Result<Option<Live>, BadChange> {
        let (pk, sk) = self.key();
        let Some(new) = &self.new else { return Ok(None) };
        if !pk.starts_with("CONV#") {
            return Ok(None);
        }
        let id = keys::parse_conversation(pk).ok_or(BadChange("a conversation's key"))?;
        let item = new.item();
        if sk == keys::STATE {
            // Without any activity there is no conversation yet; one that is part of another record's has no row.
            let is_row = item.contains_key("la") && !item.contains_key("al");
            let was = self.old.as_ref().map(seat).filter(|was| *was != seat(new));
            let moved = Moved { conversation: id, was: was.into_iter().collect() };
            return Ok(is_row.then_some(Live::Row(moved)));
        }
        let is_message = sk.starts_with("MSG#") || sk.starts_with("REL#");
        if !is_message || item.contains_key("cmp") {
            return Ok(None);
        }
        let message = read_message(&id, item).map_err(|_| BadChange("a message"))?;
        Ok(Some(match message.id.slot.clone() {
            Slot::Message { .. } => Live::Message(Box::new(message)),
            Slot::About { target, kind, .. } => Live::About(Box::new(Related { target, kind, message })),
        }))
    }

    /// The conversation that a record is about, where nothing else of it can be read.
    #[must_use]
    pub fn conversation(&self) -> Option<ConversationId> {
        keys::parse_conversation(self.key().0)
    }
}

fn seat(image: &Image) -> Seat {
    Seat {
        assignee: image.item().text("as").and_then(AgentId::new),
        department: image.item().text("dp").and_then(DepartmentId::new),
    }
}
