//! A message in Meta's own shape.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::Wamid;

use super::contacts::ContactCard;
use super::interactive::Interactive;
use super::location::Location;
use super::media::Media;
use super::reaction::Reaction;
use super::read::{MarkAsRead, TypingIndicator};
use super::template::Template;
use super::text::Text;
use super::validate::Violation;

/// A message to be sent: Meta's JSON, as the body of `POST /messages` without its envelope.
///
/// `{"type":"text","text":{"body":"Hi"},"context":{"message_id":"wamid.…"}}`. Members of the envelope
/// (`messaging_product`, `to`, `recipient_type`, …) and members Meta does not document are ignored when
/// reading and never reach Meta.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(into = "Shape")]
pub struct Message {
    /// What is said.
    pub content: Content,
    /// The message it answers.
    pub context: Option<ReplyTo>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Plain text.
    Text(Text),
    /// A picture.
    Image(Media),
    /// A video.
    Video(Media),
    /// A sound file or a voice note.
    Audio(Media),
    /// Any other file.
    Document(Media),
    /// A sticker.
    Sticker(Media),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<ContactCard>),
    /// A reaction.
    Reaction(Reaction),
    /// Buttons, lists, flows, …
    Interactive(Box<Interactive>),
    /// A template.
    Template(Template),
    /// No message: marks one as read.
    Read(MarkAsRead),
}

impl Content {
    /// Meta's `type`; `read` for the read receipt, which has none.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::Interactive(_) => "interactive",
            Self::Template(_) => "template",
            Self::Read(_) => "read",
        }
    }

    /// Must the 24 h customer service window be open for it? Templates and read receipts go at any time.
    #[must_use]
    pub fn needs_open_window(&self) -> bool {
        !matches!(self, Self::Template(_) | Self::Read(_))
    }
}

impl From<Content> for Message {
    fn from(content: Content) -> Self {
        Self { content, context: None }
    }
}

impl Message {
    /// A plain text.
    #[must_use]
    pub fn text(body: impl Into<String>) -> Self {
        Content::Text(Text { body: body.into(), preview_url: None }).into()
    }

    /// The file that it is, if it is one.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match &self.content {
            Content::Image(media)
            | Content::Video(media)
            | Content::Audio(media)
            | Content::Document(media)
            | Content::Sticker(media) => Some(media),
            _ => None,
        }
    }

    /// The same, to be changed.
    #[must_use]
    pub fn media_mut(&mut self) -> Option<&mut Media> {
        match &mut self.content {
            Content::Image(media)
            | Content::Video(media)
            | Content::Audio(media)
            | Content::Document(media)
            | Content::Sticker(media) => Some(media),
            _ => None,
        }
    }

    /// Reads a message from JSON, and says where it has another shape than Meta's. Limits are another
    /// question: see [`Message::validate`].
    ///
    /// # Errors
    /// What is wrong, with the path of the member.
    pub fn read(value: &Value) -> Result<Self, Violation> {
        let shape: Shape = serde_path_to_error::deserialize(value)
            .map_err(|error| misshapen(&error.path().to_string(), &error.inner().to_string()))?;
        Self::try_from(shape)
    }
}

/// By way of [`Message::read`], so that its errors have a place and never quote the words.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value).map_err(serde::de::Error::custom)
    }
}

/// Turns serde's error, which quotes the offending value, into one that does not.
fn misshapen(path: &str, error: &str) -> Violation {
    let path = path.replace('[', ".").replace(']', "");
    let path = path.trim_matches('.');
    if let Some(missing) = error.strip_prefix("missing field `") {
        let name = missing.trim_end_matches('`');
        let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        return Violation::new(field, "is required");
    }
    let expected = match error.rsplit_once(", expected ") {
        Some((_, "a string" | "a borrowed string")) => "a text",
        Some((_, "a sequence")) => "a list",
        Some((_, "a boolean")) => "true or false",
        Some((_, "i64" | "u32" | "f64")) => "a number",
        Some((_, what)) if what == "a map" || what.starts_with("struct ") => "an object",
        _ => return Violation::new(path, "has a value of another kind than Meta takes"),
    };
    Violation::new(path, format!("must be {expected}"))
}

/// The message that is answered. Not for reactions, which name their target themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
pub struct ReplyTo {
    /// The message that is quoted.
    pub message_id: Wamid,
}

