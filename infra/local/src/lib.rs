//! The embedded world.

pub mod sim;
