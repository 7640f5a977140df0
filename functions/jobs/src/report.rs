//! What reports are made of, told anew: conversations that changed, days whose statuses came late, campaigns.
//!
//! A pass goes on in pieces; each may be done again, and two passes at once come to the same.

use domain::ConversationId;
use domain::campaign::state::State;
use domain::report::day_of;
use futures::future::try_join_all;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use lambda_kit::Failure;
use queue::{RollUpStep, Task};
use store::{Again, Campaign, Pass, ReportedCampaign, StoreError};
use tracing::{error, info};

use crate::{Given, Jobs, failure};

/// How long one piece works before it hands over to the next.
const PIECE: SignedDuration = SignedDuration::from_secs(20);
/// How many conversations a page has.
const PAGE: u16 = 50;
/// How many of them are recounted side by side.
const AT_ONCE: usize = 6;
/// How far the first pass looks back.
const FIRST_DAYS: i32 = 90;
/// How many campaigns are looked at, the newest.
const CAMPAIGNS: u16 = 50;
/// How long after its start a campaign is recounted.
const CAMPAIGN: SignedDuration = SignedDuration::from_hours(24 * 35);

/// Where a pass goes on.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    until: Timestamp,
    step: RollUpStep,
    after: Option<String>,
}

impl Place {
    fn next(&self, step: RollUpStep, after: Option<String>) -> Option<Self> {
        Some(Self { until: self.until, step, after })
    }

    /// The job that goes on there.
    pub(crate) fn task(self) -> Task {
        Task::RollUp { until: self.until.as_millisecond(), step: self.step, after: self.after }
    }
}

impl Jobs {
    /// Begins a pass. Gives the place where it goes on, if it takes longer than one piece.
    ///
    /// # Errors
    /// A table does not answer: the next pass does it all.
    pub(crate) async fn begin_roll_up(&self) -> Result<Option<Place>, StoreError> {
        let until = self.kit.clock.now();
        self.piece(Place { until, step: RollUpStep::Changed, after: None }).await
    }

    pub(crate) async fn roll_up(
        &self,
        given: &Given,
        until: i64,
        (step, after): (RollUpStep, Option<&str>),
    ) -> Result<(), Failure> {
        let until = Timestamp::from_millisecond(until)
            .map_err(|_| Failure::Dead("the job names no time".to_owned()))?;
        let place = Place { until, step, after: after.map(str::to_owned) };
        match self.piece(place).await.map_err(failure)? {
            Some(next) => self.go_on(given, next.task(), std::time::Duration::ZERO).await,
            None => Ok(()),
        }
    }

    /// As much as fits into one call.
    async fn piece(&self, mut place: Place) -> Result<Option<Place>, StoreError> {
        let begun = self.kit.clock.now();
        loop {
            let next = match place.step {
                RollUpStep::Changed => self.changed(&place).await?,
                RollUpStep::Active => self.active(&place).await?,
                RollUpStep::Again => self.again(&place).await?,
                RollUpStep::Campaigns => self.campaigns(&place).await?,
                RollUpStep::Totals => self.totals(&place).await?,
            };
            match next {
                None => return Ok(None),
                Some(next) if self.kit.clock.now().duration_since(begun) > PIECE => return Ok(Some(next)),
                Some(next) => place = next,
            }
        }
    }

    /// What is noted as changed since the last pass: the same notes by which clients find what they missed.
    async fn changed(&self, place: &Place) -> Result<Option<Place>, StoreError> {
        let Pass { through: Some(since), .. } = self.store.report_pass().await? else {
            return Ok(place.next(RollUpStep::Active, None));
        };
        let after = place.after.as_deref().and_then(|text| text.split_once('|'));
        let after = after.and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
        let page = self.store.changed_since(since, after.as_ref(), PAGE, place.until.max(since)).await?;
        let Some(page) = page else { return Ok(place.next(RollUpStep::Active, None)) };
        if after.is_none() {
            self.recount_all(&self.store.told_to_reports(since).await?, None).await?;
        }
        self.recount_all(&page.conversations, None).await?;
        Ok(match page.next {
            Some((at, id)) => place.next(RollUpStep::Changed, Some(format!("{at}|{id}"))),
            None => place.next(RollUpStep::Again, None),
        })
    }

