//! Workers that take turns in virtual time.
//!
//! A worker is a future that is polled by nobody but this: after each of its side effects it rests for a while of virtual
//! time, and others go on. A crash drops the future.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// The virtual time, in microseconds, shared by everybody; and how long who was polled last wants to rest.
#[derive(Clone, Default)]
pub struct Time {
    now: Rc<Cell<i64>>,
    rest: Rc<Cell<i64>>,
}

impl Time {
    /// What time it is.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now.get()
    }

    /// Rests until so many microseconds from now.
    pub fn rest(&self, micros: i64) -> Rest {
        Rest { time: self.clone(), micros: Some(micros) }
    }
}

/// A rest.
pub struct Rest {
    time: Time,
    micros: Option<i64>,
}

impl Future for Rest {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.micros.take() {
            Some(micros) => {
                self.time.rest.set(micros.max(0));
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

/// A worker's work.
pub type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Everybody, and when they go on.
pub struct Stage {
    time: Time,
    works: Vec<Option<Work>>,
    due: BinaryHeap<Reverse<(i64, u64, usize)>>,
    turns: u64,
}

impl Stage {
    /// Nobody yet.
    #[must_use]
    pub fn new(time: Time) -> Self {
        Self { time, works: Vec::new(), due: BinaryHeap::new(), turns: 0 }
    }

    /// A worker begins after so many microseconds. Its number stays.
    pub fn enter(&mut self, after: i64, work: Work) -> usize {
        let who = self.works.len();
        self.works.push(Some(work));
        self.schedule(after, who);
        who
    }

    /// A worker is gone in the middle of its work, and another one takes its place.
    pub fn replace(&mut self, who: usize, work: Work) {
        self.works[who] = Some(work);
    }

    fn schedule(&mut self, after: i64, who: usize) {
        self.turns += 1;
        self.due.push(Reverse((self.time.now() + after, self.turns, who)));
    }

    /// Lets whoever is next take a step, and tells who that is; `None` when nobody is left, or nobody before this time.
    pub fn step(&mut self, until: i64) -> Option<usize> {
        loop {
            let Reverse((at, _, who)) = *self.due.peek()?;
            if at > until {
                return None;
            }
            self.due.pop();
            let Some(work) = self.works[who].as_mut() else { continue };
            self.time.now.set(self.time.now().max(at));
            match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => self.schedule(self.time.rest.get(), who),
                Poll::Ready(()) => self.works[who] = None,
            }
            return Some(who);
        }
    }

    /// When somebody goes on next.
    #[must_use]
    pub fn next(&self) -> Option<i64> {
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }
}
