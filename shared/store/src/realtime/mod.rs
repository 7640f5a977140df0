//! Who is connected, what they have on the screen, and what changed for them.
//!
//! All of it stands in the directory table and is gone within hours: nothing here is kept for its own sake.

mod connections;
mod live;
mod pending;
mod tickets;

pub use connections::{Connection, Watcher};
pub use live::Live;
pub use pending::{ChangedPage, ChangedPlace};
pub use tickets::Ticket;
