//! Filling: from a template and a person to exactly what is sent.

use std::collections::BTreeMap;

use cloud_api::outbound::{
    Component, Parameter as Sent, Template, TemplateCard, TemplateLanguage, Violation,
};

use super::binding::{Binding, Bindings, Given};
use super::coerce::coerce;
use super::parameter::{Kind, Parameter, ParameterKey, Part, Place, parameters};
use super::render::{Rendered, check_lengths, render};
use super::{Content, Sources};

/// Why a template cannot be sent to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfilled {
    /// Parameters without a value, not even a fallback.
    pub missing: Vec<ParameterKey>,
    /// Values that Meta would refuse, each by its parameter; never quoted. A text that is too long as a whole stands
    /// under `header`, `body` or `card.0.body`.
    pub refused: Vec<Violation>,
}

impl Unfilled {
    fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.refused.is_empty()
    }
}

/// A template as far as it can be filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// What would be sent.
    pub template: Template,
    /// What the person would read.
    pub rendered: Rendered,
    /// What stands in the way.
    pub unfilled: Unfilled,
}

/// Fills a template for one person.
///
/// # Errors
/// Everything that is missing or that Meta would refuse.
pub fn fill(content: &Content, bindings: &Bindings, sources: &Sources<'_>) -> Result<Template, Unfilled> {
    let preview = preview(content, bindings, sources);
    if preview.unfilled.is_empty() { Ok(preview.template) } else { Err(preview.unfilled) }
}

/// Fills a template as far as it goes, and shows it.
#[must_use]
pub fn preview(content: &Content, bindings: &Bindings, sources: &Sources<'_>) -> Preview {
    let mut unfilled = Unfilled::default();
    let mut filled = BTreeMap::new();
    for parameter in parameters(content) {
        let given = bindings.get(&parameter.key).and_then(|binding| resolve(binding, sources));
        match given.map(|given| coerce(parameter.kind, &given)) {
            Some(Ok(sent)) => {
                filled.entry(parameter.place).or_insert_with(Vec::new).push((parameter, sent));
            }
            Some(Err(message)) => {
                unfilled.refused.push(Violation { field: parameter.key.to_string(), message });
            }
            None if parameter.kind.is_required() => unfilled.missing.push(parameter.key),
            None => {}
        }
    }
    let template = assemble(content, filled);
    let rendered = render(content, &template);
    unfilled.refused.extend(check_lengths(content, &rendered));
    Preview { template, rendered, unfilled }
}

fn resolve(binding: &Binding, sources: &Sources<'_>) -> Option<Given> {
    match binding {
        Binding::Constant(given) => Some(given.clone()),
        Binding::From { source, fallback } => {
            sources.get(source).map(Given::Text).or_else(|| fallback.clone())
        }
    }
}

type Filled = BTreeMap<Place, Vec<(Parameter, Sent)>>;

fn assemble(content: &Content, filled: Filled) -> Template {
    let mut components = Vec::new();
    let mut cards: BTreeMap<usize, Vec<Component>> = BTreeMap::new();
    for (place, parameters) in filled {
        match place {
            Place::Template(part) => components.push(component(part, parameters, content.is_named())),
            Place::Card(n, part) => {
                cards.entry(n).or_default().push(component(part, parameters, content.is_named()));
            }
            Place::Code => {
                // Meta wants the code twice, wherever the button's kind.
                let sent: Vec<Sent> = parameters.into_iter().map(|(_, sent)| sent).collect();
                components.push(Component {
                    kind: "body".to_owned(),
                    parameters: sent.clone(),
                    ..Component::default()
                });
                components.push(button(0, "url", sent));
            }
        }
    }
    if !cards.is_empty() {
        let cards = cards
            .into_iter()
            .map(|(n, components)| TemplateCard { card_index: u32::try_from(n).ok(), components });
        components.push(Component {
            kind: "carousel".to_owned(),
            cards: cards.collect(),
            ..Component::default()
        });
    }
    let language = TemplateLanguage { code: content.language.as_str().to_owned() };
    Template { name: content.name.clone(), language, components }
}

fn component(part: Part, parameters: Vec<(Parameter, Sent)>, is_named: bool) -> Component {
    let sub_type = parameters.first().map_or("", |(parameter, _)| sub_type(parameter.kind));
    let sent = parameters.into_iter().map(|(parameter, mut sent)| {
        if is_named && parameter.kind == Kind::Text {
            sent.parameter_name = parameter.variable;
        }
        sent
    });
    let parameters = sent.collect();
    let kind = match part {
        Part::Header => "header",
        Part::Body => "body",
        Part::Offer => "limited_time_offer",
        Part::Button(n) => return button(n, sub_type, parameters),
    };
    Component { kind: kind.to_owned(), parameters, ..Component::default() }
}

fn button(n: usize, sub_type: &str, parameters: Vec<Sent>) -> Component {
    Component {
        kind: "button".to_owned(),
        sub_type: Some(sub_type.to_owned()),
        index: Some(n.to_string()),
        parameters,
        ..Component::default()
    }
}

fn sub_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Payload => "quick_reply",
        Kind::CouponCode => "copy_code",
        Kind::Flow => "flow",
        Kind::Thumbnail => "catalog",
        Kind::Products => "mpm",
        Kind::CallMinutes => "voice_call",
        Kind::Order => "order_details",
        _ => "url",
    }
}
