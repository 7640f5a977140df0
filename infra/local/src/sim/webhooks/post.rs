//! Posting: what is due, what came back, and when it is tried again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::sim::model::Due;
use crate::sim::state::{State, ms, ordered};

/// Meta gives up after seven days.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(7 * 24);
const FIRST_RETRY_MS: u64 = 5_000;
const LONGEST_RETRY_MS: u64 = 3_600_000;
/// Finished posts beyond this many are forgotten; the counters keep their sum.
const KEPT: usize = 20_000;

/// One POST to the webhook, over all its attempts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) fields: Vec<String>,
    pub(crate) created: Timestamp,
    pub(crate) next_at: Option<Timestamp>,
    /// `waiting`, `held`, `delivered` or `abandoned`.
    pub(crate) state: String,
    pub(crate) drop_first: bool,
    pub(crate) attempts: Vec<Attempt>,
}

/// What one attempt brought.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

impl Post {
    /// A held post that was on disk leaves after a restart, when no fault stands any more.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "held")
    }
}

/// An attempt to make now.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
    pub(crate) signature: Option<String>,
}

impl State {
    /// Lets everything happen that is due, and returns the posts to make.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Vec<Job> {
        let mut jobs = Vec::new();
        while let Some((at, due)) = self.pop_due(now) {
            match due {
                Due::Post(id) => jobs.extend(self.start_post(id, now)),
                other => self.happen(at, other),
            }
        }
        jobs
    }

    fn start_post(&mut self, id: u64, now: Timestamp) -> Option<Job> {
        if self.config.webhook_url.is_empty() {
            self.without_address.insert(id);
            return None;
        }
        let post = self.posts.get_mut(&id)?;
        if post.drop_first {
            post.drop_first = false;
            post.attempts.push(Attempt { at: now, status: None, error: Some("dropped by a fault".into()) });
            let again = now + ms(self.faults.webhooks.redeliver_after_ms);
            self.try_again(id, again);
            return None;
        }
        // A post that was held on disk is an ordinary one by now.
        post.state = "waiting".into();
        let body = post.body.clone().into_bytes();
        let signature = Some(super::signature(&self.config.app_secret, &body));
        self.in_flight.insert(id);
        Some(Job { id, url: self.config.webhook_url.clone(), body, signature })
    }

    fn try_again(&mut self, id: u64, when: Timestamp) {
        if let Some(post) = self.posts.get_mut(&id) {
            post.next_at = Some(when);
            self.disk.put("post", ordered(id), Some(&*post));
            self.at(when, Due::Post(id));
        }
    }

    /// Notes what an attempt brought. Anything but 200 is tried again, with growing intervals.
    pub(crate) fn finish_post(&mut self, id: u64, now: Timestamp, result: Result<u16, String>) {
        self.in_flight.remove(&id);
        self.counters.webhook_attempts += 1;
        // After a reset the post is no longer known.
        let Some(post) = self.posts.get_mut(&id) else { return };
        let delivered = result == Ok(200);
        let (status, error) = (result.as_ref().ok().copied(), result.err());
        post.attempts.push(Attempt { at: now, status, error });
        let tries = u32::try_from(post.attempts.len()).unwrap_or(u32::MAX);
        let wait = FIRST_RETRY_MS.saturating_mul(2_u64.saturating_pow(tries - 1)).min(LONGEST_RETRY_MS);
        if delivered {
            self.counters.webhook_delivered += 1;
        } else {
            self.counters.webhook_failed_attempts += 1;
            if now + ms(wait) <= post.created + GIVE_UP {
                return self.try_again(id, now + ms(wait));
            }
            self.counters.webhook_abandoned += 1;
        }
        post.state = if delivered { "delivered" } else { "abandoned" }.into();
        post.next_at = None;
        self.disk.put("post", ordered(id), Some(&*post));
        self.forget_old_posts();
    }

    fn forget_old_posts(&mut self) {
        while self.posts.len() > KEPT {
            let Some(old) = self.posts.first_entry().filter(|post| !post.get().is_waiting()) else { return };
            let (id, _) = old.remove_entry();
            self.disk.put::<()>("post", ordered(id), None);
        }
    }

    /// Posts that waited for an address leave now.
    pub(crate) fn address_known(&mut self, now: Timestamp) {
        for id in std::mem::take(&mut self.without_address) {
            self.at(now, Due::Post(id));
        }
    }
}
