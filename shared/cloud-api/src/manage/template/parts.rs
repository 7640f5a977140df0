//! What a template is made of.
//!
//! Meta adds kinds and members without notice. What this build does not know, or knows in another shape, stays in
//! `other` as Meta wrote it: a template that was read and is written again is the same.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::FlowId;
use crate::outbound::validate::MayBeAbsent;

open_enum! {
    /// What a component is.
    pub enum ComponentKind {
        /// Above the body: a text, a file, a place.
        Header = "HEADER",
        /// The text. Every template has one.
        Body = "BODY",
        /// Small, below the body.
        Footer = "FOOTER",
        /// What can be tapped.
        Buttons = "BUTTONS",
        /// Cards that are swiped.
        Carousel = "CAROUSEL",
        /// An offer with an end.
        LimitedTimeOffer = "LIMITED_TIME_OFFER",
    }

    /// What a header holds.
    pub enum HeaderFormat {
        /// A text with at most one variable.
        Text = "TEXT",
        /// A picture.
        Image = "IMAGE",
        /// A video.
        Video = "VIDEO",
        /// A moving picture; Marketing Messages API only.
        Gif = "GIF",
        /// Any other file.
        Document = "DOCUMENT",
        /// A place.
        Location = "LOCATION",
        /// A product of the catalogue.
        Product = "PRODUCT",
    }

    /// What a button does.
    pub enum ButtonKind {
        /// Answers with its text.
        QuickReply = "QUICK_REPLY",
        /// Opens a link.
        Url = "URL",
        /// Calls a number.
        PhoneNumber = "PHONE_NUMBER",
        /// Copies a coupon code.
        CopyCode = "COPY_CODE",
        /// Hands a one-time code over. Reads back as `URL`.
        Otp = "OTP",
        /// Opens a flow.
        Flow = "FLOW",
        /// Opens the catalogue.
        Catalog = "CATALOG",
        /// Opens a list of products.
        Mpm = "MPM",
        /// Opens a product.
        Spm = "SPM",
        /// Calls over WhatsApp.
        VoiceCall = "VOICE_CALL",
        /// Opens an app.
        App = "APP",
        /// Asks whether the business may call.
        CallPermissionRequest = "CALL_PERMISSION_REQUEST",
        /// Asks for the phone number.
        RequestContactInfo = "REQUEST_CONTACT_INFO",
        /// Opens an order.
        OrderDetails = "ORDER_DETAILS",
    }

    /// How a one-time code is handed over.
    pub enum OtpKind {
        /// The person copies it.
        CopyCode = "COPY_CODE",
        /// A tap puts it into the app.
        OneTap = "ONE_TAP",
        /// The app has it without a tap.
        ZeroTap = "ZERO_TAP",
    }

    /// How variables are called.
    pub enum ParameterFormat {
        /// `{{1}}`, `{{2}}`. What is meant where nothing is said.
        Positional = "POSITIONAL",
        /// `{{first_name}}`.
        Named = "NAMED",
    }
}

macro_rules! kinds {
    ($($name:ident)*) => {$(
        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl MayBeAbsent for $name {
            fn is_absent(&self) -> bool {
                self.as_str().is_empty()
            }
        }
    )*};
}
kinds!(ComponentKind ButtonKind);

macro_rules! kept {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident = $key:literal: $ty:ty,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(rename = $key, skip_serializing_if = "crate::outbound::validate::is_absent")]
                pub $field: $ty,
            )*
            /// Members that this build does not know, or knows in another shape.
            #[serde(flatten)]
            #[schema(ignore)]
            pub other: Map<String, Value>,
        }

        impl $name {
            /// The members that this build knows.
            pub(super) const MEMBERS: &[&str] = &[$($key),*];
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut other = Map::deserialize(deserializer)?;
                Ok(Self { $($field: member(&mut other, $key),)* other })
            }
        }
    )*};
}

/// Takes a member if it has the shape that we know, and leaves it where it is otherwise.
fn member<T: DeserializeOwned + Default>(members: &mut Map<String, Value>, key: &str) -> T {
    let Some(value) = members.get(key) else { return T::default() };
    if value.is_null() {
        members.shift_remove(key);
        return T::default();
    }
    let Ok(read) = T::deserialize(value) else { return T::default() };
    members.shift_remove(key);
    read
}

