//! What Meta's lists and webhooks say of templates.

use cloud_api::TemplateId;
use cloud_api::language::Language;
use cloud_api::manage::template::{TemplateNode, TemplateState};
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::templates::{CategoryChange, TemplateEvent};
use jiff::Timestamp;

use super::{Content, Telling};

/// What Meta's list says of a template.
#[must_use]
pub fn seen_in(node: &TemplateNode) -> Vec<Telling> {
    let reason = node.rejected_reason.clone().filter(|reason| !reason.eq_ignore_ascii_case("none"));
    let mut told = vec![
        Telling::State(node.status.clone(), reason),
        Telling::Content(Box::new(Content::of(node))),
        Telling::Ttl(node.message_send_ttl_seconds),
    ];
    told.extend(node.category.clone().map(Telling::Category));
    told.extend(node.quality_score.as_ref().map(|quality| Telling::Quality(quality.score.clone())));
    told
}

/// What a webhook says of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Of which.
    pub template: TemplateId,
    /// Its name, if the webhook says it.
    pub name: Option<String>,
    /// Its language, if the webhook says it.
    pub language: Option<Language>,
    /// What.
    pub tellings: Vec<Telling>,
    /// Whether the template has to be read again: the webhook does not say all that changed.
    pub read_again: bool,
}

/// Reads an event. `None`: it is not about a template.
#[must_use]
pub fn told_by(event: &Event) -> Option<Told> {
    let (template, name, language) = match event {
        Event::TemplateStatus(told) => (&told.id, &told.name, &told.language),
        Event::TemplateQuality(told) => (&told.id, &told.name, &told.language),
        Event::TemplateComponents(told) => (&told.id, &told.name, &told.language),
        Event::TemplateCategory(told) => (&told.id, &told.name, &told.language),
        _ => return None,
    };
    let (tellings, read_again) = match event {
        Event::TemplateStatus(told) => {
            let reason = told.reason.clone().filter(|reason| !reason.eq_ignore_ascii_case("none"));
            let title = told.other_info.as_ref().and_then(|other| other.title.clone());
            let mut tellings = Vec::new();
            // Out of the archive: Meta does not say where it stands now.
            if told.event != TemplateEvent::Unarchived {
                let state = TemplateState::from(told.event.as_str());
                tellings.push(Telling::State(state, reason.or(title)));
            }
            tellings.extend(told.category.clone().map(Telling::Category));
            (tellings, told.event == TemplateEvent::Unarchived)
        }
        Event::TemplateQuality(told) => (vec![Telling::Quality(told.new_quality_score.clone())], false),
        Event::TemplateComponents(_) => (Vec::new(), true),
        Event::TemplateCategory(told) => {
            let telling = match &told.change {
                CategoryChange::Upcoming { next, at, .. } => {
                    let at = at.and_then(|at| Timestamp::from_second(at).ok());
                    Telling::NextCategory(next.clone(), at)
                }
                CategoryChange::Done { new, .. } => Telling::Category(new.clone()),
            };
            (vec![telling], false)
        }
        _ => return None,
    };
    let (template, name, language) = (template.clone(), name.clone(), language.clone());
    Some(Told { template, name, language, tellings, read_again })
}
