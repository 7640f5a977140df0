//! What a line of a file says about a person: columns mapped to the parts of a record, each typed and checked.

use std::collections::{BTreeMap, BTreeSet};

use super::{FieldDef, FieldId, FieldInput, FieldValue};
use crate::agent::AgentId;
use crate::{Contact, ContactKind, clean};

/// Where a column goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The phone, which says who it is.
    Phone,
    /// The name that the company gives.
    Name,
    /// The e-mail address.
    Email,
    /// The kind of record.
    Kind,
    /// The agent who looks after it.
    Owner,
    /// Labels, separated by semicolons; added to those that are there.
    Labels,
    /// A field of the company's own.
    Field(FieldId),
    /// Whether the person agreed to marketing: yes or no.
    MarketingConsent,
}

impl Target {
    /// Reads a target's word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "phone" => Self::Phone,
            "name" => Self::Name,
            "email" => Self::Email,
            "kind" => Self::Kind,
            "owner" => Self::Owner,
            "labels" => Self::Labels,
            "consent.marketing" => Self::MarketingConsent,
            _ => Self::Field(FieldId::new(word.strip_prefix("field.")?)?),
        })
    }

    /// The word, as a report names it.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Phone => "phone".to_owned(),
            Self::Name => "name".to_owned(),
            Self::Email => "email".to_owned(),
            Self::Kind => "kind".to_owned(),
            Self::Owner => "owner".to_owned(),
            Self::Labels => "labels".to_owned(),
            Self::MarketingConsent => "consent.marketing".to_owned(),
            Self::Field(id) => format!("field.{id}"),
        }
    }
}

/// How the columns of a file are to be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// For each column of the file, where it goes; `None` is left out.
    pub columns: Vec<Option<Target>>,
    /// The kind of a new record, where no column says.
    pub kind: ContactKind,
    /// Labels that every record gets.
    pub labels: BTreeSet<String>,
    /// The calling code for phones that are written without, such as `51`.
    pub calling_code: Option<String>,
}

/// What is wrong in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The target of the column.
    pub target: String,
    /// What it has to be. Never what stands there.
    pub what: String,
}

/// What a line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The phone, digits with calling code.
    pub phone: Option<String>,
    name: Option<String>,
    email: Option<String>,
    kind: Option<ContactKind>,
    owner: Option<AgentId>,
    labels: BTreeSet<String>,
    fields: BTreeMap<FieldId, FieldValue>,
    /// Whether the person agreed to marketing, if the line says.
    pub marketing: Option<bool>,
}

