//! What the portfolio's page shows: what is used, when it is free, how long a campaign will take, how to a higher limit.

use jiff::{SignedDuration, Timestamp};

use super::{Allowance, Bucket, DAY, Ledger, Limit, Purpose};

/// How the limit is used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Slots that count now.
    pub used: u32,
    /// Free for campaigns. `None` if any number.
    pub free_for_campaigns: Option<u32>,
    /// Free for single messages. `None` if any number.
    pub free_for_single_messages: Option<u32>,
    /// When how many stop counting, soonest first.
    pub freed: Vec<(Timestamp, u32)>,
}

/// How a number of people will be sent to, if nobody else takes slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// How many on the first day from now, the second, and so on.
    pub days: Vec<u32>,
    /// When the last one is sent to. `None`: not within ten years, or never, as nothing may be taken.
    pub ends_at: Option<Timestamp>,
}

/// How far a forecast looks.
const HORIZON: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

impl Ledger {
    /// How the limit is used at this time.
    #[must_use]
    pub fn usage(&self, now: Timestamp) -> Usage {
        let counting = self.buckets.iter().filter(|(bucket, taken)| bucket.counts_at(now) && **taken > 0);
        Usage {
            used: self.used(now),
            free_for_campaigns: self.free(Purpose::Campaign, now),
            free_for_single_messages: self.free(Purpose::Single, now),
            freed: counting.map(|(bucket, taken)| (bucket.counts_until(), *taken)).collect(),
        }
    }

    /// How a campaign to so many people goes, at a pace of at most so many an hour.
    #[must_use]
    pub fn forecast(&self, people: u32, per_hour: u32, now: Timestamp) -> Forecast {
        let mut forecast = Forecast { days: Vec::new(), ends_at: None };
        if people == 0 {
            forecast.ends_at = Some(now);
            return forecast;
        }
        let up_to = self.allowance.up_to(Purpose::Campaign).unwrap_or(u32::MAX);
        if per_hour == 0 || up_to == 0 {
            return forecast;
        }
        let last = now.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        let (mut left, mut at) = (people, now);
        let mut taken = self.buckets.clone();
        taken.retain(|bucket, _| bucket.counts_at(now));
        let mut used = self.used(now);
        while at < last {
            // What stopped counting meanwhile; the oldest stand first.
            while let Some(entry) = taken.first_entry().filter(|entry| !entry.key().counts_at(at)) {
                used = used.saturating_sub(entry.remove());
            }
            let free = up_to.saturating_sub(used);
            if free == 0 {
                let Some(oldest) = taken.keys().next() else { break };
                at = oldest.counts_until();
                continue;
            }
            let bucket = Bucket::at(at);
            let length = bucket.ends_at().duration_since(at);
            let sent = left.min(free).min(in_time(per_hour, length).max(1));
            *taken.entry(bucket).or_default() += sent;
            used += sent;
            left -= sent;
            note(&mut forecast.days, at.duration_since(now), sent);
            if left == 0 {
                let took = i64::from(sent) * 3_600_000 / i64::from(per_hour);
                forecast.ends_at = at.checked_add(SignedDuration::from_millis(took)).ok();
                return forecast;
            }
            at = bucket.ends_at();
        }
        forecast
    }
}

/// How many are sent in a time, at so many an hour.
fn in_time(per_hour: u32, time: SignedDuration) -> u32 {
    let sent = i128::from(per_hour) * time.as_millis() / 3_600_000;
    u32::try_from(sent).unwrap_or(u32::MAX)
}

fn note(days: &mut Vec<u32>, after: SignedDuration, sent: u32) {
    let day = usize::try_from(after.as_secs() / DAY.as_secs()).unwrap_or_default();
    if days.len() <= day {
        days.resize(day + 1, 0);
    }
    days[day] += sent;
}

/// What leads to the next limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTier {
    /// The limit that is next.
    pub next: Limit,
    /// How many people have to be reached outside open windows.
    pub people: u32,
    /// Within how many days, whichever they are.
    pub within_days: u32,
    /// What is still to be done, if the days of the plan are added to those before it.
    pub still: u32,
    /// How many to reach on each day of the plan, today first. Empty if it is done already.
    pub days: Vec<u32>,
    /// The plan's days are too few under the present limit, head-room and all: this is the most that they allow.
    pub is_too_short: bool,
    /// Business verification leads there as well, at once.
    pub or_by_verification: bool,
}

