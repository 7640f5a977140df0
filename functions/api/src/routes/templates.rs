//! `/v1/templates`: what Meta says of each WABA's templates, and what a message of one would say.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use cloud_api::WabaId;
use cloud_api::language::Language;
use domain::clean::is_plain;
use domain::template::{
    Binding, Bindings, ParameterKey, Rendered, Sources, check_bindings, preview, sample_bindings,
};
use http::Uri;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use store::{KeptTemplate, TemplateKey};
use utoipa::ToSchema;

use super::wabas::is_id;
use crate::colleagues::me;
use crate::extract::{Paging, filter};
use crate::identity::Identity;
use crate::input::Input;
use crate::view::{Page, TemplateChangeView, TemplateDetail, TemplateView, content_of};
use crate::{Api, FieldError, Problem, cursor};

/// How many changes stand with a template.
const NEWEST: u16 = 50;
/// How many pages of the table one page of the list reads: a filter that few templates meet gives short pages.
const READS: usize = 10;

/// A template in a path. What cannot be one is not found.
pub(crate) struct Which(pub(crate) TemplateKey);

impl<S: Send + Sync> FromRequestParts<S> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await;
        let missing = || Problem::missing("template");
        let Path((waba, name, language)) = path.map_err(|_| missing())?;
        let can_be = is_id(&waba)
            && (1..=512).contains(&name.len())
            && is_plain(&name)
            && (2..=16).contains(&language.len())
            && is_plain(&language);
        let key = TemplateKey { waba: WabaId::new(waba), name, language: Language::new(&language) };
        can_be.then_some(Self(key)).ok_or_else(missing)
    }
}

impl Api {
    /// A template that is known.
    pub(super) async fn known_template(&self, key: &TemplateKey) -> Result<KeptTemplate, Problem> {
        self.store.template(key).await?.ok_or_else(|| Problem::missing("template"))
    }
}

/// What of a list is wanted.
struct Wanted {
    status: Option<String>,
    category: Option<String>,
    name: Option<String>,
}

impl Wanted {
    fn has(&self, view: &TemplateView, name: &str) -> bool {
        let is = |wanted: &Option<String>, word: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| word.is_some_and(|word| wanted.eq_ignore_ascii_case(word)))
        };
        is(&self.status, Some(view.status()))
            && is(&self.category, view.category())
            && self.name.as_ref().is_none_or(|start| name.starts_with(start.as_str()))
    }
}

/// The templates of one WABA, or of all, by name and language. A page may be short, even empty, before the last one.
#[utoipa::path(get, path = "/v1/templates", tag = "templates",
    params(
        ("waba" = Option<String>, Query, description = "Of this WABA only"),
        ("status" = Option<String>, Query, description = "Such as `APPROVED` or `submitting`"),
        ("category" = Option<String>, Query, description = "`MARKETING`, `UTILITY` or `AUTHENTICATION`"),
        ("name" = Option<String>, Query, description = "The beginning of the name"),
        Paging),
    responses((status = OK, body = Page<TemplateView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    paging: Paging,
    uri: Uri,
) -> Result<Json<Page<TemplateView>>, Problem> {
    let limit = usize::from(paging.limit()?);
    let malformed = || Problem::field("cursor", "is not one that this list gave out");
    let after: Option<(String, String)> = paging.after(|text| cursor::read("templates", text))?;
    if after.as_ref().is_some_and(|(_, place)| place.is_empty() || place.len() > 600) {
        return Err(malformed());
    }
    let wanted = Wanted {
        status: filter(&uri, "status")?,
        category: filter(&uri, "category")?,
        name: filter(&uri, "name")?,
    };
    let wabas = match filter(&uri, "waba")? {
        Some(id) if is_id(&id) => vec![WabaId::new(id)],
        Some(_) => return Err(Problem::field("waba", "must be Meta's id of a WABA: digits")),
        None => api.store.wabas().await?.into_iter().map(|waba| waba.id).collect(),
    };
    let (mut items, mut reads) = (Vec::new(), 0);
    for waba in wabas {
        let mut place = match &after {
            Some((of, _)) if waba.as_str() < of.as_str() => continue,
            Some((of, place)) if waba.as_str() == of => Some(place.clone()),
            _ => None,
        };
        loop {
            let (kept, next) = api.store.templates_page(&waba, place.as_deref(), 100).await?;
            reads += 1;
            for kept in kept {
                let view = TemplateView::from(&kept);
                if !wanted.has(&view, &kept.key.name) {
                    continue;
                }
                if items.len() == limit {
                    // The one that is too many shows that there are more.
                    let next =
                        items.last().map(|(_, place): &(TemplateView, _)| cursor::write("templates", place));
                    return Ok(Json(Page { items: items.into_iter().map(|(view, _)| view).collect(), next }));
                }
                let place = format!("{}#{}", kept.key.name, kept.key.language.as_str());
                items.push((view, (waba.to_string(), place)));
            }
            let Some(next) = next else { break };
            if reads >= READS {
                let next = Some(cursor::write("templates", (waba.to_string(), next)));
                return Ok(Json(Page { items: items.into_iter().map(|(view, _)| view).collect(), next }));
            }
            place = Some(next);
        }
    }
    Ok(Json(Page { items: items.into_iter().map(|(view, _)| view).collect(), next: None }))
}

/// A template, with what it is made of and its newest changes.
#[utoipa::path(get, path = "/v1/templates/{waba}/{name}/{language}", tag = "templates",
    params(("waba" = String, Path, description = "The WABA"), ("name" = String, Path, description = "The name"),
        ("language" = String, Path, description = "The language, such as `en_US`")),
    responses((status = OK, body = TemplateDetail), (status = NOT_FOUND, description = "No such template")))]
