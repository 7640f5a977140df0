//! A company to try the program out with.

mod people;

pub use people::{Person, TEAM, find};
