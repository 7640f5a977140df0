//! Slots for single messages, taken from the ledger some at a time.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Allowance, Bucket, Change, Demand, Ledger, Limit, Purpose, Reserved};

/// How many slots a number keeps for single messages: 50, under a low limit one in fifty of it.
///
/// One ledger that every single message writes carries about a hundred a second. Fifty of 250 for each number would
/// keep too many from everybody else.
#[must_use]
pub fn refill_size(allowance: Allowance) -> u32 {
    match allowance.limit {
        Limit::People(people) => (people / 50).clamp(1, 50),
        Limit::Unlimited => 50,
    }
}

/// The item `SLOTS#<number> / SLOTS`.
///
/// A message takes one with a single write: one less, if there is one left and the bucket is still this one. A worker
/// that dies after that loses the slot for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    /// The bucket they were taken in.
    pub bucket: Bucket,
    /// How many are left.
    pub left: u32,
}

/// What becomes of refilling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refill {
    /// Write both in one transaction. Condition on the stock: it is as it was read.
    Write {
        /// What is to stand there: the first slot is already taken.
        stock: Stock,
        /// What is written to the ledger.
        ledger: Change,
    },
    /// The portfolio's limit is reached, head-room and all.
    Full {
        /// When it is not, see [`Ledger::free_at`].
        free_at: Option<Timestamp>,
    },
}

impl Stock {
    /// Takes one: what is left then. `None` if it has to be refilled first.
    ///
    /// The fence is asked once more before the request itself.
    #[must_use]
    pub fn take(self, now: Timestamp) -> Option<Self> {
        let left = self.left.checked_sub(1)?;
        self.bucket.takes_sends_at(now).then_some(Self { left, ..self })
    }

    /// Fills it up and takes one, and gives back what is left of a bucket that has closed.
    #[must_use]
    pub fn refill(stock: Option<Self>, ledger: &Ledger, now: Timestamp) -> Refill {
        let unused = stock.filter(|stock| stock.left > 0).map(|stock| (stock.bucket, stock.left));
        let back = ledger.give_back(&unused.into_iter().collect::<BTreeMap<_, _>>(), now);
        let people = refill_size(ledger.allowance);
        let demand = Demand { people, at_least: 1, purpose: Purpose::Single };
        // Both are one write: what comes back makes room for what is taken.
        let room = ledger.after(&back).unwrap_or_else(|| ledger.clone());
        match room.reserve(demand, now) {
            Reserved::Full { free_at } => Refill::Full { free_at },
            Reserved::Slots { bucket, people, change } => {
                let stock = Stock { bucket, left: people - 1 };
                Refill::Write { stock, ledger: joined(back, change) }
            }
        }
    }
}

/// One write that gives back and takes. The total that its condition looks at is the one before both.
fn joined(back: Change, mut take: Change) -> Change {
    for (bucket, slots) in back.add {
        *take.add.entry(bucket).or_default() += slots;
    }
    take.add.retain(|_, slots| *slots != 0);
    take.total += back.total;
    take.within = take.within.map(|(allowance, most)| (allowance, most - back.total));
    take
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + minutes * 60).unwrap()
    }

    fn ledger(limit: u32) -> Ledger {
        Ledger::new(Allowance { limit: Limit::People(limit), head_room: 0, others: 0 })
    }

    fn refilled(stock: Option<Stock>, ledger: &Ledger, now: Timestamp) -> (Stock, Ledger) {
        let Refill::Write { stock, ledger: change } = Stock::refill(stock, ledger, now) else {
            panic!("full")
        };
        (stock, ledger.after(&change).unwrap())
    }

    #[test]
    fn single_messages_take_from_a_stock_and_the_ledger_is_written_once_in_fifty() {
        let (mut stock, ledger) = refilled(None, &ledger(10_000), at(0));
        for _ in 0..49 {
            stock = stock.take(at(1)).unwrap();
        }
        assert_eq!((stock.left, stock.take(at(1))), (0, None));
        let (_, ledger) = refilled(Some(stock), &ledger, at(2));
        assert_eq!(ledger.used(at(2)), 100);
    }

    #[test]
    fn what_is_left_when_the_bucket_closes_is_given_back_with_the_next_refill() {
        let (stock, ledger) = refilled(None, &ledger(10_000), at(0));
        assert_eq!(stock.take(at(15)), None);
        let (stock, ledger) = refilled(Some(stock), &ledger, at(15));
        assert_eq!(stock, Stock { bucket: Bucket::at(at(15)), left: 49 });
        assert_eq!((ledger.used(at(15)), ledger.total()), (51, 51), "one was sent");
    }

    #[test]
    fn what_comes_back_makes_room_when_everything_is_taken() {
        let (stock, mut ledger) = refilled(None, &ledger(100), at(0));
        assert_eq!(stock.left, 1);
        ledger.buckets.insert(Bucket::at(at(1)), 100);
        let (stock, ledger) = refilled(Some(stock), &ledger, at(16));
        assert_eq!((stock.left, ledger.used(at(16))), (0, 100));
        let now = at(17);
        let free_at = Some(Bucket::at(at(0)).counts_until());
        assert_eq!(Stock::refill(Some(stock), &ledger, now), Refill::Full { free_at });
    }

    #[test]
    fn a_low_limit_is_not_kept_by_one_number() {
        assert_eq!(refill_size(Allowance::usual(Limit::People(250))), 5);
        assert_eq!(refill_size(Allowance::usual(Limit::People(2000))), 40);
        assert_eq!(refill_size(Allowance::usual(Limit::Unlimited)), 50);
    }
}
