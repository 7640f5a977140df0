//! Requests that are not taken: whoever asked hears of it, as far as the request says who that is.

use domain::DeadLetter;
use domain::event::RejectedFacts;
use serde_json::Value;

/// The most of a name or id that is told back.
const LONGEST: usize = 128;

/// What is told of a request that became a dead letter. It may be anything: what does not read is left out.
pub(crate) fn rejected(letter: &DeadLetter) -> RejectedFacts {
    let request: Value = serde_json::from_str(&letter.job).unwrap_or_default();
    let text = |name: &str| request[name].as_str().map(str::to_owned);
    let short = |text: &String| !text.is_empty() && text.chars().count() <= LONGEST;
    RejectedFacts {
        letter: letter.id.to_string(),
        source: text("source").filter(short),
        request: text("id").filter(short),
        callback: text("callback_id").filter(|id| is_callback(id)),
        reason: letter.reason.clone(),
        at: letter.at,
    }
}

/// Whether a text may be told back with every event.
pub(crate) fn is_callback(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !id.is_empty() && id.len() <= LONGEST && id.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use domain::DeadLetterId;
    use jiff::Timestamp;

    use super::*;

    fn letter(job: &str) -> DeadLetter {
        DeadLetter {
            id: DeadLetterId::of("send", job),
            source: "send".to_owned(),
            reason: "why".to_owned(),
            job: job.to_owned(),
            attempts: 1,
            at: Timestamp::UNIX_EPOCH,
            redriven_at: None,
        }
    }

    #[test]
    fn what_reads_of_a_broken_request_is_told_back_and_nothing_else() {
        let told =
            rejected(&letter(r#"{"source":"billing","id":7,"callback_id":"order:77","to":{"phone":"1"}}"#));
        assert_eq!((told.source.as_deref(), told.request), (Some("billing"), None));
        assert_eq!(told.callback.as_deref(), Some("order:77"));
        let told = rejected(&letter(r#"{"source":"","callback_id":"two words"}"#));
        assert_eq!((told.source, told.callback), (None, None));
        assert_eq!(rejected(&letter("<xml/>")).source, None);
    }
}
