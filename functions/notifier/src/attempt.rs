//! One delivery: whether it may be tried now, the attempt, and what follows from it.

use domain::endpoint::{
    Disabled, Endpoint, FAILS_FOR_GOOD_AFTER, Verdict, WAITS_AT_MOST, circuit_pause, next_attempt, sign,
    verdict,
};
use domain::event::EventKind;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use queue::{DeliveryJob, Entry, QueueError};
use store::{DeliveryRow, DeliveryState, StoreError};
use tracing::{info, warn};

use crate::Notifier;
use crate::post::{Posted, Signed};
use crate::worker::Delivery;

/// How long the one who finds out whether an endpoint is back has for it. Longer than a post may take.
const PROBE: SignedDuration = SignedDuration::from_secs(60);

/// An attempt that failed.
struct Failed {
    status: Option<u16>,
    reason: String,
    /// The receiver wants no more.
    gone: bool,
    /// Not again before so long.
    asked: Option<std::time::Duration>,
}

impl Delivery {
    fn is_test(&self) -> bool {
        self.job.kind == EventKind::EndpointTest.as_str()
    }

    /// Its row, before anything is known of it.
    pub(crate) fn row(&self, now: Timestamp) -> DeliveryRow {
        DeliveryRow {
            id: self.id.clone(),
            kind: self.job.kind.clone(),
            state: DeliveryState::Retrying,
            round: self.job.round,
            failed: self.job.failed,
            status: None,
            reason: None,
            next_at: None,
            changed_at: now,
            job: (!self.job.content).then(|| self.job.to_json()),
        }
    }

    /// Whether this job is void: another copy of it got further, or somebody began a new round.
    fn is_overtaken(&self, row: &DeliveryRow) -> bool {
        let over = matches!(row.state, DeliveryState::Delivered | DeliveryState::Failed);
        row.round > self.job.round || (row.round == self.job.round && (over || row.failed > self.job.failed))
    }

    /// From 0 to 255, different from delivery to delivery and from attempt to attempt.
    fn chance(&self) -> u8 {
        let text = format!("{}{}{}", self.job.endpoint, self.job.event, self.job.failed);
        u8::from_str_radix(&domain::hash16(&text)[..2], 16).unwrap_or_default()
    }
}

fn again(error: &StoreError) -> Failure {
    if error.is_transient() { Failure::Retry(error.to_string()) } else { Failure::Dead(error.to_string()) }
}

fn unqueued(error: &QueueError) -> Failure {
    Failure::Retry(error.to_string())
}

