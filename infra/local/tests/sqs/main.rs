//! What the embedded SQS promises, asked by the real SDK over HTTP, on a clock that stands still.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod durability;
mod fifo;
mod protocol;
mod redrive;
mod speed;
mod standard;
mod world;
