//! Quick replies: texts with variables, which are filled for one conversation.

/// A variable of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// `{{contact.name}}`.
    ContactName,
    /// `{{contact.phone}}`.
    ContactPhone,
    /// `{{agent.name}}`.
    AgentName,
    /// `{{number.name}}`.
    NumberName,
    /// `{{field.size}}`: a field of the contact's record.
    Field(String),
}

impl Variable {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "contact.name" => Some(Self::ContactName),
            "contact.phone" => Some(Self::ContactPhone),
            "agent.name" => Some(Self::AgentName),
            "number.name" => Some(Self::NumberName),
            _ => {
                let field = name.strip_prefix("field.").filter(|field| crate::clean::is_plain(field))?;
                Some(Self::Field(field.to_owned()))
            }
        }
    }

    /// Its name, as it stands in a text.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::ContactName => "contact.name".to_owned(),
            Self::ContactPhone => "contact.phone".to_owned(),
            Self::AgentName => "agent.name".to_owned(),
            Self::NumberName => "number.name".to_owned(),
            Self::Field(field) => format!("field.{field}"),
        }
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(Variable),
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

/// `{{…}}` with a name that nobody can fill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "has a variable that is not known; possible are contact.name, contact.phone, agent.name, number.name and field.…"
)]
pub struct UnknownVariable;

/// A text with its variables filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The text. A variable without a value is left out.
    pub text: String,
    /// Variables that have no value here.
    pub missing: Vec<String>,
}

impl Template {
    /// Reads a text. Braces that are never closed are text.
    ///
    /// # Errors
    /// See [`UnknownVariable`].
    pub fn parse(text: &str) -> Result<Self, UnknownVariable> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Variable(Variable::parse(name.trim()).ok_or(UnknownVariable)?));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// Fills the variables. A value is text: braces in it are never read as variables.
    #[must_use]
    pub fn fill(&self, value: impl Fn(&Variable) -> Option<String>) -> Filled {
        let mut filled = Filled { text: String::new(), missing: Vec::new() };
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.text.push_str(text),
                Piece::Variable(variable) => match value(variable).filter(|value| !value.is_empty()) {
                    Some(value) => filled.text.push_str(&value),
                    None if filled.missing.contains(&variable.name()) => {}
                    None => filled.missing.push(variable.name()),
                },
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_are_filled_and_what_has_no_value_is_named() {
        let template =
            Template::parse("Hi {{contact.name}}, size {{ field.size }}? {{agent.name}} {{field.size}}")
                .unwrap();
        let filled = template.fill(|variable| match variable {
            Variable::ContactName => Some("Ada {{agent.name}}".to_owned()),
            Variable::AgentName => Some("Ben".to_owned()),
            _ => None,
        });
        assert_eq!(filled.text, "Hi Ada {{agent.name}}, size ? Ben ");
        assert_eq!(filled.missing, ["field.size"]);
    }

    #[test]
    fn a_variable_that_nobody_can_fill_is_refused() {
        for text in ["{{name}}", "{{}}", "{{field.}}", "{{field.a b}}", "{{contact.password}}"] {
            assert_eq!(Template::parse(text), Err(UnknownVariable), "{text}");
        }
        assert!(Template::parse("a {{ that is never closed").is_ok());
    }

    proptest! {
        #[test]
        fn a_text_without_variables_stays_as_it_is(text in "[^{]{0,40}") {
            let filled = Template::parse(&text).unwrap().fill(|_| None);
            prop_assert_eq!(filled.text, text);
        }

        #[test]
        fn reading_never_panics(text in ".{0,60}") {
            let _ = Template::parse(&text);
        }
    }
}
