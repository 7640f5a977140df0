//! What a campaign needs in the tables: who it is for, how far it is, and what became of everybody.

mod ahead;
mod blocks;
mod gates;
mod lease;
mod ledger;
mod run;
mod stock;
mod windows;

pub use ahead::CampaignMessage;
pub use blocks::{CampaignReport, Told};
pub use gates::{KeptGate, gate_after};
pub use ledger::KeptLedger;
pub use run::KeptRun;
pub use stock::SlotTaken;
