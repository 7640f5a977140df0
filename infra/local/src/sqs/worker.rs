//! The one thread that touches the database.
//!
//! It takes every request that is waiting, runs them in one transaction, commits, and only then answers
//! them all. So an answer means that the work is on disk, and the price of a sync is shared.

use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::errors::SqsError;
use super::store::Store;

/// How many requests share a transaction at most.
const GROUP: usize = 512;

type Answer = Box<dyn FnOnce(Result<(), SqsError>) + Send>;
type Job = Box<dyn FnOnce(&mut Store) -> Answer + Send>;

/// The storage thread. Dropping it waits until the database is closed.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread; `wake` hears of each queue that got something to receive.
    pub(super) fn start(store: Store, wake: impl Fn(&str) + Send + 'static) -> Result<Self, SqsError> {
        let (sender, jobs) = mpsc::channel();
        let thread =
            std::thread::Builder::new().name("sqs".into()).spawn(move || serve(store, &jobs, wake))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// Runs `work` on the thread and returns its result once that is committed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, SqsError> + Send + 'static,
    ) -> Result<T, SqsError> {
        let stopped = || SqsError::Storage("the storage thread has stopped".into());
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            let result = store.isolated(work);
            Box::new(move |committed| {
                // Nobody waits any more: the caller went away, the work stays done.
                let _ = reply.send(committed.and(result));
            })
        });
        self.jobs.as_ref().ok_or_else(stopped)?.send(job).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been answered as a stopped thread already.
            let _ = thread.join();
        }
    }
}

fn serve(mut store: Store, jobs: &mpsc::Receiver<Job>, wake: impl Fn(&str)) {
    while let Ok(first) = jobs.recv() {
        let group = std::iter::once(first).chain(jobs.try_iter().take(GROUP - 1));
        let begun = store.run("BEGIN");
        let answers: Vec<Answer> = group.map(|job| job(&mut store)).collect();
        let committed = begun.and_then(|()| store.run("COMMIT"));
        let woken = std::mem::take(&mut store.woken);
        if committed.is_err() {
            undo(&mut store);
        }
        for answer in answers {
            answer(committed.clone());
        }
        if committed.is_ok() {
            woken.iter().for_each(|queue| wake(queue));
        }
    }
}

/// After a commit that failed, back to what the disk says.
fn undo(store: &mut Store) {
    let undone = store.run("ROLLBACK").and_then(|()| store.reload());
    if let Err(error) = undone {
        tracing::error!(%error, "A transaction of the queues could not be rolled back");
    }
}
