//! Campaigns: their definitions, and the log of who is in which chunk.

mod active;
mod chunks;
mod definition;
mod preflight;
mod release;
mod snapshot;
mod walk;

pub use active::CampaignPage;
pub use chunks::{Kept, LastChunk, Member, StoredChunk};
pub use definition::{Campaign, FrozenTemplate, Log, Sender, Snapshot};
pub use preflight::PreflightJob;
pub use walk::AudiencePage;
