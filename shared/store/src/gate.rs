//! The gate: one small item for a person and a portfolio, which holds everything that can forbid a message.
//!
//! Whatever forbids or allows is written together with the gate, upon the version that was read. A gate that is
//! not there, or that was made for something else, is read from the ledger.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::consent::{Choice, Consent, Holding, Purpose, Scope, Source};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{Get, Item, ms, n, s};
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a gate is read again when others write it at the same time.
const ROUNDS: usize = 8;

/// What stands between the company and a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// When the person was erased.
    pub erased_at: Option<Timestamp>,
    /// Since when the company blocks the person.
    pub blocked_at: Option<Timestamp>,
    /// How far Meta has followed, number by number: `pending`, `blocked`, `unblocked`, `refused:<code>`.
    pub blocks: BTreeMap<PhoneNumberId, String>,
    /// What the person said.
    pub consent: Consent,
    /// `None` if there is no item yet.
    pub(crate) version: Option<i64>,
    /// Whether the ledger was folded into the item.
    pub(crate) folded: bool,
}

/// A change of a gate, with what is written in the same transaction.
#[derive(Default)]
pub(crate) struct GateChange {
    pub(crate) sets: Vec<(String, AttributeValue)>,
    pub(crate) removes: Vec<String>,
    pub(crate) with: Vec<TransactWriteItem>,
}

impl Gate {
    /// The gate of a person of several records: what one of them forbids is forbidden, and of their words the newest
    /// holds. What is known of this record at Meta comes first.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.erased_at = self.erased_at.or(other.erased_at);
        self.blocked_at = self.blocked_at.into_iter().chain(other.blocked_at).min();
        for (number, word) in other.blocks {
            self.blocks.entry(number).or_insert(word);
        }
        for (scope, holding) in other.consent.holdings() {
            self.consent.hold(scope.clone(), *holding);
        }
        self
    }
}

