//! States of many conversations at once: who wrote to which number, and until when their windows are open.

use std::collections::HashMap;

use domain::ConversationId;

use crate::item::Get;
use crate::threads::{ConversationState, read_state};
use crate::{Store, StoreError, keys};

impl Store {
    /// The states of several conversations. Those that do not exist are left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn states_of(
        &self,
        ids: &[ConversationId],
    ) -> Result<HashMap<ConversationId, ConversationState>, StoreError> {
        let keys = ids.iter().map(|id| (keys::conversation(id), keys::STATE.to_owned())).collect();
        let items = self.batch_get(&self.tables.conversations, keys).await?;
        let read = items
            .iter()
            .filter_map(|item| Some((keys::parse_conversation(item.text("pk")?)?, read_state(item))));
        Ok(read.collect())
    }
}
