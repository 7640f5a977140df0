//! What the person will read, from exactly what is sent.

use cloud_api::manage::template::{
    ButtonDef, ComponentDef, ComponentKind, HeaderFormat, Piece, pieces, position,
};
use cloud_api::outbound::{Component, Location, Media, Parameter as Sent, Product, Template, Violation};
use jiff::Timestamp;
use serde::Serialize;

use super::Content;

/// A message of a template, as the person sees it. Texts have WhatsApp's own marks (`*bold*`) in them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = RenderedTemplate)]
pub struct Rendered {
    /// Above the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<RenderedHeader>,
    /// The text.
    pub body: String,
    /// Below the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// In how many minutes a one-time code ends, where WhatsApp says it in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_expires_minutes: Option<u32>,
    /// The offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<RenderedOffer>,
    /// What can be tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<RenderedButton>,
    /// Cards that are swiped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<RenderedCard>,
}

/// A header.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RenderedTemplateHeader)]
pub enum RenderedHeader {
    /// A text.
    Text(String),
    /// A picture. Nothing is known of it where nothing was given.
    Image(Option<Media>),
    /// A video.
    Video(Option<Media>),
    /// A moving picture.
    Gif(Option<Media>),
    /// A file.
    Document(Option<Media>),
    /// A place.
    Location(Option<Location>),
    /// A product.
    Product(Option<Product>),
}

/// An offer with an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RenderedTemplateOffer)]
pub struct RenderedOffer {
    /// What it is.
    pub text: String,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
}

/// A button.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RenderedTemplateButton)]
pub struct RenderedButton {
    /// What it does, in Meta's word.
    pub kind: String,
    /// Its label; where there is none, WhatsApp has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The number that it calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The code that it copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What comes back when it is tapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// A card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = RenderedTemplateCard)]
pub struct RenderedCard {
    /// Above the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<RenderedHeader>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What can be tapped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<RenderedButton>,
}

/// Shows what is sent. A variable that nothing fills stands as it is written in the template.
#[must_use]
pub fn render(content: &Content, sent: &Template) -> Rendered {
    let mut rendered = Rendered::default();
    for def in &content.components {
        match def.kind {
            ComponentKind::Header => rendered.header = header(def, &sent.components),
            ComponentKind::Body => rendered.body = body(def, &sent.components),
            ComponentKind::Footer => {
                rendered.footer = def.text.clone();
                rendered.code_expires_minutes = def.code_expiration_minutes;
            }
            ComponentKind::Buttons => rendered.buttons = buttons(&def.buttons, &sent.components),
            ComponentKind::LimitedTimeOffer => rendered.offer = offer(def, &sent.components),
            ComponentKind::Carousel => {
                let cards = find(&sent.components, "carousel").map_or(&[][..], |carousel| &carousel.cards);
                let shown = def.cards.iter().enumerate().map(|(n, card)| {
                    let sent = cards.iter().find(|card| card.card_index.map(|at| at as usize) == Some(n));
                    render_card(&card.components, sent.map_or(&[][..], |card| &card.components))
                });
                rendered.cards = shown.collect();
            }
            _ => {}
        }
    }
    // Before review, an authentication template has no words: they are Meta's. Its code is all that is known.
    if rendered.body.is_empty() && content.is_authentication() {
        let code = find(&sent.components, "body").and_then(|body| body.parameters.first());
        rendered.body = code.map(text_of).unwrap_or_default().to_owned();
    }
    rendered
}

fn render_card(defs: &[ComponentDef], sent: &[Component]) -> RenderedCard {
    let mut card = RenderedCard::default();
    for def in defs {
        match def.kind {
            ComponentKind::Header => card.header = header(def, sent),
            ComponentKind::Body => card.body = Some(body(def, sent)),
            ComponentKind::Buttons => card.buttons = buttons(&def.buttons, sent),
            _ => {}
        }
    }
    card
}

fn find<'a>(sent: &'a [Component], kind: &str) -> Option<&'a Component> {
    sent.iter().find(|component| component.kind == kind)
}

fn parameters_of<'a>(sent: &'a [Component], kind: &str) -> &'a [Sent] {
    find(sent, kind).map_or(&[], |component| &component.parameters)
}

