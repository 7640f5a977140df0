//! Templates: what Meta says of them, what is asked of Meta, and what a message of them says.

use cloud_api::manage::template::{ComponentDef, CreateTemplate, TemplateState};
use domain::number::onboarding::State;
use domain::template::{Aspect, Change, Concern, Content, Parameter, Severity, health, parameters};
use serde::Serialize;
use store::KeptTemplate;
use utoipa::ToSchema;

use crate::view::Time;
use crate::view::facts::StepView;

/// Something that speaks against using a template.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TemplateConcern)]
pub(crate) struct ConcernView {
    /// `state`, `flagged`, `quality` or `category_will_change`.
    what: &'static str,
    /// Whether it stops messages, or is only something to know.
    stops: bool,
    /// What it is, in Meta's word: the state, the quality or the category to come.
    value: Option<String>,
}

impl From<&Concern> for ConcernView {
    fn from(concern: &Concern) -> Self {
        let value = match concern {
            Concern::State(state) => Some(state.to_string()),
            Concern::Quality(quality) => Some(quality.to_string()),
            Concern::CategoryWillChange { to, .. } => Some(to.to_string()),
            _ => None,
        };
        Self { what: concern.as_str(), stops: concern.severity() == Severity::Stops, value }
    }
}

/// A category that Meta announced.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NextCategory {
    /// The category.
    category: String,
    /// When it comes; `null` if Meta did not say.
    at: Option<Time>,
}

