//! Texts with variables, and the samples that Meta's reviewers read.

use std::collections::BTreeSet;

use crate::outbound::validate::Check;

use super::super::parts::{ComponentDef, NamedSample, ParameterFormat, Samples};
use super::super::variables::{Piece, pieces, position, variables};

/// A text that no message fills.
pub(super) fn check_plain(field: &str, text: Option<&str>, limit: usize, check: &mut Check) {
    let text = text.unwrap_or_default();
    check.text(field, text, limit);
    if !variables(text).is_empty() {
        check.fail(field, "cannot hold variables");
    }
}

pub(super) fn check_header(header: &ComponentDef, format: &ParameterFormat, check: &mut Check) {
    let text = header.text.as_deref().unwrap_or_default();
    check.text("text", text, 60);
    if text.contains(['\n', '\r']) {
        check.fail("text", "must be one line");
    }
    let names = variables(text);
    if names.len() > 1 {
        check.fail("text", "can hold one variable");
    }
    check_names("text", &names, format, check);
    let none = Samples::default();
    let samples = header.example.as_ref().unwrap_or(&none);
    let list = std::slice::from_ref(&samples.header_text);
    check_samples("header_text", &names, format, list, &samples.header_text_named_params, check);
}

pub(super) fn check_body(body: &ComponentDef, limit: usize, format: &ParameterFormat, check: &mut Check) {
    let text = body.text.as_deref().unwrap_or_default();
    check.text("text", text, limit);
    let pieces = pieces(text.trim());
    let is_variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
    if is_variable(pieces.first()) {
        check.fail("text", "cannot begin with a variable");
    }
    if is_variable(pieces.last()) {
        check.fail("text", "cannot end with a variable");
    }
    if pieces.windows(2).any(|two| is_variable(two.first()) && is_variable(two.last())) {
        check.fail("text", "must have words between two variables");
    }
    let names = variables(text);
    check_names("text", &names, format, check);
    let none = Samples::default();
    let samples = body.example.as_ref().unwrap_or(&none);
    check_samples("body_text", &names, format, &samples.body_text, &samples.body_text_named_params, check);
}

/// Whether variables are called as the template says.
fn check_names(field: &str, names: &[&str], format: &ParameterFormat, check: &mut Check) {
    if *format == ParameterFormat::Named {
        let is_name = |name: &&str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && !name.bytes().all(|b| b.is_ascii_digit())
        };
        if !names.iter().all(is_name) {
            check.fail(
                field,
                "must have variables of lower-case letters, digits and underscores, such as {{first_name}}",
            );
        }
        return;
    }
    let found: BTreeSet<_> = names.iter().map(|name| position(name)).collect();
    let expected: BTreeSet<_> = (1..=names.len()).map(Some).collect();
    if found != expected {
        check.fail(
            field,
            "must have variables {{1}}, {{2}}, … without a gap; names need parameter_format NAMED",
        );
    }
}

/// Whether each variable has a sample, and nothing else has.
fn check_samples(
    field: &str,
    names: &[&str],
    format: &ParameterFormat,
    positional: &[Vec<String>],
    named: &[NamedSample],
    check: &mut Check,
) {
    if *format == ParameterFormat::Named {
        let samples: BTreeSet<&str> = named
            .iter()
            .filter(|it| !it.example.trim().is_empty())
            .map(|it| it.param_name.as_str())
            .collect();
        if samples != names.iter().copied().collect() || named.len() != samples.len() {
            let field = format!("example.{field}_named_params");
            check.fail(&field, format!("must have one sample for each variable: {}", names.len()));
        }
        return;
    }
    let samples = positional.first().map(Vec::as_slice).unwrap_or_default();
    let are_filled = samples.iter().all(|sample| !sample.trim().is_empty());
    if samples.len() != names.len() || positional.len() > 1 || !are_filled {
        let field = format!("example.{field}");
        check.fail(&field, format!("must have one sample for each variable: {}", names.len()));
    }
}
