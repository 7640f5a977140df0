//! Plays Lambda: calls the functions' own handlers with the events, limits and failures that Lambda has.

mod activity;
mod invoke;
mod registry;

pub use activity::{Activity, Working};
pub use invoke::{InvokeError, Invoker, is_killed, kill};
pub use registry::{
    BoxError, FunctionContext, Functions, FunctionsBuilder, SqsHandler, StreamHandler, WebhookHandler,
};
