//! `/v1/templates`: creating, changing and deleting. The function has no token for that: it checks, begins a step, and a
//! job asks Meta.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cloud_api::WabaId;
use cloud_api::manage::template::{CreateTemplate, EditTemplate, TemplateState};
use cloud_api::webhook::event::templates::TemplateCategoryName;
use domain::template::{
    Aspect, DELETED_NAME_BLOCKED, EditRefusal, Mirror, NEW_TEMPLATES_AN_HOUR, TEMPLATES_VERIFIED, edits_in,
    may_edit,
};
use http::StatusCode;
use http::header::LOCATION;
use jiff::{SignedDuration, Timestamp};
use queue::{CorrelationId, Entry, Job, Task};
use serde::{Deserialize, Serialize};
use store::{KeptTemplate, TemplateKey, Track};
use utoipa::ToSchema;

use super::templates::Which;
use super::wabas::is_id;
use crate::input::Input;
use crate::request_id::Correlation;
use crate::view::TemplateView;
use crate::{Api, Problem};

/// In which creations are counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A template that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTemplate {
    /// The WABA that is to own it.
    waba: String,
    /// What Meta is asked to create, in Meta's own form.
    template: CreateTemplate,
}

/// Has Meta asked for a new template. Everything that Meta is known to refuse is refused here, member by member. Its
/// `status` is `submitting`, then Meta's; the review may take a day. A header's file needs a handle of Meta's, of an upload
/// to the app.
#[utoipa::path(post, path = "/v1/templates", tag = "templates", request_body = NewTemplate,
    responses(
        (status = ACCEPTED, body = TemplateView, headers(("Location" = String, description = "The template"))),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = CONFLICT, description = "It is there, or being created"),
        (status = UNPROCESSABLE_ENTITY, description = "Meta would refuse it; `errors` has every member"),
        (status = TOO_MANY_REQUESTS, description = "Meta takes 100 new templates of a WABA in an hour")))]
pub(crate) async fn create(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Input(asked): Input<NewTemplate>,
) -> Result<Response, Problem> {
    let unknown = || Problem::field("waba", "is none of the company's");
    let waba = Some(asked.waba).filter(|id| is_id(id)).map(WabaId::new).ok_or_else(unknown)?;
    if api.store.wabas().await?.iter().all(|known| known.id != waba) {
        return Err(unknown());
    }
    let template = asked.template;
    template.validate().map_err(|faults| Problem::template_refused("template", faults))?;
    let key = TemplateKey { waba, name: template.name.clone(), language: template.language.clone() };
    let now = api.clock.now();
    may_create(&api.store.templates_of(&key.waba).await?, &key, now)?;
    let view = api.ask_of_template(&key, "create", &template, correlation).await?;
    let location = format!("/v1/templates/{}/{}/{}", key.waba, key.name, key.language.as_str());
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(view)).into_response())
}

/// Has Meta asked to change a template, which reviews it again. An approved one keeps its category, and can be changed
/// once in 24 hours and 10 times in 30 days. Components are given all at once.
#[utoipa::path(patch, path = "/v1/templates/{waba}/{name}/{language}", tag = "templates", request_body = EditTemplate,
    params(("waba" = String, Path, description = "The WABA"), ("name" = String, Path, description = "The name"),
        ("language" = String, Path, description = "The language, such as `en_US`")),
    responses((status = ACCEPTED, body = TemplateView),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "Meta has no such template"),
        (status = CONFLICT, description = "It cannot be changed now, or something else is being done with it"),
        (status = UNPROCESSABLE_ENTITY, description = "Meta would refuse it; `errors` has every member")))]
