//! An audience, page by page, in the order of the contacts' ids: a key that never changes, so that pages neither skip
//! nor repeat whoever is there from the first page to the last. Ids begin with the time at which they were made.

use std::collections::BTreeMap;

use domain::record::Filter;
use domain::record::term::Term;
use domain::{Contact, ContactId};
use futures::future::try_join_all;

use crate::item::{Get, s};
use crate::record_item::read_contact;
use crate::{Store, StoreError, keys};

/// How many entries are read of each partition at a time.
const MANY: i32 = 250;

/// A page of an audience.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudiencePage {
    /// The contacts, by their ids. It may be empty and have a next page.
    pub contacts: Vec<Contact>,
    /// The next page comes after this id.
    pub next: Option<ContactId>,
}

/// What one partition gave: ids with their records, if it has them, and whether it goes on.
struct Part {
    found: Vec<(ContactId, Option<Contact>)>,
    goes_on: bool,
}

impl Store {
    /// A page of those whom a filter finds, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn audience_page(
        &self,
        filter: &Filter,
        after: Option<&ContactId>,
    ) -> Result<AudiencePage, StoreError> {
        // Names have entries in the order of their words, which change: those are found by the walk over all.
        let terms = filter.terms().filter(|terms| !terms.iter().any(|term| matches!(term, Term::Name(_))));
        let parts = match terms {
            Some(terms) => try_join_all(terms.iter().map(|term| self.part_of_term(term, after))).await?,
            None => {
                let shards = (0..keys::WALK_SHARDS).map(|shard| self.part_of_walk(shard, after));
                try_join_all(shards).await?
            }
        };
        // Nobody behind the first partition that goes on may be told yet: somebody may stand before them in it.
        let ends = parts.iter().filter(|part| part.goes_on);
        let next = ends.filter_map(|part| part.found.last().map(|(id, _)| id.clone())).min();
        let found = parts.into_iter().flat_map(|part| part.found);
        let told = found.filter(|(id, _)| next.as_ref().is_none_or(|next| id <= next));
        let mut told: BTreeMap<ContactId, Option<Contact>> = told.collect();
        let bare = told.iter().filter(|(_, contact)| contact.is_none()).map(|(id, _)| id.clone()).collect();
        for (id, contact) in self.contacts_of(bare).await? {
            told.insert(id, Some(contact));
        }
        // A record that was merged away is heard of by the record that stays.
        let wanted = |contact: &Contact| contact.alias_of.is_none() && filter.matches(contact);
        let contacts = told.into_values().flatten().filter(wanted).collect();
        Ok(AudiencePage { contacts, next })
    }

    async fn part_of_walk(&self, shard: u8, after: Option<&ContactId>) -> Result<Part, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .index_name("walk")
            .expression_attribute_values(":wk", s(shard.to_string()))
            .limit(MANY);
        let query = match after {
            Some(after) => query
                .key_condition_expression("wk = :wk AND wid > :after")
                .expression_attribute_values(":after", s(after.as_str())),
            None => query.key_condition_expression("wk = :wk"),
        };
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let goes_on = page.last_evaluated_key().is_some();
        let read = |item: &crate::item::Item| {
            let id = ContactId::new(item.text("wid")?)?;
            Some((id.clone(), Some(read_contact(&id, item))))
        };
        Ok(Part { found: page.items().iter().filter_map(read).collect(), goes_on })
    }

    async fn part_of_term(&self, term: &Term, after: Option<&ContactId>) -> Result<Part, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .expression_attribute_values(":pk", s(keys::term(term)))
            .limit(MANY);
        let query = match after {
            Some(after) => query
                .key_condition_expression("pk = :pk AND sk > :after")
                .expression_attribute_values(":after", s(after.as_str())),
            None => query.key_condition_expression("pk = :pk"),
        };
        let page = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let goes_on = page.last_evaluated_key().is_some();
        let ids = page.items().iter().filter_map(|item| ContactId::new(item.text("sk")?));
        Ok(Part { found: ids.map(|id| (id, None)).collect(), goes_on })
    }

    /// Which of some contacts are on a list.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn on_list(&self, list: &str, ids: &[ContactId]) -> Result<Vec<ContactId>, StoreError> {
        let pk = keys::members(list);
        let keys = ids.iter().map(|id| (pk.clone(), id.to_string())).collect();
        let items = self.batch_get(&self.tables.directory, keys).await?;
        Ok(items.iter().filter_map(|item| ContactId::new(item.text("sk")?)).collect())
    }
}
