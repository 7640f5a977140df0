//! Errors as problem details. See RFC 9457.

use axum::response::{IntoResponse, Response};
use domain::consent::{Decision, Purpose, Reason};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use queue::QueueError;
use serde::Serialize;
use store::StoreError;
use tracing::error;
use utoipa::ToSchema;

use crate::view::Time;

/// How long a client waits before it tries again, in seconds.
const RETRY_AFTER: u64 = 2;

/// What went wrong. `detail` says nothing about people beyond what the caller sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: a relative reference such as `/problems/window-closed`, or `about:blank` where
    /// the status says it all.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind, for people.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(value_type = u16)]
    #[serde(serialize_with = "as_number")]
    pub status: StatusCode,
    /// This case, for people.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "str::is_empty")]
    pub detail: Box<str>,
    /// The member, parameter or header at fault.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Box<str>>,
    /// What only some problems have.
    #[serde(flatten)]
    pub facts: Box<Facts>,
    /// Seconds after which another try may succeed; in the header `retry-after`.
    #[serde(skip)]
    pub(crate) retry_after: Option<u64>,
}

/// What only some problems have. Apart, because every handler's result is as large as a problem.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Facts {
    /// What is wrong, or what Meta would refuse, member by member; or what is wrong with a file, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The contact that stands in the way, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Why a person is not written to: `opted_out`, `no_consent`, `blocked` or `erased`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// When the customer service window closed. Absent if it never was open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Time>,
}

/// What is wrong with one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the member, such as `message.text.body`.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

