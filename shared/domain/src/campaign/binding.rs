//! A campaign's parameters, as templates are filled: what is written in a definition becomes a binding.

use super::definition::{Definition, Parameter, ParameterSource};
use super::validate::Fault;
use crate::template::{Binding, Given, Source};

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
    use super::*;

    fn parameter(json: serde_json::Value) -> Parameter {
        serde_json::from_value(json).unwrap()
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