impl Mapping {
    /// Reads a line's cells.
    ///
    /// # Errors
    /// Every fault of the line.
    pub fn read<'a>(
        &self,
        cells: impl Iterator<Item = &'a str>,
        defs: &[FieldDef],
    ) -> Result<Line, Vec<LineFault>> {
        let mut line = Line { labels: self.labels.clone(), ..Line::default() };
        let mut faults = Vec::new();
        for (target, cell) in self.columns.iter().zip(cells) {
            let (Some(target), cell) = (target, cell.trim()) else { continue };
            if cell.is_empty() {
                continue;
            }
            if let Err(what) = self.read_cell(&mut line, target, cell, defs) {
                faults.push(LineFault { target: target.word(), what });
            }
        }
        if line.phone.is_none() && line.name.is_none() && line.email.is_none() && faults.is_empty() {
            let what = "is needed, or a name or an address".to_owned();
            faults.push(LineFault { target: "phone".to_owned(), what });
        }
        // A field has to belong to the kind that the record will have.
        let kind = line.kind.unwrap_or(self.kind);
        for def in defs.iter().filter(|def| line.fields.contains_key(&def.id) && !def.belongs_to(kind)) {
            let what = format!("is not a field of the kind {}", kind.as_str());
            faults.push(LineFault { target: format!("field.{}", def.id), what });
        }
        if faults.is_empty() { Ok(line) } else { Err(faults) }
    }

    fn read_cell(
        &self,
        line: &mut Line,
        target: &Target,
        cell: &str,
        defs: &[FieldDef],
    ) -> Result<(), String> {
        match target {
            Target::Phone => line.phone = Some(self.phone(cell)?),
            Target::Name => {
                if cell.chars().count() > 200 || cell.chars().any(char::is_control) {
                    return Err("must be a text of 1 to 200 characters".to_owned());
                }
                line.name = Some(cell.to_owned());
            }
            Target::Email => {
                let is_address = cell.len() <= 254
                    && !cell.contains(char::is_whitespace)
                    && cell.matches('@').count() == 1
                    && cell
                        .split_once('@')
                        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
                if !is_address {
                    return Err("must be an e-mail address".to_owned());
                }
                line.email = Some(cell.to_owned());
            }
            Target::Kind => {
                let folded = cell.to_lowercase();
                let kind = ContactKind::from_word(&folded);
                if kind.as_str() != folded {
                    return Err("must be unknown, lead, contact, organization or vendor".to_owned());
                }
                line.kind = Some(kind);
            }
            Target::Owner => {
                line.owner = Some(AgentId::new(cell).ok_or("must be the id of an agent")?);
            }
            Target::Labels => {
                for label in cell.split(';').map(str::trim).filter(|label| !label.is_empty()) {
                    if !clean::is_plain(label) || label.len() > 64 {
                        return Err("must be ids of labels, separated by semicolons".to_owned());
                    }
                    line.labels.insert(label.to_owned());
                }
                if line.labels.len() > 20 {
                    return Err("has at most 20 labels".to_owned());
                }
            }
            Target::Field(id) => {
                let def = defs.iter().find(|def| def.id == *id).ok_or("is not a field any more")?;
                line.fields.insert(id.clone(), def.read(FieldInput::Text(cell.to_owned()))?);
            }
            Target::MarketingConsent => {
                line.marketing = Some(match cell.to_lowercase().as_str() {
                    "yes" | "true" | "1" | "sí" | "si" => true,
                    "no" | "false" | "0" => false,
                    _ => return Err("must be yes or no".to_owned()),
                });
            }
        }
        Ok(())
    }

    /// A phone, with the calling code where it is written without.
    fn phone(&self, cell: &str) -> Result<String, String> {
        let is_phone = cell
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}'));
        let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
        let international = match &self.calling_code {
            _ if cell.starts_with('+') => digits,
            _ if digits.starts_with("00") => digits[2..].to_owned(),
            // A trunk prefix is not a part of the number.
            Some(code) => format!("{code}{}", digits.trim_start_matches('0')),
            None => digits,
        };
        if is_phone && (7..=15).contains(&international.len()) && !international.starts_with('0') {
            Ok(international)
        } else {
            Err("must be a phone with its calling code, 7 to 15 digits".to_owned())
        }
    }
}

