//! Calls: signalling and outcome.

use crate::error::GraphError;
use crate::ids::{Bsuid, CallId, WaId};
use crate::webhook::contact::{ContactProfile, Metadata};

open_enum! {
    /// A step of a call.
    pub enum CallEvent {
        /// It rings, or Meta's media answered.
        Connect = "connect",
        /// It is over.
        Terminate = "terminate",
        /// A SIP call was set up.
        CallCreated = "call_created",
    }

    /// Who called whom.
    pub enum CallDirection {
        /// A person called us.
        UserInitiated = "USER_INITIATED",
        /// We called a person.
        BusinessInitiated = "BUSINESS_INITIATED",
    }

    /// State of a call. Meta's pages disagree about upper and lower case.
    pub enum CallStatus {
        /// Rings.
        Ringing = "RINGING",
        /// Picked up.
        Accepted = "ACCEPTED",
        /// Refused.
        Rejected = "REJECTED",
        /// Over, after a conversation.
        Completed = "COMPLETED",
        /// Over, without one.
        Failed = "FAILED",
    }
}

wire! {
    /// `calls`.
    #[derive(PartialEq)]
    pub struct Calls {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// Who.
        pub contacts: Vec<ContactProfile>,
        /// Steps.
        pub calls: Vec<Call>,
        /// States of calls that we made.
        pub statuses: Vec<CallStatusUpdate>,
        /// Why a call failed.
        pub errors: Vec<GraphError>,
    }

    /// A step of a call.
    #[derive(PartialEq, Eq)]
    pub struct Call {
        /// The call.
        pub id: CallId,
        /// The step.
        pub event: Option<CallEvent>,
        /// Who called whom.
        pub direction: Option<CallDirection>,
        /// Caller.
        pub from: Option<WaId>,
        /// Caller.
        pub from_user_id: Option<Bsuid>,
        /// Caller across linked portfolios.
        pub from_parent_user_id: Option<Bsuid>,
        /// Callee.
        pub to: Option<WaId>,
        /// Callee.
        pub to_user_id: Option<Bsuid>,
        /// Callee across linked portfolios.
        pub to_parent_user_id: Option<Bsuid>,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// WebRTC session; not with SIP.
        pub session: Option<Session>,
        /// From the link that was tapped.
        pub deeplink_payload: Option<String>,
        /// From the button that was tapped.
        pub cta_payload: Option<String>,
        /// What we sent along.
        pub biz_opaque_callback_data: Option<String>,
        /// With `terminate`.
        pub status: Option<CallStatus>,
        /// With `terminate`, Unix seconds.
        pub start_time: Option<i64>,
        /// With `terminate`, Unix seconds.
        pub end_time: Option<i64>,
        /// With `terminate`, seconds.
        pub duration: Option<i64>,
    }

    /// A WebRTC session.
    #[derive(PartialEq, Eq)]
    pub struct Session {
        /// `offer` or `answer`.
        pub sdp_type: Option<String>,
        /// The description.
        pub sdp: Option<String>,
    }

    /// State of a call that we made.
    #[derive(PartialEq, Eq)]
    pub struct CallStatusUpdate {
        /// The call.
        pub id: CallId,
        /// `call`.
        pub kind = "type": Option<String>,
        /// Its state.
        pub status: Option<CallStatus>,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// Who.
        pub recipient_id: Option<WaId>,
        /// Who.
        pub recipient_user_id: Option<Bsuid>,
        /// What we sent along.
        pub biz_opaque_callback_data: Option<String>,
    }
}
