//! What a parameter makes of a value, within Meta's limits.
//!
//! See [Cloud API/Send messages], read 2026-11.

use cloud_api::MediaId;
use cloud_api::outbound::{LimitedTimeOffer, Location, Media, Parameter as Sent, Product, TemplateAction};
use jiff::Timestamp;

use super::binding::Given;
use super::parameter::Kind;

/// Whether a text can stand for it: only then it can be read from a record or a line.
pub(super) fn takes_text(kind: Kind) -> bool {
    !matches!(kind, Kind::Products | Kind::Order)
}

/// The parameter as it is sent.
///
/// # Errors
/// Says what it takes, for people; never what was given.
pub(super) fn coerce(kind: Kind, given: &Given) -> Result<Sent, String> {
    match (kind, given) {
        (Kind::Text, Given::Text(text)) => {
            let text = Some(line(text, 1024)?);
            Ok(Sent { kind: "text".to_owned(), text, ..Sent::default() })
        }
        (Kind::LinkEnd | Kind::Code, Given::Text(text)) => {
            let text = Some(word(text, if kind == Kind::Code { 15 } else { 2000 })?);
            Ok(Sent { kind: "text".to_owned(), text, ..Sent::default() })
        }
        (Kind::CouponCode, Given::Text(text)) => {
            let coupon_code = Some(word(text, 15)?);
            Ok(Sent { kind: "coupon_code".to_owned(), coupon_code, ..Sent::default() })
        }
        (Kind::Payload, Given::Text(text)) => {
            let payload = Some(line(text, 128)?);
            Ok(Sent { kind: "payload".to_owned(), payload, ..Sent::default() })
        }
        (Kind::Image | Kind::Video | Kind::Gif | Kind::Document, given) => media(kind, given),
        (Kind::Location, given) => {
            let location = Some(location(given)?);
            Ok(Sent { kind: "location".to_owned(), location, ..Sent::default() })
        }
        (Kind::Product, given) => {
            let product = match given {
                Given::Text(id) => Product { product_retailer_id: word(id, 100)?, catalog_id: None },
                Given::Product(product) => product.clone(),
                _ => return Err("must be a product".to_owned()),
            };
            Ok(Sent { kind: "product".to_owned(), product: Some(product), ..Sent::default() })
        }
        (Kind::EndsAt, given) => {
            let at = match given {
                Given::At(at) => *at,
                Given::Text(text) => text.trim().parse().map_err(|_| TIME.to_owned())?,
                _ => return Err(TIME.to_owned()),
            };
            Ok(ends_at(at))
        }
        (Kind::CallMinutes, Given::Text(text)) => {
            let ttl_minutes =
                Some(text.trim().parse().map_err(|_| "must be a number of minutes".to_owned())?);
            Ok(Sent { kind: "ttl_minutes".to_owned(), ttl_minutes, ..Sent::default() })
        }
        (Kind::Flow, Given::Text(token)) => {
            let flow_token = Some(line(token, 1024)?);
            Ok(action(TemplateAction { flow_token, ..TemplateAction::default() }))
        }
        (Kind::Thumbnail, Given::Text(id)) => {
            let thumbnail_product_retailer_id = Some(word(id, 100)?);
            Ok(action(TemplateAction { thumbnail_product_retailer_id, ..TemplateAction::default() }))
        }
        (Kind::Products, Given::Action(given)) if given.sections.is_empty() => {
            Err("must have sections with products".to_owned())
        }
        (Kind::Flow | Kind::Thumbnail | Kind::Products | Kind::Order, Given::Action(given)) => {
            Ok(action(given.as_ref().clone()))
        }
        (Kind::Products | Kind::Order, _) => Err("must be an action".to_owned()),
        _ => Err("must be a text".to_owned()),
    }
}

const TIME: &str = "must be a time such as 2026-12-01T18:00:00Z";

fn action(action: TemplateAction) -> Sent {
    Sent { kind: "action".to_owned(), action: Some(action), ..Sent::default() }
}

fn ends_at(at: Timestamp) -> Sent {
    let limited_time_offer = Some(LimitedTimeOffer { expiration_time_ms: at.as_millisecond() });
    Sent { kind: "limited_time_offer".to_owned(), limited_time_offer, ..Sent::default() }
}

/// Meta refuses texts with line breaks, tabs or more than four spaces in a row, and one refusal stops the template.
fn line(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.contains(char::is_control) || text.contains("     ") {
        return Err("cannot hold line breaks, tabs or more than 4 spaces in a row".to_owned());
    }
    let length = text.chars().count();
    if length > most {
        return Err(format!("has {length} characters, {most} are possible"));
    }
    Ok(text.to_owned())
}

/// A text without spaces.
fn word(text: &str, most: usize) -> Result<String, String> {
    let text = line(text, most)?;
    if text.contains(char::is_whitespace) { Err("cannot hold spaces".to_owned()) } else { Ok(text) }
}

fn media(kind: Kind, given: &Given) -> Result<Sent, String> {
    let media = match given {
        Given::Media(media) => media.clone(),
        Given::Text(text) => {
            let text = word(text, 2000)?;
            if text.starts_with("https://") || text.starts_with("http://") {
                Media::by_link(text)
            } else {
                Media::by_id(MediaId::new(text))
            }
        }
        _ => return Err("must be a file: a link or the id of an upload".to_owned()),
    };
    if media.id.is_some() == media.link.is_some() {
        return Err("must have either an id or a link".to_owned());
    }
    if media.caption.is_some() || media.voice.is_some() {
        return Err("can have a filename only".to_owned());
    }
    if media.filename.is_some() && kind != Kind::Document {
        return Err("can have a filename if it is a document only".to_owned());
    }
    let media = Some(media);
    let mut sent = Sent { kind: kind.as_str().to_owned(), ..Sent::default() };
    match kind {
        Kind::Image => sent.image = media,
        Kind::Video => sent.video = media,
        Kind::Gif => sent.gif = media,
        _ => sent.document = media,
    }
    Ok(sent)
}

const PLACE: &str = "must be a place: latitude, longitude, name and address with semicolons between them";

fn location(given: &Given) -> Result<Location, String> {
    let location = match given {
        Given::Location(location) => location.clone(),
        Given::Text(text) => {
            let mut parts = text.splitn(4, ';').map(str::trim);
            let degrees =
                |part: Option<&str>| part.and_then(|part| part.parse().ok()).ok_or(PLACE.to_owned());
            let (latitude, longitude) = (degrees(parts.next())?, degrees(parts.next())?);
            let mut rest = parts.map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
            Location { latitude, longitude, name: rest.next().flatten(), address: rest.next().flatten() }
        }
        _ => return Err(PLACE.to_owned()),
    };
    let is_on_earth =
        (-90.0..=90.0).contains(&location.latitude) && (-180.0..=180.0).contains(&location.longitude);
    if is_on_earth { Ok(location) } else { Err(PLACE.to_owned()) }
}
