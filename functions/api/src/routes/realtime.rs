//! `/v1/realtime/ticket`, and what changed while somebody was not connected.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::realtime::TICKET;
use domain::sight::Sight;
use http::{HeaderMap, StatusCode, Uri, header};
use jiff::Timestamp;
use serde::Serialize;
use store::{ChangedPlace, ConversationRow, Ticket};
use utoipa::ToSchema;

use super::desk::Desk;
use crate::colleagues::me;
use crate::extract::{Paging, filter};
use crate::identity::Identity;
use crate::replay::Secret;
use crate::view::Time;
use crate::{Api, Problem, cursor};

/// A ticket for one connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RealtimeTicket)]
pub(crate) struct TicketView {
    /// What opens the connection, once: `url?ticket=…`.
    ticket: String,
    /// Where to connect, over WebSocket.
    url: String,
    /// Until when the ticket is good: 60 seconds.
    expires_at: Time,
}

/// Gives a ticket for one WebSocket connection: a browser can send no token when it opens one.
///
/// It is good for 60 seconds and once. The connection ends after ten minutes without a word and after two hours in any
/// case. What the frames on it say stands in the README of `realtime`.
#[utoipa::path(post, path = "/v1/realtime/ticket", tag = "realtime",
    responses((status = CREATED, body = TicketView)))]
pub(crate) async fn ticket(
    State(api): State<Api>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let now = api.clock.now();
    let bytes = lambda_kit::random_bytes().map_err(|_| Problem::unavailable())?;
    let text = URL_SAFE_NO_PAD.encode(bytes);
    let until = now + TICKET;
    let ticket = Ticket { agent: me(&identity)?, role: identity.role.word().to_owned(), until };
    api.store.put_ticket(&text, &ticket).await?;
    let url = address(&api.realtime_url, &headers).ok_or_else(|| Problem::field("host", "is missing"))?;
    let view = TicketView { ticket: text, url, expires_at: until.into() };
    let unseen = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, unseen, Extension(Secret), Json(view)).into_response())
}

/// Where to connect. A path alone is one on the host that was asked: that of the one program that serves everything.
fn address(url: &str, headers: &HeaderMap) -> Option<String> {
    if !url.starts_with('/') {
        return Some(url.to_owned());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = if text("x-forwarded-proto") == Some("https") { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{url}", text("host")?))
}

/// A page of the conversations that changed since a time, the earliest change first.
pub(super) struct Changed {
    since: Timestamp,
    after: Option<ChangedPlace>,
}

impl Changed {
    /// Reads the parameter, if it is there. It is a question of its own: filters of lists do not go with it.
    pub(super) fn read(uri: &Uri, paging: &Paging) -> Result<Option<Self>, Problem> {
        let Some(text) = filter(uri, "changed_since")? else { return Ok(None) };
        for other in ["category", "state", "label", "department", "assignee"] {
            if filter(uri, other)?.is_some() {
                return Err(Problem::field(other, "does not go with changed_since"));
            }
        }
        let since =
            text.parse().map_err(|_| Problem::field("changed_since", "must be a time, as RFC 3339"))?;
        Ok(Some(Self { since, after: paging.after(|text| cursor::read("changed", text))? }))
    }

    /// The rows that the asker sees, and the cursor of the next page. Where few are seen, a page is short.
    pub(super) async fn rows(
        &self,
        api: &Api,
        desk: &Desk,
        limit: u16,
    ) -> Result<(Vec<ConversationRow>, Option<String>), Problem> {
        let page = api.store.changed_since(self.since, self.after.as_ref(), limit, api.clock.now()).await?;
        let page = page.ok_or_else(|| {
            Problem::of_status(StatusCode::GONE, "That is too long ago: read the lists anew.")
        })?;
        let mut rows = api.store.rows_of(&page.conversations).await?;
        rows.retain(|row| desk.asks_for(&row.id.number) && shows(desk.sight(), row));
        let place = |row: &ConversationRow| page.conversations.iter().position(|id| *id == row.id);
        rows.sort_by_key(place);
        Ok((rows, page.next.map(|place| cursor::write("changed", place))))
    }
}

/// Whether somebody sees a row; without a sight they see everything.
pub(super) fn shows(sight: Option<&Sight>, row: &ConversationRow) -> bool {
    let handling = &row.state.handling;
    let (assignee, department) = (handling.assignee.as_ref(), handling.department.as_ref());
    sight.is_none_or(|sight| sight.shows(&row.id.number, assignee, department))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_on_the_host_that_was_asked() {
        let headers = |proto: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "crm.example.com".parse().unwrap());
            if let Some(proto) = proto {
                headers.insert("x-forwarded-proto", proto.parse().unwrap());
            }
            headers
        };
        let of = |url: &str, proto| address(url, &headers(proto));
        assert_eq!(of("/realtime", None).as_deref(), Some("ws://crm.example.com/realtime"));
        assert_eq!(of("/realtime", Some("https")).as_deref(), Some("wss://crm.example.com/realtime"));
        assert_eq!(of("wss://x.example/v", Some("http")).as_deref(), Some("wss://x.example/v"));
        assert_eq!(address("/realtime", &HeaderMap::new()), None);
    }
}
