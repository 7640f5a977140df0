//! `{{1}}` and `{{first_name}}`: the places in a template's text that a message fills.

/// A piece of a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// A variable, by what stands between its braces.
    Variable(&'a str),
}

/// Cuts a text at its variables. Braces that are never closed, or that have braces inside, are text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some(at) = rest[from..].find("{{").map(|at| at + from) {
        let inside = &rest[at + 2..];
        match inside.find("}}").map(|end| (&inside[..end], at + 2 + end + 2)) {
            Some((name, end)) if !name.contains(['{', '}']) => {
                if at > 0 {
                    pieces.push(Piece::Text(&rest[..at]));
                }
                pieces.push(Piece::Variable(name.trim()));
                (rest, from) = (&rest[end..], 0);
            }
            Some(_) => from = at + 1,
            None => break,
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The variables of a text, each once, in the order in which they first stand there.
#[must_use]
pub fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Variable(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The number of a positional variable, from 1.
#[must_use]
pub fn position(name: &str) -> Option<usize> {
    let is_plain = !name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_at_its_variables() {
        assert_eq!(
            pieces("Hi {{1}}, {{ name }}{{x}"),
            [
                Piece::Text("Hi "),
                Piece::Variable("1"),
                Piece::Text(", "),
                Piece::Variable("name"),
                Piece::Text("{{x}")
            ]
        );
        assert_eq!(pieces("{{{1}}"), [Piece::Text("{"), Piece::Variable("1")]);
        assert_eq!(variables("{{b}} {{a}} {{b}}"), ["b", "a"]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn positions_are_plain_numbers_from_one() {
        assert_eq!(position("12"), Some(12));
        for name in ["", "0", "01", "+1", "1a", "99999999999999999999999"] {
            assert_eq!(position(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[{}a é]{0,24}") {
            let length: usize = pieces(&text).iter().map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Variable(_) => 0,
            }).sum();
            prop_assert!(length <= text.len());
            if variables(&text).is_empty() && !text.contains("{{") {
                prop_assert_eq!(length, text.len());
            }
        }
    }
}
