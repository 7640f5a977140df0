//! Meta's limits of templates, checked before they go to review: what we refuse here costs nobody a day.
//!
//! See [Cloud API/Template components], read 2026-11.

mod authentication;
mod buttons;
mod texts;

use serde_json::{Map, Value};

use crate::outbound::Violation;
use crate::outbound::validate::Check;
use crate::webhook::event::templates::TemplateCategoryName as Category;

use super::parts::{CardDef, ComponentDef, ComponentKind as Kind, HeaderFormat, ParameterFormat, of_kind};
use super::{ButtonDef, ButtonKind, CreateTemplate, EditTemplate};

/// What the rules of a part depend on.
#[derive(Clone, Copy)]
struct Scope<'a> {
    category: &'a Category,
    format: &'a ParameterFormat,
    has_offer: bool,
    in_card: bool,
}

impl CreateTemplate {
    /// Checks Meta's limits.
    ///
    /// # Errors
    /// Everything that Meta would refuse, each with the path of the member, such as `components.1.text`.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut check = Check::default();
        check.text("name", &self.name, 512);
        if !self.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            check.fail("name", "has only lower-case letters, digits and underscores");
        }
        let language = self.language.as_str();
        check.text("language", language, 16);
        if !language.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            check.fail("language", "must be a language such as en or en_US");
        }
        check_category(&self.category, &mut check);
        check_ttl(self.message_send_ttl_seconds, &self.category, &mut check);
        if let Some(ParameterFormat::Other(_)) = self.parameter_format {
            check.fail("parameter_format", "must be POSITIONAL or NAMED");
        }
        if let Some(name) = &self.library_template_name {
            check.text("library_template_name", name, 512);
            check.only(self.components.is_empty(), "components", "library_template_name");
        } else {
            let has_inputs =
                self.library_template_body_inputs.is_some() || self.library_template_button_inputs.is_some();
            if has_inputs {
                check.fail("library_template_name", "is required with library_template_…_inputs");
            }
            let format = self.parameter_format.as_ref().unwrap_or(&ParameterFormat::Positional);
            check_components(&self.components, &self.category, format, &mut check);
        }
        check.finish()
    }
}

impl EditTemplate {
    /// Checks Meta's limits, for a template of this category and format.
    ///
    /// # Errors
    /// Everything that Meta would refuse, each with the path of the member.
    pub fn validate(&self, category: &Category, format: &ParameterFormat) -> Result<(), Vec<Violation>> {
        let mut check = Check::default();
        if self.is_empty() {
            check.fail("", "must change something");
        }
        let category = self.category.as_ref().unwrap_or(category);
        if self.category.is_some() {
            check_category(category, &mut check);
        }
        check_ttl(self.message_send_ttl_seconds, category, &mut check);
        if let Some(components) = &self.components {
            check_components(components, category, format, &mut check);
        }
        check.finish()
    }
}

fn check_category(category: &Category, check: &mut Check) {
    if matches!(category, Category::Other(_)) {
        check.fail("category", "must be one of MARKETING, UTILITY, AUTHENTICATION");
    }
}

fn check_ttl(seconds: Option<i64>, category: &Category, check: &mut Check) {
    let Some(seconds) = seconds else { return };
    let (possible, month) = match category {
        Category::Authentication => (30..=900, true),
        Category::Utility => (30..=43_200, true),
        Category::Marketing => (43_200..=2_592_000, false),
        Category::Other(_) => return,
    };
    let is_possible = possible.contains(&seconds) || month && seconds == -1;
    if !is_possible {
        let or_month = if month { ", or -1" } else { "" };
        let (least, most) = possible.into_inner();
        check.fail("message_send_ttl_seconds", format!("must be {least} to {most}{or_month}"));
    }
}

fn check_components(
    components: &[ComponentDef],
    category: &Category,
    format: &ParameterFormat,
    check: &mut Check,
) {
    let has_offer = of_kind(components, &Kind::LimitedTimeOffer).next().is_some();
    let scope = Scope { category, format, has_offer, in_card: false };
    if of_kind(components, &Kind::Body).next().is_none() {
        check.fail("components", "must have a BODY");
    }
    check_once(components, check);
    if *category == Category::Authentication {
        return check.within("components", |check| authentication::check(components, check));
    }
    check.each("components", components, |check, component| check_component(component, scope, check));
}

/// No kind of component stands twice.
fn check_once(components: &[ComponentDef], check: &mut Check) {
    for kind in
        [Kind::Header, Kind::Body, Kind::Footer, Kind::Buttons, Kind::Carousel, Kind::LimitedTimeOffer]
    {
        if of_kind(components, &kind).count() > 1 {
            check.fail("components", format!("has more than one {kind}"));
        }
    }
}

