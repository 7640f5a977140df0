//! Who has a conversation on the screen, told to all who have it there.

use domain::ConversationId;
use domain::realtime::{Watching, present};
use store::{StoreError, Watcher};
use tracing::warn;

use crate::Realtime;
use crate::frame::{Frame, Person};

impl Realtime {
    /// Tells everybody who has a conversation on the screen, but one, who else has. Nobody misses more than a name if it
    /// cannot be told.
    pub(crate) async fn tell_presence(&self, conversation: &ConversationId, but: Option<&str>) {
        if let Err(error) = Box::pin(self.try_tell_presence(conversation, but)).await {
            warn!(%error, "Who is there could not be told");
        }
    }

    async fn try_tell_presence(
        &self,
        conversation: &ConversationId,
        but: Option<&str>,
    ) -> Result<(), StoreError> {
        let watchers = self.store.watchers(conversation).await?;
        if watchers.is_empty() {
            return Ok(());
        }
        let (directory, now) = (self.directory().await?, self.kit.clock.now());
        let watching: Vec<Watching> = watchers.iter().map(|watcher| watcher.watching.clone()).collect();
        let frame = |watcher: &Watcher| {
            let people = present(&watching, &watcher.watching.agent, now).into_iter();
            let people = people.map(|(id, what)| Person::new(id.to_string(), directory.name(&id), what));
            let frame = Frame::Presence { conversation: watcher.root.to_string(), people: people.collect() };
            (watcher.connection.clone(), vec![frame.text()])
        };
        let hears = |watcher: &&Watcher| but.is_none_or(|but| watcher.connection != but);
        self.push_all(watchers.iter().filter(hears).map(frame).collect()).await;
        Ok(())
    }
}
