//! How fast a number may send, and how often one person may hear from it.
//!
//! Meta allows a number so many messages a second, in and out together, and one person a message every six seconds
//! from it. Both are one instant each: the time at which the next message is due if everybody kept to the rate (the
//! *theoretical arrival time* of the generic cell rate algorithm, ITU-T I.371). Whoever wants to send moves it forward.
//!
//! - **Throughput** ([`Lease`], the item `LEASE#<number> / LEASE`): a worker leases a block of messages with one write
//!   and spreads them over the time that it got. Counting each message in the table would cost a write each, and a
//!   thousand writes a second are as much as one item carries; windows of a second that start anew let two bursts meet.
//! - **Clocks** ([`Clock`]): two workers whose clocks differ send into each other's time. A worker learns from the `Date`
//!   of the answers it gets how far it is off, and the less it knows, the more distance it keeps from others' time.
//! - **Pair rate** ([`pair`], an attribute of the person's gate): a campaign waits until nothing is owed; an agent may
//!   borrow a burst.
//!
//! See [Cloud API/Throughput] and [Cloud API/Error codes], read 2026-11. `tests/simulation` measures it.

mod clock;
mod inbound;
mod lease;
pub mod pair;

pub use clock::{Clock, MOST_SKEW};
pub use inbound::Inbound;
pub use lease::{Ask, COVERED, Grant, JUMP, LONGEST_WAIT, Lease, Level, Purpose, STAGGER, Send};
pub use pair::Pair;
