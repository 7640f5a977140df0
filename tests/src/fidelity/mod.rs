//! Whether what plays AWS behaves as AWS documents.
//!
//! Each check runs against the embedded world, or, if the variable [`ENDPOINT`] names one, against another
//! implementation. What is known to differ stands in [`differences`], and must differ.

pub mod differences;
mod dynamodb;
mod place;
mod sqs;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

pub use dynamodb::{Item, Table, item, key, n, s};
pub use place::{ENDPOINT, Implementation, Place};
pub use sqs::{Attributes, arn_of, bodies, create_queue, receive, receive_one, send};

/// What an implementation did instead of what AWS documents.
#[derive(Debug)]
pub struct Differs(String);

/// Whether an implementation passes a check.
pub type Verdict = Result<(), Differs>;

impl Differs {
    /// With what was seen.
    pub fn because(seen: impl Into<String>) -> Self {
        Self(seen.into())
    }
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Differs {
    fn from(error: E) -> Self {
        let mut said = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            said.push_str(": ");
            said.push_str(&cause.to_string());
            source = cause.source();
        }
        Self(said)
    }
}

/// Runs a check by its name.
///
/// # Panics
/// The implementation differs and [`differences`] does not say so, or says so in other words, or says so and
/// the implementation behaves as AWS does.
pub async fn check(name: &str, body: impl AsyncFnOnce(&Place) -> Verdict) {
    let place = Place::start().await;
    let verdict = body(&place).await;
    let known = differences::of(name, place.implementation);
    let implementation = place.implementation.name();
    match (verdict, known) {
        (Ok(()), None) => {}
        (Err(seen), Some(known)) if seen.0.contains(known.sign) => {
            println!(
                "{implementation} differs, as known: {}; AWS: {} ({})",
                known.does, known.aws, known.page
            );
        }
        (Err(seen), Some(known)) => {
            panic!("{implementation} differs in another way than known: {seen} (known: {})", known.does)
        }
        (Err(seen), None) => panic!("{implementation} differs from AWS: {seen}"),
        (Ok(()), Some(known)) => {
            panic!("{implementation} no longer differs: take this row out of the table: {}", known.does)
        }
    }
}

/// Holds, or says what was seen.
///
/// # Errors
/// It does not hold.
pub fn holds(condition: bool, seen: impl fmt::Debug) -> Verdict {
    if condition { Ok(()) } else { Err(Differs::because(format!("{seen:?}"))) }
}

/// The refusal that AWS documents, by a part of its code.
///
/// # Errors
/// It was accepted, or refused in another way.
pub fn refused<T, E, R>(answer: Result<T, SdkError<E, R>>, code: &str) -> Verdict
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug,
{
    match answer {
        Ok(_) => Err(Differs::because("accepted")),
        Err(error) if error.code().is_some_and(|said| said.contains(code)) => Ok(()),
        Err(error) => Err(Differs::because(format!("{:?}, not {code}", error.code()))),
    }
}

/// Tries until it holds, for as long as `patience`; gives the last verdict.
///
/// # Errors
/// It did not hold in that time.
pub async fn eventually(patience: Duration, mut attempt: impl AsyncFnMut() -> Verdict) -> Verdict {
    let begun = std::time::Instant::now();
    loop {
        let verdict = attempt().await;
        if verdict.is_ok() || begun.elapsed() > patience {
            return verdict;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
