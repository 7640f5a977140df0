//! What a person is sent: the template, filled from their record, their line and the campaign.

use std::collections::BTreeMap;

use cloud_api::language::Language;
use cloud_api::manage::template::{ComponentDef, ParameterFormat};
use cloud_api::outbound::{Content as Said, Message};
use domain::campaign::attribution::payload;
use domain::campaign::definition::{Parameter, Variant};
use domain::template::{
    Binding, Bindings, Content, Given, Kind, ParameterKey, Part, Place, Source, Sources, fill, parameters,
};
use serde_json::json;

use super::context::{Context, Person};

/// A message, ready to be posted.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) message: Message,
}

impl Context {
    /// Fills the person's template.
    ///
    /// # Errors
    /// How many parameters have neither value nor fallback, or a value that Meta would refuse.
    pub(crate) fn fill(&self, person: &Person) -> Result<Filled, usize> {
        let variant = self.campaign.definition.templates.get(person.variant).ok_or(0_usize)?;
        let language = person.language.as_deref().ok_or(0_usize)?;
        let number = self.numbers.get(&person.number);
        let known =
            number.and_then(|number| number.contents.get(&(variant.template.clone(), language.to_owned())));
        let content = known.cloned().flatten().unwrap_or_else(|| bare(variant, language));
        let values = self.values();
        let sources = Sources {
            contact: Some(&person.contact),
            number_name: number.and_then(|number| number.name.as_deref()),
            campaign: Some(&values),
            line: self.members[person.member].line.as_ref(),
            ..Sources::default()
        };
        let template = fill(&content, &self.bindings(variant, &content), &sources);
        let template = template.map_err(|unfilled| unfilled.missing.len() + unfilled.refused.len())?;
        Ok(Filled { message: Message { content: Said::Template(template), context: None } })
    }

    /// What the campaign binds; and what comes back from a button for which nothing else is bound.
    fn bindings(&self, variant: &Variant, content: &Content) -> Bindings {
        let bound = variant.parameters.iter();
        let mut bindings: Bindings =
            bound.map(|(key, parameter)| (ParameterKey::new(key.as_str()), binding(parameter))).collect();
        for parameter in parameters(content) {
            let (Kind::Payload, Place::Template(Part::Button(nth))) = (parameter.kind, parameter.place)
            else {
                continue;
            };
            let told = payload(&self.place.campaign, u8::try_from(nth).unwrap_or(u8::MAX));
            bindings.entry(parameter.key).or_insert(Binding::Constant(Given::Text(told)));
        }
        bindings
    }
}

fn binding(parameter: &Parameter) -> Binding {
    // A source that this build does not know has nothing for anybody.
    let nothing = || Binding::from(Source::Line(String::new()));
    parameter.binding().unwrap_or_else(|_| {
        parameter.fallback.clone().map_or_else(nothing, |fallback| Binding::Constant(Given::Text(fallback)))
    })
}

/// A template of which only the campaign's parameters are known: texts of header and body, in their order.
fn bare(variant: &Variant, language: &str) -> Content {
    let names = |part: &'static str| {
        variant
            .parameters
            .keys()
            .filter_map(move |key| key.strip_prefix(part)?.strip_prefix('.').map(str::to_owned))
    };
    let text = |part| names(part).map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(" ");
    let is_named = names("body").chain(names("header")).any(|name| name.parse::<usize>().is_err());
    let component = |kind: &str, text: String| -> Option<ComponentDef> {
        let mut def = BTreeMap::from([("type", json!(kind)), ("text", json!(text))]);
        if kind == "HEADER" {
            def.insert("format", json!("TEXT"));
        }
        serde_json::from_value(json!(def)).ok()
    };
    let parts = [("HEADER", text("header")), ("BODY", text("body"))];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    Content {
        name: variant.template.clone(),
        language: Language::new(language),
        category: None,
        format: if is_named { ParameterFormat::Named } else { ParameterFormat::Positional },
        components: parts.filter_map(|(kind, text)| component(kind, text)).collect(),
    }
}
