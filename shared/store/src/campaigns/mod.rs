//! Campaigns: their definitions, the log of who is in which chunk, how far it is, and what became of everybody.

mod active;
mod ahead;
mod blocks;
mod budget;
mod chunks;
mod conversions;
mod definition;
mod gates;
mod lease;
mod ledger;
mod lines;
mod preflight;
mod release;
mod replies;
mod report;
mod run;
mod snapshot;
mod stock;
mod walk;
mod windows;

pub use active::CampaignPage;
pub use ahead::CampaignMessage;
pub use blocks::Told;
pub use budget::KeptMoney;
pub use chunks::{Kept, LastChunk, Member, StoredChunk};
pub use conversions::Converted;
pub use definition::{Campaign, FrozenTemplate, Log, Sender, Snapshot};
pub use gates::{KeptGate, gate_after};
pub use ledger::KeptLedger;
pub use lines::{CampaignLine, CampaignLines};
pub use preflight::PreflightJob;
pub use replies::CampaignPost;
pub use report::CampaignReport;
pub use run::KeptRun;
pub use stock::SlotTaken;
pub use walk::AudiencePage;
