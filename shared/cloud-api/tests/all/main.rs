//! One program for all tests of this crate: it links once.

mod common;
mod drift_events;
mod drift_messages;
mod outbound_limits;
mod outbound_requests;
mod outbound_shapes;
mod properties;
mod samples;