fn check_component(component: &ComponentDef, scope: Scope<'_>, check: &mut Check) {
    check_other(&component.other, ComponentDef::MEMBERS, check);
    if let Some(samples) = &component.example {
        check.within("example", |check| {
            check_other(&samples.other, super::Samples::MEMBERS, check);
            let named = samples.header_text_named_params.iter().chain(&samples.body_text_named_params);
            for sample in named {
                check_other(&sample.other, super::NamedSample::MEMBERS, check);
            }
        });
    }
    for (is_there, field) in [
        (component.add_security_recommendation.is_some(), "add_security_recommendation"),
        (component.code_expiration_minutes.is_some(), "code_expiration_minutes"),
    ] {
        check.only(!is_there, field, scope.category.as_str());
    }
    match &component.kind {
        Kind::Header => check_header(component, scope, check),
        Kind::Body => {
            let limit = match scope {
                Scope { in_card: true, .. } => 160,
                Scope { has_offer: true, .. } => 600,
                _ => 1024,
            };
            texts::check_body(component, limit, scope.format, check);
        }
        Kind::Footer => {
            texts::check_plain("text", component.text.as_deref(), 60, check);
            check.only(!scope.has_offer, "type", "LIMITED_TIME_OFFER");
            check.only(!scope.in_card, "type", "a card");
        }
        Kind::Buttons => buttons::check(&component.buttons, scope, check),
        Kind::Carousel => check_carousel(&component.cards, scope, check),
        Kind::LimitedTimeOffer => check_offer(component, scope, check),
        Kind::Other(_) => {
            check.fail("type", "must be one of HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER")
        }
    }
}

/// A member that nobody documents is a slip of the pen.
fn check_other(other: &Map<String, Value>, known: &[&str], check: &mut Check) {
    for name in other.keys() {
        let message =
            if known.contains(&name.as_str()) { "has another shape" } else { "is not a member of this part" };
        check.fail(name, message);
    }
}

fn check_header(header: &ComponentDef, scope: Scope<'_>, check: &mut Check) {
    let Some(format) = &header.format else { return check.fail("format", "is required") };
    if scope.in_card && !matches!(format, HeaderFormat::Image | HeaderFormat::Video | HeaderFormat::Product) {
        return check.fail("format", "must be IMAGE, VIDEO or PRODUCT on a card");
    }
    let handles = header.example.as_ref().map_or(0, |samples| samples.header_handle.len());
    match format {
        HeaderFormat::Text => return texts::check_header(header, scope.format, check),
        HeaderFormat::Image | HeaderFormat::Video | HeaderFormat::Document | HeaderFormat::Gif => {
            if handles != 1 {
                check.fail("example.header_handle", "must hold the handle of one uploaded sample");
            }
            let is_possible = *format != HeaderFormat::Gif || *scope.category == Category::Marketing;
            check.only(is_possible, "format", "templates that are not marketing");
        }
        HeaderFormat::Location | HeaderFormat::Product => {}
        HeaderFormat::Other(_) => {
            check.fail("format", "must be one of TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION, PRODUCT");
        }
    }
    check.only(header.text.is_none(), "text", format.as_str());
}

fn check_offer(component: &ComponentDef, scope: Scope<'_>, check: &mut Check) {
    check.only(*scope.category == Category::Marketing, "type", "templates that are not marketing");
    check.only(!scope.in_card, "type", "a card");
    let Some(offer) = &component.limited_time_offer else {
        return check.fail("limited_time_offer", "is required");
    };
    check.within("limited_time_offer", |check| {
        check_other(&offer.other, super::OfferDef::MEMBERS, check);
        texts::check_plain("text", offer.text.as_deref(), 16, check);
    });
}

fn check_carousel(cards: &[CardDef], scope: Scope<'_>, check: &mut Check) {
    check.only(!scope.in_card, "type", "a card");
    check.count("cards", cards.len(), 2..=10);
    let first = cards.first().map(shape);
    check.each("cards", cards, |check, card| {
        check_other(&card.other, CardDef::MEMBERS, check);
        if Some(shape(card)) != first {
            check.fail("components", "must be built like the first card");
        }
        if of_kind(&card.components, &Kind::Header).next().is_none() {
            check.fail("components", "must have a HEADER");
        }
        check_once(&card.components, check);
        let scope = Scope { in_card: true, ..scope };
        check.each("components", &card.components, |check, component| {
            check_component(component, scope, check);
        });
    });
}

/// How a card is built: all of a carousel are built alike.
fn shape(card: &CardDef) -> Vec<(&str, Option<&str>, Vec<&ButtonKind>)> {
    let mut parts: Vec<_> = card
        .components
        .iter()
        .map(|component| {
            let buttons = component.buttons.iter().map(|button: &ButtonDef| &button.kind).collect();
            (component.kind.as_str(), component.format.as_ref().map(HeaderFormat::as_str), buttons)
        })
        .collect();
    parts.sort_by_key(|(kind, ..)| *kind);
    parts
}
