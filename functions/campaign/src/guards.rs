//! When campaigns stop by themselves: by what Meta tells, and by what their own results show.
//!
//! Guards look at what is known now, not at what just came: so it does not matter whether a webhook, a list or a poll told
//! it, how often, or in which order. A word that is older than what is known changes nothing that they see.

use std::collections::BTreeSet;

use cloud_api::language::Language;
use domain::campaign::guard::ONLY_SENT_AFTER;
use domain::campaign::standing::{Frozen, of_account, of_number, of_template};
use domain::campaign::state::{Action, PausedBy, State};
use domain::campaign::tally::Old;
use domain::campaign::watch::Concern;
use jiff::Timestamp;
use lambda_kit::Failure;
use store::{Campaign, Subject, TemplateKey};
use tracing::{info, warn};

use crate::{Campaigns, failure};

/// Results of more people than this are read every five minutes instead of each minute.
const LARGE: u64 = 10_000;
const MINUTES: i64 = 5;

impl Campaigns {
    /// Meta has told something: every campaign that sends or waits is looked at. One that cannot be looked at stops no
    /// other; the job comes again.
    pub(crate) async fn watch(&self) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for campaign in self.store.active_campaigns().await.map_err(failure)? {
            if is_watched(&campaign)
                && let Err(failed) = self.heed(campaign).await
            {
                outcome = Err(failed);
            }
        }
        outcome
    }

    /// Pauses a campaign if something stands against it. `None` if it was paused.
    pub(crate) async fn guarded(&self, campaign: Campaign) -> Result<Option<Campaign>, Failure> {
        match self.heed(campaign).await? {
            Some(campaign) => self.judge(campaign).await,
            None => Ok(None),
        }
    }

    /// Pauses a campaign if something that Meta tells stands against it. `None` if it was paused.
    pub(crate) async fn heed(&self, mut campaign: Campaign) -> Result<Option<Campaign>, Failure> {
        let standing = self.standing(&campaign).await?;
        if let Some(concern) = campaign.watch.stops(&standing) {
            return self.stop(campaign, concern.clone()).await.map(|()| None);
        }
        if campaign.watch.forget(&standing) {
            info!(campaign.id = %campaign.id, "What campaign {} was resumed in spite of is over", campaign.id);
            self.store.change_campaign(&mut campaign, true).await.map_err(failure)?;
        }
        Ok(Some(campaign))
    }

    /// Pauses a campaign if its results stand against it. `None` if it was paused.
    async fn judge(&self, campaign: Campaign) -> Result<Option<Campaign>, Failure> {
        let now = self.kit.clock.now();
        let minute = now.as_second().div_euclid(60);
        let is_due = campaign.log.people <= LARGE || minute % MINUTES == 0;
        if campaign.log.released_upto == 0 || !is_due {
            return Ok(Some(campaign));
        }
        let since = started_at(&campaign);
        let second = now.as_second() - since.as_second() - i64::try_from(ONLY_SENT_AFTER).unwrap_or(i64::MAX);
        let old = u32::try_from(second).map_or(Old::Nobody, Old::By);
        let tally = self.store.campaign_tally(&campaign.id, old).await.map_err(failure)?;
        match campaign.watch.stops(&tally.concerns()) {
            Some(concern) => self.stop(campaign, concern.clone()).await.map(|()| None),
            None => Ok(Some(campaign)),
        }
    }

    /// Pauses a campaign for a concern, which whoever resumes it accepts.
    pub(crate) async fn stop(&self, mut campaign: Campaign, concern: Concern) -> Result<(), Failure> {
        let guard = concern.guard;
        warn!(campaign.id = %campaign.id, campaign.guard = guard.as_str(), "Campaign {} pauses by itself", campaign.id);
        campaign.watch.stopped = Some(concern);
        self.change(campaign, &Action::Pause { by: PausedBy::Guard(guard) }).await
    }

    /// What stands against a campaign by what Meta tells: of its templates, its numbers, and their accounts.
    async fn standing(&self, campaign: &Campaign) -> Result<Vec<Concern>, Failure> {
        let Some(snapshot) = &campaign.snapshot else { return Ok(Vec::new()) };
        let (store, mut concerns) = (&self.store, Vec::new());
        for frozen in &snapshot.templates {
            let language = Language::new(&frozen.language);
            let key = TemplateKey { waba: frozen.waba.clone(), name: frozen.name.clone(), language };
            let kept = store.template(&key).await.map_err(failure)?;
            if let Some(mirror) = kept.and_then(|kept| kept.mirror) {
                let then = Frozen { purpose: frozen.purpose(), hash: Some(&frozen.hash) };
                concerns.extend(of_template(then, &mirror));
            }
        }
        let mut purposes = snapshot.purposes();
        if purposes.is_empty() {
            purposes.push(None);
        }
        let times = (started_at(campaign), self.kit.clock.now());
        for sender in &snapshot.senders {
            let facts = store.facts(Subject::Number(&sender.number)).await.map_err(failure)?;
            concerns.extend(of_number(sender.number.as_str(), &sender.before(), &facts, &purposes));
            // Meta may name the one number of an account that it means.
            concerns.extend(of_account(sender.number.as_str(), &facts, &purposes, times));
        }
        let wabas: BTreeSet<_> = snapshot.senders.iter().filter_map(|sender| sender.waba.as_ref()).collect();
        for waba in wabas {
            let facts = store.facts(Subject::Waba(waba)).await.map_err(failure)?;
            concerns.extend(of_account(waba.as_str(), &facts, &purposes, times));
        }
        Ok(concerns)
    }
}

/// Whether guards look at a campaign: it sends, or goes on by itself.
pub(crate) fn is_watched(campaign: &Campaign) -> bool {
    matches!(campaign.state, State::Running | State::Waiting { .. })
}

fn started_at(campaign: &Campaign) -> Timestamp {
    campaign.started_at.unwrap_or(campaign.created_at)
}
