//! Lines of a file as changes of records: found by their phone, made if they are not there, written only if something
//! changes.
//!
//! An identity is claimed before its record is made, each by a write of its own: a transaction would cost twice. What
//! breaks off between the two is repaired when the line comes again, since the record's id is fixed by the line.

use std::collections::HashMap;

use cloud_api::{PortfolioId, WaId};
use domain::identity::Sighting;
use domain::record::FieldDef;
use domain::record::import::{Line, LineFault};
use domain::{Contact, ContactId, ContactKind, Source};
use futures::StreamExt;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Put, ms, s};
use crate::records::new_item;
use crate::{Condition, Store, StoreError, keys};

/// How many lines are written at a time.
const AT_ONCE: usize = 16;
/// How often a record that others change is tried again.
const ROUNDS: usize = 5;

/// A line to be written.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// What it says.
    pub line: Line,
    /// The id of its record, if one has to be made: the same whenever this line of this file comes.
    pub new_id: ContactId,
}

/// What all lines of an import share.
#[derive(Clone, Debug)]
pub struct ImportFrame<'a> {
    /// The company's own fields.
    pub defs: &'a [FieldDef],
    /// The kind of a new record, where no column says.
    pub kind: ContactKind,
    /// Where new records come from.
    pub source: &'a Source,
    /// When people agreed, where a line says that they did: later than an erasure, it lets them come back.
    pub consent_at: Option<Timestamp>,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Now.
    pub now: Timestamp,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineOutcome {
    /// A record was made.
    Created(ContactId),
    /// A record was changed.
    Updated(ContactId),
    /// The record says all of it already.
    Unchanged(ContactId),
    /// It does not fit the record that is there.
    Refused(LineFault),
}

impl Store {
    /// Writes lines of which no two have the same phone, and says what became of each, in their order.
    ///
    /// # Errors
    /// See [`StoreError`]. Some lines may be written; all may come again.
    pub async fn import_lines(
        &self,
        lines: &[ImportLine],
        frame: &ImportFrame<'_>,
    ) -> Result<Vec<LineOutcome>, StoreError> {
        let owners = self.owners_of(lines).await?;
        let owner = |line: &ImportLine| match &line.line.phone {
            Some(phone) => owners.get(phone).cloned(),
            None => Some(line.new_id.clone()),
        };
        let known: Vec<_> = lines.iter().filter_map(&owner).collect();
        let records = self.contacts_of(known).await?;
        let write = |line: &ImportLine| {
            let (owner, line) = (owner(line), line.clone());
            let record = owner.as_ref().and_then(|owner| records.get(owner)).cloned();
            async move { self.import_line(&line, owner, record, frame).await }
        };
        let written: Vec<_> =
            futures::stream::iter(lines.iter().map(write)).buffered(AT_ONCE).collect().await;
        written.into_iter().collect()
    }

    /// Who owns the phones of some lines.
    async fn owners_of(&self, lines: &[ImportLine]) -> Result<HashMap<String, ContactId>, StoreError> {
        let phones: HashMap<keys::Key, &String> = lines
            .iter()
            .filter_map(|line| line.line.phone.as_ref())
            .map(|phone| (keys::phone(&WaId::new(phone.as_str())), phone))
            .collect();
        let items = self.batch_get(&self.tables.contacts, phones.keys().cloned().collect()).await?;
        let read = |item: &item::Item| {
            let key = (item.text("pk")?.to_owned(), item.text("sk")?.to_owned());
            Some(((*phones.get(&key)?).clone(), ContactId::new(item.text("ct")?)?))
        };
        Ok(items.iter().filter_map(read).collect())
    }

