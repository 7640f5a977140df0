//! The messaging limit of a portfolio: how many people may be sent to outside open windows in any rolling 24 hours.
//!
//! Meta counts distinct people, over all numbers of the portfolio, and counts a person from the *last* message on. What
//! is usually done about it (a marker of 24 hours from the first message, a counter per day, reading and then sending)
//! passes the limit; this does not:
//!
//! 1. **The ledger** ([`Ledger`]) holds how many slots were taken in each quarter of an hour ([`Bucket`]), and lets
//!    nobody take one too many. A bucket counts until a day after its *end*, and a little longer.
//! 2. **A run** ([`Run`]) takes slots for a whole chunk at once, in one transaction with itself, writes ahead which
//!    people it starts with, and sends only until its bucket closes: that is the fence ([`Bucket::takes_sends_at`]).
//! 3. **The gate** of a person knows their newest [`Slot`]. Who already has one needs no second: the older one is
//!    given back when the chunk ends ([`Rule::MoveSlot`]).
//! 4. **Only what was never started is given back**, so a crash can lose slots for a day, and never makes any up.
//!
//! Single messages take from a small stock ([`Stock`]), so that the ledger is not written with every one.
//!
//! What is promised: never more than the limit are *sent to* in any 24 hours. Meta counts at delivery; a message that
//! arrives later than [`LATE_AFTER`] is counted once more, from then on ([`Ledger::delivered_late`]).
//!
//! See [Cloud API/Messaging limits], read 2026-11. `tests/simulation` holds all of it against an outside observer, with
//! crashes, repeats and wrong clocks, and shows that the usual designs fail there.

mod bucket;
mod forecast;
mod ledger;
mod run;
mod slot;
mod stock;

pub use bucket::{BUCKET, Bucket, CLOCKS, DAY, FENCE, LATE_AFTER, is_late};
pub use forecast::{Forecast, NextTier, Usage, plan_to_next_tier};
pub use ledger::{Allowance, Change, Demand, Ledger, Limit, Purpose, Reserved};
pub use run::{Begin, Block, Reservation, Run, RunChange, Turn};
pub use slot::{Cover, Returns, Rule, Slot, WINDOW_GUARD, cover, is_surely_open};
pub use stock::{Refill, Stock, refill_size};
