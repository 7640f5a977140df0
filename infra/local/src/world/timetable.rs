//! Schedules, rules and their deliveries, and the one loop that makes them happen.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::Clock;
use tokio::sync::watch;

use crate::events::Events;
use crate::lambda::{BoxError, stopped};
use crate::scheduler::Scheduler;
use crate::sqs::Sqs;
use crate::targets::{Calls, Db, Targets};
use crate::template::Template;

/// After trouble with the storage.
const PAUSE: Duration = Duration::from_secs(1);

/// What happens at its time. Cheap to clone.
#[derive(Clone)]
pub(super) struct Timetable {
    pub(super) scheduler: Scheduler,
    pub(super) events: Events,
    pub(super) targets: Targets,
    db: Db,
    clock: Clock,
}

impl Timetable {
    /// Opens it, and makes what the template says.
    pub(super) async fn open(
        data: Option<&Path>,
        clock: &Clock,
        sqs: &Sqs,
        template: &Template,
    ) -> Result<Self, BoxError> {
        let data = data.map(Path::to_owned);
        let db = tokio::task::spawn_blocking(move || Db::open(data.as_deref())).await??;
        let scheduler = Scheduler::open(db.clone(), clock.clone()).await?;
        scheduler.ensure_groups(template.schedule_groups.clone()).await?;
        let schedules = template.schedules.iter();
        let schedules = schedules.map(|it| (it.group.clone(), it.name.clone(), it.spec.clone()));
        scheduler.ensure(schedules.collect()).await?;
        let events = Events::open(db.clone(), clock.clone()).await?;
        events.ensure_buses(template.buses.clone()).await?;
        let targets = Targets::new(db.clone(), sqs.clone(), clock.clone());
        Ok(Self { scheduler, events, targets, db, clock: clock.clone() })
    }

    /// Whether nothing is due, and nothing is being delivered.
    pub(super) fn rests(&self, now: Timestamp) -> bool {
        self.db.next_due().is_none_or(|due| due > now)
    }

    /// When something happens next.
    pub(super) async fn next_due_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.db.next_due_after(now).await.unwrap_or_else(|error| {
            tracing::error!(%error, "The schedules do not say what is due");
            None
        })
    }

    /// Runs until `stop` turns true, then lets the calls under way come to their end. Dropping the future drops
    /// them: what was not delivered is delivered after the next start.
    pub(super) async fn run(self, mut stop: watch::Receiver<bool>) {
        let (mut calls, mut changes) = (Calls::default(), self.db.changes());
        loop {
            // Marked as seen first: what changes from here on ends the wait below.
            changes.borrow_and_update();
            let now = self.clock.now();
            let next = match self.happen(&mut calls).await {
                Ok(()) => self.next_due_after(now).await,
                Err(error) => {
                    tracing::error!(%error, "What is due cannot happen now");
                    Some(now + PAUSE)
                }
            };
            let come = async {
                match next {
                    Some(next) => self.clock.sleep_until(next).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(()) = calls.ended() => {}
                Ok(()) = changes.changed() => {}
                () = come => {}
            }
        }
        while calls.ended().await.is_some() {}
    }

    async fn happen(&self, calls: &mut Calls) -> Result<(), BoxError> {
        self.scheduler.fire_due().await?;
        self.events.fire_due().await?;
        Ok(self.targets.deliver_due(calls).await?)
    }
}
