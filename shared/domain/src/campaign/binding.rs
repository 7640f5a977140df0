//! A campaign's parameters, as templates are filled: what is written in a definition becomes a binding.

use super::definition::{Definition, Parameter, ParameterSource, Variant};
use super::validate::Fault;
use crate::template::{Binding, Given, Source, Sources};

/// The source names nothing that a value can be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("names nothing that a value can be read from, such as name, first_name, phone, email or field.city")]
pub struct UnknownPart;

impl Parameter {
    /// How a template is filled with it.
    ///
    /// # Errors
    /// The part of record, agent or campaign does not exist.
    pub fn binding(&self) -> Result<Binding, UnknownPart> {
        let word = match &self.from {
            ParameterSource::Text(text) => return Ok(Binding::Constant(Given::Text(text.clone()))),
            ParameterSource::Record(part) if part.starts_with("field.") => part.clone(),
            ParameterSource::Record(part) => format!("contact.{part}"),
            ParameterSource::Agent(part) => format!("agent.{part}"),
            ParameterSource::Campaign(part) => format!("campaign.{part}"),
            ParameterSource::Line(column) => format!("line.{column}"),
        };
        let source = Source::try_from(word).map_err(|_| UnknownPart)?;
        let scoped = match (&self.from, &source) {
            (ParameterSource::Campaign(part), _) => part == "name",
            (ParameterSource::Record(_), Source::Campaign(_) | Source::Line(_)) => false,
            _ => true,
        };
        let fallback = self.fallback.clone().map(Given::Text);
        if scoped { Ok(Binding::From { source, fallback }) } else { Err(UnknownPart) }
    }

    /// Whether it has nothing to fill the template with for somebody.
    #[must_use]
    pub fn is_missing(&self, sources: &Sources<'_>) -> bool {
        match self.binding() {
            Ok(Binding::Constant(_)) => false,
            Ok(Binding::From { source, fallback }) => fallback.is_none() && sources.get(&source).is_none(),
            Err(UnknownPart) => self.fallback.is_none(),
        }
    }
}

impl Variant {
    /// The parameters that have nothing to fill the template with for somebody.
    #[must_use]
    pub fn missing(&self, sources: &Sources<'_>) -> Vec<String> {
        let missing = self.parameters.iter().filter(|(_, parameter)| parameter.is_missing(sources));
        missing.map(|(name, _)| name.clone()).collect()
    }
}

impl Definition {
    /// Parameters that are read from nowhere.
    #[must_use]
    pub fn unknown_parts(&self) -> Vec<Fault> {
        let variants = self.templates.iter().enumerate();
        let parameters = variants.flat_map(|(index, variant)| {
            variant.parameters.iter().map(move |(name, parameter)| (index, name, parameter))
        });
        let unknown = parameters.filter_map(|(index, name, parameter)| {
            let fault = parameter.binding().err()?;
            Some(Fault {
                field: format!("templates.{index}.parameters.{name}.from"),
                what: fault.to_string(),
            })
        });
        unknown.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::{Contact, ContactId};

    fn parameter(json: serde_json::Value) -> Parameter {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_parameter_is_missing_where_neither_its_source_nor_a_fallback_has_a_text() {
        let mut contact = Contact::new(ContactId::new("01K").unwrap(), Timestamp::UNIX_EPOCH);
        contact.name = Some("Ana Ruiz".to_owned());
        let line =
            BTreeMap::from([("code".to_owned(), "A1".to_owned()), ("empty".to_owned(), " ".to_owned())]);
        let sources = Sources { contact: Some(&contact), line: Some(&line), ..Sources::default() };
        for (json, missing) in [
            (serde_json::json!({"from": {"record": "first_name"}}), false),
            (serde_json::json!({"from": {"record": "field.city"}}), true),
            (serde_json::json!({"from": {"record": "field.city"}, "fallback": "there"}), false),
            (serde_json::json!({"from": {"line": "code"}}), false),
            (serde_json::json!({"from": {"line": "empty"}}), true),
            (serde_json::json!({"from": {"agent": "name"}}), true),
            (serde_json::json!({"from": {"text": "today"}}), false),
        ] {
            assert_eq!(parameter(json.clone()).is_missing(&sources), missing, "{json}");
        }
    }

    #[test]
    fn a_part_that_does_not_exist_is_told() {
        for json in [
            serde_json::json!({"from": {"record": "shoe size"}}),
            serde_json::json!({"from": {"agent": "password"}}),
            serde_json::json!({"from": {"campaign": "season"}}),
        ] {
            assert_eq!(parameter(json.clone()).binding(), Err(UnknownPart), "{json}");
        }
    }
}
