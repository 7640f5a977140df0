#![doc = include_str!("../README.md")]

#[macro_use]
mod macros;

pub mod error;
pub mod ids;
pub mod language;
pub mod manage;
pub mod outbound;
pub mod signature;
pub mod webhook;
mod wire;

pub use ids::*;
pub use wire::{Unreadable, depth};
