//! An inbound message: `messages[]` of the webhook field `messages`.

use serde::Serialize;
use serde_json::Value;

use crate::error::GraphError;
use crate::ids::{Bsuid, CatalogId, GroupId, WaId, Wamid};
use crate::wire::{Broken, Fields, Unreadable, Wire};

use super::content::Content;

/// A message somebody sent to a business number.
///
/// See [Cloud API/Messages webhook], read 2026-11. `from` is missing, not empty, for people whose number
/// is hidden from us; `from_user_id` is there since April 2026.
#[derive(Debug, Clone, Serialize)]
pub struct InboundMessage {
    /// Unique; also what makes a repeat recognisable.
    pub id: Wamid,
    /// The writer's phone id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<WaId>,
    /// The writer in this portfolio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_user_id: Option<Bsuid>,
    /// The writer across linked portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_parent_user_id: Option<Bsuid>,
    /// The group it was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// The message it answers, or that it was forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The ad or post that led here; on the first message only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Why Meta could not deliver the content.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<GraphError>,
    /// A summary written by a model when another responder hands over. Prose, never parse it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_context: Option<ConversationContext>,
    /// Meta's `type`, as written; empty if there is none.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was said.
    pub content: Content,
}

impl InboundMessage {
    /// Reads one message. A message that we cannot read is still a message: its content is then
    /// [`Content::Unknown`] or [`Content::Malformed`], with its JSON.
    ///
    /// # Errors
    /// [`Unreadable`] when it is not a JSON object with an `id`, or is nested too deeply to be looked at.
    pub fn parse(raw: &str) -> Result<Self, Unreadable> {
        let fields = Fields::open(raw)?;
        Self::from_fields(fields, raw).map_err(|broken| Unreadable::new(broken.to_string()))
    }

    pub(crate) fn from_fields(mut fields: Fields, raw: &str) -> Result<Self, Broken> {
        let id = fields.take(&["id"])?;
        let kind: String = fields.maybe("type").unwrap_or_default();
        Ok(Self {
            id,
            from: fields.maybe("from"),
            from_user_id: fields.maybe("from_user_id"),
            from_parent_user_id: fields.maybe("from_parent_user_id"),
            group_id: fields.maybe("group_id"),
            timestamp: fields.maybe("timestamp"),
            context: fields.maybe("context"),
            referral: fields.maybe("referral"),
            errors: fields.maybe("errors").unwrap_or_default(),
            conversation_context: fields.maybe("conversation_context"),
            content: Content::read(&kind, &mut fields, raw),
            kind,
        })
    }
}

/// As a part of an event (an echo, a row of history); there the JSON is written anew.
impl Wire for InboundMessage {
    fn read(value: Value) -> Result<Self, Broken> {
        let raw = value.to_string();
        Self::from_fields(Fields::of(value)?, &raw)
    }
}

wire! {
    /// What a message refers to.
    #[derive(PartialEq)]
    pub struct Context {
        /// Author of the quoted message.
        pub from: Option<WaId>,
        /// The author, when the phone number is hidden.
        pub from_user_id: Option<Bsuid>,
        /// The quoted message; it may be one that we never stored.
        pub id: Option<Wamid>,
        /// Forwarded; a forward carries no `id`.
        pub forwarded: Option<bool>,
        /// Forwarded more than five times.
        pub frequently_forwarded: Option<bool>,
        /// The product a question is about.
        pub referred_product: Option<ReferredProduct>,
    }

    /// A product of a catalogue.
    #[derive(PartialEq, Eq)]
    pub struct ReferredProduct {
        /// The catalogue.
        pub catalog_id: Option<CatalogId>,
        /// The shop's own product id.
        pub product_retailer_id: Option<String>,
    }

    /// The Click-to-WhatsApp ad or post behind a conversation.
    #[derive(PartialEq, Eq)]
    pub struct Referral {
        /// `ad` or `post`.
        pub source_type: Option<String>,
        /// The ad's id.
        pub source_id: Option<String>,
        /// Short link to the ad.
        pub source_url: Option<String>,
        /// The ad's headline.
        pub headline: Option<String>,
        /// The ad's text.
        pub body: Option<String>,
        /// `image` or `video`.
        pub media_type: Option<String>,
        /// With `image`.
        pub image_url: Option<String>,
        /// With `video`.
        pub video_url: Option<String>,
        /// With `video`.
        pub thumbnail_url: Option<String>,
        /// Click id for the Conversions API; missing for ads in WhatsApp Status.
        pub ctwa_clid: Option<String>,
        /// The ad's greeting.
        pub welcome_message: Option<WelcomeMessage>,
    }

    /// The greeting of an ad.
    #[derive(PartialEq, Eq)]
    pub struct WelcomeMessage {
        /// Its text.
        pub text: Option<String>,
    }

    /// A hand-over summary.
    #[derive(PartialEq, Eq)]
    pub struct ConversationContext {
        /// `summary`.
        pub kind = "type": Option<String>,
        /// The summary.
        pub summary: Option<Summary>,
    }

    /// Model-written prose.
    #[derive(PartialEq, Eq)]
    pub struct Summary {
        /// Its text.
        pub text: Option<String>,
    }
}
