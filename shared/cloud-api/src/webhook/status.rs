//! The fate of a message we sent: `statuses[]` of the webhook field `messages`.

use serde::Serialize;
use serde_json::Value;

use crate::error::GraphError;
use crate::ids::{Bsuid, WaId, Wamid};
use crate::wire::{Broken, Fields, Unreadable, Wire};

use super::pricing::{BillingConversation, Pricing};

open_enum! {
    /// How far a message came. They arrive in any order, repeat, and `delivered` may be skipped.
    pub enum DeliveryStatus {
        /// Meta handed it to WhatsApp. No proof of reach.
        Sent = "sent",
        /// On the person's device.
        Delivered = "delivered",
        /// Read; implies delivered. Only with read receipts on.
        Read = "read",
        /// A voice note was played for the first time.
        Played = "played",
        /// Will not arrive; may come after `sent` and even after `delivered`.
        Failed = "failed",
        /// Deleted by the business; old material only.
        Deleted = "deleted",
        /// Old material only.
        Warning = "warning",
    }
}

/// One status of one message, for one recipient.
///
/// See [Cloud API/Status messages webhook], read 2026-11.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatusUpdate {
    /// Our message.
    pub id: Wamid,
    /// How far it came; `Other("")` if Meta does not say.
    pub status: DeliveryStatus,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// `message`, `payment`, …; usually missing here.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Phone id, or the group's id with `recipient_type` `group`; missing for people without a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<String>,
    /// Missing on `failed` when a phone number was addressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_user_id: Option<Bsuid>,
    /// The recipient across linked portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_parent_user_id: Option<Bsuid>,
    /// `group` for groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_type: Option<String>,
    /// The member of the group. Meta also spells it `participant_recipient_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_participant_id: Option<WaId>,
    /// The member of the group, by BSUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_participant_user_id: Option<Bsuid>,
    /// With the identity check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_identity_key_hash: Option<String>,
    /// What we sent along, unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biz_opaque_callback_data: Option<String>,
    /// Billing conversation; only for free entry points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<BillingConversation>,
    /// On `sent` and on one of `delivered` and `read`, or on only one of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// On `failed`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<GraphError>,
}

impl StatusUpdate {
    /// Reads one status.
    ///
    /// # Errors
    /// [`Unreadable`] when it is not a JSON object with an `id`.
    pub fn parse(raw: &str) -> Result<Self, Unreadable> {
        Self::from_fields(Fields::open(raw)?).map_err(|broken| Unreadable::new(broken.to_string()))
    }

    fn from_fields(mut fields: Fields) -> Result<Self, Broken> {
        let member = fields.maybe("recipient_participant_id");
        Ok(Self {
            id: fields.take(&["id"])?,
            status: fields.maybe("status").unwrap_or(DeliveryStatus::Other(String::new())),
            timestamp: fields.maybe("timestamp"),
            kind: fields.maybe("type"),
            recipient_id: fields.maybe("recipient_id"),
            recipient_user_id: fields.maybe("recipient_user_id"),
            recipient_parent_user_id: fields.maybe("recipient_parent_user_id"),
            recipient_type: fields.maybe("recipient_type"),
            recipient_participant_id: member.or_else(|| fields.maybe("participant_recipient_id")),
            recipient_participant_user_id: fields.maybe("recipient_participant_user_id"),
            recipient_identity_key_hash: fields.maybe("recipient_identity_key_hash"),
            biz_opaque_callback_data: fields.maybe("biz_opaque_callback_data"),
            conversation: fields.maybe("conversation"),
            pricing: fields.maybe("pricing"),
            errors: fields.maybe("errors").unwrap_or_default(),
        })
    }
}

impl Wire for StatusUpdate {
    fn read(value: Value) -> Result<Self, Broken> {
        Self::from_fields(Fields::of(value)?)
    }
}

deserialize_as_read!(StatusUpdate);
