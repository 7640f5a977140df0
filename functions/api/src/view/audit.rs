//! The audit trail.

use serde::Serialize;
use store::AuditEntry;
use utoipa::ToSchema;

use super::Time;

/// Something that somebody did, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// When.
    at: Time,
    /// Who: a person's `sub`, or `client.` and the id of a service client.
    who: String,
    /// As what: `agent`, `supervisor`, `admin` or `client`.
    role: String,
    /// The HTTP method.
    method: String,
    /// The route, such as `/v1/contacts/{id}`.
    route: String,
    /// The ids that stood in its place.
    ids: Vec<String>,
    /// The path of what was made.
    location: Option<String>,
    /// The address that it came from.
    address: Option<String>,
    /// The HTTP status of the answer.
    status: u16,
    /// The request's id, as it stands in the log.
    request_id: String,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: entry.at.into(),
            who: entry.who,
            role: entry.role,
            method: entry.method,
            route: entry.route,
            ids: entry.ids,
            location: entry.location,
            address: entry.address,
            status: entry.status,
            request_id: entry.request_id,
        }
    }
}
