//! What a send depends on, read at the instant of the send, and the decision that follows from it.

use cloud_api::PortfolioId;
use domain::consent::{Decision, Facts, Sending, decide};
use domain::{ConversationId, CustomerServiceWindow};
use jiff::Timestamp;

use crate::{Store, StoreError};

/// The name of the switch that makes a template of unknown category count as marketing.
pub const STRICT_CONSENT: &str = "strict_consent";

/// A decision, with the portfolio for which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The portfolio that owns the number.
    pub portfolio: PortfolioId,
    /// `None` for a group, in which nobody's word counts for all.
    pub decision: Option<Decision>,
    /// The window by which it was made.
    pub window: Option<CustomerServiceWindow>,
}

impl Store {
    /// Decides whether something may be sent in a conversation now. A template is given by name and language.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn judge(
        &self,
        conversation: &ConversationId,
        template: Option<(&str, &str)>,
        window: Option<CustomerServiceWindow>,
        now: Timestamp,
    ) -> Result<Judged, StoreError> {
        let waba = self.number(&conversation.number).await?.and_then(|number| number.waba);
        let portfolio = self.portfolio_of(waba.as_ref()).await?;
        let Some(contact) = conversation.contact() else {
            return Ok(Judged { portfolio, decision: None, window });
        };
        let gate = self.gate_of_person(&portfolio, contact).await?;
        let category = match (&waba, template) {
            (Some(waba), Some((name, language))) => self.template_category(waba, name, language).await?,
            _ => None,
        };
        let strict = template.is_some() && category.is_none() && self.is_on(STRICT_CONSENT).await?;
        let sending = if template.is_some() { Sending::Template(category) } else { Sending::FreeForm };
        let decision = decide(&Facts {
            number: &conversation.number,
            sending,
            consent: &gate.consent,
            erased_at: gate.erased_at,
            blocked_at: gate.blocked_at,
            window,
            strict,
            now,
        });
        Ok(Judged { portfolio, decision: Some(decision), window })
    }
}
