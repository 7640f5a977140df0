//! By the beginning of a word of the name.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::record::Filter;
use domain::record::fold::words;
use domain::record::term::Term;
use domain::{Contact, ContactId};

use super::{ContactPage, Meter, Place};
use crate::item::{Get, s};
use crate::{Store, StoreError, keys};

const CANDIDATES: usize = 100;

/// An entry: a word and a contact.
struct Entry {
    sk: String,
    word: String,
    id: ContactId,
}

impl Store {
    /// A page of those with a word of the name that begins so, in the order of these words; before them whoever has
    /// it as username.
    pub(super) async fn contacts_by_name(
        &self,
        filter: &Filter,
        prefix: &str,
        username: Option<&Term>,
        after: Option<&str>,
        limit: u16,
    ) -> Result<ContactPage, StoreError> {
        let limit = usize::from(limit);
        let (mut meter, mut found) = (Meter::default(), Vec::new());
        let mut place = after.map(str::to_owned);
        if let (None, Some(username)) = (after, username) {
            let named = self.contacts_by_id(filter, vec![keys::term(username)], None, 10).await?;
            meter.0 += named.units;
            // Found below if a name begins so too.
            found.extend(named.contacts.into_iter().filter(|contact| first_word(contact, prefix).is_none()));
        }
        loop {
            let wanted = if filter.is_single() { limit + 1 } else { CANDIDATES };
            let entries = self.entries_by_name(prefix, place.as_deref(), wanted, &mut meter).await?;
            let is_last = entries.len() < wanted;
            let ids: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
            let profiles = self.profiles(&ids, &mut meter).await?;
            for entry in entries {
                if let Some(contact) = profiles.get(&entry.id)
                    // Several words of a name may begin so: the first of them counts.
                    && first_word(contact, prefix).as_ref() == Some(&entry.word)
                    && filter.matches(contact)
                {
                    if found.len() >= limit {
                        let next = place.map(Place::Name);
                        return Ok(ContactPage { contacts: found, next, units: meter.0 });
                    }
                    found.push(contact.clone());
                }
                place = Some(entry.sk);
            }
            if is_last || meter.is_full() {
                let next = place.filter(|_| !is_last).map(Place::Name);
                return Ok(ContactPage { contacts: found, next, units: meter.0 });
            }
        }
    }

    async fn entries_by_name(
        &self,
        prefix: &str,
        after: Option<&str>,
        wanted: usize,
        meter: &mut Meter,
    ) -> Result<Vec<Entry>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.contacts)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(keys::names(prefix)))
            // One sign further than the last one: what stands behind `after` begins with it.
            .expression_attribute_values(
                ":first",
                s(after.map_or_else(|| prefix.to_owned(), |sk| format!("{sk}\u{1}"))),
            )
            .expression_attribute_values(":last", s(format!("{prefix}\u{10FFFF}")))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        meter.count(page.consumed_capacity());
        let read = |item: &crate::item::Item| {
            let sk = item.text("sk")?.to_owned();
            let (word, id) = sk.rsplit_once('#')?;
            Some(Entry { word: word.to_owned(), id: ContactId::new(id)?, sk: sk.clone() })
        };
        Ok(page.items().iter().filter_map(read).collect())
    }
}

/// The first word, by the alphabet, of a contact's names that begins so.
fn first_word(contact: &Contact, prefix: &str) -> Option<String> {
    let names = [&contact.name, &contact.profile_name].into_iter().flatten();
    names.flat_map(|name| words(name)).filter(|word| word.starts_with(prefix)).min()
}
