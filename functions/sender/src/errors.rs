//! Errors, in Meta's own shape, so that clients read one kind only. Those of our own say so.

use cloud_api::error::GraphError;
use cloud_api::outbound::Violation;
use domain::consent::{Decision, Reason};
use domain::sending::WINDOW_CLOSED;
use jiff::Timestamp;
use serde_json::{Value, json};

fn ours(code: i64, title: &str, details: &str) -> Value {
    json!({ "code": code, "title": title, "error_data": { "details": details }, "source": "ventana" })
}

fn list(errors: Vec<Value>) -> String {
    Value::Array(errors).to_string()
}

/// The customer service window is closed.
pub(crate) fn window_closed(closed_at: Option<Timestamp>) -> String {
    let details = match closed_at {
        Some(at) => format!("The customer service window closed at {at}; only a template may be sent."),
        None => "The customer never wrote to this number; only a template may be sent.".to_owned(),
    };
    list(vec![ours(WINDOW_CLOSED, "Customer service window closed", &details)])
}

/// The person does not want it, or the company does not.
///
/// The codes are those that Meta itself gives for the same: 131050 stopped marketing, 130403 blocked, 131026 not
/// to be reached.
pub(crate) fn not_wanted(decision: &Decision) -> String {
    let purpose = decision.purpose.as_str();
    let (code, title, details) = match decision.reason {
        Reason::Erased { at } => (131_026, "Erased", format!("The person was erased at {at}.")),
        Reason::Blocked { at } => (130_403, "Blocked", format!("The company blocks the person since {at}.")),
        Reason::OptedOut { at, source, .. } => (
            131_050,
            "Opted out",
            format!("The person does not want {purpose} messages since {at} ({}).", source.as_str()),
        ),
        _ => (131_050, "No consent", format!("There is no opt-in of the person to {purpose} messages.")),
    };
    list(vec![ours(code, title, &details)])
}

/// There is no file.
pub(crate) fn no_file() -> String {
    list(vec![ours(
        131_053,
        "Media upload error",
        "The file that the message names was never uploaded here.",
    )])
}

/// We know of no phone and no BSUID.
pub(crate) fn no_address() -> String {
    list(vec![ours(131_026, "No address", "The contact has neither a phone number nor a user id.")])
}

/// What Meta would refuse.
pub(crate) fn violations(violations: &[Violation]) -> String {
    let error = |violation: &Violation| {
        ours(131_009, "Parameter value is not valid", &format!("{}: {}", violation.field, violation.message))
    };
    list(violations.iter().map(error).collect())
}

/// A message of a campaign did not leave at its time; the person has another turn.
pub(crate) fn never_left() -> String {
    list(vec![ours(131_000, "Not sent", "The message did not leave. The person has another turn.")])
}

/// The request's time is over.
pub(crate) fn expired(until: Timestamp) -> String {
    list(vec![ours(131_000, "Expired", &format!("It was to be sent before {until} only."))])
}

/// The message cannot be written as JSON.
pub(crate) fn unwritable() -> String {
    list(vec![ours(100, "Invalid parameter", "A number in the message is not finite.")])
}

/// Meta's own error.
pub(crate) fn of_meta(error: &GraphError) -> String {
    serde_json::to_string(&[error]).unwrap_or_else(|_| "[]".to_owned())
}
