//! What a list shows of a message that its author changed or deleted.

use domain::ConversationId;

use crate::item::{Get, Item, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a state is read again when others write it at the same time.
const ROUNDS: usize = 8;
/// Among so many of the newest lines of a thread the message is looked for: notes stand between messages.
const LINES: i32 = 12;

impl Store {
    /// Changes what the list shows of a conversation, if that is the message with this hash of its wamid: nothing was said
    /// since. `thread` is where the message stands, `shown` the conversation that it shows up in.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn reword(
        &self,
        shown: &ConversationId,
        (thread, hash): (&ConversationId, &str),
        preview: &str,
    ) -> Result<(), StoreError> {
        let newest = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND begins_with(sk, :messages)")
            .expression_attribute_values(":pk", s(keys::conversation(thread)))
            .expression_attribute_values(":messages", s("MSG#"))
            .projection_expression("sk, ra")
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(LINES)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let is_it = |item: &&Item| item.text("sk").is_some_and(|sk| sk.ends_with(&format!("#{hash}")));
        let Some(at) = newest.items().iter().find(is_it).and_then(|item| item.time("ra")) else {
            return Ok(());
        };
        for _ in 0..ROUNDS {
            let Some(state) = self.state(shown).await? else { return Ok(()) };
            if state.active_at != at || state.preview == preview {
                return Ok(());
            }
            let update = self
                .client
                .update_item()
                .table_name(&self.tables.conversations)
                .key("pk", s(keys::conversation(shown)))
                .key("sk", s(keys::STATE))
                .update_expression("SET pv = :pv, ver = ver + :one")
                .under(Condition::StateUnchanged)
                .expression_attribute_values(":pv", s(preview))
                .expression_attribute_values(":one", n(1))
                .expression_attribute_values(":seen", n(state.version));
            if written(update).await? {
                return Ok(());
            }
        }
        Err(StoreError::Contended)
    }
}
