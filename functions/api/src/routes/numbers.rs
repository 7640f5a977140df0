//! `/v1/numbers`.

use axum::Json;
use axum::extract::State;
use cloud_api::PhoneNumberId;
use domain::agent::AgentId;
use domain::assignment::Policy;
use domain::hours::{Fault, Hours};
use domain::number::facts::Facts;
use domain::number::{Rate, Settings};
use http::Uri;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use store::{Number, Subject, Track};
use utoipa::ToSchema;

use crate::extract::{Id, Paging, filter};
use crate::identity::Identity;
use crate::input::{self, Input, Patch};
use crate::view::{ChangeView, MeterView, NumberDetail, NumberView, Page, RateView, Standing};
use crate::{Api, Problem, cursor};

/// The longest welcome or away message: Meta's limit of a text.
const LONGEST_TEXT: usize = 4_096;

/// The company's numbers, as far as their webhooks came in. An agent sees those of the own departments.
#[utoipa::path(get, path = "/v1/numbers", tag = "numbers", responses((status = OK, body = Page<NumberView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    identity: Identity,
) -> Result<Json<Page<NumberView>>, Problem> {
    let mut numbers = api.store.numbers().await?;
    numbers.retain(|number| identity.sees(number.department.as_ref()));
    Ok(Json(Page { items: numbers.into_iter().map(NumberView::from).collect(), next: None }))
}

/// A number, with everything that is settled for it.
#[utoipa::path(get, path = "/v1/numbers/{id}", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses((status = OK, body = NumberDetail), (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn one(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
) -> Result<Json<NumberDetail>, Problem> {
    let (number, settings) = found(&api, &id).await?;
    if !identity.sees(number.department.as_ref()) {
        return Err(Problem::missing("number"));
    }
    let standing = api.standing(&number).await?;
    Ok(Json(NumberDetail::new(number, settings, standing, api.clock.now())))
}

