//! How fast a campaign goes, below what Meta allows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How fast a campaign goes, below what Meta allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CampaignPace)]
pub struct Pace {
    /// Spread evenly over so many hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_hours: Option<u16>,
    /// At most so many messages a minute, over all numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// For a young number: at most so many messages on the first day, the second, and so on. The days after the last
    /// have no limit of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warm_up: Vec<u32>,
}

impl Pace {
    /// How many messages a campaign of so many people may have sent this long after its start; `None` is no limit.
    /// Days of the warm-up count 24 hours each from the start.
    #[must_use]
    pub fn allowed_after(&self, people: u64, seconds: u64) -> Option<u64> {
        let spread = self.over_hours.map(|hours| share_of(people, seconds, u64::from(hours) * 3_600));
        let minutely = self.per_minute.map(|n| (seconds / 60 + 1).saturating_mul(u64::from(n)));
        let day = usize::try_from(seconds / 86_400).unwrap_or(usize::MAX);
        let warm = (day < self.warm_up.len())
            .then(|| self.warm_up.iter().take(day + 1).map(|n| u64::from(*n)).sum::<u64>());
        [spread, minutely, warm].into_iter().flatten().min()
    }

    /// The seconds after the start at which so many messages may have been sent; 0 if nothing holds them back.
    #[must_use]
    pub fn due_after(&self, people: u64, messages: u64) -> u64 {
        let is_due = |seconds: u64| self.allowed_after(people, seconds).is_none_or(|n| n >= messages);
        // Allowances only grow, except that they end with the warm-up; whatever is due then is due at the latest.
        let (mut low, mut high) = (0_u64, 400 * 86_400);
        while low < high {
            let middle = low.midpoint(high);
            if is_due(middle) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

/// The part of all people whose turn has come, rounded up, so that the first goes at once.
fn share_of(people: u64, seconds: u64, of: u64) -> u64 {
    if seconds >= of {
        return people;
    }
    let part = u128::from(people) * u128::from(seconds + 1);
    u64::try_from(part.div_ceil(u128::from(of))).unwrap_or(u64::MAX).min(people)
}
