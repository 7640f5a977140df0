//! From something that happened to posts: batching, disorder, copies, delay and holding back.

use jiff::Timestamp;

use super::build::{self, Change};
use super::post::Post;
use crate::sim::model::Due;
use crate::sim::state::{State, ms, ordered};

impl State {
    /// Tells the webhook about a change, through whatever faults stand.
    pub(crate) fn emit(&mut self, now: Timestamp, change: Change) {
        let window = self.faults.webhooks.batch.max(self.faults.webhooks.reorder);
        if window <= 1 {
            return self.enqueue(now, &[change]);
        }
        let seq = self.next_seq();
        self.disk.put("staged", ordered(seq), Some(&change));
        self.staged.insert(seq, change);
        if self.staged.len() as u64 >= window {
            self.flush(now);
        } else if !self.due.values().any(|due| *due == Due::Flush) {
            self.at(now + ms(self.faults.webhooks.max_wait_ms), Due::Flush);
        }
    }

    /// Sends what has been collected.
    pub(crate) fn flush(&mut self, now: Timestamp) {
        for seq in self.staged.keys() {
            self.disk.put::<()>("staged", ordered(*seq), None);
        }
        let mut changes: Vec<Change> = std::mem::take(&mut self.staged).into_values().collect();
        if self.faults.webhooks.reorder > 1 {
            self.faults.chance.shuffle(&mut changes);
        }
        let size = usize::try_from(self.faults.webhooks.batch.max(1)).unwrap_or(usize::MAX);
        for chunk in changes.chunks(size) {
            self.enqueue(now, chunk);
        }
    }

    fn enqueue(&mut self, now: Timestamp, changes: &[Change]) {
        let hooks = self.faults.webhooks.clone();
        let body = if hooks.merge { build::body(&build::merge(changes)) } else { build::body(changes) };
        let copied = hooks.duplicate > 0 && self.faults.chance.hits(hooks.duplicate_share);
        let copies = if copied { hooks.duplicate } else { 0 };
        for copy in 0..=copies {
            let dropped = hooks.drop_share > 0.0 && self.faults.chance.hits(hooks.drop_share);
            let at = now + ms(hooks.delay_ms + copy * hooks.duplicate_after_ms);
            let post = Post {
                id: self.next_seq(),
                body: body.clone(),
                fields: changes.iter().map(|change| change.field.clone()).collect(),
                created: now,
                next_at: Some(at),
                state: if hooks.hold { "held" } else { "waiting" }.into(),
                drop_first: dropped,
                attempts: Vec::new(),
            };
            self.keep_post(post);
        }
    }

    fn keep_post(&mut self, post: Post) {
        self.disk.put("post", ordered(post.id), Some(&post));
        if post.state == "waiting" {
            self.at(post.next_at.unwrap_or(post.created), Due::Post(post.id));
        }
        self.posts.insert(post.id, post);
    }

    /// Lets go of everything that was held back.
    pub(crate) fn release_held(&mut self, now: Timestamp) -> usize {
        let held: Vec<u64> =
            self.posts.values().filter(|post| post.state == "held").map(|post| post.id).collect();
        for id in &held {
            if let Some(mut post) = self.posts.remove(id) {
                post.state = "waiting".into();
                post.next_at = post.next_at.map(|at| at.max(now));
                self.keep_post(post);
            }
        }
        held.len()
    }
}
