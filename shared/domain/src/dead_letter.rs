//! Dead letters are records, not a queue: kept until someone handles them.

use std::fmt;

use jiff::Timestamp;

/// A dead letter's id: the hash of its source and its content, so that the same poison delivered again is
/// the same letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeadLetterId(String);

impl DeadLetterId {
    /// The id for content that failed at a source.
    #[must_use]
    pub fn of(source: &str, content: &str) -> Self {
        let mut id = crate::sha256(format!("{source}\n{content}").as_bytes());
        id.truncate(32);
        Self(id)
    }

    /// Reads an id that a client sent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeadLetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that could not be processed, with why, and with the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id.
    pub id: DeadLetterId,
    /// The queue it came from, which is where a redrive puts it back.
    pub source: String,
    /// Why, in words that a person can act on. No content of the message.
    pub reason: String,
    /// The job as it stood on the queue: putting it back is trying it again.
    pub job: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up.
    pub at: Timestamp,
    /// When it was put back on its queue, if it was.
    pub redriven_at: Option<Timestamp>,
}
