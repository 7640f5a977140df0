//! What people agreed to.

use std::collections::BTreeSet;

use cloud_api::PhoneNumberId;
use domain::consent::{Consent, Entry, Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// What holds now, and how we know.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentView {
    /// The newest word of each scope. The newest one that covers a message decides.
    standing: Vec<StandingView>,
    /// Every word, newest first.
    ledger: Vec<WordView>,
}

/// The newest word of one scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsentStanding)]
pub(crate) struct StandingView {
    /// The portfolio.
    portfolio: String,
    /// The only number; `null` is every number of the portfolio.
    number: Option<String>,
    /// `marketing`, `utility`, `authentication`, `service` or `all`.
    purpose: &'static str,
    /// `opt_in` or `opt_out`.
    choice: &'static str,
    /// Since when.
    since: Time,
    /// How we know.
    source: &'static str,
}

/// One word.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsentWord)]
pub(crate) struct WordView {
    /// When it was said.
    at: Time,
    /// `opt_in` or `opt_out`.
    choice: &'static str,
    /// `marketing`, `utility`, `authentication`, `service` or `all`.
    purpose: &'static str,
    /// The portfolio that it was said to.
    portfolio: String,
    /// The only number that it holds for.
    number: Option<String>,
    /// `keyword`, `button`, `preference`, `meta`, `agent`, `api` or `import`.
    source: &'static str,
    /// Who noted it.
    by: Option<String>,
    /// What the person was shown or said.
    wording: Option<String>,
    /// What proves it.
    proof: Option<String>,
}

impl From<&Entry> for WordView {
    fn from(entry: &Entry) -> Self {
        Self {
            at: entry.at.into(),
            choice: entry.choice.as_str(),
            purpose: entry.purpose.map_or("all", Purpose::as_str),
            portfolio: entry.portfolio.to_string(),
            number: entry.number.as_ref().map(ToString::to_string),
            source: entry.source.as_str(),
            by: entry.by.clone(),
            wording: entry.wording.clone(),
            proof: entry.proof.clone(),
        }
    }
}

impl ConsentView {
    /// A ledger, oldest first.
    pub(crate) fn of(ledger: &[Entry]) -> Self {
        let portfolios: BTreeSet<_> = ledger.iter().map(|entry| entry.portfolio.clone()).collect();
        let standing = portfolios.iter().flat_map(|portfolio| {
            let consent = Consent::of(portfolio, ledger);
            let view = |((purpose, number), holding): (&(_, Option<PhoneNumberId>), &_)| {
                let (purpose, holding): (&Option<Purpose>, &domain::consent::Holding) = (purpose, holding);
                StandingView {
                    portfolio: portfolio.to_string(),
                    number: number.as_ref().map(ToString::to_string),
                    purpose: purpose.map_or("all", Purpose::as_str),
                    choice: holding.choice.as_str(),
                    since: holding.at.into(),
                    source: holding.source.as_str(),
                }
            };
            consent.holdings().map(view).collect::<Vec<_>>()
        });
        Self { standing: standing.collect(), ledger: ledger.iter().rev().map(WordView::from).collect() }
    }
}