pub(crate) async fn one(State(api): State<Api>, Which(key): Which) -> Result<Json<TemplateDetail>, Problem> {
    let kept = api.known_template(&key).await?;
    let (history, _) = api.store.template_history(&key, None, NEWEST).await?;
    Ok(Json(TemplateDetail::new(&kept, history)))
}

/// How what Meta says of a template changed, newest first. Nothing is ever taken out of it.
#[utoipa::path(get, path = "/v1/templates/{waba}/{name}/{language}/history", tag = "templates",
    params(("waba" = String, Path, description = "The WABA"), ("name" = String, Path, description = "The name"),
        ("language" = String, Path, description = "The language, such as `en_US`"), Paging),
    responses((status = OK, body = Page<TemplateChangeView>), (status = NOT_FOUND, description = "No such template")))]
pub(crate) async fn history(
    State(api): State<Api>,
    Which(key): Which,
    paging: Paging,
) -> Result<Json<Page<TemplateChangeView>>, Problem> {
    let limit = paging.limit()?;
    let after: Option<String> = paging.after(|text| cursor::read("template-history", text))?;
    if after.as_ref().is_some_and(|place| place.is_empty() || place.len() > 200) {
        return Err(Problem::field("cursor", "is not one that this list gave out"));
    }
    api.known_template(&key).await?;
    let (changes, next) = api.store.template_history(&key, after.as_deref(), limit).await?;
    let next = next.map(|place| cursor::write("template-history", place));
    Ok(Json(Page { items: changes.into_iter().map(TemplateChangeView::from).collect(), next }))
}

/// For whom and with what a template is filled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewTemplate {
    /// What fills each parameter, by its name. The samples of the template, without.
    #[schema(value_type = Option<std::collections::HashMap<String, Binding>>)]
    bindings: Option<Bindings>,
    /// The person, by the contact's id.
    contact: Option<String>,
    /// The number that would send, by Meta's `phone_number_id`.
    number: Option<String>,
    /// What a campaign has for all, for `campaign.…`.
    #[serde(default)]
    campaign: BTreeMap<String, String>,
    /// The person's line in a file, by column, for `line.…`.
    #[serde(default)]
    line: BTreeMap<String, String>,
}

/// What a person would read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplatePreview)]
pub(crate) struct PreviewView {
    /// Exactly what the person would see. Where a value is missing, its variable stands.
    rendered: Rendered,
    /// What would be sent: Meta's `template` of a message.
    #[schema(value_type = Object)]
    template: cloud_api::outbound::Template,
    /// Parameters without a value, by name: the message cannot go.
    missing: Vec<String>,
    /// Values that Meta would refuse, by parameter.
    refused: Vec<FieldError>,
}

/// Fills a template and shows what the person would read. Nothing is sent. It works before Meta has approved, too.
#[utoipa::path(post, path = "/v1/templates/{waba}/{name}/{language}/preview", tag = "templates",
    request_body = PreviewTemplate,
    params(("waba" = String, Path, description = "The WABA"), ("name" = String, Path, description = "The name"),
        ("language" = String, Path, description = "The language, such as `en_US`")),
    responses((status = OK, body = PreviewView),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such template"),
        (status = UNPROCESSABLE_ENTITY, description = "A binding can never fill its parameter")))]
pub(crate) async fn show(
    State(api): State<Api>,
    identity: Identity,
    Which(key): Which,
    Input(asked): Input<PreviewTemplate>,
) -> Result<Json<PreviewView>, Problem> {
    let kept = api.known_template(&key).await?;
    let content = content_of(&kept).ok_or_else(|| Problem::missing("template"))?;
    let bindings = match asked.bindings {
        Some(bindings) => {
            // What is not bound at all is told as missing, with what it leaves of the text.
            let faults = check_bindings(&content, &bindings).err().unwrap_or_default();
            let is_bound = |field: &str| bindings.contains_key(&ParameterKey::new(field));
            let faults: Vec<_> = faults.into_iter().filter(|fault| is_bound(&fault.field)).collect();
            if !faults.is_empty() {
                return Err(Problem::template_refused("bindings", faults));
            }
            bindings
        }
        None => sample_bindings(&content),
    };
    let contact = match &asked.contact {
        Some(id) => {
            Some(api.record(id).await.map_err(|_| Problem::field("contact", "is no contact on record"))?)
        }
        None => None,
    };
    let number = match asked.number {
        Some(id) => {
            let number = api.store.number(&id.as_str().into()).await?;
            let seen = number.filter(|number| identity.sees(number.department.as_ref()));
            Some(seen.ok_or_else(|| Problem::field("number", "is none of the company's"))?)
        }
        None => None,
    };
    let agent = match me(&identity) {
        Ok(id) => api.store.agent(&id).await?,
        Err(_) => None,
    };
    let sources = Sources {
        contact: contact.as_ref(),
        agent_name: agent.as_ref().map(|agent| agent.name.as_str()),
        agent_email: agent.as_ref().and_then(|agent| agent.email.as_deref()),
        number_name: number.as_ref().and_then(|number| number.name.as_deref()),
        campaign: Some(&asked.campaign),
        line: Some(&asked.line),
    };
    let shown = preview(&content, &bindings, &sources);
    let refused = shown.unfilled.refused.into_iter();
    Ok(Json(PreviewView {
        rendered: shown.rendered,
        template: shown.template,
        missing: shown.unfilled.missing.iter().map(ToString::to_string).collect(),
        refused: refused.map(|fault| FieldError { field: fault.field, detail: fault.message }).collect(),
    }))
}
