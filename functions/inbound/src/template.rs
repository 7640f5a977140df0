//! What Meta says of templates: where they stand, how people take them, and their category, which decides what a person
//! must have agreed to.

use cloud_api::WabaId;
use cloud_api::webhook::event::Event;
use domain::template::told_by;
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use queue::{Entry, Job, Task};
use store::Heard;
use tracing::info;

use crate::{Inbound, failure};

impl Inbound {
    /// Folds what an event says into its template. What Meta does not say in words that we keep, and what nobody has seen
    /// yet, a job reads there. Whether it is about a template.
    pub(crate) async fn note_template(&self, item: &PackItem, event: &Event) -> Result<bool, Failure> {
        let Some(told) = told_by(event) else { return Ok(false) };
        let waba = WabaId::new(item.item.waba.as_ref());
        // Meta's time. Without one nobody can say what is newer, so that it counts as of when it came.
        let at = item.item.time.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let at = at.unwrap_or(item.received_at);
        let now = self.kit.clock.now();
        let heard = self.store.hear_of_template(&waba, &told, at, now).await.map_err(failure)?;
        if let Heard::Folded(changes) = &heard {
            for change in changes {
                info!(template.id = %told.template, template.what = change.aspect.as_str(), "A template has changed");
            }
        }
        if told.read_again || heard == Heard::Unknown {
            let task = Task::SyncTemplates { waba: waba.to_string(), name: told.name };
            let entry = Entry::new(Job::of(task, item.correlation.clone()).to_json());
            let sent = self.queue.send(&self.queues.jobs, entry).await;
            sent.map_err(|error| Failure::Retry(error.to_string()))?;
        }
        Ok(true)
    }
}
