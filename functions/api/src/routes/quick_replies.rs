//! `/v1/quick-replies`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Contact;
use domain::quick_reply::{Template, Variable};
use domain::record::{FieldId, FieldValue};
use http::StatusCode;
use http::header::LOCATION;
use serde::{Deserialize, Serialize};
use store::QuickReply;
use utoipa::ToSchema;

use super::conversations::missing as no_conversation;
use crate::colleagues::me;
use crate::extract::Id;
use crate::identity::Identity;
use crate::input::{self, Input};
use crate::view::Page;
use crate::{Api, Problem};

/// The most quick replies of a company.
const MOST: usize = 1_000;

/// A text at hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuickReply)]
pub(crate) struct QuickReplyView {
    /// Its id.
    id: String,
    /// What an agent types to find it.
    shortcut: String,
    /// The text. Variables: `{{contact.name}}`, `{{contact.phone}}`, `{{agent.name}}`, `{{number.name}}` and
    /// `{{field.…}}` with the id of a field.
    text: String,
}

impl From<QuickReply> for QuickReplyView {
    fn from(reply: QuickReply) -> Self {
        Self { id: reply.id, shortcut: reply.shortcut, text: reply.text }
    }
}

/// A text that is to be at hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuickReply {
    /// What an agent types to find it; 1 to 40 characters, no blanks.
    shortcut: String,
    /// The text, 1 to 4,000 characters.
    text: String,
}

/// What is to be otherwise.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeQuickReply {
    /// What an agent types to find it.
    #[schema(nullable = false)]
    shortcut: Option<String>,
    /// The text.
    #[schema(nullable = false)]
    text: Option<String>,
}

/// For whom a text is filled.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenderQuickReply {
    /// The conversation.
    conversation: String,
}

/// A text with its variables filled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RenderedQuickReply {
    /// The text. A variable that has no value is left out.
    text: String,
    /// Variables that have no value here.
    missing: Vec<String>,
}

/// Every quick reply, by shortcut.
#[utoipa::path(get, path = "/v1/quick-replies", tag = "quick replies",
    responses((status = OK, body = Page<QuickReplyView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<QuickReplyView>>, Problem> {
    let mut replies = api.store.quick_replies().await?;
    replies.sort_by(|a, b| (&a.shortcut, &a.id).cmp(&(&b.shortcut, &b.id)));
    Ok(Json(Page { items: replies.into_iter().map(QuickReplyView::from).collect(), next: None }))
}

/// Puts a text at hand.
#[utoipa::path(post, path = "/v1/quick-replies", tag = "quick replies", request_body = NewQuickReply,
    responses(
        (status = CREATED, body = QuickReplyView, headers(("Location" = String, description = "The quick reply"))),
        (status = CONFLICT, description = "There is one of this shortcut")))]
pub(crate) async fn create(
    State(api): State<Api>,
    Input(asked): Input<NewQuickReply>,
) -> Result<Response, Problem> {
    let known = api.store.quick_replies().await?;
    if known.len() >= MOST {
        return Err(Problem::field("shortcut", "cannot be added: there are 1,000 quick replies"));
    }
    let id = lambda_kit::new_id(&api.clock);
    let shortcut = free_shortcut(&known, &asked.shortcut, &id)?;
    let reply = QuickReply { id, shortcut, text: checked_text(&asked.text)? };
    api.store.put_quick_reply(&reply).await?;
    let location = [(LOCATION, format!("/v1/quick-replies/{}", reply.id))];
    Ok((StatusCode::CREATED, location, Json(QuickReplyView::from(reply))).into_response())
}

/// Changes a quick reply.
#[utoipa::path(patch, path = "/v1/quick-replies/{id}", tag = "quick replies", request_body = ChangeQuickReply,
    params(("id" = String, Path, description = "The quick reply")),
    responses(
        (status = OK, body = QuickReplyView),
        (status = NOT_FOUND, description = "No such quick reply"),
        (status = CONFLICT, description = "There is one of this shortcut")))]