// serde hands the field over by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let detail = detail.into().into();
        let (kind, field, retry_after) = ("about:blank", None, None);
        Self { kind, title, status, detail, field, facts: Box::default(), retry_after }
    }

    fn with(self, facts: Facts) -> Self {
        Self { facts: Box::new(facts), ..self }
    }

    fn of_kind(self, kind: &'static str, title: &'static str) -> Self {
        Self { kind, title, ..self }
    }

    /// Any status that says it all.
    pub(crate) fn of_status(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(status, detail)
    }

    /// 400: a member, parameter or header is not what it should be.
    pub(crate) fn field(field: impl Into<String>, what: impl AsRef<str>) -> Self {
        let field = field.into();
        let detail = format!("{field} {}", what.as_ref());
        Self { field: Some(field.into()), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// 400: several members are not what they should be.
    pub(crate) fn faults(faults: Vec<domain::campaign::definition::Fault>) -> Self {
        let error = |fault: domain::campaign::definition::Fault| FieldError {
            detail: format!("{} {}", fault.field, fault.what),
            field: fault.field,
        };
        let errors: Vec<_> = faults.into_iter().map(error).collect();
        let details: Vec<_> = errors.iter().map(|error| error.detail.as_str()).collect();
        let problem = Self::new(StatusCode::BAD_REQUEST, details.join("; "));
        let field = errors.first().map(|error| error.field.as_str().into());
        Self { field, ..problem.with(Facts { errors, ..Facts::default() }) }
    }

    /// 409: a campaign stays as it is, for this reason.
    pub(crate) fn campaign_stays(refused: domain::campaign::state::Refused) -> Self {
        let reason = refused.to_string();
        let mut letters = reason.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let detail = format!("{first}{}.", letters.as_str());
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/campaign-state", "Campaign stays as it is")
    }

    /// 401: nobody verified who asks.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "A bearer token of a person with a role is needed.")
    }

    /// 401: the token of no service client.
    pub(crate) fn unauthorized_client() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "A bearer token of a service client is needed.")
    }

    /// 403: somebody else may.
    pub(crate) fn forbidden(who: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("This needs the role {who}."))
    }

    /// 403: for the reason that is given.
    pub(crate) fn refused(detail: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 403: whoever it is does not work here any more.
    pub(crate) fn inactive() -> Self {
        let detail = "This account is not active. An admin can change that.";
        Self::new(StatusCode::FORBIDDEN, detail).of_kind("/problems/inactive", "Account not active")
    }

    /// 404: there is no such thing.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }

    /// 409: the idempotency key stands for another request.
    pub(crate) fn key_reused() -> Self {
        let detail = "This idempotency key was used before for another request.";
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/key-reused", "Idempotency key reused")
    }

    /// 409: a request with this key is being worked on.
    pub(crate) fn under_way(seconds: u64) -> Self {
        let detail = "A request with this idempotency key is under way.";
        let problem = Self::new(StatusCode::CONFLICT, detail);
        Self { retry_after: Some(seconds), ..problem }
            .of_kind("/problems/request-under-way", "Request under way")
    }

    /// 409: it was done, and nobody can be told again what the answer was.
    pub(crate) fn answer_not_kept() -> Self {
        let detail = "This request was done before. Its answer is secret or large, and is not kept.";
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/answer-not-kept", "Answer not kept")
    }

    /// 409: others name it still.
    pub(crate) fn in_use(detail: String) -> Self {
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/in-use", "In use")
    }

    /// 422: an admin cannot lock themself out.
    pub(crate) fn own_rights() -> Self {
        let detail = "Nobody takes their own role of admin or deactivates themself: another admin can.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).of_kind("/problems/own-rights", "Own rights")
    }

    /// 429: too much from one caller.
    pub(crate) fn too_many(seconds: u64) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Please slow down.");
        Self { retry_after: Some(seconds), ..problem }
    }

    /// 409: the letter is on its queue already.
    pub(crate) fn already_redriven(at: Timestamp) -> Self {
        let detail = format!("It was put back on its queue at {at} and has not failed since.");
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/already-redriven", "Already redriven")
    }

    /// 409: somebody else changed it since it was seen.
    pub(crate) fn changed_meanwhile() -> Self {
        let detail = "Somebody changed it meanwhile. Read it again, and repeat what is still right.";
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/changed-meanwhile", "Changed meanwhile")
    }

    /// 409: the phone belongs to a contact on record.
    pub(crate) fn phone_taken(contact: &domain::ContactId) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, "This phone is on record already.");
        Self { field: Some("phone".into()), ..problem }
            .with(Facts { contact: Some(contact.to_string()), ..Facts::default() })
            .of_kind("/problems/phone-taken", "Phone on record")
    }

    /// 409: nobody can be given it.
    pub(crate) fn nobody_takes_it() -> Self {
        let detail = "The number's policy gives it to nobody now.";
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/nobody-takes-it", "Nobody takes it")
    }

    /// 409: one step of a number at a time.
    pub(crate) fn step_under_way() -> Self {
        let detail = "Another step of this number is under way. Look at it, and ask when it has ended.";
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/step-under-way", "Step under way")
    }

    /// 403: the number lets only the assignee answer.
    pub(crate) fn not_the_assignee() -> Self {
        let detail = "On this number only the assignee of a conversation may answer. Take it first.";
        Self::new(StatusCode::FORBIDDEN, detail).of_kind("/problems/not-the-assignee", "Not the assignee")
    }

    /// 422: Meta would refuse the message.
    pub(crate) fn would_be_refused(violations: Vec<cloud_api::outbound::Violation>) -> Self {
        let error = |v: cloud_api::outbound::Violation| FieldError {
            field: message_path(&v.field),
            detail: v.message,
        };
        let errors: Vec<_> = violations.into_iter().map(error).collect();
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Meta would refuse this message.");
        let field = errors.first().map(|error| error.field.as_str().into());
        let facts = Facts { errors, ..Facts::default() };
        Self { field, ..problem }.with(facts).of_kind("/problems/message-refused", "Message would be refused")
    }

    /// 422: Meta would refuse the template, or what is to fill it.
    pub(crate) fn template_refused(member: &str, violations: Vec<cloud_api::outbound::Violation>) -> Self {
        let path = |field: &str| match (member, field) {
            ("", "") => "body".to_owned(),
            ("", field) => field.to_owned(),
            (member, "") => member.to_owned(),
            (member, field) => format!("{member}.{field}"),
        };
        let error =
            |v: cloud_api::outbound::Violation| FieldError { field: path(&v.field), detail: v.message };
        let errors: Vec<_> = violations.into_iter().map(error).collect();
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Meta would refuse this.");
        let field = errors.first().map(|error| error.field.as_str().into());
        let facts = Facts { errors, ..Facts::default() };
        Self { field, ..problem }
            .with(facts)
            .of_kind("/problems/template-refused", "Template would be refused")
    }

    /// 409: what a template is, or was, does not allow it.
    pub(crate) fn template_stands(detail: String, field: Option<&str>) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, detail);
        Self { field: field.map(Into::into), ..problem }
            .of_kind("/problems/template-state", "Not possible with this template now")
    }

    /// 400: lines of a file are not what they should be.
    pub(crate) fn file_refused(errors: Vec<FieldError>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "Lines of the file are not what they should be.");
        let facts = Facts { errors, ..Facts::default() };
        Self { field: Some("body".into()), ..problem }.with(facts)
    }

    /// 400: the message has another shape than Meta's.
    pub(crate) fn misshapen(violation: cloud_api::outbound::Violation) -> Self {
        Self::field(message_path(&violation.field), violation.message)
    }

    /// 422: only a template may go.
    pub(crate) fn window_closed(closed_at: Option<Timestamp>) -> Self {
        let detail = match closed_at {
            Some(at) => format!("The customer service window closed at {at}. Send a template instead."),
            None => "The customer never wrote to this number. Send a template instead.".to_owned(),
        };
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        problem
            .with(Facts { closed_at: closed_at.map(Time::from), ..Facts::default() })
            .of_kind("/problems/window-closed", "Customer service window closed")
    }

    /// 409: the contact is another one by now.
    pub(crate) fn merged(into: &domain::ContactId) -> Self {
        let detail = format!("The contact is merged into {into}.");
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/merged", "Merged into another contact")
    }

    /// 409: the contact stands by itself.
    pub(crate) fn not_merged() -> Self {
        Self::new(StatusCode::CONFLICT, "The contact is not merged into another.")
            .of_kind("/problems/not-merged", "Not merged")
    }

    /// 409: an identity has one owner.
    pub(crate) fn identity_taken(owner: &domain::ContactId) -> Self {
        let detail = format!("It belongs to contact {owner}. Merge the two if they are one person.");
        Self::new(StatusCode::CONFLICT, detail).of_kind("/problems/identity-taken", "Identity taken")
    }

    /// 422: the person does not want it, or the company does not.
    pub(crate) fn not_wanted(decision: &Decision) -> Self {
        let purpose = decision.purpose.as_str();
        let detail = match decision.reason {
            Reason::OptedOut { at, source, .. } => {
                format!("The person does not want {purpose} messages since {at} ({}).", source.as_str())
            }
            Reason::Blocked { at } => format!("The company blocks the person since {at}."),
            Reason::Erased { at } => format!("The person was erased at {at}."),
            _ => format!("There is no opt-in of the person to {purpose} messages."),
        };
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        problem
            .with(Facts { reason: Some(decision.reason.as_str()), ..Facts::default() })
            .of_kind("/problems/not-wanted", "Not wanted")
    }

    /// 422: the person was erased, and did not write since.
    pub(crate) fn erased(at: Timestamp) -> Self {
        Self::not_wanted(&Decision { purpose: Purpose::Service, reason: Reason::Erased { at } })
    }

    /// 422: nobody knows how to reach the contact.
    pub(crate) fn no_address() -> Self {
        let detail = "The contact has neither a phone number nor a user id.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).of_kind("/problems/no-address", "No address")
    }

    /// 503: worth another try.
    pub(crate) fn unavailable() -> Self {
        let detail = "Something behind this did not answer. Please try again.";
        Self { retry_after: Some(RETRY_AFTER), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "")
    }
}

/// The path of a message's member in the request.
fn message_path(field: &str) -> String {
    if field.is_empty() { "message".to_owned() } else { format!("message.{field}") }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error == StoreError::Erased {
            let detail = "The person was erased; only they can come back, by writing.";
            let problem = Self::of_status(StatusCode::UNPROCESSABLE_ENTITY, detail);
            let facts = Facts { reason: Some("erased"), ..Facts::default() };
            return problem.with(facts).of_kind("/problems/not-wanted", "Not wanted");
        }
        if error.is_transient() {
            tracing::warn!(%error, "The store did not answer");
            return Self::unavailable();
        }
        error!(%error, "The store refused");
        Self::broken()
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        tracing::warn!(%error, "The queue did not answer");
        Self::unavailable()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
