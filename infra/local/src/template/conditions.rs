//! Conditions of a template, and what is chosen by them.

use serde_norway::Value as Yaml;

use super::TemplateError;
use super::resolve::{At, Resolver, entries};

/// Two arguments of an intrinsic, one of them a name.
type Choice<'y> = (&'y str, &'y Yaml, &'y Yaml);

impl Resolver<'_> {
    /// Whether a resource or output exists: it names no condition, or one that holds.
    pub(super) fn exists(&self, id: &str, definition: &Yaml) -> Result<bool, TemplateError> {
        match &definition["Condition"] {
            Yaml::Null => Ok(true),
            Yaml::String(name) => self.holds(name, &At::new(id, "Condition")),
            _ => Err(TemplateError::new(id, "Condition", "it must be a condition's name")),
        }
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, name: &str, at: &At<'_>) -> Result<bool, TemplateError> {
        match &self.document["Conditions"][name] {
            Yaml::Null => Err(at.error(format!("there is no condition {name}"))),
            condition => self.is_true(condition, &at.deeper()?),
        }
    }

    fn is_true(&self, condition: &Yaml, at: &At<'_>) -> Result<bool, TemplateError> {
        let (name, argument) = intrinsic(condition).ok_or_else(|| at.error("it must be a condition"))?;
        let list = argument.as_sequence().map(Vec::as_slice);
        match (name.as_str(), list) {
            ("Equals", Some([left, right])) => Ok(self.value(left, at)? == self.value(right, at)?),
            ("Not", Some([only])) => Ok(!self.is_true(only, at)?),
            ("And", Some(all)) => {
                all.iter().try_fold(true, |so_far, one| Ok(self.is_true(one, at)? && so_far))
            }
            ("Or", Some(any)) => {
                any.iter().try_fold(false, |so_far, one| Ok(self.is_true(one, at)? || so_far))
            }
            ("Condition", None) => match argument.as_str() {
                Some(name) => self.holds(name, at),
                None => Err(at.error("!Condition takes a name")),
            },
            (name, _) => Err(at.error(format!("the embedded world does not know the condition !{name}"))),
        }
    }

    /// What an `!If` chooses.
    pub(super) fn chosen<'y>(&self, argument: &'y Yaml, at: &At<'_>) -> Result<&'y Yaml, TemplateError> {
        let (name, yes, no) =
            choice(argument).ok_or_else(|| at.error("!If takes a condition and two values"))?;
        Ok(if self.holds(name, at)? { yes } else { no })
    }
}

fn choice(argument: &Yaml) -> Option<Choice<'_>> {
    match argument.as_sequence().map(Vec::as_slice) {
        Some([name, yes, no]) => Some((name.as_str()?, yes, no)),
        _ => None,
    }
}

/// The name and the argument of an intrinsic, in its short form (`!If`) or its long one (`Fn::If:`).
pub(super) fn intrinsic(yaml: &Yaml) -> Option<(String, &Yaml)> {
    match yaml {
        Yaml::Tagged(tagged) => {
            Some((tagged.tag.to_string().trim_start_matches('!').to_owned(), &tagged.value))
        }
        Yaml::Mapping(_) => {
            let mut pairs = entries(yaml);
            let (Some((key, argument)), None) = (pairs.next(), pairs.next()) else { return None };
            let known = key == "Ref" || key == "Condition" || key.starts_with("Fn::");
            known.then(|| (key.trim_start_matches("Fn::").to_owned(), argument))
        }
        _ => None,
    }
}
