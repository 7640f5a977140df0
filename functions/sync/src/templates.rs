//! How the company's templates stand at Meta: a webhook may be lost, and none tells of a new template or of its words.

use cloud_api::WabaId;
use graph::Managed;
use store::StoreError;
use tracing::{info, warn};

use crate::Sync;

impl Sync {
    /// Asks for the templates of every WABA that is known, one after the other. One that Meta does not show stops no other;
    /// its turn comes again. A list is never asked for twice in a turn: Meta counts the calls of each WABA by the hour.
    pub(crate) async fn sync_templates(&self) -> Result<(), StoreError> {
        let wabas = self.store.wabas().await?;
        let (mut read, mut failed) = (0_usize, 0_usize);
        for waba in &wabas {
            match self.sync_templates_of(&waba.id).await {
                Ok(changed) => {
                    read += 1;
                    if changed > 0 {
                        info!(waba.id = %waba.id, templates.changed = changed, "Templates of a WABA have changed");
                    }
                }
                // Of Meta's answer only its code: the rest may say what was asked with which token.
                Err(why) => {
                    failed += 1;
                    warn!(waba.id = %waba.id, why, "A WABA's templates could not be read");
                }
            }
        }
        info!(wabas.read = read, wabas.failed = failed, "Asked Meta for the templates of every WABA");
        Ok(())
    }

    async fn sync_templates_of(&self, waba: &WabaId) -> Result<usize, String> {
        let kept = |error: StoreError| error.to_string();
        let portfolio = self.store.portfolio_of(Some(waba)).await.map_err(kept)?;
        let access = self.access.current().await;
        let asked_at = self.kit.clock.now();
        let list = match self.graph.templates_of(access.tokens.of(&portfolio), waba, None).await {
            Managed::Done(list) => list,
            Managed::Refused(error) => return Err(format!("Meta's code {}", error.code.unwrap_or_default())),
            Managed::NotSent => return Err("the Graph API was not reached".to_owned()),
            Managed::Unknown { why } => return Err(why),
        };
        let now = self.kit.clock.now();
        if list.unreadable == 0 {
            return self.store.mirror_templates(waba, &list.nodes, asked_at, now).await.map_err(kept);
        }
        // What cannot be read may be what is missing: of such a list, nothing is taken as deleted.
        warn!(waba.id = %waba, templates.unreadable = list.unreadable, "Templates broke our model");
        let mut changed = 0;
        for node in &list.nodes {
            let changes = self.store.record_template(waba, node, asked_at, now).await.map_err(kept)?;
            changed += usize::from(!changes.is_empty());
        }
        Ok(changed)
    }
}
