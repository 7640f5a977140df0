//! Did Meta answer at all?

use crate::outbound::SendResponse;

use super::GraphError;

/// What an HTTP response says about the request. Sends are not idempotent, so "don't know" is an answer
/// of its own: the message may be on its way, and posting it again could reach a person twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Accepted. Not delivered yet.
    Accepted(SendResponse),
    /// Refused: nothing was sent.
    Refused(GraphError),
    /// It may or may not have been sent; only a status webhook can tell.
    Unknown,
}

impl Answer {
    /// Reads status and body of an HTTP response to a send.
    ///
    /// A Graph error is a refusal whatever its HTTP status, except codes 1, 2, 131000 and 131016 with
    /// a 5xx: Meta itself does not know then. Anything else that is not an acceptance is unknown.
    #[must_use]
    pub fn read(http_status: u16, body: &[u8]) -> Self {
        if (200..300).contains(&http_status) {
            return SendResponse::parse(body).map_or(Self::Unknown, Self::Accepted);
        }
        match GraphError::from_body(body) {
            Some(error) if http_status >= 500 && is_uncertain(error.code) => Self::Unknown,
            Some(error) => Self::Refused(error),
            None => Self::Unknown,
        }
    }
}

/// Is this HTTP response an answer to a send, accepted or refused? If not, nobody knows what happened.
#[must_use]
pub fn is_answer(http_status: u16, body: &[u8]) -> bool {
    Answer::read(http_status, body) != Answer::Unknown
}

fn is_uncertain(code: Option<u32>) -> bool {
    matches!(code, Some(1 | 2 | 131_000 | 131_016))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: u32) -> String {
        format!(r#"{{"error":{{"code":{code},"message":"x"}}}}"#)
    }

    #[test]
    fn a_graph_error_is_an_answer_whatever_its_http_status() {
        for (status, code) in [(400, 131_047), (401, 190), (500, 134_102), (429, 130_429), (400, 131_000)] {
            assert!(is_answer(status, refusal(code).as_bytes()), "{status} {code}");
        }
    }

    #[test]
    fn an_outage_with_a_vague_code_leaves_the_send_unknown() {
        for code in [1, 2, 131_000, 131_016] {
            for status in [500, 502, 503, 504] {
                assert!(!is_answer(status, refusal(code).as_bytes()), "{status} {code}");
            }
        }
    }

    #[test]
    fn a_response_that_is_not_metas_leaves_the_send_unknown() {
        for (status, body) in
            [(502, "<html>"), (404, ""), (400, "{}"), (200, "<html>"), (200, "[]"), (200, "{}")]
        {
            assert!(!is_answer(status, body.as_bytes()), "{status} {body}");
        }
    }

    #[test]
    fn an_acceptance_is_an_answer() {
        let body = br#"{"messages":[{"id":"wamid.X","message_status":"accepted"}]}"#;
        assert!(matches!(Answer::read(200, body), Answer::Accepted(_)));
        assert!(is_answer(200, br#"{"success":true}"#));
    }
}
