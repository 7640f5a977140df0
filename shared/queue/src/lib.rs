#![doc = include_str!("../README.md")]

pub mod campaign;
pub mod chunk;
pub mod client;
pub mod correlation;
pub mod delivery;
pub mod job;
pub mod later;
pub mod media;
pub mod pack;
pub mod pushes;
pub mod send;

pub use campaign::{CampaignJob, CampaignTask};
pub use chunk::ChunkHint;
pub use client::{Entry, Queue, QueueError};
pub use correlation::CorrelationId;
pub use delivery::DeliveryJob;
pub use job::{EraseStep, Job, NumberAsk, RollUpStep, Task};
pub use later::{Later, LaterJob, LaterRequest};
pub use media::{MediaJob, MediaTask};
pub use pack::{Content, Item, ItemKind, Pack};
pub use pushes::PushJob;
pub use send::{SendRequest, Target};
