//! Plays Lambda: calls the functions' own handlers with the events, limits and failures that Lambda has.

mod activity;
mod event;
mod invoke;
mod mapping;
mod registry;
mod streams;

pub use activity::{Activity, Working};
pub use event::sqs_event;
pub use invoke::{InvokeError, Invoker, is_killed, kill};
pub use mapping::Mapping;
pub use registry::{
    BoxError, FunctionContext, Functions, FunctionsBuilder, Interceptors, Links, ScheduleHandler,
    SocketHandler, SqsHandler, StreamHandler, WebhookHandler,
};

/// Returns once a world is asked to stop.
pub(crate) async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    // A world that is gone has stopped as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

pub use streams::{LANES, Position, Progress, StreamMapping};
