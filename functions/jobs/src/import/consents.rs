//! What a file says people agreed to.

use domain::consent::{Choice, Consent, Entry, Purpose, Source};
use lambda_kit::Failure;
use store::{FileJob, ImportLine, LineOutcome};

use super::contact_of;
use super::plan::Plan;
use crate::{Jobs, failure};

impl Jobs {
    /// Writes what lines say of marketing into the ledgers of their people, where it is not known yet. A record that
    /// changed in nothing else has changed then.
    pub(super) async fn note_consents(
        &self,
        job: &FileJob,
        plan: &Plan,
        lines: &[ImportLine],
        written: &mut [LineOutcome],
    ) -> Result<(), Failure> {
        let portfolios = self.store.portfolios().await.map_err(failure)?;
        for (line, outcome) in lines.iter().zip(written) {
            let (Some(yes), Some(contact)) = (line.line.marketing, contact_of(outcome).cloned()) else {
                continue;
            };
            // Whoever agreed did so when the plan says; whoever refuses does so now.
            let at = plan.consent.as_ref().map(|agreed| agreed.given_at).filter(|_| yes);
            for portfolio in &portfolios {
                let entry = Entry {
                    at: at.unwrap_or(job.created_at),
                    purpose: Some(Purpose::Marketing),
                    choice: if yes { Choice::OptIn } else { Choice::OptOut },
                    portfolio: portfolio.clone(),
                    number: None,
                    source: Source::Import,
                    by: Some(job.by.clone()),
                    wording: plan.consent.as_ref().map(|agreed| agreed.wording.clone()).filter(|_| yes),
                    proof: Some(format!("import {}", job.id)),
                };
                if matches!(outcome, LineOutcome::Created(_)) {
                    self.store.record_first_consent(&contact, &entry).await.map_err(failure)?;
                    continue;
                }
                let known = self.store.consents(&contact).await.map_err(failure)?;
                let known = Consent::of(portfolio, &known);
                let scope = (entry.purpose, entry.number.clone());
                let holds = known.holdings().find(|(it, _)| **it == scope).map(|(_, holding)| *holding);
                if holds.is_some_and(|holds| holds.choice == entry.choice || holds.at >= entry.at) {
                    continue;
                }
                self.store.record_consent(&contact, &entry).await.map_err(failure)?;
                if matches!(outcome, LineOutcome::Unchanged(_)) {
                    *outcome = LineOutcome::Updated(contact.clone());
                }
            }
        }
        Ok(())
    }
}