impl Notifier {
    /// Delivers an event, or sees to it that it is tried again.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> Result<(), Failure> {
        let (job, now) = (&delivery.job, self.kit.clock.now());
        if job.not_before > now.as_millisecond() {
            return self.put_off(job, job.not_before, now).await;
        }
        let row = self.store.delivery(&delivery.endpoint, &delivery.id).await.map_err(|it| again(&it))?;
        if row.is_some_and(|row| delivery.is_overtaken(&row)) {
            return Ok(());
        }
        let Some(endpoint) = self.store.endpoint(&delivery.endpoint).await.map_err(|it| again(&it))? else {
            // It was removed: whoever did that wants nothing any more.
            return Ok(());
        };
        if !delivery.is_test() {
            if let Some(why) = endpoint.disabled {
                return Err(Failure::Dead(format!("the endpoint is disabled: {}", why.as_str())));
            }
            if let Some(until) = self.pause(&endpoint, now).await.map_err(|it| again(&it))? {
                return self.wait_for(delivery, until, now).await;
            }
        }
        match self.attempt(delivery, &endpoint, now).await? {
            None => self.delivered(delivery, &endpoint, now).await,
            Some(failed) => self.failed(delivery, &endpoint, failed).await,
        }
    }

    /// Until when an endpoint is left alone. After that, one job finds out for the others whether it is back.
    async fn pause(&self, endpoint: &Endpoint, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let Some(until) = endpoint.health.pauses_until else { return Ok(None) };
        if until > now {
            return Ok(Some(until));
        }
        let probed = now + PROBE;
        let mine = self.store.end_pause(&endpoint.id, until, probed).await?;
        Ok((!mine).then_some(probed))
    }

    /// Waits without an attempt, for as long as that makes sense.
    async fn wait_for(&self, delivery: &Delivery, until: Timestamp, now: Timestamp) -> Result<(), Failure> {
        let began = if delivery.job.round > 0 { delivery.job.round } else { delivery.job.at };
        if now.as_millisecond() - began > i64::try_from(WAITS_AT_MOST.as_millis()).unwrap_or(i64::MAX) {
            return Err(Failure::Dead("the endpoint did not come back in time".to_owned()));
        }
        // Not all at once when the pause is over.
        let spread = i64::from(delivery.chance()) * 40;
        self.put_off(&delivery.job, until.as_millisecond() + spread, now).await
    }

    /// Puts a job on the queue again for a time. A delay on SQS ends at 15 minutes: then it is put off again.
    async fn put_off(&self, job: &DeliveryJob, until: i64, now: Timestamp) -> Result<(), Failure> {
        let wait = u64::try_from(until - now.as_millisecond()).unwrap_or_default();
        let delay = std::time::Duration::from_millis(wait).max(std::time::Duration::from_secs(1));
        // A fraction of a second would be cut off, and the job would be early.
        let delay = std::time::Duration::from_secs(delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
        let sent = self.queue.send(&self.deliveries_queue_url, Entry::new(job.to_json()).after(delay)).await;
        sent.map_err(|error| unqueued(&error))
    }

    /// Posts the event once. `None` if the receiver has it.
    async fn attempt(
        &self,
        delivery: &Delivery,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<Option<Failed>, Failure> {
        let secrets = self.store.signing_secrets(&endpoint.id, now).await.map_err(|it| again(&it))?;
        if secrets.is_empty() {
            return Err(Failure::Dead("the endpoint has no secret".to_owned()));
        }
        let (id, body, second) = (delivery.job.event.as_str(), delivery.job.body.as_str(), now.as_second());
        let signature = sign(&secrets, id, second, body);
        let signed = Signed { id, second, signature: &signature };
        Ok(match self.poster.post(&endpoint.url, &signed, body).await {
            Posted::None(reason) => Some(Failed { status: None, reason, gone: false, asked: None }),
            Posted::Answer(status, retry_after) => {
                let failed = |gone, asked| {
                    Some(Failed { status: Some(status), reason: format!("answered {status}"), gone, asked })
                };
                match verdict(status, retry_after) {
                    Verdict::Delivered => None,
                    Verdict::Gone => failed(true, None),
                    Verdict::Failed(asked) => failed(false, asked),
                }
            }
        })
    }

    async fn delivered(
        &self,
        delivery: &Delivery,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if endpoint.health != domain::endpoint::Health::default() {
            self.store.note_recovery(&endpoint.id).await.map_err(|it| again(&it))?;
            info!(endpoint.id = %endpoint.id, "An endpoint is back");
        }
        let row = DeliveryRow { state: DeliveryState::Delivered, ..delivery.row(now) };
        self.store.record_delivery(&endpoint.id, &row).await.map_err(|it| again(&it))
    }

    /// What follows from a failed attempt: the endpoint's health, and the next attempt or the end.
    async fn failed(&self, delivery: &Delivery, endpoint: &Endpoint, failed: Failed) -> Result<(), Failure> {
        // The post may have taken its time.
        let now = self.kit.clock.now();
        let made = delivery.job.failed + 1;
        let row = DeliveryRow {
            failed: delivery.job.failed,
            status: failed.status,
            reason: Some(failed.reason.clone()),
            ..delivery.row(now)
        };
        if delivery.is_test() {
            // Somebody looks at it now. Whoever wants another asks again.
            let row = DeliveryRow { state: DeliveryState::Failed, failed: made, ..row };
            return self.store.record_delivery(&endpoint.id, &row).await.map_err(|it| again(&it));
        }
        let disabled = self.note_failure(endpoint, failed.gone, now).await.map_err(|it| again(&it))?;
        warn!(endpoint.id = %endpoint.id, event.id = %delivery.id.event, delivery.attempts = made,
            reason = failed.reason, "An event was not delivered");
        let next = next_attempt(made, now, failed.asked, delivery.chance()).filter(|_| disabled.is_none());
        let Some(next) = next else {
            // With the status of its last answer, which the note of the end keeps.
            self.store.record_delivery(&endpoint.id, &row).await.map_err(|it| again(&it))?;
            return Err(Failure::Dead(match disabled {
                Some(Disabled::Gone) => "the receiver is gone: answered 410".to_owned(),
                Some(_) => format!("the endpoint failed for days: {}", failed.reason),
                None => format!("not delivered in {made} attempts: {}", failed.reason),
            }));
        };
        let job = DeliveryJob { failed: made, not_before: next.as_millisecond(), ..delivery.job.clone() };
        self.put_off(&job, next.as_millisecond(), now).await?;
        // Only then: a row that is ahead of its job would make the job void.
        let row = DeliveryRow { failed: made, next_at: Some(next), ..row };
        self.store.record_delivery(&endpoint.id, &row).await.map_err(|it| again(&it))
    }

    /// Notes on the endpoint that a post failed. Says whether, and why, it gets no more.
    async fn note_failure(
        &self,
        endpoint: &Endpoint,
        gone: bool,
        now: Timestamp,
    ) -> Result<Option<Disabled>, StoreError> {
        let since = endpoint.health.failing_since.unwrap_or(now);
        let for_good = now.duration_since(since) > FAILS_FOR_GOOD_AFTER;
        let why = if gone { Some(Disabled::Gone) } else { for_good.then_some(Disabled::Failing) };
        if let Some(why) = why {
            self.store.disable_endpoint(&endpoint.id, why).await?;
            warn!(endpoint.id = %endpoint.id, reason = why.as_str(), "An endpoint was disabled");
            return Ok(Some(why));
        }
        let failures = endpoint.health.failures.saturating_add(1);
        let until = circuit_pause(failures).and_then(|pause| now.checked_add(pause).ok());
        self.store.note_failure(&endpoint.id, failures, until, now).await?;
        Ok(None)
    }
}
