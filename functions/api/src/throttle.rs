//! How much one caller may ask of one process. API Gateway limits what all callers ask of the whole stage.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::throttle::{Bucket, Rate};
use lambda_kit::Clock;

use crate::Problem;
use crate::identity::Identity;

/// Far above what a person does, and what a program needs; a loop that runs wild meets it.
pub(crate) const RATE: Rate = Rate { per_second: 50, burst: 300 };
/// More callers than this are not remembered: those that are full again are forgotten first.
const MOST: usize = 10_000;

/// Who has how much left. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Throttle {
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
    clock: Clock,
}

impl Throttle {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { buckets: Arc::default(), clock }
    }

    /// Takes one request of a caller. `Err` with the seconds to wait.
    fn take(&self, caller: &str) -> Result<(), u64> {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| !bucket.is_full(RATE, now));
        }
        let bucket = buckets.entry(caller.to_owned()).or_insert_with(|| Bucket::full(RATE, now));
        if bucket.take(RATE, now) { Ok(()) } else { Err(bucket.wait(RATE)) }
    }
}

/// Turns away who asks too much.
pub(crate) async fn limit(State(throttle): State<Throttle>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Identity>().map(|identity| identity.subject.as_str());
    match throttle.take(caller.unwrap_or_default()) {
        Ok(()) => next.run(request).await,
        Err(seconds) => Problem::too_many(seconds).into_response(),
    }
}
