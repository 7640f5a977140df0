//! The body of `POST /{phone_number_id}/messages`.

use serde::Serialize;

use super::message::{Content, Message};
use super::recipient::{Recipient, is_bsuid};
use super::validate::{Check, Violation};

/// A message, whom it goes to, and what its statuses shall echo.
#[derive(Debug, Clone, PartialEq)]
pub struct SendRequest {
    /// Whom it goes to. A read receipt has no recipient of its own; this one is then not written.
    pub recipient: Recipient,
    /// The message.
    pub message: Message,
    /// `biz_opaque_callback_data`: echoed by statuses, at most 512 characters.
    pub callback: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(flatten)]
    message: &'a Message,
}

impl SendRequest {
    /// Checks everything that Meta would refuse, and that can be known here.
    ///
    /// # Errors
    /// What is wrong, each with the path of the member.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut check = Check::default();
        self.message.check(&mut check);
        if let Some(callback) = &self.callback {
            check.at_most("biz_opaque_callback_data", callback, 512);
        }
        match &self.recipient {
            Recipient::User(user) if !is_bsuid(user.as_str()) => {
                check.fail("recipient", "is not a business-scoped user id");
            }
            Recipient::Group(_) => {
                let content = &self.message.content;
                check.only(!matches!(content, Content::Interactive(_)), "interactive", "groups");
                check.only(!matches!(content, Content::Read(_)), "status", "groups");
            }
            _ => {}
        }
        check.finish()
    }

    /// The bytes to post: `to` with a leading `+` for phone numbers, `recipient` for user ids, never both.
    ///
    /// # Errors
    /// serde_json's, which numbers that are not finite could cause.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut body = Body {
            messaging_product: "whatsapp",
            recipient_type: Some("individual"),
            to: None,
            recipient: None,
            biz_opaque_callback_data: self.callback.as_deref(),
            message: &self.message,
        };
        match &self.recipient {
            // A read receipt names its message, and through it the person.
            _ if matches!(self.message.content, Content::Read(_)) => {
                body.recipient_type = None;
                body.biz_opaque_callback_data = None;
            }
            Recipient::Phone(phone) => body.to = Some(phone.to_string()),
            Recipient::User(user) => body.recipient = Some(user.as_str()),
            Recipient::Group(group) => {
                body.recipient_type = Some("group");
                body.to = Some(group.as_str().to_owned());
            }
        }
        serde_json::to_vec(&body)
    }
}
