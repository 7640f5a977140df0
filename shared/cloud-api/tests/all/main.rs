//! One program for all tests of this crate: it links once.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does: by a panic")]

mod common;
mod drift_events;
mod drift_messages;
mod outbound_limits;
mod outbound_requests;
mod outbound_shapes;
mod properties;
mod samples;
