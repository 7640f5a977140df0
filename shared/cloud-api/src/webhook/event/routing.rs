//! Conversation Routing: what other responders of a number hear and say, and who is in charge.

use serde_json::Value;

use crate::ids::{Bsuid, PhoneNumberId, WaId, Wamid};
use crate::webhook::contact::{ContactProfile, Metadata};
use crate::webhook::message::{ConversationContext, InboundMessage};
use crate::webhook::status::StatusUpdate;

open_enum! {
    /// A change of the responder in charge. Letting go produces no event.
    pub enum HandoverType {
        /// Given.
        ControlPassed = "control_passed",
        /// Taken.
        ControlTaken = "control_taken",
    }

    /// A responder.
    pub enum Role {
        /// Meta's agent.
        AiAgent = "ai_agent",
        /// The app behind the ads.
        Ctwa = "ctwa",
        /// Customer service.
        CustomerService = "customer_service",
        /// The one who may take over.
        Escalation = "escalation",
        /// Marketing.
        Marketing = "marketing",
        /// Utility.
        Utility = "utility",
    }
}

wire! {
    /// `messaging_handovers`.
    #[derive(PartialEq, Eq)]
    pub struct Handover {
        /// Passed or taken.
        pub kind = "type": HandoverType,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// The person; without a number nothing is known about this shape.
        pub sender: Option<HandoverSender>,
        /// The business number.
        pub recipient: Option<Metadata>,
        /// When passed.
        pub control_passed: Option<Control>,
        /// When taken.
        pub control_taken: Option<Control>,
    }

    /// The person.
    #[derive(PartialEq, Eq)]
    pub struct HandoverSender {
        /// Phone id.
        pub phone_number: Option<WaId>,
        /// The person, should Meta tell.
        pub user_id: Option<Bsuid>,
    }

    /// From whom to whom.
    #[derive(PartialEq, Eq)]
    pub struct Control {
        /// Until now.
        pub previous_owner_role: Option<Role>,
        /// From now on.
        pub new_owner_role: Option<Role>,
        /// What the one told the other.
        pub metadata: Option<String>,
        /// A summary by a model.
        pub conversation_context: Option<ConversationContext>,
    }

    /// `standby`: traffic that another responder handles.
    pub struct Standby {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// One of its lists is filled.
        pub standby: StandbyTraffic,
    }

    /// What was heard.
    pub struct StandbyTraffic {
        /// Who.
        pub contacts: Vec<ContactProfile>,
        /// What people wrote.
        pub messages: Vec<InboundMessage>,
        /// What the other responder sent.
        pub message_echoes: Vec<StandbyEcho>,
        /// What became of it.
        pub statuses: Vec<StatusUpdate>,
    }

    /// A message that another responder sent.
    #[derive(PartialEq)]
    pub struct StandbyEcho {
        /// The message.
        pub id: Wamid,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// The number it left from, should Meta tell.
        pub phone_number_id: Option<PhoneNumberId>,
        /// The body of its send, in Meta's shape.
        pub message: Option<Value>,
        /// The template's definition.
        pub template: Option<Value>,
        /// The flow.
        pub flow: Option<Value>,
    }
}
