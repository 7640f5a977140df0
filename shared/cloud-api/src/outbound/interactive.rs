//! Interactive messages: buttons, lists, links, flows, products, carousels, requests.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::CatalogId;

use super::media::Media;

/// Parameters of an action, as Meta documents them for its `name`; members we do not check pass through.
pub type ActionParameters = Map<String, Value>;

macro_rules! part {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $ty:ty,)* })*) => {$(
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "crate::outbound::validate::is_absent")] pub $field: $ty,)*
        }
    )*};
}
pub(super) use part;

part! {
    /// An interactive message. Which parts `action` needs depends on `type`.
    ///
    /// Types: `button`, `list`, `cta_url`, `flow`, `location_request_message`, `address_message`, `product`,
    /// `product_list`, `catalog_message`, `carousel`, `voice_call`, `call_permission_request`,
    /// `request_contact_info`; and the payments `order_details`, `order_status`, `payment_request`, whose
    /// parameters pass through unchecked. See [Cloud API/Interactive messages], read 2026-11.
    pub struct Interactive {
        /// The type.
        #[serde(rename = "type")]
        pub kind: String,
        /// Above the body.
        pub header: Option<Header>,
        /// The text.
        pub body: Option<TextPart>,
        /// Below the body, at most 60 characters.
        pub footer: Option<TextPart>,
        /// What can be tapped.
        pub action: Option<Action>,
    }

    /// A header: a text or a file.
    pub struct Header {
        /// `text`, `image`, `video`, `document`.
        #[serde(rename = "type")]
        pub kind: String,
        /// At most 60 characters.
        pub text: Option<String>,
        /// With `image`.
        pub image: Option<Media>,
        /// With `video`.
        pub video: Option<Media>,
        /// With `document`.
        pub document: Option<Media>,
    }

    /// A text.
    pub struct TextPart {
        /// The text.
        pub text: String,
    }

    /// What can be tapped.
    pub struct Action {
        /// Names the action, for all types but `button`, `list`, `product`, `product_list`, `carousel`.
        pub name: Option<String>,
        /// With `name`.
        #[schema(value_type = Option<Object>)]
        pub parameters: Option<ActionParameters>,
        /// `list`: label of the button that opens it, at most 20 characters.
        pub button: Option<String>,
        /// `button`: 1 to 3; on cards quick replies.
        pub buttons: Vec<Button>,
        /// `list`, `product_list`: 1 to 10.
        pub sections: Vec<Section>,
        /// `carousel`: 2 to 10.
        pub cards: Vec<Card>,
        /// Product messages.
        pub catalog_id: Option<CatalogId>,
        /// One product.
        pub product_retailer_id: Option<String>,
    }

    /// A button.
    pub struct Button {
        /// `reply`; on cards `quick_reply`.
        #[serde(rename = "type")]
        pub kind: String,
        /// With `reply`.
        pub reply: Option<Reply>,
        /// With `quick_reply`.
        pub quick_reply: Option<QuickReply>,
    }

    /// A reply button.
    pub struct Reply {
        /// Comes back when it is tapped; at most 256 characters.
        pub id: String,
        /// At most 20 characters.
        pub title: String,
    }

    /// A quick reply of a card.
    pub struct QuickReply {
        /// Comes back when it is tapped; at most 256 characters.
        pub id: String,
        /// At most 20 characters.
        pub title: String,
    }

    /// A section of a list: rows or products.
    pub struct Section {
        /// At most 24 characters; required if there are several sections.
        pub title: Option<String>,
        /// `list`: at most 10 in all sections.
        pub rows: Vec<Row>,
        /// `product_list`: at most 30 in all sections.
        pub product_items: Vec<ProductItem>,
    }

    /// A row.
    pub struct Row {
        /// Comes back when it is chosen; at most 200 characters.
        pub id: String,
        /// At most 24 characters.
        pub title: String,
        /// At most 72 characters.
        pub description: Option<String>,
    }

    /// A product.
    #[schemars(rename = "OutboundProductItem")]
    #[schema(as = OutboundProductItem)]
    pub struct ProductItem {
        /// The shop's own product id.
        pub product_retailer_id: String,
    }

    /// A card of a carousel.
    pub struct Card {
        /// Position, from 0.
        pub card_index: Option<u32>,
        /// `cta_url`, `quick_reply` or `product`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// A picture or a video; not on products.
        pub header: Option<Header>,
        /// At most 160 characters.
        pub body: Option<TextPart>,
        /// A link, quick replies, or the product.
        #[schema(no_recursion)]
        pub action: Option<Action>,
    }
}
