//! What a team keeps at hand: labels and quick replies.

use domain::label::{Label, LabelId};

use crate::item::{self, Get, Item, Put, s};
use crate::{Store, StoreError, keys};

/// A text at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickReply {
    /// Its id.
    pub id: String,
    /// What an agent types to find it.
    pub shortcut: String,
    /// The text, with its variables.
    pub text: String,
}

impl Store {
    /// Every label.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn labels(&self) -> Result<Vec<Label>, StoreError> {
        Ok(self.listed(keys::LABELS).await?.iter().filter_map(read_label).collect())
    }

    /// A label.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn label(&self, id: &LabelId) -> Result<Option<Label>, StoreError> {
        let key = (keys::LABELS.to_owned(), id.as_str().to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_label))
    }

    /// Writes a label, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_label(&self, label: &Label) -> Result<(), StoreError> {
        let mut item = item::at(keys::LABELS, label.id.as_str());
        item.put("nm", s(&label.name));
        item.put_text("co", label.color.as_deref());
        self.put_listed(item).await
    }

    /// Takes a label away. Conversations that have it keep its id, which then says nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_label(&self, id: &LabelId) -> Result<(), StoreError> {
        self.remove_listed(keys::LABELS, id.as_str()).await
    }

    /// Every quick reply.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn quick_replies(&self) -> Result<Vec<QuickReply>, StoreError> {
        Ok(self.listed(keys::QUICK_REPLIES).await?.iter().filter_map(read_quick_reply).collect())
    }

    /// A quick reply.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn quick_reply(&self, id: &str) -> Result<Option<QuickReply>, StoreError> {
        let key = (keys::QUICK_REPLIES.to_owned(), id.to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_quick_reply))
    }

    /// Writes a quick reply, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_quick_reply(&self, reply: &QuickReply) -> Result<(), StoreError> {
        let mut item = item::at(keys::QUICK_REPLIES, &reply.id);
        item.put("nm", s(&reply.shortcut));
        item.put("tx", s(&reply.text));
        self.put_listed(item).await
    }

    /// Takes a quick reply away.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_quick_reply(&self, id: &str) -> Result<(), StoreError> {
        self.remove_listed(keys::QUICK_REPLIES, id).await
    }
}

fn read_label(item: &Item) -> Option<Label> {
    Some(Label {
        id: LabelId::new(item.text("sk")?)?,
        name: item.text("nm").unwrap_or_default().to_owned(),
        color: item.text("co").map(str::to_owned),
    })
}

fn read_quick_reply(item: &Item) -> Option<QuickReply> {
    Some(QuickReply {
        id: item.text("sk")?.to_owned(),
        shortcut: item.text("nm").unwrap_or_default().to_owned(),
        text: item.text("tx")?.to_owned(),
    })
}
