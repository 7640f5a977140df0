//! What we post to Meta: messages in Meta's own shape, with its limits checked before anything is sent.

mod contacts;
mod interactive;
mod location;
mod media;
mod message;
mod reaction;
mod read;
mod recipient;
mod request;
mod response;
mod template;
mod text;
pub(crate) mod validate;

pub use contacts::{
    ContactAddress, ContactCard, ContactEmail, ContactName, ContactOrg, ContactPhone, ContactUrl,
};
pub use interactive::{
    Action, ActionParameters, Button, Card, Header, Interactive, ProductItem, QuickReply, Reply, Row,
    Section, TextPart,
};
pub use location::Location;
pub use media::Media;
pub use message::{Content, Message, ReplyTo};
pub use reaction::Reaction;
pub use read::{MarkAsRead, TypingIndicator};
pub use recipient::{PhoneNumber, Recipient, RecipientError, is_bsuid};
pub use request::SendRequest;
pub use response::{AcceptedContact, AcceptedMessage, MessageStatus, SendResponse};
pub use template::{
    Component, Currency, DateTime, LimitedTimeOffer, Parameter, Product, TapTarget, Template, TemplateAction,
    TemplateCard, TemplateLanguage,
};
pub use text::Text;
pub use validate::Violation;
