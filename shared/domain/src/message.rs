//! A message's own name.

use std::fmt;
use std::str::FromStr;

use crate::ConversationId;
use crate::conversation::NotAnId;

/// Where a message stands in its conversation. Fixed when the message is first seen, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// A message of its own, in order of time.
    Message {
        /// Unix milliseconds: Meta's seconds for an inbound message, the claim's time for ours.
        at: i64,
        /// 16 hexadecimal digits that tell messages of one instant apart.
        hash: String,
    },
    /// Something about another message: a reaction, an edit, a revocation. Its payload knows only the
    /// target's wamid, so that is what it stands under.
    About {
        /// Hash of the target's wamid.
        target: String,
        /// `reaction`, `edit` or `revoke`.
        kind: String,
        /// Hash of its own wamid, or of the request that made it.
        hash: String,
    },
}

/// A message's id: its conversation and its slot, so that reading it is one read.
///
/// Written `<conversation>.m.<at>.<hash>` or `<conversation>.r.<target>.<kind>.<hash>`; opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId {
    /// The conversation.
    pub conversation: ConversationId,
    /// The place in it.
    pub slot: Slot,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.slot {
            Slot::Message { at, hash } => write!(f, "{}.m.{at}.{hash}", self.conversation),
            Slot::About { target, kind, hash } => write!(f, "{}.r.{target}.{kind}.{hash}", self.conversation),
        }
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn slot<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Slot> {
    match parts.next()? {
        "m" => {
            let at = parts.next()?.parse().ok().filter(|at| *at >= 0)?;
            let hash = parts.next().filter(|hash| is_hash(hash))?.to_owned();
            Some(Slot::Message { at, hash })
        }
        "r" => {
            let target = parts.next().filter(|hash| is_hash(hash))?.to_owned();
            let kind = parts.next().filter(|kind| crate::clean::is_plain(kind))?.to_owned();
            let hash = parts.next().filter(|hash| is_hash(hash))?.to_owned();
            Some(Slot::About { target, kind, hash })
        }
        _ => None,
    }
}

impl FromStr for MessageId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut parts = text.split('.');
        let conversation = ConversationId::from_parts(&mut parts).ok_or(NotAnId)?;
        let slot = slot(&mut parts).ok_or(NotAnId)?;
        if parts.next().is_some() { Err(NotAnId) } else { Ok(Self { conversation, slot }) }
    }
}