impl Store {
    /// The gate of a person, over all records that are the person by now. Merging keeps each record's own, so that
    /// parting them is exact; a no is a no, whichever of them it was said under.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn gate_of_person(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
    ) -> Result<Gate, StoreError> {
        let records = self.records_of(contact).await?;
        let gates = try_join_all(records.iter().map(|record| self.gate(portfolio, record))).await?;
        Ok(gates.into_iter().reduce(Gate::with).unwrap_or_default())
    }

    /// The gate, consistently read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn gate(&self, portfolio: &PortfolioId, contact: &ContactId) -> Result<Gate, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::gate(portfolio, contact), true).await?;
        let mut gate = item.as_ref().map(read_gate).unwrap_or_default();
        if !gate.folded {
            gate.consent = Consent::of(portfolio, &self.consents(contact).await?);
        }
        Ok(gate)
    }

    /// Changes a gate. `change` says what is to be done with what was read; `None` is nothing, and `false` is the
    /// answer then.
    pub(crate) async fn change_gate(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        change: impl Fn(&Gate) -> Option<GateChange>,
    ) -> Result<bool, StoreError> {
        for _ in 0..ROUNDS {
            let gate = self.gate(portfolio, contact).await?;
            let Some(change) = change(&gate) else { return Ok(false) };
            let GateChange { sets, removes, with } = change;
            let mut actions = vec![self.gate_action(portfolio, contact, &gate, (sets, removes))];
            actions.extend(with);
            match self.transact(actions).await {
                Ok(Conditional::Written) => return Ok(true),
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    fn gate_action(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        gate: &Gate,
        (mut sets, removes): (Vec<(String, AttributeValue)>, Vec<String>),
    ) -> TransactWriteItem {
        let (pk, sk) = keys::gate(portfolio, contact);
        if !gate.folded {
            let folded = gate.consent.holdings().map(|(scope, holding)| holding_attribute(scope, holding));
            // What is set anew comes last, and wins.
            let news: Vec<_> = sets.iter().map(|(name, _)| name.clone()).collect();
            sets.extend(folded.filter(|(name, _)| !news.contains(name)));
            sets.push(("lf".to_owned(), n(1)));
        }
        sets.push(("ver".to_owned(), n(gate.version.unwrap_or_default() + 1)));
        let mut update =
            Update::builder().table_name(&self.tables.campaigns).key("pk", s(pk)).key("sk", s(sk));
        let mut parts = Vec::new();
        for (index, (name, value)) in sets.into_iter().enumerate() {
            parts.push(format!("#s{index} = :s{index}"));
            update = update.expression_attribute_names(format!("#s{index}"), name);
            update = update.expression_attribute_values(format!(":s{index}"), value);
        }
        let mut expression = format!("SET {}", parts.join(", "));
        for (index, name) in removes.into_iter().enumerate() {
            let separator = if index == 0 { " REMOVE " } else { ", " };
            expression.push_str(&format!("{separator}#r{index}"));
            update = update.expression_attribute_names(format!("#r{index}"), name);
        }
        let condition = if gate.version.is_some() { Condition::GateUnchanged } else { Condition::GateAbsent };
        if let Some(version) = gate.version {
            update = update.expression_attribute_values(":gate_seen", n(version));
        }
        let update = update.update_expression(expression).under(condition);
        update_action(update)
    }

    /// Blocks or unblocks a person for these numbers, as the company wants it. Meta follows later.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_blocked(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        numbers: &[PhoneNumberId],
        blocked_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.change_gate(portfolio, contact, |gate| {
            if gate.erased_at.is_some() || gate.blocked_at.is_some() == blocked_at.is_some() {
                return None;
            }
            let mut sets: Vec<_> =
                numbers.iter().map(|number| (format!("bs_{number}"), s("pending"))).collect();
            let mut removes = Vec::new();
            let (pk, sk) = keys::profile(contact);
            let profile = Update::builder().table_name(&self.tables.contacts).key("pk", s(pk));
            let profile = profile.key("sk", s(sk));
            let profile = match blocked_at {
                Some(at) => {
                    sets.push(("bl".to_owned(), ms(at)));
                    profile.update_expression("SET bl = :at").expression_attribute_values(":at", ms(at))
                }
                None => {
                    removes.push("bl".to_owned());
                    profile.update_expression("REMOVE bl")
                }
            };
            let profile = profile.under(Condition::ContactThere);
            Some(GateChange { sets, removes, with: vec![update_action(profile)] })
        })
        .await
        .map(drop)
    }

    /// Notes what Meta made of a block.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_block(
        &self,
        portfolio: &PortfolioId,
        contact: &ContactId,
        number: &PhoneNumberId,
        word: &str,
    ) -> Result<(), StoreError> {
        self.change_gate(portfolio, contact, |gate| {
            let changes = gate.erased_at.is_none() && gate.blocks.get(number).is_none_or(|it| it != word);
            let sets = vec![(format!("bs_{number}"), s(word))];
            changes.then(|| GateChange { sets, ..GateChange::default() })
        })
        .await
        .map(drop)
    }
}

/// What holds in one scope, as an attribute: `c_<purpose or all>_<number or p>` = `<choice>|<ms>|<source>`.
pub(crate) fn holding_attribute((purpose, number): &Scope, holding: &Holding) -> (String, AttributeValue) {
    let (choice, source) = (holding.choice.as_str(), holding.source.as_str());
    let purpose = purpose.map_or("all", Purpose::as_str);
    let number = number.as_ref().map_or("p", PhoneNumberId::as_str);
    (format!("c_{purpose}_{number}"), s(format!("{choice}|{}|{source}", holding.at.as_millisecond())))
}

fn read_holding(name: &str, value: &str) -> Option<(Scope, Holding)> {
    let (purpose, number) = name.strip_prefix("c_")?.split_once('_')?;
    let purpose = if purpose == "all" { None } else { Some(Purpose::from_word(purpose)?) };
    let number = (number != "p").then(|| PhoneNumberId::new(number));
    let mut parts = value.split('|');
    let choice = Choice::from_word(parts.next()?)?;
    let at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
    Some(((purpose, number), Holding { at, choice, source: Source::from_word(parts.next()?)? }))
}

pub(crate) fn read_gate(item: &Item) -> Gate {
    let mut gate = Gate {
        erased_at: item.time("er"),
        blocked_at: item.time("bl"),
        version: item.number("ver"),
        folded: item.contains_key("lf"),
        ..Gate::default()
    };
    for (name, value) in item {
        let Ok(value) = value.as_s() else { continue };
        if let Some(number) = name.strip_prefix("bs_") {
            gate.blocks.insert(PhoneNumberId::new(number), value.clone());
        } else if let Some((scope, holding)) = read_holding(name, value) {
            gate.consent.hold(scope, holding);
        }
    }
    gate
}