/// How what Meta says of a number changed, newest first. Nothing is ever taken out of it.
#[utoipa::path(get, path = "/v1/numbers/{id}/history", tag = "numbers",
    params(("id" = String, Path, description = "Meta's `phone_number_id`"), Paging),
    responses((status = OK, body = Page<ChangeView>), (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn history(
    State(api): State<Api>,
    Id(id): Id,
    paging: Paging,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let limit = paging.limit()?;
    let after: Option<String> = paging.after(|text| cursor::read("history", text))?;
    if after.as_ref().is_some_and(|place| place.is_empty() || place.len() > 200) {
        return Err(Problem::field("cursor", "is not one that this list gave out"));
    }
    let (number, _) = found(&api, &id).await?;
    let page = api.store.history(Subject::Number(&number.id), after.as_deref(), limit).await?;
    let next = page.next.map(|place| cursor::write("history", place));
    Ok(Json(Page { items: page.changes.into_iter().map(ChangeView::from).collect(), next }))
}

/// What is to be settled otherwise: a merge patch. `null` takes a setting away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeNumber {
    /// What colleagues call it; 1 to 60 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// The department that answers it, by its id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    department: Patch<String>,
    /// Who gets what nobody else can take, by their id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_assignee: Patch<String>,
    /// The one person that the number belongs to, by their id.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    owner: Patch<String>,
    /// The language that is written to its customers by default, in Meta's spelling.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Patch<String>,
    /// When it is answered.
    #[serde(default)]
    #[schema(value_type = Option<Hours>)]
    hours: Patch<Hours>,
    /// What a customer hears who begins a conversation.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    welcome: Patch<String>,
    /// What a customer hears who writes outside business hours.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    away: Patch<String>,
    /// How its conversations are handed out; the whole policy.
    #[serde(default)]
    #[schema(value_type = Option<Policy>)]
    assignment: Patch<Policy>,
    /// Whether only the assignee of a conversation may answer it. Supervisors and admins always may.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    only_assignee_answers: Patch<bool>,
    /// What a service message costs beyond the free ones.
    #[serde(default)]
    #[schema(value_type = Option<RateView>)]
    service_rate: Patch<RateView>,
}

/// Settles things for a number.
#[utoipa::path(patch, path = "/v1/numbers/{id}", tag = "numbers", request_body = ChangeNumber,
    params(("id" = String, Path, description = "Meta's `phone_number_id`")),
    responses(
        (status = OK, body = NumberDetail),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn change(
    State(api): State<Api>,
    identity: Identity,
    Id(id): Id,
    Input(asked): Input<ChangeNumber>,
) -> Result<Json<NumberDetail>, Problem> {
    let (mut number, settings) = found(&api, &id).await?;
    let settings = api.settled(settings, asked, &identity).await?;
    if !api.store.settle_number(&number.id, &settings).await? {
        return Err(Problem::missing("number"));
    }
    number.name.clone_from(&settings.name);
    number.department.clone_from(&settings.department);
    let standing = api.standing(&number).await?;
    Ok(Json(NumberDetail::new(number, settings, standing, api.clock.now())))
}

impl Api {
    /// How a number stands with Meta.
    async fn standing(&self, number: &Number) -> Result<Standing, Problem> {
        let of_waba = match &number.waba {
            Some(waba) => self.store.facts(Subject::Waba(waba)).await?,
            None => Facts::default(),
        };
        let facts = self.store.facts(Subject::Number(&number.id)).await?;
        Ok(Standing { facts, of_waba, step: self.store.step(Track::Onboarding(&number.id)).await? })
    }

    async fn settled(
        &self,
        mut settings: Settings,
        asked: ChangeNumber,
        identity: &Identity,
    ) -> Result<Settings, Problem> {
        let text = |field, most| move |value: String| input::text(field, &value, most);
        patch(&mut settings.name, asked.name, text("name", 60))?;
        patch(&mut settings.language, asked.language, text("language", 16))?;
        patch(&mut settings.welcome, asked.welcome, text("welcome", LONGEST_TEXT))?;
        patch(&mut settings.away, asked.away, text("away", LONGEST_TEXT))?;
        patch(&mut settings.hours, asked.hours, checked_hours)?;
        patch(&mut settings.service_rate, asked.service_rate, checked_rate)?;
        settings.department = match asked.department {
            Patch::Keep => settings.department,
            Patch::Clear => None,
            Patch::Set(id) => Some(self.department("department", &id).await?),
        };
        settings.default_assignee = self
            .agent_patch(settings.default_assignee, asked.default_assignee, "default_assignee", identity)
            .await?;
        settings.owner = self.agent_patch(settings.owner, asked.owner, "owner", identity).await?;
        match asked.assignment {
            Patch::Keep => {}
            Patch::Clear => settings.policy = Policy::default(),
            Patch::Set(policy) => settings.policy = self.checked_policy(policy, identity).await?,
        }
        match asked.only_assignee_answers {
            Patch::Keep => {}
            Patch::Clear => settings.only_assignee_answers = false,
            Patch::Set(flag) => settings.only_assignee_answers = flag,
        }
        Ok(settings)
    }

    async fn agent_patch(
        &self,
        now: Option<AgentId>,
        asked: Patch<String>,
        field: &str,
        identity: &Identity,
    ) -> Result<Option<AgentId>, Problem> {
        match asked {
            Patch::Keep => Ok(now),
            Patch::Clear => Ok(None),
            Patch::Set(id) => self.colleague(field, &id, identity).await.map(Some),
        }
    }

    async fn checked_policy(&self, mut policy: Policy, identity: &Identity) -> Result<Policy, Problem> {
        if policy.by_label.len() > 50 {
            return Err(Problem::field("assignment.by_label", "must be at most 50 rules"));
        }
        for (n, rule) in policy.by_label.iter_mut().enumerate() {
            let field = |member: &str| format!("assignment.by_label[{n}].{member}");
            self.labels(&field("label"), std::slice::from_ref(&rule.label)).await?;
            match (&rule.assignee, &rule.department) {
                (Some(agent), None) => {
                    let agent = self.colleague(&field("assignee"), agent, identity).await?;
                    rule.assignee = Some(agent.to_string());
                }
                (None, Some(department)) => {
                    self.department(&field("department"), department).await?;
                }
                _ => {
                    return Err(Problem::field(field("assignee"), "or department is required, and only one"));
                }
            }
        }
        Ok(policy)
    }
}

/// Applies a member of a merge patch.
fn patch<T, A>(
    setting: &mut Option<T>,
    asked: Patch<A>,
    read: impl FnOnce(A) -> Result<T, Problem>,
) -> Result<(), Problem> {
    match asked {
        Patch::Keep => {}
        Patch::Clear => *setting = None,
        Patch::Set(value) => *setting = Some(read(value)?),
    }
    Ok(())
}

fn checked_hours(hours: Hours) -> Result<Hours, Problem> {
    match hours.check() {
        Ok(()) => Ok(hours),
        Err(fault @ Fault::Zone) => Err(Problem::field("hours.zone", fault.to_string())),
        Err(Fault::Spans(field)) => {
            let fault = Fault::Spans(String::new());
            Err(Problem::field(format!("hours.{field}"), fault.to_string()))
        }
        Err(fault @ Fault::TooMany) => Err(Problem::field("hours", fault.to_string())),
    }
}

fn checked_rate(rate: RateView) -> Result<Rate, Problem> {
    let is_currency = rate.currency.len() == 3 && rate.currency.bytes().all(|b| b.is_ascii_uppercase());
    if !is_currency {
        return Err(Problem::field(
            "service_rate.currency",
            "must be three capital letters, as ISO 4217 has them",
        ));
    }
    // A thousand units a message is no price.
    if rate.micros > 1_000_000_000 {
        return Err(Problem::field("service_rate.micros", "must be at most 1000000000"));
    }
    Ok(Rate { micros: rate.micros, currency: rate.currency })
}

/// The month's free service messages, those that were charged, and what they cost. A month begins at midnight in the time
/// zone of the number's business hours; Meta counts in that of the WABA.
#[utoipa::path(get, path = "/v1/numbers/{id}/meter", tag = "numbers",
    params(
        ("id" = String, Path, description = "Meta's `phone_number_id`"),
        ("month" = Option<String>, Query, description = "Such as `2026-11`; this month without it")),
    responses((status = OK, body = MeterView), (status = NOT_FOUND, description = "No such number")))]
