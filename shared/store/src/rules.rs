//! The company's rules about people, and what they ask of a conversation.

use aws_sdk_dynamodb::types::Select;
use domain::ConversationId;
use domain::agent::AgentId;
use domain::inbox::Change;
use domain::rules::PeopleRules;
use jiff::Timestamp;

use crate::item::{self, Get, Put, s};
use crate::{Changed, HandlingChange, Store, StoreError, keys};

/// The rules' place among the settings.
const PEOPLE: &str = "PEOPLE_RULES";
/// The most pages that a count reads: beyond 3 MB it is as good as reached.
const PAGES: usize = 3;
/// How often a mark is tried when others change the conversation too.
const ROUNDS: usize = 3;

impl Store {
    /// The company's rules about people. At first there are none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn people_rules(&self) -> Result<PeopleRules, StoreError> {
        let key = (keys::SETTINGS.to_owned(), PEOPLE.to_owned());
        let item = self.get(&self.tables.directory, &key, false).await?;
        let Some(text) = item.as_ref().and_then(|item| item.text("j")) else {
            return Ok(PeopleRules::default());
        };
        serde_json::from_str(text).map_err(|_| StoreError::Corrupt("the rules about people"))
    }

    /// Sets the company's rules about people.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_people_rules(&self, rules: &PeopleRules) -> Result<(), StoreError> {
        let mut item = item::at(keys::SETTINGS, PEOPLE);
        let text = serde_json::to_string(rules).map_err(|_| StoreError::Corrupt("the rules about people"))?;
        item.put("j", s(text));
        self.put_listed(item).await
    }

    /// How many messages of the customer a conversation has since then, up to `most`. No message is read out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn messages_since(
        &self,
        conversation: &ConversationId,
        since: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let (mut count, mut start) = (0, None);
        for _ in 0..PAGES {
            let query = self.client.query().table_name(&self.tables.conversations);
            let query = query
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                .filter_expression("d = :inbound")
                .expression_attribute_values(":pk", s(keys::conversation(conversation)))
                .expression_attribute_values(
                    ":first",
                    s(format!("MSG#{}", keys::digits(since.as_millisecond()))),
                )
                .expression_attribute_values(":last", s("MSG#~"))
                .expression_attribute_values(":inbound", s("i"))
                .scan_index_forward(false)
                .select(Select::Count)
                .set_exclusive_start_key(start);
            let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
            count += usize::try_from(page.count).unwrap_or_default();
            start = page.last_evaluated_key;
            if count >= most || start.is_none() {
                break;
            }
        }
        Ok(count)
    }

    /// Marks a conversation as important, or takes the mark away, with a line in its thread: by an agent, or by a policy
    /// for a reason. One that is so already is left alone, and so is one that does not exist.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if others changed it at the same instant, again and again. See [`StoreError`].
    pub async fn mark_important(
        &self,
        conversation: &ConversationId,
        important: bool,
        (by, why): (Option<&AgentId>, Option<&str>),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let Some(seen) = self.state(conversation).await? else { return Ok(()) };
            let wanted = Change { important: Some(important), ..Change::default() };
            // Importance alone is never refused.
            let Ok(to) = seen.handling.changed(&wanted, now) else { return Ok(()) };
            if to == seen.handling {
                return Ok(());
            }
            let change = HandlingChange { id: conversation, seen: &seen, to: &to, by, why, at: now };
            match self.change_handling(&change).await? {
                Changed::Written => return Ok(()),
                Changed::Stale => {}
            }
        }
        Err(StoreError::Contended)
    }
}
