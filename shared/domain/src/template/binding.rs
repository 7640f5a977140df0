//! What fills a parameter.

use std::collections::{BTreeMap, BTreeSet};

use cloud_api::manage::template::{ButtonDef, ComponentDef, ComponentKind, Samples};
use cloud_api::outbound::{Location, Media, Product, TemplateAction, Violation};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::coerce::{coerce, takes_text};
use super::parameter::{Kind, Parameter, ParameterKey, Part, Place, parameters};
use super::{Content, Source};

/// A value. Most parameters take a text; for files it is a link or the id of an upload, for times RFC 3339, for places
/// latitude, longitude, name and address with semicolons between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ParameterValue)]
pub enum Given {
    /// A text.
    Text(String),
    /// A file.
    Media(Media),
    /// A place.
    Location(Location),
    /// A product.
    Product(Product),
    /// What a button of a flow, a catalogue, a product list or an order does.
    Action(Box<TemplateAction>),
    /// A time.
    #[schema(value_type = String, format = DateTime)]
    At(Timestamp),
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What fills a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Binding {
    /// The same for everybody.
    Constant(Given),
    /// What stands there for the person.
    From {
        /// Where it stands.
        #[schema(value_type = String)]
        source: Source,
        /// What stands there for people who have nothing there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<Given>,
    },
}

impl Binding {
    /// Read from a source, without a fallback.
    #[must_use]
    pub fn from(source: Source) -> Self {
        Self::From { source, fallback: None }
    }
}

/// What fills the parameters of a template.
pub type Bindings = BTreeMap<ParameterKey, Binding>;

/// Whether bindings fit a template, whoever it is sent to.
///
/// # Errors
/// Each that does not, by the parameter's name: nothing is bound, there is no such parameter, or what is bound can never
/// stand there.
pub fn check_bindings(content: &Content, bindings: &Bindings) -> Result<(), Vec<Violation>> {
    let parameters = parameters(content);
    let fault = |key: &ParameterKey, message: String| Violation { field: key.to_string(), message };
    let mut faults = Vec::new();
    for parameter in &parameters {
        match bindings.get(&parameter.key) {
            None if parameter.kind.is_required() => {
                faults.push(fault(&parameter.key, "is required".to_owned()));
            }
            None => {}
            Some(binding) => {
                if let Err(message) = check_binding(parameter, binding) {
                    faults.push(fault(&parameter.key, message));
                }
            }
        }
    }
    let known: BTreeSet<_> = parameters.iter().map(|parameter| &parameter.key).collect();
    let unknown = bindings.keys().filter(|key| !known.contains(key));
    faults.extend(unknown.map(|key| fault(key, "is not a parameter of this template".to_owned())));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn check_binding(parameter: &Parameter, binding: &Binding) -> Result<(), String> {
    match binding {
        Binding::Constant(given) => coerce(parameter.kind, given).map(drop),
        Binding::From { .. } if !takes_text(parameter.kind) => {
            Err("cannot be read from a text: give a constant".to_owned())
        }
        Binding::From { fallback: Some(given), .. } => coerce(parameter.kind, given)
            .map(drop)
            .map_err(|message| format!("has a fallback that {message}")),
        Binding::From { .. } => Ok(()),
    }
}

/// Bindings to the samples that the template was reviewed with: a preview before anything is bound.
#[must_use]
pub fn sample_bindings(content: &Content) -> Bindings {
    let sampled = parameters(content).into_iter().filter_map(|parameter| {
        Some((parameter.key.clone(), Binding::Constant(sample(content, &parameter)?)))
    });
    sampled.collect()
}

fn sample(content: &Content, parameter: &Parameter) -> Option<Given> {
    let (components, part) = match parameter.place {
        Place::Template(part) => (&content.components, part),
        Place::Card(n, part) => {
            (&content.component(&ComponentKind::Carousel)?.cards.get(n)?.components, part)
        }
        Place::Code => (&content.components, Part::Button(0)),
    };
    let component = |kind: ComponentKind| components.iter().find(|component| component.kind == kind);
    match part {
        Part::Button(n) => button_sample(component(ComponentKind::Buttons)?.buttons.get(n)?, parameter.kind),
        Part::Header => text_sample(component(ComponentKind::Header)?, parameter),
        Part::Body => text_sample(component(ComponentKind::Body)?, parameter),
        Part::Offer => None,
    }
}

fn button_sample(button: &ButtonDef, kind: Kind) -> Option<Given> {
    let example = button.example.as_ref()?.first()?;
    let fixed = match kind {
        // Meta shows samples of links whole.
        Kind::LinkEnd => {
            let url = button.url.as_deref()?;
            example.strip_prefix(url.split("{{").next()?).unwrap_or(example)
        }
        Kind::Code => return (example.chars().count() <= 15).then(|| Given::from(example)),
        _ => example,
    };
    Some(Given::from(fixed))
}

fn text_sample(component: &ComponentDef, parameter: &Parameter) -> Option<Given> {
    let samples: &Samples = component.example.as_ref()?;
    let Some(name) = &parameter.variable else {
        return samples.header_handle.first().map(|handle| Given::from(handle.as_str()));
    };
    let named = samples.header_text_named_params.iter().chain(&samples.body_text_named_params);
    let named = named.filter(|sample| sample.param_name == *name).map(|sample| &sample.example).next();
    let position = name.parse::<usize>().ok().and_then(|position| position.checked_sub(1));
    let list = if component.kind == ComponentKind::Header {
        Some(&samples.header_text)
    } else {
        samples.body_text.first()
    };
    let positional = position.and_then(|position| list?.get(position));
    named.or(positional).map(|text| Given::from(text.as_str()))
}
