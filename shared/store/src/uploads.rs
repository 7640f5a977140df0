//! Files that somebody uploaded and has not sent yet, or has sent: for a week.

use cloud_api::PhoneNumberId;
use domain::media::{MediaFacts, MediaKind, MediaState, UPLOAD_DAYS, upload_place};
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::media::{read_facts, write_facts};
use crate::outbound::written;
use crate::sweep::key_of;
use crate::writes::Guarded;
use crate::{AtMeta, Condition, Store, StoreError, Swept, keys};

/// A file that somebody uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Who uploads it: a token's `sub`.
    pub by: String,
    /// What it is to be sent as.
    pub kind: MediaKind,
    /// Whether as a voice note.
    pub voice: bool,
    /// The media type that was declared.
    pub content_type: String,
    /// Bytes, as they were declared.
    pub size: u64,
    /// The file's name.
    pub name: Option<String>,
    /// How far it is.
    pub state: MediaState,
    /// What is known of it, once somebody looked.
    pub facts: MediaFacts,
    /// When it was begun.
    pub created_at: Timestamp,
}

impl Store {
    /// Begins an upload.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        let (pk, sk) = keys::upload(&upload.id);
        let mut item = item::at(&pk, &sk);
        item.put("by", s(&upload.by));
        item.put("kd", s(upload.kind.as_str()));
        item.put("ct", s(&upload.content_type));
        item.put("sz", n(upload.size.try_into().unwrap_or(i64::MAX)));
        item.put_text("nm", upload.name.as_deref());
        item.put("t", ms(upload.created_at));
        item.put("mst", s(upload.state.as_str()));
        if upload.voice {
            item.put("vo", n(1));
        }
        item.put("ttl", n(upload.created_at.as_second() + UPLOAD_DAYS * 86_400));
        let put = self.client.put_item().table_name(&self.tables.conversations).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// An upload that can still be sent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn upload(&self, id: &str, now: Timestamp) -> Result<Option<Upload>, StoreError> {
        let item = self.get(&self.tables.conversations, &keys::upload(id), true).await?;
        let lasts = |item: &Item| item.number("ttl").is_none_or(|until| now.as_second() < until);
        item.filter(lasts).map(|item| read_upload(id, &item)).transpose()
    }

    /// How far an upload is, and what is known of it. `false` if it is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change_upload(
        &self,
        id: &str,
        state: MediaState,
        facts: &MediaFacts,
    ) -> Result<bool, StoreError> {
        let (pk, sk) = keys::upload(id);
        let update = self.client.update_item().table_name(&self.tables.conversations);
        let update = update.key("pk", s(pk)).key("sk", s(sk)).under(Condition::FileThere);
        let update = update
            .update_expression("SET mst = :mst, mj = :mj")
            .expression_attribute_values(":mst", s(state.as_str()))
            .expression_attribute_values(":mj", write_facts(facts));
        written(update).await
    }

    /// Meta's id of an upload for messages of a number, while it can be used.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn upload_at_meta(
        &self,
        id: &str,
        number: &PhoneNumberId,
        now: Timestamp,
    ) -> Result<Option<AtMeta>, StoreError> {
        let item = self.get(&self.tables.conversations, &keys::upload_at_meta(id, number), true).await?;
        let at_meta =
            item.and_then(|item| Some(AtMeta { id: item.text("mmi")?.into(), until: item.time("mmx")? }));
        Ok(at_meta.filter(|at_meta| now < at_meta.until))
    }

    /// Keeps Meta's id of an upload.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_upload_at_meta(
        &self,
        id: &str,
        number: &PhoneNumberId,
        at_meta: &AtMeta,
    ) -> Result<(), StoreError> {
        let (pk, sk) = keys::upload_at_meta(id, number);
        let mut item = item::at(&pk, &sk);
        item.put("mmi", s(at_meta.id.as_str()));
        item.put("mmx", ms(at_meta.until));
        item.put("ttl", n(at_meta.until.as_second()));
        let put = self.client.put_item().table_name(&self.tables.conversations).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Takes the uploads that messages were made of; gives where their files lie.
    pub(crate) async fn erase_uploads(&self, items: &[Item]) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        for upload in items.iter().filter_map(|item| item.text("mu")) {
            let (pk, _) = keys::upload(upload);
            let own = self.all_under(&self.tables.conversations, &pk).await?;
            let own: Vec<_> = own.iter().filter_map(key_of).collect();
            swept.removed.other += u32::try_from(own.len()).unwrap_or(u32::MAX);
            self.delete_all(&self.tables.conversations, own).await?;
            let place = upload_place(upload);
            swept.objects.extend([
                format!("{place}/file"),
                format!("{place}/sent"),
                format!("{place}/thumbnail"),
            ]);
        }
        Ok(swept)
    }
}

fn read_upload(id: &str, item: &Item) -> Result<Upload, StoreError> {
    let corrupt = || StoreError::Corrupt("an upload");
    let text = |name: &str| item.text(name).map(str::to_owned);
    Ok(Upload {
        id: id.to_owned(),
        by: text("by").ok_or_else(corrupt)?,
        kind: item.text("kd").and_then(MediaKind::from_word).ok_or_else(corrupt)?,
        voice: item.number("vo").is_some(),
        content_type: text("ct").ok_or_else(corrupt)?,
        size: item.number("sz").and_then(|size| size.try_into().ok()).ok_or_else(corrupt)?,
        name: text("nm"),
        state: item.text("mst").and_then(MediaState::from_word).ok_or_else(corrupt)?,
        facts: read_facts(item),
        created_at: item.time("t").ok_or_else(corrupt)?,
    })
}
