//! What the company sets up about its contacts: fields, segments, lists of fixed members, notes.

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use domain::ContactId;
use domain::ContactKind;
use domain::agent::AgentId;
use domain::record::{FieldDef, FieldId, FieldKind};
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, s};
use crate::{Store, StoreError, keys};

/// A filter with a name, evaluated anew at each use; or a list of fixed members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The filter, of a segment; empty, of a list.
    pub filter: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What kind of audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceKind {
    /// A filter.
    Segment,
    /// Fixed members.
    List,
}

impl AudienceKind {
    fn key(self) -> &'static str {
        match self {
            Self::Segment => keys::SEGMENTS,
            Self::List => keys::LISTS,
        }
    }
}

/// A note about a contact, for colleagues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactNote {
    /// Its id, which begins with the time.
    pub id: String,
    /// Who wrote it.
    pub author: AgentId,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The fields that the company defined.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fields(&self) -> Result<Vec<FieldDef>, StoreError> {
        Ok(self.listed(keys::FIELDS).await?.iter().filter_map(read_field_def).collect())
    }

    /// Writes a field's definition, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_field(&self, def: &FieldDef) -> Result<(), StoreError> {
        let mut item = item::at(keys::FIELDS, def.id.as_str());
        item.put("nm", s(&def.label));
        item.put("ty", s(def.kind.as_str()));
        if !def.kind.options().is_empty() {
            item.put("op", AttributeValue::L(def.kind.options().iter().map(s).collect()));
        }
        if !def.of.is_empty() {
            item.put("of", AttributeValue::Ss(def.of.iter().map(|kind| kind.as_str().to_owned()).collect()));
        }
        self.put_listed(item).await
    }

    /// Takes a field's definition away. Values that stand in records stay there, unseen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_field(&self, id: &FieldId) -> Result<(), StoreError> {
        self.remove_listed(keys::FIELDS, id.as_str()).await
    }

    /// Segments, or lists.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audiences(&self, kind: AudienceKind) -> Result<Vec<Audience>, StoreError> {
        Ok(self.listed(kind.key()).await?.iter().filter_map(read_audience).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audience(&self, kind: AudienceKind, id: &str) -> Result<Option<Audience>, StoreError> {
        let key = (kind.key().to_owned(), id.to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_audience))
    }

    /// Writes one, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_audience(&self, kind: AudienceKind, audience: &Audience) -> Result<(), StoreError> {
        let mut item = item::at(kind.key(), &audience.id);
        item.put("nm", s(&audience.name));
        item.put_text("fi", Some(&audience.filter));
        item.put("ca", ms(audience.created_at));
        self.put_listed(item).await
    }

    /// Takes one away. A list's members are to be taken out before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_audience(&self, kind: AudienceKind, id: &str) -> Result<(), StoreError> {
        self.remove_listed(kind.key(), id).await
    }

    /// A page of a list's members, from after one on; and where the next page begins.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn members(
        &self,
        list: &str,
        after: Option<&ContactId>,
        limit: u16,
    ) -> Result<(Vec<ContactId>, Option<ContactId>), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .expression_attribute_values(":pk", s(keys::members(list)))
            .limit(i32::from(limit));
        let query = match after {
            Some(after) => query
                .key_condition_expression("pk = :pk AND sk > :after")
                .expression_attribute_values(":after", s(after.as_str())),
            None => query.key_condition_expression("pk = :pk"),
        };
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let ids: Vec<_> = page.items().iter().filter_map(|item| ContactId::new(item.text("sk")?)).collect();
        let next = page.last_evaluated_key().and(ids.last().cloned());
        Ok((ids, next))
    }

    /// Puts contacts on a list, or takes them off.
    ///
    /// # Errors
    /// See [`StoreError`]. Repeating it changes nothing.
    pub async fn change_members(&self, list: &str, ids: &[ContactId], on: bool) -> Result<(), StoreError> {
        let write = |id: &ContactId| {
            let item = item::at(&keys::members(list), id.as_str());
            let write = WriteRequest::builder();
            // Keys are always set.
            if on {
                write.set_put_request(PutRequest::builder().set_item(Some(item)).build().ok()).build()
            } else {
                write.set_delete_request(DeleteRequest::builder().set_key(Some(item)).build().ok()).build()
            }
        };
        for batch in ids.chunks(25) {
            self.write_batch(&self.tables.directory, batch.iter().map(write).collect()).await?;
        }
        Ok(())
    }

    /// Notes about a contact, newest first; the newest 100.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn contact_notes(&self, id: &ContactId) -> Result<Vec<ContactNote>, StoreError> {
        let (pk, prefix) = keys::contact_note(id, "");
        let page = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk AND begins_with(sk, :note)")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":note", s(prefix))
            .scan_index_forward(false)
            .limit(100)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(page.items().iter().filter_map(read_note).collect())
    }

    /// Writes a note about a contact.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_contact_note(&self, id: &ContactId, note: &ContactNote) -> Result<(), StoreError> {
        let (pk, sk) = keys::contact_note(id, &note.id);
        let mut item = item::at(&pk, &sk);
        item.put("by", s(note.author.as_str()));
        item.put("tx", s(&note.text));
        item.put("t", ms(note.at));
        let put = self.client.put_item().table_name(&self.tables.contacts).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Takes a note away.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_contact_note(&self, id: &ContactId, note: &str) -> Result<(), StoreError> {
        let (pk, sk) = keys::contact_note(id, note);
        let delete = self.client.delete_item().table_name(&self.tables.contacts);
        let delete = delete.key("pk", s(pk)).key("sk", s(sk)).send().await;
        delete.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// How many contacts stand under an entry, counted up to a most.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn count_term(&self, term: &domain::record::term::Term, most: u16) -> Result<u16, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(keys::term(term)))
            .select(aws_sdk_dynamodb::types::Select::Count)
            .limit(i32::from(most))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(u16::try_from(page.count()).unwrap_or(most))
    }
}

fn read_field_def(item: &Item) -> Option<FieldDef> {
    let options = item.get("op").and_then(|list| list.as_l().ok()).cloned().unwrap_or_default();
    let options = options.into_iter().filter_map(|option| option.as_s().ok().cloned()).collect();
    Some(FieldDef {
        id: FieldId::new(item.text("sk")?)?,
        label: item.text("nm")?.to_owned(),
        kind: FieldKind::from_word(item.text("ty")?, options)?,
        of: item.texts("of").iter().map(|word| ContactKind::from_word(word)).collect(),
    })
}

fn read_audience(item: &Item) -> Option<Audience> {
    Some(Audience {
        id: item.text("sk")?.to_owned(),
        name: item.text("nm")?.to_owned(),
        filter: item.text("fi").unwrap_or_default().to_owned(),
        created_at: item.time("ca")?,
    })
}

fn read_note(item: &Item) -> Option<ContactNote> {
    Some(ContactNote {
        id: item.text("sk")?.strip_prefix("NOTE#")?.to_owned(),
        author: AgentId::new(item.text("by")?)?,
        text: item.text("tx")?.to_owned(),
        at: item.time("t")?,
    })
}
