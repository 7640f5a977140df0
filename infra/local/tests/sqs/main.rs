//! What the embedded SQS promises, asked by the real SDK over HTTP, on a clock that stands still.

mod durability;
mod fifo;
mod protocol;
mod redrive;
mod speed;
mod standard;
mod world;
