//! What a message fills in a template.

use std::fmt;

use cloud_api::manage::template::{
    ButtonDef, ButtonKind, ComponentDef, ComponentKind, HeaderFormat, variables,
};
use serde::{Deserialize, Serialize};

use super::Content;

/// The name of a parameter, by its place: `header`, `header.1`, `body.first_name`, `button.1`, `offer`, `code`,
/// `card.0.header`, `card.0.body.1`, `card.0.button.1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParameterKey(String);

impl ParameterKey {
    /// Wraps a name; whether a template has it is told by [`parameters`].
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ParameterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part that can be filled, of a template or of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Above the body.
    Header,
    /// The text.
    Body,
    /// The end of the offer.
    Offer,
    /// A button, by its position among all.
    Button(usize),
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the template itself.
    Template(Part),
    /// On a card of the carousel, by its position.
    Card(usize, Part),
    /// In the body and behind the button of an authentication template, both the same.
    Code,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text in a line.
    Text,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A moving picture.
    Gif,
    /// A file.
    Document,
    /// A place.
    Location,
    /// A product.
    Product,
    /// What comes back when a quick reply is tapped. Its label, without.
    Payload,
    /// The end of a link.
    LinkEnd,
    /// A coupon code.
    CouponCode,
    /// A one-time code.
    Code,
    /// When an offer ends.
    EndsAt,
    /// A flow's token or data.
    Flow,
    /// The product on the button of a catalogue.
    Thumbnail,
    /// Lists of products.
    Products,
    /// For how many minutes a call can be made.
    CallMinutes,
    /// An order.
    Order,
}

impl Kind {
    /// Whether a message cannot go without it.
    #[must_use]
    pub fn is_required(self) -> bool {
        !matches!(self, Self::Payload | Self::Flow | Self::Thumbnail | Self::CallMinutes)
    }

    /// The word that stands in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Gif => "gif",
            Self::Document => "document",
            Self::Location => "location",
            Self::Product => "product",
            Self::Payload => "payload",
            Self::LinkEnd => "link_end",
            Self::CouponCode => "coupon_code",
            Self::Code => "code",
            Self::EndsAt => "ends_at",
            Self::Flow => "flow",
            Self::Thumbnail => "thumbnail",
            Self::Products => "products",
            Self::CallMinutes => "call_minutes",
            Self::Order => "order",
        }
    }
}

/// Something that a message fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub key: ParameterKey,
    /// Where it stands.
    pub place: Place,
    /// The variable in the text, if it stands in one.
    pub variable: Option<String>,
    /// What it takes.
    pub kind: Kind,
}

impl Parameter {
    fn new(place: Place, variable: Option<&str>, kind: Kind) -> Self {
        let part = |part: Part| match part {
            Part::Header => "header".to_owned(),
            Part::Body => "body".to_owned(),
            Part::Offer => "offer".to_owned(),
            Part::Button(n) => format!("button.{n}"),
        };
        let mut key = match place {
            Place::Template(inside) => part(inside),
            Place::Card(n, inside) => format!("card.{n}.{}", part(inside)),
            Place::Code => "code".to_owned(),
        };
        if let Some(variable) = variable {
            key.push('.');
            key.push_str(variable);
        }
        Self { key: ParameterKey(key), place, variable: variable.map(str::to_owned), kind }
    }
}

/// Everything that a message of this template fills: from top to bottom, positional variables by their numbers.
#[must_use]
pub fn parameters(content: &Content) -> Vec<Parameter> {
    let mut found = Vec::new();
    if content.is_authentication() {
        found.push(Parameter::new(Place::Code, None, Kind::Code));
        return found;
    }
    for component in &content.components {
        match component.kind {
            ComponentKind::LimitedTimeOffer => {
                let offer = component.limited_time_offer.as_ref();
                if offer.is_some_and(|offer| offer.has_expiration == Some(true)) {
                    found.push(Parameter::new(Place::Template(Part::Offer), None, Kind::EndsAt));
                }
            }
            ComponentKind::Carousel => {
                for (n, card) in component.cards.iter().enumerate() {
                    for component in &card.components {
                        of_component(component, |part| Place::Card(n, part), &mut found);
                    }
                }
            }
            _ => of_component(component, Place::Template, &mut found),
        }
    }
    found.sort_by_key(|parameter| parameter.place);
    found
}

fn of_component(component: &ComponentDef, place: impl Fn(Part) -> Place, found: &mut Vec<Parameter>) {
    match component.kind {
        ComponentKind::Header => {
            let header = place(Part::Header);
            match component.format.as_ref().and_then(header_kind) {
                Some(kind) => found.push(Parameter::new(header, None, kind)),
                None => of_text(component, header, found),
            }
        }
        ComponentKind::Body => of_text(component, place(Part::Body), found),
        ComponentKind::Buttons => {
            for (n, button) in component.buttons.iter().enumerate() {
                if let Some(kind) = button_kind(button) {
                    found.push(Parameter::new(place(Part::Button(n)), None, kind));
                }
            }
        }
        _ => {}
    }
}

fn of_text(component: &ComponentDef, place: Place, found: &mut Vec<Parameter>) {
    let mut names = variables(component.text.as_deref().unwrap_or_default());
    // Positional parameters are sent in the order of their numbers, wherever they stand in the text.
    if names.iter().all(|name| name.parse::<usize>().is_ok()) {
        names.sort_by_key(|name| name.parse::<usize>().unwrap_or(usize::MAX));
    }
    found.extend(names.into_iter().map(|name| Parameter::new(place, Some(name), Kind::Text)));
}

fn header_kind(format: &HeaderFormat) -> Option<Kind> {
    match format {
        HeaderFormat::Image => Some(Kind::Image),
        HeaderFormat::Video => Some(Kind::Video),
        HeaderFormat::Gif => Some(Kind::Gif),
        HeaderFormat::Document => Some(Kind::Document),
        HeaderFormat::Location => Some(Kind::Location),
        HeaderFormat::Product => Some(Kind::Product),
        _ => None,
    }
}

fn button_kind(button: &ButtonDef) -> Option<Kind> {
    let has_variable = button.url.as_deref().is_some_and(|url| !variables(url).is_empty());
    match button.kind {
        ButtonKind::QuickReply => Some(Kind::Payload),
        ButtonKind::Url if has_variable => Some(Kind::LinkEnd),
        ButtonKind::CopyCode => Some(Kind::CouponCode),
        ButtonKind::Flow => Some(Kind::Flow),
        ButtonKind::Catalog => Some(Kind::Thumbnail),
        ButtonKind::Mpm => Some(Kind::Products),
        ButtonKind::VoiceCall => Some(Kind::CallMinutes),
        ButtonKind::OrderDetails => Some(Kind::Order),
        _ => None,
    }
}