pub(crate) async fn change(
    State(api): State<Api>,
    Id(id): Id,
    Input(asked): Input<ChangeQuickReply>,
) -> Result<Json<QuickReplyView>, Problem> {
    let mut reply = found(&api, &id).await?;
    if let Some(shortcut) = &asked.shortcut {
        reply.shortcut = free_shortcut(&api.store.quick_replies().await?, shortcut, &reply.id)?;
    }
    if let Some(text) = &asked.text {
        reply.text = checked_text(text)?;
    }
    api.store.put_quick_reply(&reply).await?;
    Ok(Json(reply.into()))
}

/// Takes a quick reply away.
#[utoipa::path(delete, path = "/v1/quick-replies/{id}", tag = "quick replies",
    params(("id" = String, Path, description = "The quick reply")),
    responses((status = NO_CONTENT, description = "Done"), (status = NOT_FOUND, description = "No such quick reply")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let reply = found(&api, &id).await?;
    api.store.remove_quick_reply(&reply.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fills a quick reply for one conversation. Nothing is sent.
#[utoipa::path(post, path = "/v1/quick-replies/{id}/render", tag = "quick replies", request_body = RenderQuickReply,
    params(("id" = String, Path, description = "The quick reply")),
    responses(
        (status = OK, body = RenderedQuickReply),
        (status = NOT_FOUND, description = "No such quick reply or conversation")))]
pub(crate) async fn render(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<RenderQuickReply>,
) -> Result<Json<RenderedQuickReply>, Problem> {
    let reply = found(&api, &id).await?;
    let conversation = api.thread(&identity, &asked.conversation).await?.root;
    api.store.state(&conversation).await?.ok_or_else(no_conversation)?;
    let contact = match conversation.contact() {
        Some(contact) => api.store.contact(contact).await?,
        None => None,
    };
    let agent = api.store.agent(&me(&identity)?).await?;
    let number = api.store.number(&conversation.number).await?;
    let template = Template::parse(&reply.text)
        .map_err(|fault| Problem::of_status(StatusCode::CONFLICT, format!("The text {fault}.")))?;
    let filled = template.fill(|variable| match variable {
        Variable::ContactName => Some(contact.as_ref()?.display_name()?.to_owned()),
        Variable::ContactPhone => contact.as_ref()?.phone.as_ref().map(|phone| format!("+{phone}")),
        Variable::AgentName => Some(agent.as_ref()?.name.clone()),
        Variable::NumberName => number.as_ref()?.name.clone(),
        Variable::Field(field) => value_of(contact.as_ref()?, field),
    });
    Ok(Json(RenderedQuickReply { text: filled.text, missing: filled.missing }))
}

/// A field's value, as people read it.
fn value_of(contact: &Contact, field: &str) -> Option<String> {
    Some(match contact.fields.get(&FieldId::new(field)?)? {
        FieldValue::Text(text) | FieldValue::Choice(text) => text.clone(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Date(date) => date.to_string(),
        FieldValue::MultiChoice(choices) => choices.iter().cloned().collect::<Vec<_>>().join(", "),
        FieldValue::Money { amount, currency } => format!("{amount} {currency}"),
        FieldValue::Boolean(flag) => flag.to_string(),
    })
}

async fn found(api: &Api, id: &str) -> Result<QuickReply, Problem> {
    let missing = || Problem::missing("quick reply");
    if !domain::clean::is_plain(id) {
        return Err(missing());
    }
    api.store.quick_reply(id).await?.ok_or_else(missing)
}

/// A shortcut that no other quick reply has.
fn free_shortcut(known: &[QuickReply], shortcut: &str, own: &str) -> Result<String, Problem> {
    let shortcut = input::text("shortcut", shortcut, 40)?;
    if shortcut.chars().any(char::is_whitespace) {
        return Err(Problem::field("shortcut", "must have no blanks"));
    }
    if known.iter().any(|reply| reply.shortcut == shortcut && reply.id != own) {
        return Err(Problem::of_status(StatusCode::CONFLICT, "There is a quick reply of this shortcut."));
    }
    Ok(shortcut)
}

fn checked_text(text: &str) -> Result<String, Problem> {
    let text = input::text("text", text, 4_000)?;
    Template::parse(&text).map_err(|fault| Problem::field("text", fault.to_string()))?;
    Ok(text)
}
