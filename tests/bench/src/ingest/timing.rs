//! Taking turns, so that whatever else the machine does hits each of them alike.

use std::hint::black_box;

use bytes::Bytes;
use http::StatusCode;
use tower::ServiceExt;

use super::bodies::Body;
use super::floor::{self, Http};
use super::ours;
use crate::report::percentile;
use crate::{BoxError, cpu};

/// CPU microseconds of a request, one value for each round.
#[derive(Default)]
pub(crate) struct Rounds {
    /// Our path.
    pub(crate) ours: Vec<f64>,
    /// The floor without its HTTP parser: the router called with a request that is read already.
    pub(crate) handler: Vec<f64>,
    /// The floor with its HTTP parser.
    pub(crate) http: Vec<f64>,
}

impl Rounds {
    /// Measures one body.
    pub(crate) fn measure(body: &Body, rounds: usize, bytes: usize) -> Result<Self, BoxError> {
        let count = (bytes / body.bytes.len()).clamp(20, 4_000);
        let event = body.event()?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut measured = Self::default();
        // One round more than asked for: the first one warms up and does not count.
        for round in 0..=rounds {
            let ours = time_ours(&event, count)?;
            let handler = runtime.block_on(time_handler(body, count))?;
            let over_http = runtime.block_on(time_http(body, count))?;
            if round > 0 {
                measured.ours.push(ours);
                measured.handler.push(handler);
                measured.http.push(over_http);
            }
        }
        Ok(measured)
    }

    /// Median of the rounds' ratios.
    pub(crate) fn ratio_to_handler(&self) -> f64 {
        median_ratio(&self.ours, &self.handler)
    }

    /// Median of the rounds' ratios.
    pub(crate) fn ratio_to_http(&self) -> f64 {
        median_ratio(&self.ours, &self.http)
    }
}

fn median_ratio(ours: &[f64], floor: &[f64]) -> f64 {
    let ratios: Vec<f64> = ours.iter().zip(floor).map(|(ours, floor)| ours / floor).collect();
    percentile(&ratios, 0.5)
}

fn time_ours(event: &[u8], count: usize) -> Result<f64, BoxError> {
    let start = cpu::of_this_thread();
    for _ in 0..count {
        black_box(ours::handle(black_box(event))?);
    }
    Ok(micros_since(start, count))
}

async fn time_handler(body: &Body, count: usize) -> Result<f64, BoxError> {
    let router = floor::router();
    let bytes = Bytes::from(body.bytes.clone());
    let start = cpu::of_this_thread();
    for _ in 0..count {
        let answer = router.clone().oneshot(floor::request(body, &bytes)?).await?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the floor answered {}", answer.status()).into());
        }
    }
    Ok(micros_since(start, count))
}

async fn time_http(body: &Body, count: usize) -> Result<f64, BoxError> {
    let (request, mut http) = (floor::request_bytes(body), Http::start());
    let start = cpu::of_this_thread();
    for _ in 0..count {
        http.ask(&request).await?;
    }
    Ok(micros_since(start, count))
}

fn micros_since(start: std::time::Duration, count: usize) -> f64 {
    (cpu::of_this_thread() - start).as_secs_f64() * 1e6 / count as f64
}
