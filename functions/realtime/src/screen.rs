//! The conversation on the screen: its messages are pushed at once, in exactly the shape in which they are read.

use std::collections::HashMap;

use domain::{ConversationId, hash16};
use futures::future::try_join_all;
use serde_json::value::{RawValue, to_raw_value};
use store::{Live, MessagePage, Related, StoreError, StoredMessage, Thread, Watcher};
use views::with_related;

use crate::Realtime;
use crate::frame::{Frame, MOST_BYTES};

/// How far back is looked for the message that a reaction, an edit or a revocation is about.
const BACK: u16 = 100;

impl Realtime {
    /// Pushes changes of a conversation's messages to all who have it on the screen and may see it now.
    pub(crate) async fn show(&self, id: &ConversationId, changes: &[Live]) -> Result<(), StoreError> {
        let watchers = self.store.watchers(id).await?;
        let Some(root) = watchers.first().map(|watcher| watcher.root.clone()) else { return Ok(()) };
        let watchers = self.who_may_see(watchers, &root).await?;
        if watchers.is_empty() {
            return Ok(());
        }
        let thread = self.store.thread(&root).await?;
        let texts = texts(&root, self.views(&thread, changes).await?);
        self.push_all(watchers.into_iter().map(|watcher| (watcher.connection, texts.clone())).collect())
            .await;
        Ok(())
    }

    /// Those who may see it still. The others are told once that it is gone, and hear no more of it.
    async fn who_may_see(
        &self,
        watchers: Vec<Watcher>,
        root: &ConversationId,
    ) -> Result<Vec<Watcher>, StoreError> {
        let directory = self.directory_with([&root.number]).await?;
        let mut may: HashMap<String, bool> = HashMap::new();
        let mut seeing = Vec::new();
        for watcher in watchers {
            let agent = &watcher.watching.agent;
            let Some(viewer) = directory.viewer(agent, &watcher.role) else {
                self.end(&watcher.connection).await;
                continue;
            };
            let key = format!("{agent} {}", watcher.role);
            let sees = match may.get(&key) {
                Some(sees) => *sees,
                None => {
                    let sees = self.sees(&viewer, root).await?;
                    may.insert(key, sees);
                    sees
                }
            };
            if sees {
                seeing.push(watcher);
            } else {
                self.take_away(&watcher).await?;
            }
        }
        Ok(seeing)
    }

    async fn take_away(&self, watcher: &Watcher) -> Result<(), StoreError> {
        if let Some(connection) = self.store.connection(&watcher.connection).await? {
            self.store.watch(&connection, None, self.kit.clock.now()).await?;
        }
        self.push_gone(&watcher.connection, watcher.root.to_string()).await;
        self.tell_presence(&watcher.root, None).await;
        Ok(())
    }

    /// What changed, as it is read: each message once, with what is about it. `None` stands for what has to be read.
    async fn views(
        &self,
        thread: &Thread,
        changes: &[Live],
    ) -> Result<Vec<Option<Box<RawValue>>>, StoreError> {
        let is_about = |change: &Live| matches!(change, Live::About(_));
        // What is about a message names its target by a hash only: it is looked for among the newest.
        let recent = match changes.iter().any(is_about) {
            true => Some(self.store.messages_in(thread, (None, None), BACK).await?),
            false => None,
        };
        let mut messages: Vec<(String, Option<StoredMessage>)> = Vec::new();
        for change in changes {
            let (key, message) = match (change, &recent) {
                (Live::Message(message), _) => (message.id.to_string(), Some((**message).clone())),
                (Live::About(related), Some(recent)) => match target_of(related, recent) {
                    Some(target) => (target.id.to_string(), Some(target)),
                    None => (String::new(), None),
                },
                _ => continue,
            };
            // The newest word on a message counts. A target was read just now, and is as new.
            messages.retain(|(known, _)| *known != key);
            messages.push((key, message));
        }
        let view = async |(_, message): (String, Option<StoredMessage>)| {
            let Some(message) = message else { return Ok(None) };
            let about = self.about(thread, &message, recent.as_ref()).await?;
            let view = with_related(&message, &about.iter().collect::<Vec<_>>());
            Ok::<_, StoreError>(to_raw_value(&view).ok().filter(|json| json.get().len() <= MOST_BYTES))
        };
        try_join_all(messages.into_iter().map(view)).await
    }

    /// What is about a message, oldest first. A person of several records may have reacted as another one.
    async fn about(
        &self,
        thread: &Thread,
        message: &StoredMessage,
        recent: Option<&MessagePage>,
    ) -> Result<Vec<Related>, StoreError> {
        let Some(wamid) = &message.wamid else { return Ok(Vec::new()) };
        let mut about: Vec<Related> = match recent {
            Some(recent) => {
                let target = hash16(wamid);
                recent.related.iter().filter(|related| related.target == target).cloned().collect()
            }
            None => {
                let about = thread.members.iter().map(|member| self.store.related_to(member, wamid));
                try_join_all(about).await?.into_iter().flatten().collect()
            }
        };
        about.sort_by_key(|related| (related.message.sent_at, related.message.received_at));
        Ok(about)
    }
}

fn target_of(related: &Related, recent: &MessagePage) -> Option<StoredMessage> {
    let is_target = |message: &&StoredMessage| {
        message.wamid.as_deref().is_some_and(|wamid| hash16(wamid) == related.target)
    };
    recent.messages.iter().find(is_target).cloned()
}

/// Frames, none longer than the gateway takes. What fits into none has to be read.
fn texts(root: &ConversationId, views: Vec<Option<Box<RawValue>>>) -> Vec<String> {
    let (conversation, anew) = (root.to_string(), views.iter().any(Option::is_none));
    let (mut frames, mut bytes): (Vec<Vec<Box<RawValue>>>, usize) = (Vec::new(), 0);
    for view in views.into_iter().flatten() {
        let length = view.get().len();
        match frames.last_mut().filter(|_| bytes + length <= MOST_BYTES) {
            Some(frame) => {
                frame.push(view);
                bytes += length;
            }
            None => {
                frames.push(vec![view]);
                bytes = length;
            }
        }
    }
    let frame = |messages| Frame::Messages { conversation: conversation.clone(), messages }.text();
    let mut texts: Vec<String> = frames.into_iter().map(frame).collect();
    if anew {
        texts.push(Frame::Resync { conversation: Some(conversation) }.text());
    }
    texts
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn view(bytes: usize) -> Option<Box<RawValue>> {
        RawValue::from_string(format!("\"{}\"", "x".repeat(bytes - 2))).ok()
    }

    #[test]
    fn no_frame_is_too_long_and_what_fits_into_none_has_to_be_read() {
        let root = "900.01K".parse().unwrap();
        let texts = texts(&root, vec![view(60_000), view(60_000), view(30_000), None]);
        assert!(texts.iter().all(|text| text.len() < platform::LARGEST_FRAME));
        let read: Vec<Value> = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let counts: Vec<_> = read.iter().filter_map(|it| Some(it["messages"].as_array()?.len())).collect();
        assert_eq!(counts, [1, 2]);
        assert_eq!(read[2]["type"], "resync");
        assert_eq!(read[2]["conversation"], "900.01K");
    }
}