fn header(def: &ComponentDef, sent: &[Component]) -> Option<RenderedHeader> {
    let parameters = parameters_of(sent, "header");
    let first = parameters.first();
    Some(match def.format.as_ref()? {
        HeaderFormat::Text => RenderedHeader::Text(text(def.text.as_deref()?, parameters)),
        HeaderFormat::Image => RenderedHeader::Image(first.and_then(|sent| sent.image.clone())),
        HeaderFormat::Video => RenderedHeader::Video(first.and_then(|sent| sent.video.clone())),
        HeaderFormat::Gif => RenderedHeader::Gif(first.and_then(|sent| sent.gif.clone())),
        HeaderFormat::Document => RenderedHeader::Document(first.and_then(|sent| sent.document.clone())),
        HeaderFormat::Location => RenderedHeader::Location(first.and_then(|sent| sent.location.clone())),
        HeaderFormat::Product => RenderedHeader::Product(first.and_then(|sent| sent.product.clone())),
        _ => return None,
    })
}

fn body(def: &ComponentDef, sent: &[Component]) -> String {
    text(def.text.as_deref().unwrap_or_default(), parameters_of(sent, "body"))
}

/// A text with its variables filled: by name where the parameter has one, by position otherwise.
fn text(template: &str, parameters: &[Sent]) -> String {
    let mut filled = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name) => {
                let named = parameters.iter().find(|sent| sent.parameter_name.as_deref() == Some(name));
                let positional = || parameters.get(position(name)?.checked_sub(1)?);
                match named.or_else(positional) {
                    Some(sent) => filled.push_str(text_of(sent)),
                    None => {
                        filled.push_str("{{");
                        filled.push_str(name);
                        filled.push_str("}}");
                    }
                }
            }
        }
    }
    filled
}

fn text_of(sent: &Sent) -> &str {
    let currency = || sent.currency.as_ref().map(|currency| currency.fallback_value.as_str());
    let date = || sent.date_time.as_ref().map(|date| date.fallback_value.as_str());
    sent.text.as_deref().or_else(currency).or_else(date).unwrap_or_default()
}

fn offer(def: &ComponentDef, sent: &[Component]) -> Option<RenderedOffer> {
    let first = parameters_of(sent, "limited_time_offer").first();
    let end = first.and_then(|sent| sent.limited_time_offer.as_ref());
    Some(RenderedOffer {
        text: def.limited_time_offer.as_ref()?.text.clone().unwrap_or_default(),
        ends_at: end.and_then(|end| Timestamp::from_millisecond(end.expiration_time_ms).ok()),
    })
}

fn buttons(defs: &[ButtonDef], sent: &[Component]) -> Vec<RenderedButton> {
    let shown = defs.iter().enumerate().map(|(n, def)| {
        let is_this = |sent: &&Component| {
            sent.kind == "button" && sent.index.as_deref().and_then(|at| at.parse().ok()) == Some(n)
        };
        let parameters = sent.iter().find(is_this).map_or(&[][..], |button| &button.parameters);
        let first = parameters.first();
        // A link has one variable, whatever it is called.
        let url = def.url.as_deref().map(|url| match (url.find("{{"), first) {
            (Some(at), Some(sent)) => format!("{}{}", &url[..at], text_of(sent)),
            _ => url.to_owned(),
        });
        RenderedButton {
            kind: def.kind.to_string(),
            text: def.text.clone(),
            url,
            phone_number: def.phone_number.clone(),
            code: first.and_then(|sent| sent.coupon_code.clone()),
            payload: first.and_then(|sent| sent.payload.clone()),
        }
    });
    shown.collect()
}

/// Texts that are too long once they are filled. Meta answers these with an error that stops the template for everybody,
/// and documents no limits but those of the template.
pub(super) fn check_lengths(content: &Content, rendered: &Rendered) -> Vec<Violation> {
    let mut faults = Vec::new();
    let mut check = |field: String, text: &str, most: usize| {
        let length = text.chars().count();
        if length > most {
            faults
                .push(Violation { field, message: format!("has {length} characters, {most} are possible") });
        }
    };
    if let Some(RenderedHeader::Text(text)) = &rendered.header {
        check("header".to_owned(), text, 60);
    }
    let has_offer = content.component(&ComponentKind::LimitedTimeOffer).is_some();
    check("body".to_owned(), &rendered.body, if has_offer { 600 } else { 1024 });
    for (n, card) in rendered.cards.iter().enumerate() {
        check(format!("card.{n}.body"), card.body.as_deref().unwrap_or_default(), 160);
        for (m, button) in card.buttons.iter().enumerate() {
            check(format!("card.{n}.button.{m}"), button.url.as_deref().unwrap_or_default(), 2000);
        }
    }
    for (n, button) in rendered.buttons.iter().enumerate() {
        check(format!("button.{n}"), button.url.as_deref().unwrap_or_default(), 2000);
    }
    faults
}