kept! {
    /// A component. See [Cloud API/Template components], read 2026-11.
    pub struct ComponentDef {
        /// What it is.
        pub kind = "type": ComponentKind,
        /// `HEADER`: what it holds.
        pub format = "format": Option<HeaderFormat>,
        /// `HEADER` of format `TEXT`: at most 60 characters. `BODY`: at most 1024, with a limited-time offer 600.
        /// `FOOTER`: at most 60.
        pub text = "text": Option<String>,
        /// Samples for what a message fills, for Meta's review.
        pub example = "example": Option<Samples>,
        /// `BUTTONS`: at most 10, quick replies next to each other.
        #[schema(no_recursion)]
        pub buttons = "buttons": Vec<ButtonDef>,
        /// `CAROUSEL`: 2 to 10, all built alike.
        #[schema(no_recursion)]
        pub cards = "cards": Vec<CardDef>,
        /// `LIMITED_TIME_OFFER`.
        pub limited_time_offer = "limited_time_offer": Option<OfferDef>,
        /// `BODY` of an authentication template: advises not to share the code.
        pub add_security_recommendation = "add_security_recommendation": Option<bool>,
        /// `FOOTER` of an authentication template: 1 to 90.
        pub code_expiration_minutes = "code_expiration_minutes": Option<u32>,
    }

    /// Samples for what a message fills.
    pub struct Samples {
        /// For the variable of a text header.
        pub header_text = "header_text": Vec<String>,
        /// For a header's file: the handle of an upload.
        pub header_handle = "header_handle": Vec<String>,
        /// For the variables of the body: one list, in their order.
        pub body_text = "body_text": Vec<Vec<String>>,
        /// For the named variable of a text header.
        pub header_text_named_params = "header_text_named_params": Vec<NamedSample>,
        /// For the named variables of the body.
        pub body_text_named_params = "body_text_named_params": Vec<NamedSample>,
    }

    /// A sample for a named variable.
    pub struct NamedSample {
        /// The variable.
        pub param_name = "param_name": String,
        /// What may stand there.
        pub example = "example": String,
    }

    /// A button.
    pub struct ButtonDef {
        /// What it does.
        pub kind = "type": ButtonKind,
        /// Its label, at most 25 characters.
        pub text = "text": Option<String>,
        /// `URL`: at most 2000 characters, with at most one variable, at its end.
        pub url = "url": Option<String>,
        /// `PHONE_NUMBER`: at most 20 characters.
        pub phone_number = "phone_number": Option<String>,
        /// `URL` with a variable, `COPY_CODE`: a sample. Meta takes a text or a list of one.
        #[schema(value_type = Option<Vec<String>>)]
        pub example = "example": Option<OneOrMany>,
        /// `FLOW`: its id.
        pub flow_id = "flow_id": Option<FlowId>,
        /// `FLOW`: its name, instead of its id.
        pub flow_name = "flow_name": Option<String>,
        /// `FLOW`: `navigate` or `data_exchange`.
        pub flow_action = "flow_action": Option<String>,
        /// `FLOW` with `navigate`: the first screen.
        pub navigate_screen = "navigate_screen": Option<String>,
        /// `OTP`: how the code is handed over.
        pub otp_type = "otp_type": Option<OtpKind>,
        /// `OTP`: label of the button that puts the code into the app.
        pub autofill_text = "autofill_text": Option<String>,
        /// `OTP` with one tap or none: which apps may have the code.
        pub supported_apps = "supported_apps": Vec<SupportedApp>,
        /// `OTP` without a tap: that its terms are accepted.
        pub zero_tap_terms_accepted = "zero_tap_terms_accepted": Option<bool>,
    }

    /// An app that may have one-time codes.
    pub struct SupportedApp {
        /// Its Android package.
        pub package_name = "package_name": String,
        /// The hash of its signature.
        pub signature_hash = "signature_hash": String,
    }

    /// An offer with an end.
    pub struct OfferDef {
        /// At most 16 characters.
        pub text = "text": Option<String>,
        /// Whether messages say when it ends.
        pub has_expiration = "has_expiration": Option<bool>,
    }

    /// A card of a carousel.
    pub struct CardDef {
        /// Header, body, buttons.
        #[schema(no_recursion)]
        pub components = "components": Vec<ComponentDef>,
    }
}

/// A text, or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        match self {
            Self::One(text) => Some(text),
            Self::Many(texts) => texts.first().map(String::as_str),
        }
    }
}

impl crate::wire::Wire for ComponentDef {
    /// Never fails: what is no component at all is kept under an empty name.
    fn read(value: Value) -> Result<Self, crate::wire::Broken> {
        Ok(Self::deserialize(&value)
            .unwrap_or_else(|_| Self { other: Map::from_iter([(String::new(), value)]), ..Self::default() }))
    }
}

/// The components of a kind.
pub fn of_kind<'a>(
    components: &'a [ComponentDef],
    kind: &'a ComponentKind,
) -> impl Iterator<Item = &'a ComponentDef> {
    components.iter().filter(move |component| component.kind == *kind)
}
