//! Plays IAM: a call that is signed with a function's name is one that the function's role must allow.
//!
//! The access key of a function is its name, in this program and for a binary that runs beside it. Whoever else
//! calls is the owner of the account. What roles allow is read from the template, so every test that makes a
//! function work is a test of its permissions; and what was needed is written down, so that a permission which
//! nothing needs can be found.

mod call;
mod record;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::request::Parts;

pub use call::Call;
pub use record::Used;

use crate::template::{ACCOUNT, Statement, Table, Template};
use record::Record;

/// What functions may do, and what they did.
#[derive(Clone, Debug)]
pub struct Permissions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The statements of each function's role, by the function's name.
    statements: HashMap<String, Vec<Statement>>,
    tables: Vec<Table>,
    record: Record,
}

/// A call that no statement allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "User: arn:aws:sts::{ACCOUNT}:assumed-role/{function} is not authorized to perform: {} on resource: {} \
     because no identity-based policy allows the {} action",
    .call.action, .call.resource, .call.action
)]
pub struct Denied {
    /// The function's name.
    pub function: String,
    /// What it wanted.
    pub call: Call,
}

impl Permissions {
    /// The permissions that a template gives. What was needed is added to a file, if one is named.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn new(template: &Template, record: Option<&Path>) -> std::io::Result<Self> {
        let statements = template.functions.iter().map(|function| {
            let role = template.role_of(&function.binary);
            let statements = role.map(|role| role.own.iter().chain(&role.managed).cloned().collect());
            (function.binary.clone(), statements.unwrap_or_default())
        });
        Ok(Self(Arc::new(Inner {
            statements: statements.collect(),
            tables: template.tables.clone(),
            record: Record::open(record)?,
        })))
    }

    /// Whether whoever signed a request may make it.
    ///
    /// # Errors
    /// [`Denied`] names the first call of it that is not allowed.
    pub fn check(&self, parts: &Parts, body: &[u8]) -> Result<(), Denied> {
        let Some(function) = signer(parts) else { return Ok(()) };
        let Some(statements) = self.0.statements.get(function) else { return Ok(()) };
        for call in Call::of(parts, body, &self.0.tables) {
            match statements.iter().find_map(|statement| allows(statement, &call)) {
                Some(patterns) => self.0.record.note(function, &call, patterns),
                None => return Err(Denied { function: function.to_owned(), call }),
            }
        }
        Ok(())
    }
}

/// The access key that a request is signed with.
fn signer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    // A link is signed in its query, where `/` is written `%2F`.
    let signed = header.or(parts.uri.query()).and_then(|it| it.split_once("Credential="))?.1;
    signed.split(['/', '%']).next()
}

/// The resource and the patterns of keys by which a statement allows a call.
fn allows<'s>(statement: &'s Statement, call: &Call) -> Option<(&'s str, Vec<&'s str>)> {
    statement.actions.iter().find(|action| matches(action, &call.action))?;
    let resource = statement.resources.iter().find(|resource| matches(resource, &call.resource))?;
    let Some(patterns) = &statement.leading_keys else { return Some((resource, Vec::new())) };
    // `ForAllValues`: every key of the call is one of these.
    let by_key = call.keys.iter().map(|key| patterns.iter().find(|pattern| matches(pattern, key)));
    let by_key: Option<Vec<_>> = by_key.map(|pattern| pattern.map(String::as_str)).collect();
    Some((resource, by_key?))
}

/// Whether a text is of a pattern in which `*` stands for any text and `?` for any sign.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            // The last star takes one sign more.
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_a_question_mark_for_one_sign() {
        for (pattern, text) in
            [("a*", "a"), ("*", ""), ("a*c*e", "abcde"), ("CONV#*", "CONV#1#2"), ("a?c", "abc")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a*", "ba"), ("a", "ab"), ("a*c", "abcd"), ("DEADS", "DEAD#1"), ("a?c", "ac")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