pub(crate) async fn change(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Which(key): Which,
    Input(edit): Input<EditTemplate>,
) -> Result<(StatusCode, Json<TemplateView>), Problem> {
    let mirror = api.at_meta(&key).await?;
    let category = mirror.content.category.clone().unwrap_or(TemplateCategoryName::Marketing);
    edit.validate(&category, &mirror.content.format)
        .map_err(|faults| Problem::template_refused("", faults))?;
    // Twice the edits of a month: each has a review, too.
    let (history, _) = api.store.template_history(&key, None, 100).await?;
    match may_edit(&mirror.state, &edit, &edits_in(&history), api.clock.now()) {
        Ok(()) => {}
        Err(refusal @ EditRefusal::Category) => {
            return Err(Problem::template_stands(format!("It is approved: {refusal}."), Some("category")));
        }
        Err(refusal) => return Err(Problem::template_stands(format!("The template {refusal}."), None)),
    }
    let view = api.ask_of_template(&key, "edit", &edit, correlation).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Has Meta asked to delete this language of a template. Its name cannot be used again for 30 days.
#[utoipa::path(delete, path = "/v1/templates/{waba}/{name}/{language}", tag = "templates",
    params(("waba" = String, Path, description = "The WABA"), ("name" = String, Path, description = "The name"),
        ("language" = String, Path, description = "The language, such as `en_US`")),
    responses((status = ACCEPTED, body = TemplateView),
        (status = NOT_FOUND, description = "Meta has no such template"),
        (status = CONFLICT, description = "Something else is being done with it")))]
pub(crate) async fn remove(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Which(key): Which,
) -> Result<(StatusCode, Json<TemplateView>), Problem> {
    api.at_meta(&key).await?;
    let view = api.ask_of_template(&key, "delete", &serde_json::json!({}), correlation).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// May a template be created beside those that there are?
fn may_create(known: &[KeptTemplate], key: &TemplateKey, now: Timestamp) -> Result<(), Problem> {
    let stands = |kept: &&KeptTemplate| {
        kept.mirror.as_ref().is_some_and(|mirror| mirror.state != TemplateState::Deleted)
    };
    let own = known.iter().find(|kept| kept.key == *key);
    if own.filter(stands).is_some() {
        return Err(Problem::template_stands(
            "There is a template of this name and language.".to_owned(),
            None,
        ));
    }
    let deleted = own.and_then(|kept| kept.mirror.as_ref()?.told_at(Aspect::State));
    if let Some(free) =
        deleted.and_then(|at| at.checked_add(DELETED_NAME_BLOCKED).ok()).filter(|at| *at > now)
    {
        let detail = format!("It was deleted: Meta does not take its name again before {free}.");
        return Err(Problem::template_stands(detail, Some("template.name")));
    }
    if known.iter().filter(stands).count() >= TEMPLATES_VERIFIED as usize {
        let detail = format!("The WABA has {TEMPLATES_VERIFIED} templates, more are not possible.");
        return Err(Problem::template_stands(detail, None));
    }
    let steps = known.iter().filter_map(|kept| kept.step.as_ref().filter(|step| step.step == "create"));
    let recent: Vec<_> = steps.map(|step| step.at).filter(|at| now.duration_since(*at) < HOUR).collect();
    match recent.iter().min() {
        Some(first) if recent.len() >= NEW_TEMPLATES_AN_HOUR as usize => {
            let wait = HOUR - now.duration_since(*first);
            Err(Problem::too_many(wait.as_secs().unsigned_abs().max(1)))
        }
        _ => Ok(()),
    }
}

impl Api {
    /// A template that Meta has.
    async fn at_meta(&self, key: &TemplateKey) -> Result<Mirror, Problem> {
        let mirror = self.known_template(key).await?.mirror;
        let stands = mirror.filter(|mirror| mirror.state != TemplateState::Deleted);
        stands.ok_or_else(|| Problem::missing("template at Meta"))
    }

    /// Begins a step of a template, and puts its job on the queue.
    async fn ask_of_template(
        &self,
        key: &TemplateKey,
        step: &str,
        asked: &(impl Serialize + Sync),
        correlation: Option<CorrelationId>,
    ) -> Result<TemplateView, Problem> {
        let id = lambda_kit::new_id(&self.clock);
        let asked = serde_json::to_string(asked).map_err(|_| Problem::unavailable())?;
        let now = self.clock.now();
        if !self.store.begin_template_step(key, (&id, step), &asked, now).await? {
            return Err(Problem::step_under_way());
        }
        let task = Task::Template {
            waba: key.waba.to_string(),
            name: key.name.clone(),
            language: key.language.as_str().to_owned(),
            id: id.clone(),
        };
        let entry = Entry::new(Job::of(task, correlation).to_json());
        if let Err(error) = self.queue.send(&self.queues.jobs, entry).await {
            // It would look pending, and nobody would work on it.
            self.give_up_step(Track::Template(key), &id).await;
            return Err(error.into());
        }
        Ok(TemplateView::from(&self.known_template(key).await?))
    }
}
