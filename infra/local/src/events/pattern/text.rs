//! What can be asked of a text.

/// What is asked of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// `equals-ignore-case`; kept in lower case, like the two below.
    IsIgnoringCase(String),
    Begins(String),
    BeginsIgnoringCase(String),
    Ends(String),
    EndsIgnoringCase(String),
    /// Its parts between stars.
    Wildcard(Vec<String>),
}

impl Text {
    /// Reads a wildcard: `*` is any text, `\*` a star, `\\` a backslash.
    ///
    /// # Errors
    /// Another escape, or two stars in a row.
    pub(super) fn wildcard(text: &str) -> Result<Self, String> {
        let mut parts = vec![String::new()];
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' if characters.peek() == Some(&'*') => {
                    return Err("Consecutive wildcard characters are not allowed".to_owned());
                }
                '*' => parts.push(String::new()),
                _ => {
                    let literal = match character {
                        '\\' => characters.next().filter(|it| matches!(it, '*' | '\\')),
                        other => Some(other),
                    };
                    let literal = literal.ok_or("Invalid escape character in a wildcard")?;
                    if let Some(last) = parts.last_mut() {
                        last.push(literal);
                    }
                }
            }
        }
        Ok(Self::Wildcard(parts))
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::IsIgnoringCase(wanted) => text.to_lowercase() == *wanted,
            Self::Begins(wanted) => text.starts_with(wanted),
            Self::BeginsIgnoringCase(wanted) => text.to_lowercase().starts_with(wanted),
            Self::Ends(wanted) => text.ends_with(wanted),
            Self::EndsIgnoringCase(wanted) => text.to_lowercase().ends_with(wanted),
            Self::Wildcard(parts) => fits(parts, text),
        }
    }
}

/// Whether the parts stand in a text in this order, the first at its beginning, the last at its end. Taking
/// each as early as possible leaves most for the others, so one pass decides.
fn fits(parts: &[String], text: &str) -> bool {
    let (Some((first, rest)), Some(mut left)) =
        (parts.split_first(), parts.first().and_then(|it| text.strip_prefix(it.as_str())))
    else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else { return text == first };
    for part in middle {
        match left.split_once(part.as_str()) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}
