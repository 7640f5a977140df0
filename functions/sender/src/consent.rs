//! The person's own word: asked at the instant of the send, and kept when Meta tells it.

use cloud_api::PortfolioId;
use cloud_api::outbound::{Content, Message};
use domain::consent::{Choice, Decision, Entry, Purpose, Reason, Source};
use domain::{ContactId, CustomerServiceWindow, MessageId};
use jiff::Timestamp;
use lambda_kit::Failure;
use store::{Judged, StoredMessage};
use tracing::{info, warn};

use crate::worker::failure;
use crate::{Sender, errors};

impl Sender {
    /// Whether the person wants this message, as far as anybody knows now.
    pub(crate) async fn judge(
        &self,
        says: &Message,
        message: &StoredMessage,
        window: Option<CustomerServiceWindow>,
    ) -> Result<Judged, Failure> {
        let template = match &says.content {
            Content::Template(template) => Some((template.name.as_str(), template.language.code.as_str())),
            _ => None,
        };
        let now = self.kit.clock.now();
        self.store.judge(&message.id.conversation, template, window, now).await.map_err(failure)
    }

    /// Refuses a message for a decision, which the message keeps.
    pub(crate) async fn refuse_for(
        &self,
        message: &StoredMessage,
        decision: &Decision,
    ) -> Result<(), Failure> {
        let errors = match decision.reason {
            Reason::WindowClosed { at } => errors::window_closed(at),
            _ => errors::not_wanted(decision),
        };
        info!(message.id = %message.id, decision.reason = decision.reason.as_str(), "Refused a message");
        self.refuse(message, &errors, Some(decision)).await
    }

    /// Meta says that the person stopped marketing: from now on we know it ourselves. If it cannot be noted,
    /// Meta says it again to the next message.
    pub(crate) async fn note_stop(&self, portfolio: &PortfolioId, message: &StoredMessage) {
        let Some(contact) = message.id.conversation.contact() else { return };
        self.note_stop_of(portfolio, contact, (&message.id, message.received_at)).await;
    }

    /// The same of a person, upon a message of that time.
    pub(crate) async fn note_stop_of(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        (message, at): (&MessageId, Timestamp),
    ) {
        match self.store.record_consent(contact, &stop(portfolio, message, at)).await {
            Ok(noted) => info!(message.id = %message, ?noted, "Meta says that a person stopped marketing"),
            Err(error) => {
                warn!(message.id = %message, %error, "An opt-out that Meta told could not be noted")
            }
        }
    }
}

fn stop(portfolio: &PortfolioId, message: &MessageId, at: Timestamp) -> Entry {
    Entry {
        // The message's own time: telling it twice is telling it once.
        at,
        purpose: Some(Purpose::Marketing),
        choice: Choice::OptOut,
        portfolio: portfolio.clone(),
        number: None,
        source: Source::Meta,
        by: None,
        wording: None,
        proof: Some(message.to_string()),
    }
}
