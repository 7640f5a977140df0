//! Moving dead letters back, in the background, as `StartMessageMoveTask` does.

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::Sqs;
use super::errors::SqsError;
use super::receive::candidate;
use super::spec::{arn_of, name_in_arn};
use super::store::Store;

/// Messages per transaction when no rate is asked for.
const STEP: u32 = 100;

/// What a move task is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveRequest {
    /// ARN of the dead-letter queue.
    pub source_arn: String,
    /// ARN of the queue to move to; each message's own source when absent.
    pub destination_arn: Option<String>,
    /// At most this many a second.
    pub max_per_second: Option<u32>,
}

/// How far a move task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveStatus {
    /// Moving.
    Running,
    /// Everything was moved.
    Completed,
    /// It was told to stop and will.
    Cancelling,
    /// It was told to stop and did.
    Cancelled,
    /// It could not go on.
    Failed,
}

impl MoveStatus {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Cancelling => "CANCELLING",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }
}

/// A move task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTask {
    /// Names the task.
    pub handle: String,
    /// What it was asked to do.
    pub request: MoveRequest,
    /// How far it is.
    pub status: MoveStatus,
    /// Messages moved so far.
    pub moved: u64,
    /// Messages that were there at the start.
    pub to_move: u64,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it began.
    pub started: Timestamp,
}

impl Sqs {
    /// Starts to move dead letters back to where they came from, or to another queue.
    ///
    /// # Errors
    /// The queue is not there, is nobody's dead-letter queue, or has a task running.
    pub async fn start_message_move_task(&self, request: MoveRequest) -> Result<String, SqsError> {
        self.count("StartMessageMoveTask", name_in_arn(&request.source_arn).unwrap_or_default(), 0);
        if let Some(rate) = request.max_per_second.filter(|it| !(1..=500).contains(it)) {
            let reason = "Must be between 1 and 500.";
            return Err(SqsError::parameter("MaxNumberOfMessagesPerSecond", rate, reason));
        }
        let asked = request.clone();
        let to_move = self.inner.worker.run(move |store| store.check_move(&asked)).await?;
        let task = MoveTask {
            handle: uuid::Uuid::new_v4().to_string(),
            status: MoveStatus::Running,
            moved: 0,
            to_move,
            failure: None,
            started: self.inner.clock.now(),
            request,
        };
        let handle = task.handle.clone();
        {
            let mut tasks = self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            if tasks.iter().any(|it| it.is_active() && it.request.source_arn == task.request.source_arn) {
                let reason = "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
                return Err(SqsError::UnsupportedOperation(reason.into()));
            }
            tasks.push(task.clone());
        }
        tokio::spawn(self.clone().run_move(task));
        Ok(handle)
    }

    /// The tasks of a dead-letter queue, the newest first.
    pub fn list_message_move_tasks(&self, source_arn: &str) -> Vec<MoveTask> {
        self.count("ListMessageMoveTasks", name_in_arn(source_arn).unwrap_or_default(), 0);
        let tasks = self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().rev().filter(|it| it.request.source_arn == source_arn).cloned().collect()
    }

    /// Stops a task and says how many messages it had moved.
    ///
    /// # Errors
    /// No such task, or it has ended.
    pub fn cancel_message_move_task(&self, handle: &str) -> Result<u64, SqsError> {
        self.count("CancelMessageMoveTask", "", 0);
        let mut tasks = self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let task = tasks.iter_mut().find(|it| it.handle == handle);
        let task = task.ok_or_else(|| SqsError::ResourceNotFound("Task does not exist.".into()))?;
        if task.status != MoveStatus::Running {
            return Err(SqsError::UnsupportedOperation("Only active tasks can be cancelled.".into()));
        }
        task.status = MoveStatus::Cancelling;
        Ok(task.moved)
    }

