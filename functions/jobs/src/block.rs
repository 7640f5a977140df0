//! Blocking a person at Meta. The gate forbids our own sends already; here Meta follows.

use cloud_api::PhoneNumberId;
use cloud_api::error::Remedy;
use domain::ContactId;
use graph::Blocked;
use lambda_kit::Failure;
use tracing::info;

use crate::{Jobs, failure};

impl Jobs {
    pub(crate) async fn block(
        &self,
        contact: &ContactId,
        number: &PhoneNumberId,
        blocked: bool,
    ) -> Result<(), Failure> {
        let Some(record) = self.store.contact(contact).await.map_err(failure)? else { return Ok(()) };
        // Somebody changed their mind meanwhile; that has a job of its own.
        if record.erased || record.blocked_at.is_some() != blocked {
            return Ok(());
        }
        let portfolio = self.store.portfolio_of_number(number).await.map_err(failure)?;
        let note = async |word: &str| {
            self.store.note_block(&portfolio, contact, number, word).await.map_err(failure)
        };
        let Some(user) = record.phone.or(record.user_id) else { return note("refused:no_address").await };
        let access = self.access.current().await;
        match self.graph.block(access.tokens.of(&portfolio), number, &user, blocked).await {
            Blocked::Done => note(if blocked { "blocked" } else { "unblocked" }).await,
            Blocked::Unknown { why } => Err(Failure::Retry(why)),
            Blocked::Refused(error) if error.remedy() == Remedy::SlowDown => {
                Err(Failure::Retry("the Graph API asks for patience".to_owned()))
            }
            Blocked::Refused(error) => {
                info!(contact.id = %contact, graph.code = error.code, "Meta refused a block");
                note(&format!("refused:{}", error.code.unwrap_or_default())).await
            }
        }
    }
}
