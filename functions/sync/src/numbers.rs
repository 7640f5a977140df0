//! How the company's numbers stand at Meta: quality ratings, for one, are told by no webhook.

use cloud_api::WabaId;
use graph::Managed;
use store::StoreError;
use tracing::{info, warn};

use crate::Sync;

impl Sync {
    /// Asks for the numbers of every WABA that is known. One that Meta does not show stops no other; its turn comes again.
    pub(crate) async fn sync_numbers(&self) -> Result<(), StoreError> {
        let wabas = self.store.wabas().await?;
        let (mut read, mut failed) = (0_usize, 0_usize);
        for waba in &wabas {
            match self.sync_waba(&waba.id).await {
                Ok(changed) => {
                    read += 1;
                    if changed > 0 {
                        info!(waba.id = %waba.id, facts.changed = changed, "What Meta says of a WABA's numbers has changed");
                    }
                }
                // Of Meta's answer only its code: the rest may say what was asked with which token.
                Err(why) => {
                    failed += 1;
                    warn!(waba.id = %waba.id, why, "A WABA's numbers could not be read");
                }
            }
        }
        info!(wabas.read = read, wabas.failed = failed, "Asked Meta for the numbers of every WABA");
        Ok(())
    }

    async fn sync_waba(&self, waba: &WabaId) -> Result<usize, String> {
        let kept = |error: StoreError| error.to_string();
        let portfolio = self.store.portfolio_of(Some(waba)).await.map_err(kept)?;
        let access = self.access.current().await;
        let asked_at = self.kit.clock.now();
        match self.graph.numbers_of(access.tokens.of(&portfolio), waba).await {
            Managed::Done(nodes) => {
                let now = self.kit.clock.now();
                self.store.record_nodes(waba, &nodes, asked_at, now).await.map_err(kept)
            }
            Managed::Refused(error) => Err(format!("Meta's code {}", error.code.unwrap_or_default())),
            Managed::NotSent => Err("the Graph API was not reached".to_owned()),
            Managed::Unknown { why } => Err(why),
        }
    }
}
