//! Which entries a filter is read by: the most selective condition that has any.

use super::{Comparison, Filter, Test};
use crate::SourceKind;
use crate::record::fold::{fold, words};
use crate::record::term::{Term, tail};

impl Filter {
    /// The entries whose records, together, hold everybody whom the filter finds: those of the condition that finds
    /// fewest. `None` if no condition has entries; then all records are walked.
    #[must_use]
    pub fn terms(&self) -> Option<Vec<Term>> {
        let ranked = self.clauses.iter().filter(|clause| !clause.negated);
        let ranked = ranked.filter_map(|clause| entries(&clause.test));
        ranked.min_by_key(|(rank, terms)| (*rank, terms.len())).map(|(_, terms)| terms)
    }

    /// Whether the first entry alone answers the whole filter.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.clauses.len() <= 1
    }
}

/// The entries of a condition, with its rank: the lower, the fewer it finds as a rule.
fn entries(test: &Test) -> Option<(u8, Vec<Term>)> {
    let exact = |rank, kind, values: &[String]| {
        let terms: Vec<_> = values.iter().map(|value| Term::Exact(kind, value.clone())).collect();
        (!terms.is_empty()).then_some((rank, terms))
    };
    match test {
        Test::Email(email) => exact(0, "email", std::slice::from_ref(email)),
        Test::Phone(digits) => Some((0, vec![Term::Exact("tail", tail(digits)?)])),
        Test::Username(name) => exact(0, "username", std::slice::from_ref(name)),
        Test::Organization(id) => exact(1, "org", std::slice::from_ref(id)),
        Test::Word(word) => {
            // The longest word finds fewest. A username is found too, by its own entry.
            let longest = words(word).into_iter().max_by_key(String::len).unwrap_or_else(|| word.clone());
            let username = Term::Exact("username", word.clone());
            let enough = longest.chars().count() >= 2 || !longest.is_ascii();
            enough.then(|| (2, vec![Term::Name(longest), username]))
        }
        Test::Field(id, Comparison::Is, values, true) => {
            let terms = values.iter().map(|value| Term::Field(id.to_string(), fold(value))).collect();
            Some((3, terms))
        }
        Test::Label(labels) => exact(4, "label", labels),
        Test::Owner(owners) => exact(5, "owner", owners),
        Test::Important(true) => exact(4, "important", &["true".to_owned()]),
        Test::Source(sources) => {
            let has_entries =
                |word: &String| SourceKind::from_word(word).is_some_and(SourceKind::has_entries);
            if sources.iter().all(has_entries) { exact(6, "source", sources) } else { None }
        }
        Test::Kind(kinds) => {
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
            exact(8, "kind", &kinds)
        }
        Test::Important(false) | Test::Has(_) | Test::Active(..) | Test::Created(..) | Test::Field(..) => {
            None
        }
    }
}
