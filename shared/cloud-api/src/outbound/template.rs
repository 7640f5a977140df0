//! Templates: the only messages outside the 24 h window.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::CatalogId;

use super::interactive::{Section, part};
use super::location::Location;
use super::media::Media;

part! {
    /// An approved template, filled. See [Cloud API/Template components], read 2026-11.
    pub struct Template {
        /// Its name.
        pub name: String,
        /// Its language; there is no fallback.
        pub language: TemplateLanguage,
        /// What fills it, in any order.
        pub components: Vec<Component>,
    }

    /// A language.
    pub struct TemplateLanguage {
        /// Such as `en_US`, exactly as approved.
        pub code: String,
    }

    /// Fills one part of a template.
    pub struct Component {
        /// `header`, `body`, `button`, `carousel`, `limited_time_offer`, `tap_target_configuration`, `order_status`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Of a button: `quick_reply`, `url`, `copy_code`, `flow`, `catalog`, `mpm`, `voice_call`, `order_details`, …
        pub sub_type: Option<String>,
        /// Of a button: its position among all buttons of the template. A string or a number.
        #[serde(deserialize_with = "index")]
        #[schemars(with = "Option<String>")]
        #[schema(value_type = Option<String>)]
        pub index: Option<String>,
        /// Values, in order or by name.
        pub parameters: Vec<Parameter>,
        /// `carousel`: 2 to 10.
        pub cards: Vec<TemplateCard>,
        /// `tap_target_configuration`.
        pub tap_target_configuration: Vec<TapTarget>,
    }

    /// A value; which member is filled depends on `type`.
    pub struct Parameter {
        /// `text`, `currency`, `date_time`, `image`, `video`, `document`, `gif`, `location`, `product`, `payload`,
        /// `coupon_code`, `action`, `limited_time_offer`, `ttl_minutes`.
        #[serde(rename = "type")]
        pub kind: String,
        /// For templates with named parameters.
        pub parameter_name: Option<String>,
        /// With `text`.
        pub text: Option<String>,
        /// With `currency`.
        pub currency: Option<Currency>,
        /// With `date_time`.
        pub date_time: Option<DateTime>,
        /// With `image`.
        pub image: Option<Media>,
        /// With `video`.
        pub video: Option<Media>,
        /// With `document`.
        pub document: Option<Media>,
        /// With `gif`.
        pub gif: Option<Media>,
        /// With `location`.
        pub location: Option<Location>,
        /// With `product`.
        pub product: Option<Product>,
        /// With `payload`: comes back when the button is tapped; at most 128 characters.
        pub payload: Option<String>,
        /// With `coupon_code`: at most 15 characters.
        pub coupon_code: Option<String>,
        /// With `action`.
        pub action: Option<TemplateAction>,
        /// With `limited_time_offer`.
        pub limited_time_offer: Option<LimitedTimeOffer>,
        /// With `ttl_minutes`.
        pub ttl_minutes: Option<u32>,
    }

    /// An amount.
    pub struct Currency {
        /// Shown if it cannot be localised.
        pub fallback_value: String,
        /// ISO currency.
        pub code: String,
        /// The amount times 1000.
        pub amount_1000: i64,
    }

    /// A date.
    pub struct DateTime {
        /// Shown as it is.
        pub fallback_value: String,
    }

    /// A product.
    pub struct Product {
        /// The shop's own product id.
        pub product_retailer_id: String,
        /// The catalogue.
        pub catalog_id: Option<CatalogId>,
    }

    /// What a button of a flow, a catalogue, a product list or an order does.
    pub struct TemplateAction {
        /// Flow: comes back with the answers.
        pub flow_token: Option<String>,
        /// Flow: data for the first screen.
        #[schema(value_type = Option<Object>)]
        pub flow_action_data: Option<Value>,
        /// Catalogue and product list.
        pub thumbnail_product_retailer_id: Option<String>,
        /// Product list.
        pub sections: Vec<Section>,
        /// Payments; passes through unchecked.
        #[schema(value_type = Option<Object>)]
        pub order_details: Option<Value>,
    }

    /// The end of an offer.
    pub struct LimitedTimeOffer {
        /// Unix milliseconds.
        pub expiration_time_ms: i64,
    }

    /// A card of a carousel.
    pub struct TemplateCard {
        /// Position, from 0.
        pub card_index: Option<u32>,
        /// What fills it: header, body, buttons.
        #[schema(no_recursion)]
        pub components: Vec<Component>,
    }

    /// Where a tap on the header leads; verified businesses only.
    pub struct TapTarget {
        /// The link.
        pub url: String,
        /// Its title.
        pub title: String,
    }
}

/// Meta takes both; we write a string, as its samples do.
fn index<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("must be a string or a number")),
    }
}
