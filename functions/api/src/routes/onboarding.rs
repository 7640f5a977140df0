//! `/v1/numbers/{id}/…`: what an admin asks of Meta for a number. The function has no token for that: it begins a step,
//! and a job asks. Codes and PINs are sealed before they go anywhere.

use axum::Json;
use axum::extract::State;
use cloud_api::PhoneNumberId;
use domain::clean::is_plain;
use http::StatusCode;
use queue::{CorrelationId, Entry, Job, NumberAsk, Task};
use serde::Deserialize;
use store::Track;
use tracing::warn;
use utoipa::ToSchema;

use super::numbers::found;
use crate::extract::Id;
use crate::input::{self, Input};
use crate::request_id::Correlation;
use crate::view::StepView;
use crate::{Api, Problem};

type Begun = Result<(StatusCode, Json<StepView>), Problem>;

/// How a code comes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(as = CodeMethod)]
pub(crate) enum Method {
    /// As a text message.
    #[serde(rename = "SMS")]
    Sms,
    /// By a call.
    #[serde(rename = "VOICE")]
    Voice,
}

/// How a code is to come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestCode {
    /// `SMS` or `VOICE`.
    method: Method,
    /// The language of the code's text, in Meta's spelling, such as `en_US`.
    language: String,
}

/// A code that came. It is no part of what is logged or kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyCode {
    /// Six digits; a dash between them is fine.
    code: String,
}

/// The PIN of two-step verification. It is no part of what is logged or kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// Six digits.
    pin: String,
}

/// A display name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDisplayName {
    /// What customers are to read, 3 to 512 characters. Meta reviews it.
    name: String,
}

/// Has Meta send a code to the number. What became of it stands in the number's `onboarding`.
#[utoipa::path(post, path = "/v1/numbers/{id}/request-code", tag = "numbers", request_body = RequestCode,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn request_code(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<RequestCode>,
) -> Begun {
    if !(2..=16).contains(&asked.language.len()) || !is_plain(&asked.language) {
        return Err(Problem::field("language", "must be a language such as en_US"));
    }
    let method = match asked.method {
        Method::Sms => "SMS",
        Method::Voice => "VOICE",
    };
    let ask = NumberAsk::RequestCode { method: method.to_owned(), language: asked.language };
    api.ask_of_number(&id, correlation, |_, _| Ok(ask)).await
}

/// Verifies the number with the code that came. A number that is verified can be registered.
#[utoipa::path(post, path = "/v1/numbers/{id}/verify-code", tag = "numbers", request_body = VerifyCode,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn verify_code(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<VerifyCode>,
) -> Begun {
    let code = six_digits("code", &asked.code.replace('-', ""))?;
    let sealed = |number: &PhoneNumberId, ask: &str| api.sealed(number, "verify_code", ask, &code);
    api.ask_of_number(&id, correlation, |number, ask| {
        Ok(NumberAsk::VerifyCode { sealed: sealed(number, ask)? })
    })
    .await
}

/// Registers the number, so that it can send. The PIN is that of its two-step verification, or becomes it. Meta takes ten
/// tries in 72 hours; none is repeated by itself.
#[utoipa::path(post, path = "/v1/numbers/{id}/register", tag = "numbers", request_body = Pin,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn register(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<Pin>,
) -> Begun {
    let pin = six_digits("pin", &asked.pin)?;
    api.ask_of_number(&id, correlation, |number, ask| {
        Ok(NumberAsk::Register { sealed: api.sealed(number, "register", ask, &pin)? })
    })
    .await
}

/// Takes the number off the platform: it sends and receives nothing until it is registered again.
#[utoipa::path(post, path = "/v1/numbers/{id}/deregister", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn deregister(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
) -> Begun {
    api.ask_of_number(&id, correlation, |_, _| Ok(NumberAsk::Deregister {})).await
}

/// Sets the PIN of the number's two-step verification.
#[utoipa::path(put, path = "/v1/numbers/{id}/pin", tag = "numbers", request_body = Pin,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn set_pin(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<Pin>,
) -> Begun {
    let pin = six_digits("pin", &asked.pin)?;
    api.ask_of_number(&id, correlation, |number, ask| {
        Ok(NumberAsk::Pin { sealed: api.sealed(number, "pin", ask, &pin)? })
    })
    .await
}

/// Asks for another display name. Meta reviews it; the outcome stands in the number's facts.
#[utoipa::path(post, path = "/v1/numbers/{id}/display-name", tag = "numbers", request_body = NewDisplayName,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = ACCEPTED, body = StepView), (status = NOT_FOUND, description = "No such number"),
        (status = CONFLICT, description = "Another step is under way")))]
pub(crate) async fn display_name(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<NewDisplayName>,
) -> Begun {
    let name = input::text("name", &asked.name, 512)?;
    if name.chars().count() < 3 {
        return Err(Problem::field("name", "must be a text of 3 to 512 characters"));
    }
    api.ask_of_number(&id, correlation, |_, _| Ok(NumberAsk::DisplayName { name })).await
}

impl Api {
    /// A secret for the job of one step of one number: nothing else opens it.
    fn sealed(&self, number: &PhoneNumberId, step: &str, ask: &str, secret: &str) -> Result<String, Problem> {
        let sealed = self.seal.close(&[number.as_str(), step, ask], secret);
        sealed.map_err(|_| Problem::unavailable())
    }

    /// Begins a step, and puts its job on the queue.
    async fn ask_of_number(
        &self,
        number: &str,
        correlation: Option<CorrelationId>,
        make: impl FnOnce(&PhoneNumberId, &str) -> Result<NumberAsk, Problem>,
    ) -> Begun {
        let (number, _) = found(self, number).await?;
        let id = lambda_kit::new_id(&self.clock);
        let ask = make(&number.id, &id)?;
        let word = ask.word();
        let task = Task::Number { number: number.id.to_string(), id: id.clone(), ask };
        self.begin(Track::Onboarding(&number.id), (&id, word), Job::of(task, correlation)).await
    }

    /// The same for any track.
    pub(super) async fn begin(&self, track: Track<'_>, (id, word): (&str, &str), job: Job) -> Begun {
        let now = self.clock.now();
        if !self.store.begin_step(track, (id, word), now).await? {
            return Err(Problem::step_under_way());
        }
        if let Err(error) = self.queue.send(&self.queues.jobs, Entry::new(job.to_json())).await {
            // It would look pending, and nobody would work on it.
            self.give_up_step(track, id).await;
            return Err(error.into());
        }
        Ok((StatusCode::ACCEPTED, Json(StepView::begun(word, now))))
    }

    /// Ends a step whose job is on no queue.
    pub(super) async fn give_up_step(&self, track: Track<'_>, id: &str) {
        let why = Err("It was not begun. Ask again.");
        if let Err(error) = self.store.end_step(track, id, why, self.clock.now()).await {
            warn!(%error, "A step that has no job was not ended");
        }
    }
}

/// What was sent is not repeated.
fn six_digits(field: &str, text: &str) -> Result<String, Problem> {
    let fits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err(Problem::field(field, "must be six digits")) }
}
