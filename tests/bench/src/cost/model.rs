//! Dollars of an inbound message, line by line: quantity times price.

use super::prices::{
    EVENT, HTTP_API, LAMBDA_ARM, LAMBDA_REQUEST, LAMBDA_X86, LOG_GB, READ_UNIT, SOCKET_MESSAGE,
    SOCKET_MINUTE, SQS_FIFO, SQS_STANDARD, WRITE_UNIT,
};

/// What a design needs for one inbound message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Design {
    /// Whether an HTTP API stands before the webhook instead of a Function URL.
    pub(crate) http_api: bool,
    /// Whether functions run on x86 instead of arm.
    pub(crate) x86: bool,
    /// Whether the queue is FIFO.
    pub(crate) fifo: bool,
    /// The webhook's memory in MB, and how long one call takes in ms.
    pub(crate) webhook: (f64, f64),
    /// SQS requests.
    pub(crate) sqs: f64,
    /// Messages in a call of the worker.
    pub(crate) batch: f64,
    /// The worker's memory in MB, and how long one call takes in ms.
    pub(crate) worker: (f64, f64),
    /// Write units.
    pub(crate) writes: f64,
    /// Read units.
    pub(crate) reads: f64,
    /// KB of logs.
    pub(crate) log_kb: f64,
}

/// Everybody's advice: HTTP API, FIFO, one call per message, 10 write units.
pub(crate) const NAIVE: Design = Design {
    http_api: true,
    x86: true,
    fifo: true,
    webhook: (512.0, 30.0),
    sqs: 3.0,
    batch: 1.0,
    worker: (512.0, 60.0),
    writes: 10.0,
    reads: 3.0,
    log_kb: 2.0,
};

/// The model without slack: Function URL, standard queue, batches of 100, 2.5 write units.
pub(crate) const BEST: Design = Design {
    http_api: false,
    x86: false,
    fifo: false,
    webhook: (128.0, 6.0),
    sqs: 1.2,
    batch: 100.0,
    worker: (256.0, 60.0),
    writes: 2.5,
    reads: 0.0,
    log_kb: 0.05,
};

/// No queue: a conditional put in the webhook, streams for the rest.
pub(crate) const FLOOR: Design =
    Design { sqs: 0.0, worker: (256.0, 40.0), writes: 1.5, log_kb: 0.02, ..BEST };

/// Dollars of a million messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dollars {
    /// Ingress and the webhook function.
    pub(crate) webhook: f64,
    /// The queue.
    pub(crate) queue: f64,
    /// The worker function.
    pub(crate) worker: f64,
    /// Writes.
    pub(crate) writes: f64,
    /// Reads.
    pub(crate) reads: f64,
    /// Logs.
    pub(crate) logs: f64,
}

impl Dollars {
    /// All of it.
    pub(crate) fn total(&self) -> f64 {
        self.webhook + self.queue + self.worker + self.writes + self.reads + self.logs
    }
}

impl Design {
    /// What a million messages cost until they are in the table.
    pub(crate) fn cost_to_the_table(&self) -> Dollars {
        let million = |dollars: f64| dollars * 1e6;
        let second = if self.x86 { LAMBDA_X86 } else { LAMBDA_ARM };
        let ingress = if self.http_api { HTTP_API } else { 0.0 };
        let request = if self.fifo { SQS_FIFO } else { SQS_STANDARD };
        Dollars {
            webhook: million(ingress + call(self.webhook, second)),
            queue: million(self.sqs * request),
            worker: million(call(self.worker, second) / self.batch),
            writes: million(self.writes * WRITE_UNIT),
            reads: million(self.reads * READ_UNIT),
            logs: million(self.log_kb / 1024.0 / 1024.0 * LOG_GB),
        }
    }
}

/// One call of a function.
fn call((megabytes, ms): (f64, f64), second: f64) -> f64 {
    LAMBDA_REQUEST + megabytes / 1024.0 * ms / 1000.0 * second
}

/// The stream function that publishes events: assumed, as no such function is measured here.
pub(crate) const STREAM: ((f64, f64), f64) = ((256.0, 20.0), 10.0);

/// What a million messages cost more with one event each on the bus: the event, and the function that reads the
/// stream (its reads are free) and publishes.
pub(crate) fn events() -> f64 {
    let (function, batch) = STREAM;
    (EVENT + call(function, LAMBDA_ARM) / batch) * 1e6
}

/// What a million messages cost more with one agent who watches and gets each as a message of its own, at this
/// many messages a second.
pub(crate) fn one_agent(per_second: f64) -> f64 {
    (SOCKET_MESSAGE + SOCKET_MINUTE / (per_second * 60.0)) * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_designs_cost_what_the_model_has_said_from_the_start() {
        let cents = |design: Design| (design.cost_to_the_table().total() * 100.0).round() / 100.0;
        assert_eq!((cents(NAIVE), cents(BEST), cents(FLOOR)), (11.23, 2.28, 1.16));
    }

    #[test]
    fn an_agent_who_watches_little_traffic_costs_more_for_each_message() {
        assert!(one_agent(0.01) > one_agent(50.0));
        assert!((one_agent(50.0) - 1.0).abs() < 0.001);
    }
}