schema_as!(Message, Shape);

macro_rules! shape {
    ($($(#[$doc:meta])* $field:ident: $ty:ty,)*) => {
        /// A message, in Meta's own shape: `type` and the member of that name; or `status` `read` with the
        /// `message_id` of the message to be marked as read.
        #[derive(Debug, Default, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
        #[schemars(rename = "Message")]
        #[schema(as = Message)]
        pub(crate) struct Shape {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "Option::is_none")] $field: Option<$ty>,)*
        }
    };
}

shape! {
    /// `text`, `image`, `video`, `audio`, `document`, `sticker`, `location`, `contacts`, `reaction`,
    /// `interactive`, `template`.
    #[serde(rename = "type")]
    kind: String,
    /// With `type` `text`.
    text: Text,
    /// With `type` `image`.
    image: Media,
    /// With `type` `video`.
    video: Media,
    /// With `type` `audio`.
    audio: Media,
    /// With `type` `document`.
    document: Media,
    /// With `type` `sticker`.
    sticker: Media,
    /// With `type` `location`.
    location: Location,
    /// With `type` `contacts`.
    contacts: Vec<ContactCard>,
    /// With `type` `reaction`.
    reaction: Reaction,
    /// With `type` `interactive`.
    interactive: Interactive,
    /// With `type` `template`.
    template: Template,
    /// The message that is answered.
    context: ReplyTo,
    /// `read`: no message, but a read receipt.
    status: String,
    /// With `status`.
    message_id: Wamid,
    /// With `status`: show that we are typing.
    typing_indicator: TypingIndicator,
}

impl From<Message> for Shape {
    fn from(message: Message) -> Self {
        let kind = message.content.kind();
        let mut shape = Self { kind: Some(kind.to_owned()), context: message.context, ..Self::default() };
        match message.content {
            Content::Text(text) => shape.text = Some(text),
            Content::Image(media) => shape.image = Some(media),
            Content::Video(media) => shape.video = Some(media),
            Content::Audio(media) => shape.audio = Some(media),
            Content::Document(media) => shape.document = Some(media),
            Content::Sticker(media) => shape.sticker = Some(media),
            Content::Location(location) => shape.location = Some(location),
            Content::Contacts(cards) => shape.contacts = Some(cards),
            Content::Reaction(reaction) => shape.reaction = Some(reaction),
            Content::Interactive(interactive) => shape.interactive = Some(*interactive),
            Content::Template(template) => shape.template = Some(template),
            Content::Read(read) => {
                shape.kind = None;
                shape.status = Some("read".to_owned());
                shape.message_id = Some(read.message_id);
                shape.typing_indicator = read.typing_indicator;
            }
        }
        shape
    }
}

impl TryFrom<Shape> for Message {
    type Error = Violation;

    fn try_from(mut shape: Shape) -> Result<Self, Violation> {
        let context = shape.context.take();
        let content = match shape.status.as_deref() {
            Some("read") => Content::Read(MarkAsRead {
                message_id: present(shape.message_id, "message_id")?,
                typing_indicator: shape.typing_indicator,
            }),
            Some(_) => return Err(Violation::new("status", "must be read")),
            None => shape.content()?,
        };
        Ok(Self { content, context })
    }
}

impl Shape {
    fn content(self) -> Result<Content, Violation> {
        let kind = present(self.kind, "type")?;
        Ok(match kind.as_str() {
            "text" => Content::Text(present(self.text, "text")?),
            "image" => Content::Image(present(self.image, "image")?),
            "video" => Content::Video(present(self.video, "video")?),
            "audio" => Content::Audio(present(self.audio, "audio")?),
            "document" => Content::Document(present(self.document, "document")?),
            "sticker" => Content::Sticker(present(self.sticker, "sticker")?),
            "location" => Content::Location(present(self.location, "location")?),
            "contacts" => Content::Contacts(present(self.contacts, "contacts")?),
            "reaction" => Content::Reaction(present(self.reaction, "reaction")?),
            "interactive" => Content::Interactive(Box::new(present(self.interactive, "interactive")?)),
            "template" => Content::Template(present(self.template, "template")?),
            _ => return Err(Violation::new("type", "is not a type of message that can be sent")),
        })
    }
}

fn present<T>(value: Option<T>, field: &str) -> Result<T, Violation> {
    value.ok_or_else(|| Violation::new(field, "is required"))
}
