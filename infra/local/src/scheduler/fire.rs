//! Firing: what a schedule delivers is written down in the same transaction that moves it to its next time.

use rusqlite::{Transaction, params};
use serde_json::json;

use super::errors::SchedulerError;
use super::types::{ActionAfterCompletion, Schedule};
use super::{Scheduler, check, rows};
use crate::targets::{Delivery, Origin};
use crate::template::{ACCOUNT, REGION};

impl Scheduler {
    /// Fires what is due, in due order.
    ///
    /// # Errors
    /// The storage failed; what did not fire is still due.
    pub async fn fire_due(&self) -> Result<(), SchedulerError> {
        let now = self.clock.now();
        let due = move |transaction: &Transaction<'_>| {
            let condition = "WHERE due <= ?1 ORDER BY due, id LIMIT 500";
            rows::select(transaction, condition, params![now.as_microsecond()])
        };
        // A look first: a write wakes whoever waits for one.
        if self.db.read(due).await?.is_empty() {
            return Ok(());
        }
        let work = move |transaction: &Transaction<'_>| {
            for mut schedule in due(transaction)? {
                delivery(&schedule).enter(transaction, now)?;
                schedule.due = check::timing(&schedule.spec, schedule.anchor)?.next(now);
                let over = schedule.due.is_none();
                if over && schedule.spec.action_after_completion == ActionAfterCompletion::Delete {
                    rows::remove(transaction, schedule.id)?;
                } else {
                    let due = schedule.due.map(|due| due.as_microsecond());
                    transaction
                        .prepare_cached("UPDATE schedules SET due = ?2 WHERE id = ?1")?
                        .execute(params![schedule.id, due])?;
                }
            }
            Ok(())
        };
        self.db.run(work).await
    }
}

fn delivery(schedule: &Schedule) -> Delivery {
    let target = &schedule.spec.target;
    let (id, arn) = (uuid::Uuid::new_v4().to_string(), schedule.arn());
    let time = schedule.due.unwrap_or(schedule.modified).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    let input = target.input.as_ref().map(|input| {
        input
            .replace("<aws.scheduler.schedule-arn>", &arn)
            .replace("<aws.scheduler.scheduled-time>", &time)
            .replace("<aws.scheduler.execution-id>", &id)
    });
    let notice = || {
        json!({"version": "0", "id": id, "detail-type": "Scheduled Event", "source": "aws.scheduler",
            "account": ACCOUNT, "time": time, "region": REGION, "resources": [arn], "detail": "{}"})
        .to_string()
    };
    Delivery {
        origin: Origin::Schedule,
        origin_arn: arn.clone(),
        target_arn: target.arn.clone(),
        group: target.sqs_parameters.as_ref().and_then(|parameters| parameters.message_group_id.clone()),
        input: input.unwrap_or_else(notice),
        retry: target.retry_policy,
        dead_letters: target.dead_letter_config.as_ref().and_then(|config| config.arn.clone()),
    }
}
