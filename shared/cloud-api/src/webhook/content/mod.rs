//! What an inbound message says, by Meta's `type`.

mod card;
mod interactive;
mod media;
mod related;
mod system;
mod text;

pub use card::{Address, ContactCard, Email, Name, Organisation, Phone, Url};
pub use interactive::{ButtonReply, CallPermissionReply, FlowReply, Interactive, ListReply};
pub use media::{Location, Media};
pub use related::{Edit, EditedMessage, Reaction, Relation, Revoke};
pub use system::{System, SystemKind, Unsupported};
pub use text::{Button, Order, ProductItem, Text};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::ids::Wamid;
use crate::wire::{Broken, Fields, raw_value};

/// Content of an inbound message.
///
/// Meta adds message types without notice, so this set is open: a message we cannot read is still a
/// message, and it still opens the customer service window. See [Cloud API/Messages webhook], read 2026-11.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// Plain text; taps on ice breakers and commands too.
    Text(Text),
    /// A picture.
    Image(Media),
    /// A video.
    Video(Media),
    /// A sound file, or a voice note.
    Audio(Media),
    /// Any other file; also pictures and videos of a format WhatsApp does not show.
    Document(Media),
    /// A sticker.
    Sticker(Media),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<ContactCard>),
    /// An answer to an interactive message.
    Interactive(Interactive),
    /// A tap on a quick reply of a template.
    Button(Button),
    /// An order from the catalogue.
    Order(Order),
    /// A reaction to another message, or its removal.
    Reaction(Reaction),
    /// Something happened to the person's account.
    System(System),
    /// Another message has a new text.
    Edit(Edit),
    /// Another message was deleted for everyone.
    Revoke(Revoke),
    /// Meta has something it does not hand over: a poll, a view-once picture, a live location.
    Unsupported(Unsupported),
    /// The person opened the chat for the first time.
    RequestWelcome,
    /// A row of history whose file comes in a later webhook, or never.
    MediaPlaceholder,
    /// A `type` this build does not know.
    Unknown {
        /// Meta's `type`; `interactive.<type>` for an unknown kind of answer.
        kind: String,
        /// The whole message.
        raw: Box<RawValue>,
    },
    /// A known `type` whose payload broke our model. Alarm on this one.
    Malformed {
        /// Meta's `type`.
        kind: String,
        /// Which part is not what it should be; never quotes the content.
        reason: String,
        /// The whole message.
        raw: Box<RawValue>,
    },
}

impl Content {
    /// The file that it is, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Media> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            _ => None,
        }
    }

    /// Does this message open or refresh the 24 h customer service window?
    ///
    /// System messages, edits and revokes do not. Types we do not know do: a person wrote. Reactions do:
    /// that is commonly observed, and documented nowhere.
    #[must_use]
    pub fn opens_window(&self) -> bool {
        match self {
            Self::System(_) | Self::Edit(_) | Self::Revoke(_) | Self::MediaPlaceholder => false,
            // How edits and revokes show on numbers that are not shared with the Business app.
            Self::Unsupported(unsupported) => !is_about_another(unsupported.kind.as_deref()),
            Self::Malformed { kind, .. } => kind != "system" && !is_about_another(Some(kind)),
            _ => true,
        }
    }

    /// How it relates to another message, if it is about one rather than a message of its own.
    #[must_use]
    pub fn relation(&self) -> Option<Relation> {
        match self {
            Self::Reaction(_) => Some(Relation::Reaction),
            Self::Edit(_) => Some(Relation::Edit),
            Self::Revoke(_) => Some(Relation::Revoke),
            _ => None,
        }
    }

    /// The message it is about, for reactions, edits and revokes.
    #[must_use]
    pub fn target(&self) -> Option<&Wamid> {
        match self {
            Self::Reaction(reaction) => Some(&reaction.message_id),
            Self::Edit(edit) => Some(&edit.original_message_id),
            Self::Revoke(revoke) => Some(&revoke.original_message_id),
            _ => None,
        }
    }

    /// Reads the member that `kind` names.
    pub(crate) fn read(kind: &str, fields: &mut Fields, raw: &str) -> Self {
        Self::known(kind, fields).unwrap_or_else(|outside| match outside {
            Outside::Unknown(kind) => Self::Unknown { kind, raw: raw_value(raw) },
            Outside::Broken(broken) => {
                Self::Malformed { kind: kind.to_owned(), reason: broken.to_string(), raw: raw_value(raw) }
            }
        })
    }

    fn known(kind: &str, fields: &mut Fields) -> Result<Self, Outside> {
        Ok(match kind {
            "text" => Self::Text(fields.take(&["text"])?),
            "image" => Self::Image(fields.take(&["image"])?),
            "video" => Self::Video(fields.take(&["video"])?),
            "audio" => Self::Audio(fields.take(&["audio", "voice"])?),
            "document" => Self::Document(fields.take(&["document"])?),
            "sticker" => Self::Sticker(fields.take(&["sticker"])?),
            "location" => Self::Location(fields.take(&["location"])?),
            "contacts" => Self::Contacts(some(fields.take(&["contacts"])?)?),
            "interactive" => Self::Interactive(Interactive::from_fields(fields)?),
            "button" => Self::Button(fields.take(&["button"])?),
            "order" => Self::Order(fields.take(&["order"])?),
            "reaction" => Self::Reaction(fields.take(&["reaction"])?),
            "system" => Self::System(fields.take(&["system"])?),
            "edit" => Self::Edit(fields.take(&["edit"])?),
            "revoke" => Self::Revoke(fields.take(&["revoke"])?),
            "unsupported" | "unknown" | "ephemeral" => {
                Self::Unsupported(fields.maybe("unsupported").unwrap_or(Unsupported { kind: None }))
            }
            "request_welcome" => Self::RequestWelcome,
            "media_placeholder" => Self::MediaPlaceholder,
            other => return Err(Outside::Unknown(other.to_owned())),
        })
    }
}

/// Why content is outside our model.
pub(crate) enum Outside {
    Unknown(String),
    Broken(Broken),
}

impl From<Broken> for Outside {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

fn some(cards: Vec<ContactCard>) -> Result<Vec<ContactCard>, Broken> {
    if cards.is_empty() { Err(Broken::new("missing").at("contacts")) } else { Ok(cards) }
}

fn is_about_another(kind: Option<&str>) -> bool {
    matches!(kind, Some("edit" | "revoke"))
}