impl Line {
    /// Writes what the line says into a record: what it does not say stays.
    ///
    /// # Errors
    /// A field that the kind of the record on file does not have.
    pub fn apply(&self, contact: &mut Contact, defs: &[FieldDef]) -> Result<(), LineFault> {
        let kind = self.kind.unwrap_or(contact.kind);
        if let Some(def) = defs.iter().find(|def| self.fields.contains_key(&def.id) && !def.belongs_to(kind))
        {
            let what = format!("is not a field of the kind {}", kind.as_str());
            return Err(LineFault { target: format!("field.{}", def.id), what });
        }
        contact.kind = kind;
        if self.name.is_some() {
            contact.name.clone_from(&self.name);
        }
        if self.email.is_some() {
            contact.email.clone_from(&self.email);
        }
        if self.owner.is_some() {
            contact.owner.clone_from(&self.owner);
        }
        let labels = contact.labels.union(&self.labels).cloned().collect::<BTreeSet<_>>();
        if labels.len() > 20 {
            return Err(LineFault { target: "labels".to_owned(), what: "has at most 20 labels".to_owned() });
        }
        contact.labels = labels;
        contact.fields.extend(self.fields.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ContactId;
    use crate::record::FieldKind;

    fn mapping(words: &[&str]) -> Mapping {
        let columns = words.iter().map(|word| Target::from_word(word)).collect();
        Mapping { columns, kind: ContactKind::Lead, ..Mapping::default() }
    }

    fn defs() -> Vec<FieldDef> {
        let id = FieldId::new("score").unwrap();
        vec![FieldDef { id, label: "Score".to_owned(), kind: FieldKind::Number, of: vec![ContactKind::Lead] }]
    }

    fn read(mapping: &Mapping, cells: &[&str]) -> Result<Line, Vec<LineFault>> {
        mapping.read(cells.iter().copied(), &defs())
    }

    #[test]
    fn a_line_changes_what_it_says_and_nothing_else() {
        let mapping = mapping(&["phone", "-", "name", "labels", "field.score", "email"]);
        let line = read(&mapping, &["+51 987-654-321", "x", " Ana ", "vip; new", "7.50", ""]).unwrap();
        let mut contact = Contact::new(ContactId::new("a").unwrap(), Timestamp::UNIX_EPOCH);
        contact.kind = ContactKind::Lead;
        contact.email = Some("ana@example.org".to_owned());
        contact.labels = ["old".to_owned()].into();
        line.apply(&mut contact, &defs()).unwrap();
        assert_eq!(line.phone.as_deref(), Some("51987654321"));
        assert_eq!(
            (contact.name.as_deref(), contact.email.as_deref()),
            (Some("Ana"), Some("ana@example.org"))
        );
        assert_eq!(contact.labels.len(), 3);
        assert_eq!(contact.fields.values().next().unwrap().to_string(), "7.5");
        let once = contact.clone();
        line.apply(&mut contact, &defs()).unwrap();
        assert_eq!(contact, once, "a second time changes nothing");
    }

    #[test]
    fn every_fault_of_a_line_is_named_and_no_cell_is_repeated() {
        let mapping =
            mapping(&["phone", "email", "kind", "labels", "field.score", "consent.marketing", "owner"]);
        let faults = read(&mapping, &["12", "ana", "friend", "a b", "many", "maybe", "a#b"]).unwrap_err();
        let targets: Vec<_> = faults.iter().map(|fault| fault.target.as_str()).collect();
        assert_eq!(
            targets,
            ["phone", "email", "kind", "labels", "field.score", "consent.marketing", "owner"]
        );
        assert!(faults.iter().all(|fault| !fault.what.contains("many") && !fault.what.contains("friend")));
        assert_eq!(read(&mapping, &["", "", "lead"]).unwrap_err()[0].target, "phone");
        assert_eq!(
            read(&mapping, &["+15550109901", "", "vendor", "", "7"]).unwrap_err()[0].target,
            "field.score"
        );
    }

    #[test]
    fn phones_get_the_calling_code_only_where_they_have_none() {
        let peru = Mapping { calling_code: Some("51".to_owned()), ..mapping(&["phone"]) };
        for (cell, phone) in [
            ("987 654 321", "51987654321"),
            ("0987654321", "51987654321"),
            ("+49 (151) 1234-5678", "4915112345678"),
            ("0049 151 12345678", "4915112345678"),
        ] {
            assert_eq!(read(&peru, &[cell]).unwrap().phone.as_deref(), Some(phone), "{cell}");
        }
        for cell in ["phone", "+51", "98765432a1", "+512345678901234567", "٩٨٧٦٥٤٣٢١"] {
            assert!(read(&peru, &[cell]).is_err(), "{cell}");
        }
        assert!(read(&mapping(&["phone"]), &["0987654321"]).is_err(), "without a code it says nothing");
    }
}