    /// The first pass, and one after a long pause: every conversation in which something was said since.
    async fn active(&self, place: &Place) -> Result<Option<Place>, StoreError> {
        let through = self.store.report_pass().await?.through;
        let since = match through {
            Some(through) => through.saturating_sub(SignedDuration::from_hours(24)),
            None => place.until.saturating_sub(SignedDuration::from_hours(24 * i64::from(FIRST_DAYS))),
        };
        let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
        let numbers = self.store.numbers().await?;
        let mut parts = place.after.as_deref().unwrap_or_default().splitn(3, '|');
        let named = parts.next().filter(|number| !number.is_empty());
        let partition = parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
        let entry = parts.next().unwrap_or_default();
        let at = named.map_or(Some(0), |named| numbers.iter().position(|number| number.id.as_str() == named));
        let Some((at, number)) = at.and_then(|at| Some((at, numbers.get(at)?))) else {
            return Ok(place.next(RollUpStep::Again, None));
        };
        let id = number.id.as_str();
        let (found, next) = self.store.active_since(id, since, (partition, entry), PAGE).await?;
        let recent = place.until.saturating_sub(SignedDuration::from_hours(24 * 8)).unwrap_or(since);
        self.recount_all(&found, Some(day_of(since.min(recent)))).await?;
        let next = match next {
            Some((partition, entry)) => Some(format!("{id}|{partition}|{entry}")),
            None => numbers.get(at + 1).map(|number| format!("{}|0|", number.id)),
        };
        Ok(match next {
            Some(next) => place.next(RollUpStep::Active, Some(next)),
            None => place.next(RollUpStep::Again, None),
        })
    }

    /// Days that are over, a day later and three days later.
    async fn again(&self, place: &Place) -> Result<Option<Place>, StoreError> {
        let Some((again, day)) = self.store.report_pass().await?.next_again(place.until) else {
            return Ok(place.next(RollUpStep::Campaigns, None));
        };
        // A place in another day is of a pass that somebody else has ended.
        let prefix = format!("{}|{day}|", if again == Again::Once { "once" } else { "twice" });
        let after = place.after.as_deref().and_then(|after| after.strip_prefix(&prefix)?.split_once('|'));
        let after = after.and_then(|(shard, fact)| Some((shard.parse().ok()?, fact.to_owned())));
        let (found, next) =
            self.store.conversations_of_day(day, &after.unwrap_or((0, String::new())), PAGE).await?;
        self.recount_all(&found, None).await?;
        Ok(match next {
            Some((shard, fact)) => place.next(RollUpStep::Again, Some(format!("{prefix}{shard}|{fact}"))),
            None => {
                self.store.recounted(again, day).await?;
                place.next(RollUpStep::Again, None)
            }
        })
    }

    async fn recount_all(&self, ids: &[ConversationId], from: Option<Date>) -> Result<(), StoreError> {
        let now = self.kit.clock.now();
        for some in ids.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|id| self.recount_one(id, from, now))).await?;
        }
        Ok(())
    }

    async fn recount_one(
        &self,
        id: &ConversationId,
        from: Option<Date>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.store.recount(id, from, now).await {
            // One conversation that does not read is no reason to count no other.
            Err(error) if !error.is_transient() => {
                let hash = domain::hash16(&id.to_string());
                error!(%error, conversation.hash = hash, "A conversation was not counted");
                Ok(())
            }
            other => other,
        }
    }

    async fn campaigns(&self, place: &Place) -> Result<Option<Place>, StoreError> {
        let now = place.until;
        let oldest = now.saturating_sub(CAMPAIGN).unwrap_or(now);
        let days = (day_of(oldest), day_of(now).saturating_add(1.day()));
        let known = self.store.reported_campaigns(days).await?;
        for campaign in self.store.campaigns(None, CAMPAIGNS).await?.campaigns {
            let reported = known.iter().find(|known| known.id == campaign.id);
            if is_to_be_recounted(&campaign, reported, now) {
                self.store.recount_campaign(&campaign, now).await?;
            }
        }
        Ok(place.next(RollUpStep::Totals, None))
    }

    async fn totals(&self, place: &Place) -> Result<Option<Place>, StoreError> {
        let now = self.kit.clock.now();
        let mut due = self.store.marked_days().await?;
        due.retain(|mark| mark.due <= now);
        let count = due.len();
        for (at, mark) in due.iter().enumerate() {
            match self.store.add_up(mark, now).await {
                // One day that does not fit into an item keeps no other from being added up.
                Err(error) if !error.is_transient() => {
                    error!(%error, report.day = %mark.day, number.id = mark.number, "A day was not added up");
                    self.store.end_mark(mark, None).await?;
                }
                other => other?,
            }
            if at + 1 < count && self.kit.clock.now().duration_since(now) > PIECE {
                return Ok(place.next(RollUpStep::Totals, None));
            }
        }
        self.store.end_pass(place.until).await?;
        if count > 0 {
            info!(report.days = count, "Days of numbers were added up anew");
        }
        Ok(None)
    }
}

/// Those that run or changed, each time; then less and less often, as long as statuses may come late.
fn is_to_be_recounted(campaign: &Campaign, reported: Option<&ReportedCampaign>, now: Timestamp) -> bool {
    let Some(started_at) = campaign.started_at else { return false };
    if now.duration_since(started_at) > CAMPAIGN {
        return false;
    }
    let Some(reported) = reported else { return true };
    if matches!(campaign.state, State::Running) || campaign.updated_at > reported.at {
        return true;
    }
    let is_fresh = now.duration_since(campaign.updated_at) < SignedDuration::from_hours(48);
    let pause = SignedDuration::from_hours(if is_fresh { 1 } else { 24 });
    now.duration_since(reported.at) >= pause
}