/// What volume over how many days leads to the next limit. `None` if there is no higher one.
///
/// `reached` says how many different people were reached on each of the last days, the newest last. Meta's conditions:
/// half of the limit used within the last 7 days and a quality that is not low; from 250 on, 2,000 people within 30 days,
/// or verification. It takes Meta about six hours to notice.
///
/// See [Cloud API/Messaging limits], read 2026-11.
#[must_use]
pub fn plan_to_next_tier(allowance: Allowance, reached: &[u32], days: u32) -> Option<NextTier> {
    let Limit::People(limit) = allowance.limit else { return None };
    let (next, people, within_days) = match limit {
        0..2_000 => (Limit::People(2_000), 2_000, 30),
        2_000..10_000 => (Limit::People(10_000), limit.div_ceil(2), 7),
        10_000..100_000 => (Limit::People(100_000), limit.div_ceil(2), 7),
        100_000.. => (Limit::Unlimited, limit.div_ceil(2), 7),
    };
    let days = days.clamp(1, within_days);
    let before = reached.iter().rev().take((within_days - days) as usize).sum();
    let still = people.saturating_sub(before);
    let most = allowance.up_to(Purpose::Campaign).unwrap_or(u32::MAX);
    let planned: Vec<u32> = (0..days)
        .map(|day| (share(still, day + 1, days) - share(still, day, days)).min(most))
        .filter(|people| *people > 0)
        .collect();
    let is_too_short = planned.iter().sum::<u32>() < still;
    let or_by_verification = limit < 2_000;
    Some(NextTier { next, people, within_days, still, days: planned, is_too_short, or_by_verification })
}

/// What of a number is done after so many days of all, evenly.
fn share(people: u32, after: u32, days: u32) -> u32 {
    u32::try_from(u64::from(people) * u64::from(after) / u64::from(days)).unwrap_or(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + minutes * 60).unwrap()
    }

    fn ledger(limit: Limit) -> Ledger {
        Ledger::new(Allowance { limit, head_room: 0, others: 0 })
    }

    #[test]
    fn a_campaign_of_five_times_the_limit_takes_five_days_and_each_of_them_little_longer_than_a_day() {
        let forecast = ledger(Limit::People(2_000)).forecast(10_000, 80 * 3_600, at(0));
        assert_eq!(forecast.days.iter().sum::<u32>(), 10_000);
        let ends_at = forecast.ends_at.unwrap();
        // Each round waits until the bucket of the one before counts no more: a day, and up to 32 minutes.
        assert!(ends_at > at(4 * 24 * 60) && ends_at < at(4 * (24 * 60 + 32) + 15), "{ends_at}");
    }

    #[test]
    fn without_a_limit_it_takes_as_long_as_the_pace_says() {
        let forecast = ledger(Limit::Unlimited).forecast(100_000, 80 * 3_600, at(0));
        assert_eq!(forecast.ends_at, Some(at(0) + SignedDuration::from_secs(1_250)));
        assert_eq!(forecast.days, [100_000]);
        assert_eq!(ledger(Limit::Unlimited).forecast(5, 0, at(0)).ends_at, None);
        assert_eq!(ledger(Limit::People(0)).forecast(5, 10, at(0)).ends_at, None);
        assert_eq!(ledger(Limit::People(0)).forecast(0, 10, at(0)).ends_at, Some(at(0)));
    }

    #[test]
    fn what_is_used_now_delays_it() {
        let mut ledger = ledger(Limit::People(250));
        ledger.buckets.insert(Bucket::at(at(-60)), 200);
        ledger.buckets.insert(Bucket::at(at(-5_000)), 200);
        let forecast = ledger.forecast(100, 3_600_000, at(0));
        let free = Bucket::at(at(-60)).counts_until();
        assert!(forecast.ends_at.unwrap().duration_since(free) < SignedDuration::from_secs(1));
        let usage = ledger.usage(at(0));
        assert_eq!((usage.used, usage.free_for_campaigns), (200, Some(50)));
        assert_eq!(usage.freed, [(free, 200)]);
    }

    #[test]
    fn half_of_the_limit_in_seven_days_leads_to_the_next_one() {
        let plan = plan_to_next_tier(Allowance::usual(Limit::People(2_000)), &[900, 100, 200], 4).unwrap();
        assert_eq!((plan.next, plan.people, plan.within_days), (Limit::People(10_000), 1_000, 7));
        assert_eq!((plan.still, plan.is_too_short), (0, false));
        assert_eq!(plan.days, [0; 0]);
        let plan = plan_to_next_tier(Allowance::usual(Limit::People(2_000)), &[900, 100, 200], 6).unwrap();
        assert_eq!((plan.still, plan.days), (800, vec![133, 133, 134, 133, 133, 134]));
        let plan = plan_to_next_tier(Allowance::usual(Limit::People(100_000)), &[], 1).unwrap();
        assert_eq!((plan.next, plan.days), (Limit::Unlimited, vec![50_000]));
        assert_eq!(plan_to_next_tier(Allowance::usual(Limit::Unlimited), &[], 7), None);
    }

    #[test]
    fn the_lowest_limit_is_left_by_verification_or_by_two_thousand_people_in_a_month() {
        let plan = plan_to_next_tier(Allowance::usual(Limit::LOWEST), &[], 30).unwrap();
        assert!(plan.or_by_verification && !plan.is_too_short);
        assert_eq!((plan.still, plan.days.iter().sum::<u32>(), plan.days.len()), (2_000, 2_000, 30));
        assert!(plan_to_next_tier(Allowance::usual(Limit::LOWEST), &[], 5).unwrap().is_too_short);
    }

    #[test]
    fn a_forecast_of_a_year_is_quick_and_keeps_the_limit_on_every_day() {
        let forecast = ledger(Limit::People(2_000)).forecast(700_000, 80 * 3_600, at(7));
        assert!(forecast.days.len() > 350 && forecast.days.iter().all(|people| *people <= 2_000));
        assert!(forecast.ends_at.is_some());
    }
}