    async fn run_move(self, task: MoveTask) {
        let step = task.request.max_per_second.unwrap_or(STEP);
        loop {
            if self.with_task(&task.handle, |it| it.status) == Some(MoveStatus::Cancelling) {
                self.with_task(&task.handle, |it| it.status = MoveStatus::Cancelled);
                return;
            }
            let request = task.request.clone();
            let moved = self.inner.worker.run(move |store| store.move_some(&request, step)).await;
            let ended = self.with_task(&task.handle, |it| it.note(moved)).unwrap_or(true);
            if ended {
                return;
            }
            if task.request.max_per_second.is_some() {
                let next = self.inner.clock.now() + SignedDuration::from_secs(1);
                self.inner.clock.sleep_until(next).await;
            }
        }
    }

    fn with_task<T>(&self, handle: &str, change: impl FnOnce(&mut MoveTask) -> T) -> Option<T> {
        let mut tasks = self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter_mut().find(|it| it.handle == handle).map(change)
    }
}

impl MoveTask {
    fn is_active(&self) -> bool {
        matches!(self.status, MoveStatus::Running | MoveStatus::Cancelling)
    }

    /// Notes a step and returns whether it was the last.
    fn note(&mut self, moved: Result<u64, SqsError>) -> bool {
        match moved {
            Ok(0) => self.status = MoveStatus::Completed,
            Ok(moved) => self.moved += moved,
            Err(error) => {
                self.status = MoveStatus::Failed;
                self.failure = Some(error.to_string());
            }
        }
        !self.is_active()
    }
}

impl Store {
    /// Checks a task and counts what it has to move.
    fn check_move(&mut self, request: &MoveRequest) -> Result<u64, SqsError> {
        let missing = |arn: &str| {
            SqsError::ResourceNotFound(format!("The resource that you specified for {arn} doesn't exist."))
        };
        let source = name_in_arn(&request.source_arn).ok_or_else(|| missing("SourceArn"))?;
        if !self.queues.contains_key(source) {
            return Err(missing("SourceArn"));
        }
        if let Some(arn) = &request.destination_arn {
            let target = name_in_arn(arn).and_then(|it| self.queues.get(it));
            let target = target.ok_or_else(|| missing("DestinationArn"))?;
            if target.spec.fifo != self.queue(source)?.spec.fifo {
                let reason = "Source and destination queue must be of the same kind.";
                return Err(SqsError::UnsupportedOperation(reason.into()));
            }
        }
        let redrives = self.queues.values().filter_map(|it| it.spec.redrive.as_ref());
        if !redrives.into_iter().any(|it| it.dead_letter_queue == source) {
            let reason = "Source queue must be configured as a Dead Letter Queue.";
            return Err(SqsError::UnsupportedOperation(reason.into()));
        }
        Ok(self.depth(source)?.visible)
    }

    /// Moves some messages that are not in flight, in their order; 0 when there are none left.
    fn move_some(&mut self, request: &MoveRequest, max: u32) -> Result<u64, SqsError> {
        let source = self.queue(name_in_arn(&request.source_arn).unwrap_or_default())?;
        self.expire(&source)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT m.seq, m.lane, m.receives, c.dead_source
             FROM messages m JOIN contents c ON c.seq = m.seq
             WHERE m.queue = ?1 AND m.visible_at <= ?2 ORDER BY m.seq LIMIT ?3",
        )?;
        let rows = statement
            .query_map(params![source.id, self.now(), max], |row| Ok((candidate(row)?, row.get(3)?)))?;
        let letters = rows.collect::<Result<Vec<(_, Option<String>)>, _>>()?;
        drop(statement);
        for (letter, came_from) in &letters {
            let arn = request.destination_arn.as_ref().or(came_from.as_ref());
            let Some(name) = arn.and_then(|it| name_in_arn(it)) else {
                return Err(SqsError::UnsupportedOperation("CouldNotDetermineMessageSource".into()));
            };
            // A message moved into its own queue would be found again for ever.
            if *arn_of(name) == source.spec.arn() {
                return Err(SqsError::UnsupportedOperation("Source and destination are the same.".into()));
            }
            let target = self.queue(name)?;
            self.move_back(&source, &target, letter)?;
        }
        Ok(letters.len() as u64)
    }
}
