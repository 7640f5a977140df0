//! A message of ours that goes as another one: the template that was asked for in case the window is closed.

use domain::MessageId;
use domain::sending::SendState;

use crate::item::s;
use crate::outbound::written;
use crate::{Condition, Store, StoreError};

impl Store {
    /// Writes what a message really says, while nothing of it can be on its way. `false` if something may be.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn say_instead(&self, id: &MessageId, kind: &str, raw: &str) -> Result<bool, StoreError> {
        let update = self
            .message_update(id, Condition::MayWait)
            .update_expression("SET k = :kind, #raw = :raw")
            .expression_attribute_names("#raw", "raw")
            .expression_attribute_values(":kind", s(kind))
            .expression_attribute_values(":raw", s(raw))
            .expression_attribute_values(":queued", s(SendState::Queued.as_str()))
            .expression_attribute_values(":waiting", s(SendState::Waiting.as_str()));
        written(update).await
    }
}
