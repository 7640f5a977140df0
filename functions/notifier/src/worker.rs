//! Deliveries, one after the other, as the batch loop sees them.

use domain::DeadLetter;
use domain::endpoint::EndpointId;
use domain::event::EventId;
use lambda_kit::batch::Parcel;
use lambda_kit::{Failure, Job, Kit, Worker};
use queue::{DeliveryJob, Queue};
use store::{Delivered, DeliveryRow, DeliveryState};

use crate::Notifier;

/// An event on its way to an endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The job.
    pub(crate) job: DeliveryJob,
    /// For whom.
    pub(crate) endpoint: EndpointId,
    /// Which event.
    pub(crate) id: Delivered,
    identity: String,
}

impl Delivery {
    fn read(body: &str) -> Result<Self, String> {
        let job = DeliveryJob::parse(body).map_err(|error| error.to_string())?;
        let endpoint = EndpointId::new(&job.endpoint).ok_or("a delivery to no endpoint")?;
        let event = EventId::parse(&job.event).ok_or("a delivery of no event")?;
        let (id, identity) =
            (Delivered { at: job.at, event }, DeliveryJob::identity(&job.endpoint, &job.event));
        Ok(Self { job, endpoint, id, identity })
    }
}

impl Job for Delivery {
    fn content(&self) -> &str {
        &self.identity
    }

    fn alone(&self, _tries: u32) -> String {
        self.job.to_json()
    }

    fn correlation(&self) -> Option<&str> {
        None
    }
}

impl Worker for Notifier {
    type Item = Delivery;
    type Effect = ();

    fn kit(&self) -> &Kit {
        &self.kit
    }

    fn queue(&self) -> &Queue {
        &self.queue
    }

    fn source(&self) -> &'static str {
        "deliveries"
    }

    fn queue_url(&self) -> &str {
        &self.deliveries_queue_url
    }

    /// What waits for its next attempt has been on the queue because that was wanted.
    fn lags(&self) -> bool {
        false
    }

    fn open(&self, body: &str) -> Result<Parcel<Delivery>, String> {
        Delivery::read(body).map(Parcel::of_one)
    }

    async fn work(&self, item: &Delivery, _tries: u32) -> Result<(), Failure> {
        self.deliver(item).await
    }

    /// Keeps a delivery that was given up, as a job that begins a new round, and notes beside the endpoint's
    /// other deliveries that it failed.
    async fn park(&self, mut letter: DeadLetter) -> Result<(), String> {
        let Ok(delivery) = Delivery::read(&letter.job) else {
            return self.store.record_letter(&letter).await.map_err(|error| error.to_string());
        };
        letter.job = delivery.job.again(letter.at.as_millisecond()).to_json();
        self.store.record_letter(&letter).await.map_err(|error| error.to_string())?;
        let there = self.store.delivery(&delivery.endpoint, &delivery.id).await;
        let there = there.map_err(|error| error.to_string())?;
        // An attempt that was the last has left its status there, and no time for a next one.
        let tried = there.filter(|row| row.state == DeliveryState::Retrying && row.next_at.is_none());
        let row = DeliveryRow {
            state: DeliveryState::Failed,
            reason: Some(letter.reason),
            failed: delivery.job.failed + u32::from(tried.is_some()),
            status: tried.and_then(|row| row.status),
            ..delivery.row(letter.at)
        };
        self.store.record_delivery(&delivery.endpoint, &row).await.map_err(|error| error.to_string())
    }
}
