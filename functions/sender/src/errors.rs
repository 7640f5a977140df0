//! Errors, in Meta's own shape, so that clients read one kind only. Those of our own say so.

use cloud_api::error::GraphError;
use cloud_api::outbound::Violation;
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

/// The message cannot be written as JSON.
pub(crate) fn unwritable() -> String {
    list(vec![ours(100, "Invalid parameter", "A number in the message is not finite.")])
}

/// Meta's own error.
pub(crate) fn of_meta(error: &GraphError) -> String {
    serde_json::to_string(&[error]).unwrap_or_else(|_| "[]".to_owned())
}