pub(crate) async fn meter(State(api): State<Api>, Id(id): Id, uri: Uri) -> Result<Json<MeterView>, Problem> {
    let (number, settings) = found(&api, &id).await?;
    let zone = settings.hours.as_ref().and_then(Hours::time_zone).unwrap_or(TimeZone::UTC);
    let first = match filter(&uri, "month")? {
        Some(month) => format!("{month}-01").parse::<Date>().ok().filter(|_| month.len() == 7),
        None => Some(zone.to_datetime(api.clock.now()).date().first_of_month()),
    };
    let first = first.ok_or_else(|| Problem::field("month", "must be a month such as 2026-11"))?;
    let midnight = |date: Date| -> Option<Timestamp> {
        zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok()
    };
    let next = first.checked_add(1.month()).ok().and_then(midnight);
    let (from, to) = midnight(first)
        .zip(next)
        .ok_or_else(|| Problem::field("month", "must be a month such as 2026-11"))?;
    let meter = api.store.meter(number.id.as_str(), from, to).await?;
    let zone = settings.hours.map_or_else(|| "UTC".to_owned(), |hours| hours.zone);
    let month = first.strftime("%Y-%m").to_string();
    Ok(Json(MeterView::new(month, zone, meter, settings.service_rate)))
}

/// A number that is in the directory, and its settings.
pub(super) async fn found(api: &Api, id: &str) -> Result<(Number, Settings), Problem> {
    let missing = || Problem::missing("number");
    let id = PhoneNumberId::new(id);
    let number = api.store.number(&id).await?.ok_or_else(missing)?;
    Ok((number, api.store.number_settings(&id).await?))
}
