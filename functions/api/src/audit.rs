//! The audit trail: every change that succeeded, and everything that was refused. Never what was said.

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Method, StatusCode, header};
use store::AuditEntry;
use tracing::error;

use crate::access::{is_change, route};
use crate::identity::Identity;
use crate::replay::Replayed;
use crate::{Api, RequestId, SourceAddress};

/// No id of ours is longer.
const ID: usize = 160;

/// Adds to the trail what a request has done, or was refused.
pub(crate) async fn keep(
    State(api): State<Api>,
    path: MatchedPath,
    ids: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        return next.run(request).await;
    };
    let method = request.method().clone();
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let address = request.extensions().get::<SourceAddress>().map(|address| address.0.clone());
    let response = next.run(request).await;
    if !belongs(&method, &response) {
        return response;
    }
    let cut = |id: &str| id.chars().take(ID).collect::<String>();
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let entry = AuditEntry {
        at: api.clock.now(),
        who: identity.subject.clone(),
        role: identity.kind().to_owned(),
        method: method.to_string(),
        route: route(&path).to_owned(),
        // A value is an address or a number of a person: whose it was, and of which kind, is enough.
        ids: (ids.iter().flat_map(|ids| ids.iter()).filter(|(name, _)| *name != "value"))
            .map(|(_, id)| cut(id))
            .collect(),
        location: location.map(str::to_owned),
        address,
        status: response.status().as_u16(),
        request_id: request_id.unwrap_or_else(|| lambda_kit::new_id(&api.clock)),
    };
    // It is done: to answer that it failed would have it done twice. The log has what the trail lacks.
    if let Err(error) = api.store.record_audit(&entry).await {
        error!(%error, audit.method = entry.method, audit.route = entry.route, audit.who = entry.who,
            audit.ids = entry.ids.join(" "), "The audit trail lacks an entry");
    }
    response
}

fn belongs(method: &Method, response: &Response) -> bool {
    let status = response.status();
    let is_replay = response.extensions().get::<Replayed>().is_some();
    status == StatusCode::FORBIDDEN || is_change(method) && status.is_success() && !is_replay
}
