//! Campaigns: their definitions, the log of who is in which chunk, how far it is, and what became of everybody.

mod active;
mod ahead;
mod blocks;
mod budget;
mod chunks;
mod definition;
mod earlier;
mod gates;
mod lease;
mod ledger;
mod preflight;
mod release;
mod replies;
mod run;
mod snapshot;
mod stock;
mod tally;
mod walk;
mod windows;

pub use active::CampaignPage;
pub use ahead::CampaignMessage;
pub use blocks::{CampaignReport, Told};
pub use budget::KeptMoney;
pub use chunks::{Kept, LastChunk, Member, StoredChunk};
pub use definition::{Campaign, FrozenTemplate, Log, Sender, Snapshot};
pub use earlier::{EarlierPage, LogPlace};
pub use gates::{KeptGate, gate_after};
pub use ledger::KeptLedger;
pub use preflight::PreflightJob;
pub use replies::CampaignPost;
pub use run::KeptRun;
pub use stock::SlotTaken;
pub use walk::AudiencePage;
