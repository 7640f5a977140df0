//! One call of a handler: its timeout, its panics, and its death on command.

use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use lambda_kit::Clock;

use super::activity::Activity;

tokio::task_local! {
    static KILLED: Arc<AtomicBool>;
}

/// Kills the call that this code runs in, as a machine that stops does: the handler's future is dropped as soon
/// as it yields, and nothing that it returns counts. For fault injection, e.g. in an SDK interceptor, which
/// should also fail the request, so that nothing leaves between here and the next yield.
///
/// Outside of a call it does nothing, and it does not reach into tasks that a handler has spawned.
pub fn kill() {
    let _ = KILLED.try_with(|killed| killed.store(true, Ordering::SeqCst));
}

/// Whether the call that this code runs in has been killed.
#[must_use]
pub fn is_killed() -> bool {
    KILLED.try_with(|killed| killed.load(Ordering::SeqCst)).unwrap_or(false)
}

/// Why a call gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// It took longer than the function may.
    #[error("the function timed out")]
    TimedOut,
    /// It panicked.
    #[error("the function panicked")]
    Panicked,
    /// It was killed.
    #[error("the function was killed")]
    Killed,
}

/// Calls one function.
#[derive(Clone, Debug)]
pub struct Invoker {
    /// After which a call is given up.
    pub timeout: Duration,
    /// By which the timeout goes.
    pub clock: Clock,
    /// Hears of each step.
    pub activity: Activity,
}

impl Invoker {
    /// Runs a call to its end, or drops it.
    ///
    /// # Errors
    /// [`InvokeError`] when there is no answer; whatever the call had begun stays begun.
    pub async fn call<F: Future>(&self, call: F) -> Result<F::Output, InvokeError> {
        let _working = self.activity.begin();
        let deadline = self.clock.now() + self.timeout;
        let watched = pin!(self.watch(call));
        let late = pin!(self.clock.sleep_until(deadline));
        match futures::future::select(watched, late).await {
            futures::future::Either::Left((answer, _)) => answer,
            futures::future::Either::Right(((), _)) => Err(InvokeError::TimedOut),
        }
    }

    async fn watch<F: Future>(&self, call: F) -> Result<F::Output, InvokeError> {
        let killed = Arc::new(AtomicBool::new(false));
        let mut call = pin!(KILLED.scope(Arc::clone(&killed), AssertUnwindSafe(call).catch_unwind()));
        poll_fn(|context| {
            self.activity.step();
            let polled = call.as_mut().poll(context);
            if killed.load(Ordering::SeqCst) {
                return Poll::Ready(Err(InvokeError::Killed));
            }
            polled.map(|answer| answer.map_err(|_| InvokeError::Panicked))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoker() -> (Invoker, lambda_kit::ManualClock) {
        let (clock, hand) = Clock::manual("2026-11-23T08:00:00Z".parse().unwrap());
        (Invoker { timeout: Duration::from_secs(20), clock, activity: Activity::default() }, hand)
    }

    #[tokio::test]
    async fn a_call_that_is_killed_does_nothing_after_its_next_yield_and_its_answer_does_not_count() {
        let (invoker, _hand) = invoker();
        let reached = Arc::new(AtomicBool::new(false));
        let beyond = Arc::clone(&reached);
        let call = async move {
            kill();
            tokio::task::yield_now().await;
            beyond.store(true, Ordering::SeqCst);
        };
        assert_eq!(invoker.call(call).await, Err(InvokeError::Killed));
        assert!(!reached.load(Ordering::SeqCst));
        let at_once = async {
            kill();
            assert!(is_killed());
            7
        };
        assert_eq!(invoker.call(at_once).await, Err(InvokeError::Killed));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_a_late_answer_is_none() {
        let (invoker, hand) = invoker();
        let panicking = async { panic!("a defect") };
        assert_eq!(
            invoker.call::<std::pin::Pin<Box<dyn Future<Output = ()>>>>(Box::pin(panicking)).await,
            Err(InvokeError::Panicked)
        );
        let waiting = tokio::spawn(async move { invoker.call(std::future::pending::<()>()).await });
        while hand.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(hand.next_deadline(), Some("2026-11-23T08:00:20Z".parse().unwrap()));
        hand.set("2026-11-23T08:00:20Z".parse().unwrap());
        assert_eq!(waiting.await.unwrap(), Err(InvokeError::TimedOut));
    }
}