/// A template of a WABA. Name and language together are one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MessageTemplate)]
pub(crate) struct TemplateView {
    /// The WABA that owns it.
    waba: String,
    /// Its name.
    name: String,
    /// Its language, such as `en_US`.
    language: String,
    /// Meta's id; `null` until Meta has it.
    id: Option<String>,
    /// Meta's word, such as `PENDING`, `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED` or `DELETED`. Before Meta has it, ours:
    /// `submitting`, `not_created` (see `step`), or `unknown`: a message named it, and nobody has read it yet.
    status: String,
    /// Why, in Meta's word, such as `INVALID_FORMAT`.
    reason: Option<String>,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`, as Meta has it now: messages are judged and charged by it.
    category: Option<String>,
    /// What Meta announced that it will be.
    next_category: Option<NextCategory>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    quality: Option<String>,
    /// Whether messages of it can go now.
    usable: bool,
    /// What speaks against using it, the gravest first.
    concerns: Vec<ConcernView>,
    /// What was last asked of Meta for it over this API: `create`, `edit` or `delete`; and what became of it.
    step: Option<StepView>,
}

impl TemplateView {
    /// Where it stands.
    pub(crate) fn status(&self) -> &str {
        &self.status
    }

    /// Its category, in Meta's word.
    pub(crate) fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }
}

impl From<&KeptTemplate> for TemplateView {
    fn from(kept: &KeptTemplate) -> Self {
        let mirror = kept.mirror.as_ref();
        let category = match mirror {
            Some(mirror) => mirror.content.category.as_ref().map(ToString::to_string),
            None => kept.purpose.map(|purpose| purpose.as_str().to_ascii_uppercase()),
        };
        let next = mirror.and_then(|mirror| mirror.announced());
        let judged = mirror.map(|mirror| health(mirror, None));
        Self {
            waba: kept.key.waba.to_string(),
            name: kept.key.name.clone(),
            language: kept.key.language.as_str().to_owned(),
            id: mirror.map(|mirror| mirror.id.to_string()),
            status: status(kept),
            reason: mirror.and_then(|mirror| mirror.reason.clone()),
            category,
            next_category: next
                .map(|(to, at)| NextCategory { category: to.to_string(), at: at.map(Time::from) }),
            quality: mirror.and_then(|mirror| mirror.quality.as_ref()).map(ToString::to_string),
            usable: judged.as_ref().is_some_and(domain::template::Health::may_be_used),
            concerns: judged.iter().flat_map(|health| &health.concerns).map(ConcernView::from).collect(),
            step: kept.step.clone().map(StepView::from),
        }
    }
}

fn status(kept: &KeptTemplate) -> String {
    let step = kept.step.as_ref().filter(|step| step.step == "create");
    let ours = step.and_then(|step| match step.state {
        State::Pending | State::Asking => Some("submitting"),
        State::Failed => Some("not_created"),
        State::Done => None,
    });
    match (&kept.mirror, ours) {
        // A deleted one is created again.
        (Some(mirror), Some(ours)) if mirror.state == TemplateState::Deleted => ours.to_owned(),
        (Some(mirror), _) => mirror.state.to_string(),
        (None, ours) => ours.unwrap_or("unknown").to_owned(),
    }
}

/// What a template says, as Meta shows it or as it was asked for.
pub(crate) fn content_of(kept: &KeptTemplate) -> Option<Content> {
    if let Some(mirror) = &kept.mirror {
        return Some(mirror.content.clone());
    }
    let asked = serde_json::from_str::<CreateTemplate>(kept.asked.as_deref()?).ok()?;
    Some(Content::asked(&asked))
}

/// Something that a message fills.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TemplateParameter)]
pub(crate) struct ParameterView {
    /// Its name, by its place: `header`, `body.1`, `body.first_name`, `button.0`, `card.0.body.1`, `offer`, `code`.
    name: String,
    /// What it takes: `text`, `image`, `link_end`, `coupon_code` and so on.
    takes: &'static str,
    /// Whether a message cannot go without it.
    required: bool,
}

impl From<Parameter> for ParameterView {
    fn from(parameter: Parameter) -> Self {
        let (takes, required) = (parameter.kind.as_str(), parameter.kind.is_required());
        Self { name: parameter.key.to_string(), takes, required }
    }
}

/// A change of what Meta says of a template.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TemplateChange)]
pub(crate) struct TemplateChangeView {
    /// `state`, `quality`, `category`, `next_category`, `content` or `ttl`.
    what: &'static str,
    /// What was known before; `null` if nothing was. A content by its hash.
    from: Option<String>,
    /// What it is since then.
    to: String,
    /// Why, as far as Meta says it.
    reason: Option<String>,
    /// Since when, by Meta's clock; where we looked, when we saw it first.
    at: Time,
    /// `webhook` if Meta told, `sync` if we looked.
    source: &'static str,
}

impl From<Change> for TemplateChangeView {
    fn from(change: Change) -> Self {
        Self {
            what: change.aspect.as_str(),
            from: change.from,
            to: change.to,
            reason: change.reason,
            at: change.at.into(),
            source: change.source.as_str(),
        }
    }
}

/// A template with everything that is known of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MessageTemplateDetail)]
pub(crate) struct TemplateDetail {
    /// The template.
    #[serde(flatten)]
    template: TemplateView,
    /// What it was before Meta changed its category, if that is among the newest changes.
    previous_category: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    parameter_format: Option<String>,
    /// What it is made of; as it was asked for, until Meta shows it.
    components: Vec<ComponentDef>,
    /// How long Meta tries to deliver, in seconds; `null` where Meta's default counts.
    message_send_ttl_seconds: Option<i64>,
    /// What a message fills.
    parameters: Vec<ParameterView>,
    /// SHA-256 of what people read and messages fill.
    content_hash: Option<String>,
    /// The newest changes, at most 50; `…/history` has all.
    history: Vec<TemplateChangeView>,
}

impl TemplateDetail {
    /// A template with its newest changes.
    pub(crate) fn new(kept: &KeptTemplate, history: Vec<Change>) -> Self {
        let content = content_of(kept);
        let mut recategorised =
            history.iter().filter(|change| change.aspect == Aspect::Category && change.from.is_some());
        Self {
            template: TemplateView::from(kept),
            previous_category: recategorised.next().and_then(|change| change.from.clone()),
            parameter_format: content.as_ref().map(|content| content.format.to_string()),
            message_send_ttl_seconds: kept.mirror.as_ref().and_then(|mirror| mirror.ttl_seconds),
            parameters: content.iter().flat_map(parameters).map(ParameterView::from).collect(),
            content_hash: content.as_ref().map(Content::hash),
            components: content.map(|content| content.components).unwrap_or_default(),
            history: history.into_iter().map(TemplateChangeView::from).collect(),
        }
    }
}