    async fn import_line(
        &self,
        line: &ImportLine,
        owner: Option<ContactId>,
        record: Option<Contact>,
        frame: &ImportFrame<'_>,
    ) -> Result<LineOutcome, StoreError> {
        let owner = match owner {
            Some(owner) => owner,
            None if self.is_forgotten_line(line, frame).await? => {
                let what = "is of somebody who was erased and has not agreed since".to_owned();
                return Ok(LineOutcome::Refused(LineFault { target: "phone".to_owned(), what }));
            }
            None if frame.dry_run => return Ok(self.would_create(line, frame)),
            None => self.claim_line(line, frame.now).await?,
        };
        let mut record = match record {
            Some(record) => Some(record),
            // Claimed just now, by us or by somebody else.
            None => self.contact(&owner).await?,
        };
        for _ in 0..ROUNDS {
            let Some(before) = record else {
                if frame.dry_run {
                    return Ok(self.would_create(line, frame));
                }
                let made = new_record(line, &owner, frame);
                let made = match made {
                    Ok(made) => made,
                    Err(fault) => return Ok(LineOutcome::Refused(fault)),
                };
                match self.put_if(&self.tables.contacts, new_item(&made), Condition::ContactAbsent).await? {
                    Conditional::Written => return Ok(LineOutcome::Created(owner)),
                    Conditional::Refused(_) => {
                        record = self.contact(&owner).await?;
                        continue;
                    }
                }
            };
            let mut after = before.clone();
            if let Err(fault) = line.line.apply(&mut after, frame.defs) {
                return Ok(LineOutcome::Refused(fault));
            }
            if after == before {
                // The line came before, and was broken off after it.
                let is_ours = before.id == line.new_id;
                return Ok(if is_ours { LineOutcome::Created(owner) } else { LineOutcome::Unchanged(owner) });
            }
            if frame.dry_run {
                return Ok(LineOutcome::Updated(owner));
            }
            match self.change_contact(&before, &after).await {
                Ok(()) => return Ok(LineOutcome::Updated(owner)),
                Err(StoreError::Contended) => record = self.contact(&owner).await?,
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// Whether the person behind a line was erased, and has not agreed to anything since.
    async fn is_forgotten_line(
        &self,
        line: &ImportLine,
        frame: &ImportFrame<'_>,
    ) -> Result<bool, StoreError> {
        let Some(phone) = line.line.phone.as_deref().map(WaId::new) else { return Ok(false) };
        let portfolio = PortfolioId::new(crate::directory::DEFAULT_PORTFOLIO);
        let sighting = Sighting { portfolio, user_id: None, phone: Some(phone), at: frame.now };
        let Some(erased_at) = self.erased_at(&sighting).await? else { return Ok(false) };
        let agreed = frame.consent_at.filter(|_| line.line.marketing == Some(true));
        Ok(agreed.is_none_or(|agreed| agreed <= erased_at))
    }

    fn would_create(&self, line: &ImportLine, frame: &ImportFrame<'_>) -> LineOutcome {
        match new_record(line, &line.new_id, frame) {
            Ok(_) => LineOutcome::Created(line.new_id.clone()),
            Err(fault) => LineOutcome::Refused(fault),
        }
    }

    /// Claims a phone that nobody had, and says who has it then.
    async fn claim_line(&self, line: &ImportLine, now: Timestamp) -> Result<ContactId, StoreError> {
        let Some(phone) = line.line.phone.as_deref().map(WaId::new) else { return Ok(line.new_id.clone()) };
        let (pk, sk) = keys::phone(&phone);
        let mut claim = item::at(&pk, &sk);
        claim.put("ct", s(line.new_id.as_str()));
        claim.put("fr", ms(now));
        match self.put_if(&self.tables.contacts, claim, Condition::PhoneUnowned).await? {
            Conditional::Written => Ok(line.new_id.clone()),
            Conditional::Refused(there) => there
                .text("ct")
                .and_then(ContactId::new)
                .ok_or(StoreError::Corrupt("a phone without an owner")),
        }
    }
}

fn new_record(line: &ImportLine, id: &ContactId, frame: &ImportFrame<'_>) -> Result<Contact, LineFault> {
    let mut contact = Contact::new(id.clone(), frame.now);
    contact.kind = frame.kind;
    contact.phone.clone_from(&line.line.phone);
    contact.source = Some(frame.source.clone());
    line.line.apply(&mut contact, frame.defs)?;
    Ok(contact)
}
