//! `/v1/messages`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::MessageId;
use futures::future::try_join_all;
use http::StatusCode;
use http::header::{HeaderMap, LOCATION};

use crate::extract::{Body, Id};
use crate::identity::Identity;
use crate::request_id::Correlation;
use crate::send::{Accepted, Ask, SendMessage};
use crate::view::{MessageView, with_related};
use crate::{Api, Problem};

/// Sends a message: takes it, and answers before it is on its way.
///
/// The same key (`id`, or the header `Idempotency-Key`) with the same request gets the same answer and is sent
/// once, for 30 days; with another request it is a conflict. Marking as read (`"status": "read"`) is no message:
/// it has no id, and repeating it changes nothing.
#[utoipa::path(post, path = "/v1/messages", tag = "messages", request_body = SendMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "Instead of `id`")),
    responses(
        (status = ACCEPTED, body = Accepted, headers(("Location" = String, description = "The message"))),
        (status = BAD_REQUEST, description = "A member is missing or not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such contact or conversation"),
        (status = CONFLICT, description = "The key was used before for another request"),
        (status = PAYLOAD_TOO_LARGE, description = "More than 256 KB"),
        (status = UNPROCESSABLE_ENTITY, description = "Meta would refuse it, the window is closed, or the contact has no address")))]
pub(crate) async fn send(
    State(api): State<Api>,
    identity: Identity,
    Correlation(correlation): Correlation,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let accepted = api.send(&identity, Ask::read(&headers, body)?, correlation).await?;
    let location = accepted.id.as_ref().map(|id| [(LOCATION, format!("/v1/messages/{id}"))]);
    Ok((StatusCode::ACCEPTED, location, Json(accepted)).into_response())
}

/// One message, with what is about it.
#[utoipa::path(get, path = "/v1/messages/{id}", tag = "messages",
    params(("id" = String, Path, description = "The message")),
    responses((status = OK, body = MessageView), (status = NOT_FOUND, description = "No such message")))]
pub(crate) async fn one(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<MessageView>, Problem> {
    let id: MessageId = id.parse().map_err(|_| Problem::missing("message"))?;
    api.must_see_conversation(&identity, &id.conversation, "message").await?;
    let message = api.store.message(&id).await?.ok_or_else(|| Problem::missing("message"))?;
    let about = match &message.wamid {
        Some(wamid) => {
            // A person of several records may have reacted as another one.
            let thread = api.store.thread(&id.conversation).await?;
            let about = thread.members.iter().map(|member| api.store.related_to(member, wamid));
            let mut about: Vec<_> = try_join_all(about).await?.into_iter().flatten().collect();
            about.sort_by_key(|related| (related.message.sent_at, related.message.received_at));
            about
        }
        None => Vec::new(),
    };
    Ok(Json(with_related(&message, &about.iter().collect::<Vec<_>>())))
}
