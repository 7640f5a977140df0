//! Marking a customer's message as read. No message of its own: repeating it changes nothing.

use cloud_api::Bsuid;
use cloud_api::error::Remedy;
use cloud_api::outbound::{Recipient, SendRequest as Post};
use graph::Posted;
use lambda_kit::Failure;
use queue::SendRequest;
use tracing::info;

use crate::Sender;
use crate::worker::failure;

impl Sender {
    pub(crate) async fn mark_as_read(&self, request: &SendRequest, tries: u32) -> Result<(), Failure> {
        // The message that is read names the person; the recipient is not written.
        let nobody = Recipient::User(Bsuid::new(""));
        let post = Post { recipient: nobody, message: request.message.clone(), callback: None };
        let body = post.to_body().map_err(|error| Failure::Dead(error.to_string()))?;
        let portfolio = self.store.portfolio_of_number(&request.from).await.map_err(failure)?;
        match self.post(&portfolio, &request.from, body).await {
            Posted::Accepted(_) => Ok(()),
            Posted::NotSent => Err(Failure::Retry("no connection to the Graph API".to_owned())),
            Posted::Refused(error) if error.remedy() == Remedy::SlowDown && tries < 3 => {
                Err(Failure::Retry("the Graph API asks for patience".to_owned()))
            }
            // A read mark is worth no more than this: the next one marks everything before it.
            Posted::Refused(error) => {
                info!(graph.code = error.code, "Meta refused a read mark");
                Ok(())
            }
            Posted::Unknown { why } => {
                info!(why, "Nobody knows whether a read mark arrived");
                Ok(())
            }
        }
    }
}
