//! Lists and searches of contacts: by the entries of the filter's most selective condition, or by a walk over all.

mod by_id;
mod by_name;
mod walk;

use aws_sdk_dynamodb::types::ConsumedCapacity;
use domain::record::Filter;
use domain::record::term::Term;
use domain::{Contact, ContactId};

use crate::{Store, StoreError, keys};

/// What a page of a combined filter reads at most, however little it finds: 1 MB, in read units of 8 KB.
const MOST_UNITS: f64 = 128.0;
/// What a page has left to read when it reads on once more: a hundred records, each by itself, and their entries.
const ONCE_MORE: f64 = 52.0;

/// A page of contacts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactPage {
    /// The contacts. A page of a filter with several conditions may be short, or empty, and have a next one.
    pub contacts: Vec<Contact>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// What it cost to read, in read units.
    pub units: f64,
}

/// A place in a list of contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this contact, newest first.
    Contact(ContactId),
    /// After this entry, in the order of names.
    Name(String),
}

impl Place {
    /// As it stands in a cursor.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Contact(id) => format!("c{id}"),
            Self::Name(entry) => format!("n{entry}"),
        }
    }

    /// Reads it back.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let rest = text.get(1..)?;
        match text.chars().next()? {
            'c' => ContactId::new(rest).map(Self::Contact),
            'n' if !rest.is_empty() && rest.len() <= 300 => Some(Self::Name(rest.to_owned())),
            _ => None,
        }
    }
}

/// What reading has cost so far.
#[derive(Debug, Default)]
struct Meter(f64);

impl Meter {
    fn count(&mut self, consumed: Option<&ConsumedCapacity>) {
        self.0 += consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or_default();
    }

    fn left(&self) -> f64 {
        MOST_UNITS - self.0
    }

    fn is_full(&self) -> bool {
        self.left() < ONCE_MORE
    }
}

impl Store {
    /// A page of those whom a filter finds: newest first, or in the order of names if it is read by a name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_contacts(
        &self,
        filter: &Filter,
        after: Option<&Place>,
        limit: u16,
    ) -> Result<ContactPage, StoreError> {
        let after_contact = match after {
            Some(Place::Contact(id)) => Some(id),
            Some(Place::Name(_)) | None => None,
        };
        match filter.terms() {
            None => self.walk_contacts(filter, after_contact, limit).await,
            Some(terms) => match terms.iter().find_map(name_of) {
                Some(prefix) => {
                    let username = terms.iter().find(|term| matches!(term, Term::Exact("username", _)));
                    let after = match after {
                        Some(Place::Name(entry)) => Some(entry.as_str()),
                        Some(Place::Contact(_)) | None => None,
                    };
                    self.contacts_by_name(filter, prefix, username, after, limit).await
                }
                None => {
                    let partitions = terms.iter().map(keys::term).collect();
                    self.contacts_by_id(filter, partitions, after_contact, limit).await
                }
            },
        }
    }

    /// A page of all contacts, newest first, from after a contact on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn contacts(&self, after: Option<&ContactId>, limit: u16) -> Result<ContactPage, StoreError> {
        self.walk_contacts(&Filter::default(), after, limit).await
    }
}

fn name_of(term: &Term) -> Option<&str> {
    match term {
        Term::Name(word) => Some(word),
        Term::Exact(..) | Term::Field(..) => None,
    }
}
