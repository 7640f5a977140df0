//! How much comes in: it counts against a number's throughput.

use jiff::Timestamp;

/// Over how many seconds it is averaged, weighted to the newest.
const SECONDS: f64 = 10.0;

/// A number's inbound rate, in two attributes of its lease, written once for each batch and number, on condition of the
/// time that was read. A write that loses is left out: the next one is soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inbound {
    /// Messages in a thousand seconds.
    pub rate: u32,
    /// When that was, in Unix milliseconds.
    pub at: i64,
}

impl Inbound {
    /// So many messages came in.
    #[must_use]
    pub fn came(self, messages: u32, now: Timestamp) -> Self {
        let rate = self.decayed(now) + f64::from(messages) * 1_000.0 / SECONDS;
        Self { rate: whole(rate), at: self.at.max(now.as_millisecond()) }
    }

    /// Messages in a thousand seconds, as of now: silence brings it down.
    #[must_use]
    pub fn per_thousand_seconds(self, now: Timestamp) -> u64 {
        whole(self.decayed(now)).into()
    }

    fn decayed(self, now: Timestamp) -> f64 {
        let silent = now.as_millisecond().saturating_sub(self.at).max(0) as f64 / 1_000.0;
        f64::from(self.rate) * (-silent / SECONDS).exp()
    }
}

fn whole(rate: f64) -> u32 {
    rate.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_392_000_000 + ms).unwrap()
    }

    #[test]
    fn a_steady_stream_is_measured_as_it_is_and_forgotten_when_it_ends() {
        let mut inbound = Inbound::default();
        for batch in 0..400 {
            inbound = inbound.came(5, at(batch * 250));
        }
        let now = 399 * 250;
        let rate = inbound.per_thousand_seconds(at(now));
        assert!((19_500..=20_500).contains(&rate), "{rate} is not twenty a second");
        assert!(inbound.per_thousand_seconds(at(now + 60_000)) < 100);
        assert_eq!(inbound.per_thousand_seconds(at(0)), rate, "a clock that is behind");
    }
}
