//! Reading a filter.

use jiff::civil::Date;

use super::{Attribute, Clause, Comparison, Filter, FilterError, LONGEST, MOST, Test};
use crate::record::fold::fold;
use crate::record::term::{self, TAIL};
use crate::record::{FieldDef, FieldId, FieldInput, FieldKind};
use crate::{ContactKind, SourceKind};

impl Filter {
    /// What somebody typed into a search box: an address, a phone however it is written, or names.
    #[must_use]
    pub fn search(text: &str) -> Self {
        let whole = word_test(text.trim(), false);
        let tests = match whole {
            Some(test @ (Test::Phone(_) | Test::Email(_) | Test::Username(_))) => vec![test],
            _ => text.split_whitespace().filter_map(|word| word_test(word, true)).take(MOST).collect(),
        };
        Self { clauses: tests.into_iter().map(|test| Clause { negated: false, test }).collect() }
    }

    /// Reads a filter that speaks of these fields.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn parse(text: &str, fields: &[FieldDef]) -> Result<Self, FilterError> {
        if text.len() > LONGEST {
            return Err(FilterError {
                what: format!("a filter has at most {LONGEST} characters"),
                at: LONGEST,
            });
        }
        let mut reader = Reader { chars: text.chars().collect(), at: 0 };
        let mut clauses = Vec::new();
        while let Some(clause) = reader.clause(fields)? {
            clauses.push(clause);
            if clauses.len() > MOST {
                return Err(reader.error(format!("a filter has at most {MOST} conditions")));
            }
        }
        Ok(Self { clauses })
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

/// What is wrong with a condition: what it is about, or what it is compared with.
enum Fault {
    Key(String),
    Value(String),
}

impl From<String> for Fault {
    fn from(what: String) -> Self {
        Self::Value(what)
    }
}

impl From<&str> for Fault {
    fn from(what: &str) -> Self {
        Self::Value(what.to_owned())
    }
}

/// A value, and whether it stood in quotes: then it is nothing but itself.
type Value = (String, bool);

impl Reader {
    fn error(&self, what: impl Into<String>) -> FilterError {
        FilterError { what: what.into(), at: self.at + 1 }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn clause(&mut self, fields: &[FieldDef]) -> Result<Option<Clause>, FilterError> {
        self.skip_spaces();
        let Some(first) = self.peek() else { return Ok(None) };
        let negated = first == '-';
        self.at += usize::from(negated);
        let from = self.at;
        let (word, is_quoted) = self.value()?;
        let comparison = if is_quoted { None } else { self.comparison() };
        let test = match comparison {
            None => word_test(&word, is_quoted).ok_or_else(|| FilterError {
                what: "a word needs a letter or a digit".to_owned(),
                at: from + 1,
            })?,
            Some(comparison) => {
                let at = self.at;
                let values = self.values()?;
                let test = condition(&word, comparison, values, fields);
                test.map_err(|fault| match fault {
                    Fault::Key(what) => FilterError { what, at: from + 1 },
                    Fault::Value(what) => FilterError { what, at: at + 1 },
                })?
            }
        };
        Ok(Some(Clause { negated, test }))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let (comparison, length) = match (self.peek()?, self.chars.get(self.at + 1)) {
            (':', _) => (Comparison::Is, 1),
            ('>', Some('=')) => (Comparison::AtLeast, 2),
            ('<', Some('=')) => (Comparison::AtMost, 2),
            ('>', _) => (Comparison::More, 1),
            ('<', _) => (Comparison::Less, 1),
            _ => return None,
        };
        self.at += length;
        Some(comparison)
    }

    fn values(&mut self) -> Result<Vec<Value>, FilterError> {
        let mut values = vec![self.value()?];
        while self.peek() == Some(',') {
            self.at += 1;
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, FilterError> {
        let mut text = String::new();
        if self.peek() == Some('"') {
            let from = self.at;
            self.at += 1;
            loop {
                match self.peek() {
                    Some('"') => {
                        self.at += 1;
                        return Ok((text, true));
                    }
                    Some('\\') => {
                        self.at += 1;
                        text.extend(self.peek());
                    }
                    Some(c) => text.push(c),
                    None => {
                        return Err(FilterError { what: "a quote is not closed".to_owned(), at: from + 1 });
                    }
                }
                self.at += 1;
            }
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, ':' | ',' | '<' | '>' | '"');
        while let Some(c) = self.peek().filter(|c| !ends(*c)) {
            text.push(c);
            self.at += 1;
        }
        if text.is_empty() { Err(self.error("something is missing here")) } else { Ok((text, false)) }
    }
}

/// A bare word: an address, a number, or a name.
fn word_test(word: &str, is_quoted: bool) -> Option<Test> {
    if !is_quoted {
        if word.starts_with('@') {
            return Some(Test::Username(term::username(word)));
        }
        if word.contains('@') {
            return Some(Test::Email(fold(word)));
        }
    }
    let digits = digits(word);
    let is_number =
        word.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.'));
    if is_number && digits.len() >= TAIL {
        return Some(Test::Phone(digits));
    }
    let folded = fold(word);
    let folded = folded.trim();
    folded.chars().any(char::is_alphanumeric).then(|| Test::Word(folded.to_owned()))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn condition(
    key: &str,
    comparison: Comparison,
    values: Vec<Value>,
    fields: &[FieldDef],
) -> Result<Test, Fault> {
    if let Some(id) = key.strip_prefix("field.") {
        return field(id, comparison, values, fields);
    }
    if !matches!(key, "active" | "created") && comparison != Comparison::Is {
        return Err(Fault::Key(format!("{} is compared with : only", shown(key))));
    }
    let nothing = values.len() == 1 && values[0] == ("none".to_owned(), false);
    let texts = || -> Vec<String> { values.iter().map(|(text, _)| text.clone()).collect() };
    let one = || match &values[..] {
        [(text, _)] => Ok(text.clone()),
        _ => Err(Fault::Value(format!("{key} takes one value"))),
    };
    Ok(match key {
        "name" => word_test(&one()?, true).ok_or("a name needs a letter")?,
        "phone" => {
            let digits = digits(&one()?);
            if digits.len() < TAIL {
                return Err(Fault::Value(format!("phone needs at least {TAIL} digits")));
            }
            Test::Phone(digits)
        }
        "email" => Test::Email(fold(&one()?)),
        "username" => Test::Username(term::username(&one()?)),
        "kind" => Test::Kind(texts().iter().map(|word| kind(word)).collect::<Result<_, String>>()?),
        "label" => Test::Label(if nothing { Vec::new() } else { texts() }),
        "owner" => Test::Owner(if nothing { Vec::new() } else { texts() }),
        "organization" => Test::Organization(one()?),
        "source" => {
            let words = texts();
            if words.iter().any(|word| SourceKind::from_word(word).is_none()) {
                return Err("source is inbound, ad, campaign, import, agent or api".into());
            }
            Test::Source(words)
        }
        "important" => Test::Important(boolean(&one()?)?),
        "has" => {
            let word = one()?;
            let found = Attribute::ALL.iter().find(|(name, _)| *name == word);
            Test::Has(
                found.ok_or("has is followed by phone, user_id, email, username, name or organization")?.1,
            )
        }
        "active" => Test::Active(comparison, month(&one()?)?),
        "created" => Test::Created(comparison, day(&one()?)?),
        _ => {
            return Err(Fault::Key(format!(
                "{} is not known; possible are name, phone, email, username, kind, label, owner, organization, \
                 source, important, has, active, created and field.<id>",
                shown(key)
            )));
        }
    })
}

fn field(id: &str, comparison: Comparison, values: Vec<Value>, fields: &[FieldDef]) -> Result<Test, Fault> {
    let def = FieldId::new(id).and_then(|id| fields.iter().find(|def| def.id == id));
    let def = def.ok_or_else(|| Fault::Key(format!("there is no field {}", shown(id))))?;
    let ordered = matches!(def.kind, FieldKind::Number | FieldKind::Date | FieldKind::Money);
    if comparison != Comparison::Is && !ordered {
        return Err(Fault::Key(format!("field.{id} is compared with : only")));
    }
    if comparison != Comparison::Is && values.len() != 1 {
        return Err(Fault::Value(format!("field.{id} is compared with one value")));
    }
    let typed = |(text, _): &Value| {
        let value = match def.kind {
            FieldKind::MultiChoice { .. } => def.read(FieldInput::List(vec![text.clone()])),
            _ => def.read(FieldInput::Text(text.clone())),
        };
        value.map(|value| value.to_string()).map_err(|what| format!("field.{id} {what}"))
    };
    let has_entries =
        matches!(def.kind, FieldKind::Choice { .. } | FieldKind::MultiChoice { .. } | FieldKind::Boolean);
    let values = values.iter().map(typed).collect::<Result<_, String>>()?;
    Ok(Test::Field(def.id.clone(), comparison, values, has_entries))
}

fn kind(word: &str) -> Result<ContactKind, String> {
    let kind = ContactKind::from_word(word);
    if kind.as_str() == word {
        Ok(kind)
    } else {
        Err("kind is unknown, lead, contact, organization or vendor".to_owned())
    }
}

fn boolean(word: &str) -> Result<bool, String> {
    word.parse().map_err(|_| "important is true or false".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day is written as 2026-11-26".to_owned())
}

/// A month; of a day, its month.
fn month(text: &str) -> Result<String, String> {
    let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
    let date: Date = whole.parse().map_err(|_| "a month is written as 2026-11".to_owned())?;
    Ok(date.strftime("%Y-%m").to_string())
}

/// What somebody wrote, in an answer: never long.
fn shown(text: &str) -> String {
    text.chars().take(32).collect()
}
