//! Changing records: what a body says, checked against the company's own fields.

mod change;
mod fields;

pub(crate) use change::{ContactBody, ContactPatch, KindWord, check_labels};

use domain::{Contact, ContactId};
use store::StoreError;

use crate::{Api, Problem};

/// How often a change is tried again when others change the same record.
const ROUNDS: usize = 3;

impl Api {
    /// A record, also one of which nothing is left but that it was erased.
    pub(crate) async fn record_or_remains(&self, id: &str) -> Result<Contact, Problem> {
        let missing = || Problem::missing("contact");
        let id = ContactId::new(id).ok_or_else(missing)?;
        self.store.contact(&id).await?.ok_or_else(missing)
    }

    /// A record that is there.
    pub(crate) async fn record(&self, id: &str) -> Result<Contact, Problem> {
        let contact = self.record_or_remains(id).await?;
        if contact.erased { Err(Problem::missing("contact")) } else { Ok(contact) }
    }

    /// Changes a record. Without a `version` of the caller's, whoever else changes it meanwhile is heard too.
    pub(crate) async fn change(
        &self,
        id: &str,
        version: Option<i64>,
        change: impl Fn(&mut Contact) -> Result<(), Problem>,
    ) -> Result<Contact, Problem> {
        for _ in 0..ROUNDS {
            let before = self.record(id).await?;
            if version.is_some_and(|version| version != before.version) {
                return Err(Problem::changed_meanwhile());
            }
            let mut after = before.clone();
            change(&mut after)?;
            match self.store.change_contact(&before, &after).await {
                Ok(()) => {
                    after.version = if after == before { before.version } else { before.version + 1 };
                    return Ok(after);
                }
                Err(StoreError::Contended) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Problem::changed_meanwhile())
    }
}
