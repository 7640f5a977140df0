//! How the numbers of running campaigns stand at Meta, every five minutes: no webhook tells their rating or their health.

use std::collections::BTreeSet;

use cloud_api::PhoneNumberId;
use domain::campaign::state::State;
use domain::consent::Purpose;
use domain::number::told::seen_in;
use graph::Managed;
use store::{Campaign, StoreError, Subject};
use tracing::{info, warn};

use crate::Sync;

impl Sync {
    /// Asks for the numbers of campaigns that send marketing, one by one. A number that Meta does not show stops no other;
    /// its turn comes again. Nothing is asked while no campaign runs.
    pub(crate) async fn watch_numbers(&self) -> Result<(), StoreError> {
        let campaigns = self.store.active_campaigns().await?;
        let watched = campaigns.iter().filter(|campaign| runs(campaign) && is_marketing(campaign));
        let numbers: BTreeSet<_> = watched.flat_map(|campaign| &campaign.definition.numbers).collect();
        let (mut read, mut failed) = (0_usize, 0_usize);
        for number in numbers {
            match self.watch_number(number).await {
                Ok(()) => read += 1,
                // Of Meta's answer only its code: the rest may say what was asked with which token.
                Err(why) => {
                    failed += 1;
                    warn!(number.id = %number, why, "A number of a running campaign could not be read");
                }
            }
        }
        if read + failed > 0 {
            info!(
                numbers.read = read,
                numbers.failed = failed,
                "Asked Meta for the numbers of running campaigns"
            );
        }
        Ok(())
    }

    async fn watch_number(&self, number: &PhoneNumberId) -> Result<(), String> {
        let kept = |error: StoreError| error.to_string();
        let portfolio = self.store.portfolio_of_number(number).await.map_err(kept)?;
        let access = self.access.current().await;
        let asked_at = self.kit.clock.now();
        match self.graph.number(access.tokens.of(&portfolio), number).await {
            Managed::Done(node) => {
                let (updates, now) = (seen_in(&node, asked_at), self.kit.clock.now());
                self.store.note_facts(Subject::Number(number), &updates, now).await.map(drop).map_err(kept)
            }
            Managed::Refused(error) => Err(format!("Meta's code {}", error.code.unwrap_or_default())),
            Managed::NotSent => Err("the Graph API was not reached".to_owned()),
            Managed::Unknown { why } => Err(why),
        }
    }
}

/// Whether a campaign sends, or goes on by itself.
fn runs(campaign: &Campaign) -> bool {
    matches!(campaign.state, State::Running | State::Waiting { .. })
}

/// Whether any of a campaign's templates is marketing, or of a category that nobody knew.
fn is_marketing(campaign: &Campaign) -> bool {
    let purposes = campaign.snapshot.as_ref().map(store::Snapshot::purposes).unwrap_or_default();
    let counts = |purpose: &Option<Purpose>| purpose.is_none_or(|purpose| purpose == Purpose::Marketing);
    purposes.is_empty() || purposes.iter().any(counts)
}
