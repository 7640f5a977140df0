//! What Meta answers to an accepted send.

use crate::ids::{Bsuid, GroupId, WaId, Wamid};
use crate::wire::Wire;

open_enum! {
    /// What Meta does with an accepted template.
    pub enum MessageStatus {
        /// On its way.
        Accepted = "accepted",
        /// Held: the template or the portfolio is being paced. Released or dropped later.
        HeldForQualityAssessment = "held_for_quality_assessment",
        /// Not moving: the template is paused.
        Paused = "paused",
    }
}

wire! {
    /// The answer to an accepted send. Accepted is not delivered.
    #[derive(PartialEq, Eq)]
    pub struct SendResponse {
        /// The recipient, as Meta understood it.
        pub contacts: Vec<AcceptedContact>,
        /// The message.
        pub messages: Vec<AcceptedMessage>,
        /// The answer to a read receipt.
        pub success: Option<bool>,
    }

    /// A recipient.
    #[derive(PartialEq, Eq)]
    pub struct AcceptedContact {
        /// As we wrote it.
        pub input: Option<String>,
        /// Phone id; may differ from what was dialled, and is missing when a user id was addressed.
        pub wa_id: Option<WaId>,
        /// When a user id was addressed.
        pub user_id: Option<Bsuid>,
    }

    /// A message.
    #[derive(PartialEq, Eq)]
    pub struct AcceptedMessage {
        /// Its id from now on.
        pub id: Wamid,
        /// Templates only.
        pub message_status: Option<MessageStatus>,
        /// Groups only.
        pub group_id: Option<GroupId>,
    }
}

impl SendResponse {
    /// Reads the body of a 2xx answer. `None`: it names no message and confirms nothing, so nobody knows
    /// what happened.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let response = Self::read(serde_json::from_slice(body).ok()?).ok()?;
        (response.wamid().is_some() || response.success == Some(true)).then_some(response)
    }

    /// The message's id.
    #[must_use]
    pub fn wamid(&self) -> Option<&Wamid> {
        self.messages.first().map(|message| &message.id)
    }

    /// The recipient's phone id, if Meta tells.
    #[must_use]
    pub fn wa_id(&self) -> Option<&WaId> {
        self.contacts.first().and_then(|contact| contact.wa_id.as_ref())
    }

    /// The recipient's user id, if Meta tells.
    #[must_use]
    pub fn user_id(&self) -> Option<&Bsuid> {
        self.contacts.first().and_then(|contact| contact.user_id.as_ref())
    }

    /// What Meta does with it, if it says.
    #[must_use]
    pub fn message_status(&self) -> Option<&MessageStatus> {
        self.messages.first().and_then(|message| message.message_status.as_ref())
    }
}
