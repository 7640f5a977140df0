//! Why a message was allowed to go, or was not.

use domain::consent::{Decision, Source};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Time;

/// Why a message was allowed to go, or was not.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SendDecision)]
pub struct DecisionView {
    /// Whether it was.
    allowed: bool,
    /// What the message was taken for: `marketing`, `utility`, `authentication` or `service`.
    purpose: &'static str,
    /// `opted_in`, `not_opted_out`, `window_open`; `erased`, `blocked`, `opted_out`, `no_consent`, `window_closed`.
    reason: &'static str,
    /// The time that the reason speaks of: of the opt-in or opt-out, of the block, of the window's end.
    at: Option<Time>,
    /// Whose word decided, if one did: `keyword`, `button`, `preference`, `meta`, `agent`, `api` or `import`.
    source: Option<&'static str>,
}

impl From<&Decision> for DecisionView {
    fn from(decision: &Decision) -> Self {
        Self {
            allowed: decision.is_allowed(),
            purpose: decision.purpose.as_str(),
            reason: decision.reason.as_str(),
            at: decision.reason.at().map(Time::from),
            source: decision.reason.source().map(Source::as_str),
        }
    }
}
