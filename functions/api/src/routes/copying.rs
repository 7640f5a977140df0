//! `POST /v1/messages/{id}/copy-to-field`: what a customer wrote becomes part of the record.

use axum::Json;
use axum::extract::State;
use cloud_api::webhook::content::Content;
use cloud_api::webhook::message::InboundMessage;
use domain::MessageId;
use serde::Deserialize;
use store::{Direction, StoredMessage};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::record::ContactPatch;
use crate::view::ContactView;
use crate::{Api, Problem};

/// Where a message goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CopyToField)]
pub(crate) struct CopyBody {
    /// `name`, `email`, or the id of a field.
    field: String,
    /// The part of the message that is meant, as the reader selected it; the whole text without.
    text: Option<String>,
}

/// Copies a customer's message, or a part of it, into a field of the customer's record, typed and checked as if somebody
/// had written it there.
#[utoipa::path(post, path = "/v1/messages/{id}/copy-to-field", tag = "contacts", request_body = CopyBody,
    params(("id" = String, Path, description = "The message")),
    responses((status = OK, body = ContactView), (status = NOT_FOUND, description = "No such message"),
        (status = BAD_REQUEST, description = "The text is not what the field takes; `field` names it")))]
pub(crate) async fn copy(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(body): Input<CopyBody>,
) -> Result<Json<ContactView>, Problem> {
    let missing = || Problem::missing("message");
    let id: MessageId = id.parse().map_err(|_| missing())?;
    api.must_see_conversation(&identity, &id.conversation, "message").await?;
    let message = api.store.message(&id).await?.ok_or_else(missing)?;
    let contact = id.conversation.contact().ok_or_else(|| Problem::field("id", "is a message of a group"))?;
    let said = text_of(&message).ok_or_else(|| Problem::field("id", "is a message without text"))?;
    let text = match body.text {
        Some(part) if said.contains(part.trim()) => part,
        Some(_) => return Err(Problem::field("text", "is not a part of the message")),
        None => said,
    };
    let patch = match body.field.as_str() {
        "name" | "email" => serde_json::json!({ body.field: text }),
        _ => serde_json::json!({ "fields": { body.field: text } }),
    };
    let patch: ContactPatch = input::read(patch)?;
    let defs = api.store.fields().await?;
    // What is shown of a person is on the record that others are merged into.
    let contact = api.store.root_of(contact).await?;
    let changed = api.change(contact.as_str(), None, |contact| patch.apply(contact, &defs)).await?;
    Ok(Json(changed.into()))
}

/// What a customer's message says in words: its text, caption, or the choice that was made.
fn text_of(message: &StoredMessage) -> Option<String> {
    if message.direction != Direction::Inbound {
        return None;
    }
    let message = InboundMessage::parse(&message.raw).ok()?;
    let text = match message.content {
        Content::Text(text) => Some(text.body),
        Content::Button(button) => Some(button.text),
        Content::Image(media) | Content::Video(media) | Content::Document(media) => media.caption,
        _ => None,
    };
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
