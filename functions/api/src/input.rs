//! Bodies as typed values, where every fault names its member.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::extract::Body;
use crate::problem::Problem;

/// A JSON body, read as a type that knows all its members (`#[serde(deny_unknown_fields)]`).
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Body(members) = Body::from_request(request, state).await?;
        read(Value::Object(members)).map(Self)
    }
}

/// Reads a value as a type. A fault is a 400 that names the member by its path.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| misread(&error.path().to_string(), &error.inner().to_string()))
}

/// Serde says what is wrong in words; the value that was sent is left out of ours.
fn misread(path: &str, message: &str) -> Problem {
    let path = if path == "." { "" } else { path };
    let quoted = |after: &str| message.strip_prefix(after).and_then(|rest| rest.split('`').next());
    let member = |name: &str| {
        let name: String = name.chars().take(64).collect();
        // The path ends with the member already where its name was the last thing that was read.
        match path {
            "" => name,
            path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
            path => format!("{path}.{name}"),
        }
    };
    if let Some(name) = quoted("missing field `") {
        return Problem::field(member(name), "is required");
    }
    if let Some(name) = quoted("unknown field `") {
        return Problem::field(member(name), "is not a member of this request");
    }
    let field = if path.is_empty() { "body" } else { path };
    if message.starts_with("unknown variant `") {
        let known = message.split_once("expected ").map_or("", |(_, known)| known);
        return Problem::field(field, format!("must be {}", known.replace('`', "")));
    }
    match message.split_once(", expected ") {
        Some((_, expected)) => Problem::field(field, format!("must be {}", expected.replace('`', ""))),
        // A rule of ours, which says nothing about the value.
        None => Problem::field(field, message),
    }
}

/// A member of a merge patch: absent, `null`, or a value. See RFC 7396.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Patch<T> {
    /// Absent: it stays as it is.
    #[default]
    Keep,
    /// `null`: it is taken away.
    Clear,
    /// A new value.
    Set(T),
}

impl<T: Clone> Patch<T> {
    /// What holds after the patch: what held before, or what holds where nobody has said anything.
    pub(crate) fn over(&self, before: T, usual: T) -> T {
        match self {
            Self::Keep => before,
            Self::Clear => usual,
            Self::Set(value) => value.clone(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// A text of 1 to `most` characters, without control characters other than line breaks; trimmed.
pub(crate) fn text(field: &str, value: &str, most: usize) -> Result<String, Problem> {
    let value = value.trim();
    let fits = (1..=most).contains(&value.chars().count());
    let clean = !value.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    if fits && clean {
        Ok(value.to_owned())
    } else {
        Err(Problem::field(field, format!("must be a text of 1 to {most} characters")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code)]
    struct Outer {
        name: String,
        #[serde(default)]
        note: Patch<String>,
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<Inner>,
        word: Option<Word>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code)]
    struct Inner {
        n: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
        Two,
    }

    #[test]
    fn every_fault_names_its_member_and_never_repeats_what_was_sent() {
        let long = "x".repeat(500);
        for (body, field, detail) in [
            (json!({}), "name", "name is required"),
            (json!({"name": 7}), "name", "name must be a string"),
            (json!({"name": "a", "nmae": 1}), "nmae", "nmae is not a member of this request"),
            (json!({"name": "a", "inner": {"m": 1}}), "inner.m", "inner.m is not a member of this request"),
            (json!({"name": "a", "inner": {}}), "inner.n", "inner.n is required"),
            (json!({"name": "a", "inner": {"n": 300}}), "inner.n", "inner.n must be u8"),
            (json!({"name": "a", "list": [{"n": 1}, {"n": long}]}), "list[1].n", "list[1].n must be u8"),
            (json!({"name": "a", "word": "three"}), "word", "word must be one or two"),
            (json!({"name": "a", "list": {}}), "list", "list must be a sequence"),
        ] {
            let problem = read::<Outer>(body.clone()).unwrap_err();
            assert_eq!((problem.field.as_deref(), &*problem.detail), (Some(field), detail), "{body}");
        }
    }

    #[test]
    fn a_patch_tells_what_is_absent_from_what_is_taken_away() {
        let note = |body| read::<Outer>(body).unwrap().note;
        assert_eq!(note(json!({"name": "a"})), Patch::Keep);
        assert_eq!(note(json!({"name": "a", "note": null})), Patch::Clear);
        assert_eq!(note(json!({"name": "a", "note": "b"})), Patch::Set("b".to_owned()));
    }
}
