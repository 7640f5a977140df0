//! Whom a text names, whatever its form, and how long things are kept.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// The most ids of one kind that are looked for in one text.
const MOST: usize = 200;

/// Everything in a text that may be an id of a person. Some of it is not: a tombstone tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Digits that may be a phone number, however they are written.
    pub phones: BTreeSet<String>,
    /// Business-scoped user ids.
    pub user_ids: BTreeSet<String>,
    /// Ids of our own records.
    pub contacts: BTreeSet<String>,
    /// The newest of the times that the text gives for what happened (`timestamp`), if it gives one.
    pub newest: Option<Timestamp>,
}

impl Mentions {
    /// Looks through a text. It need not be JSON, nor whole: what cannot be read can name people too.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut mentions = Self { newest: newest(text), ..Self::default() };
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.') {
            // A contact's id may stand behind a number's and a point, in a conversation's id.
            for part in word.split('.').filter(|part| is_ulid(part)) {
                keep(&mut mentions.contacts, part);
            }
            if is_user_id(word.trim_matches('.')) {
                keep(&mut mentions.user_ids, word.trim_matches('.'));
            }
        }
        for phone in phones(text) {
            keep(&mut mentions.phones, &phone);
        }
        mentions
    }

    /// Whether one of these identities (`phone:…`, `bsuid:<portfolio>:…`) or records is named.
    #[must_use]
    pub fn names(&self, contact: &str, identities: &[String]) -> bool {
        let named = |identity: &String| match identity.split_once(':') {
            Some(("phone", phone)) => self.phones.contains(phone),
            Some(("bsuid", rest)) => {
                rest.split_once(':').is_some_and(|(_, user_id)| self.user_ids.contains(user_id))
            }
            _ => false,
        };
        self.contacts.contains(contact) || identities.iter().any(named)
    }
}

fn keep(into: &mut BTreeSet<String>, what: &str) {
    if into.len() < MOST {
        into.insert(what.to_owned());
    }
}

fn is_ulid(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// `CC.` or `CC.ENT.` and letters or digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    let is_plain = (3..=128).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()) && is_plain
}

/// Runs of 7 to 15 digits, by themselves and with the signs that people write between them.
fn phones(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut run, mut loose, mut gap) = (String::new(), String::new(), 0);
    let mut finish = |digits: &mut String| {
        if (7..=15).contains(&digits.len()) {
            found.push(digits.clone());
        }
        digits.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
            loose.push(c);
            gap = 0;
            continue;
        }
        finish(&mut run);
        gap += 1;
        // At most two signs stand between the digits of one number, as in `) 5`.
        if gap > 2 || !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/') {
            finish(&mut loose);
        }
    }
    finish(&mut run);
    finish(&mut loose);
    found
}

/// The newest `"timestamp"`, in Unix seconds, quoted or not, escaped or not.
fn newest(text: &str) -> Option<Timestamp> {
    let seconds = text.split("timestamp").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['\\', '"', ':', ' ']);
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end).filter(|digits| digits.len() == 10)?.parse().ok()
    });
    Timestamp::from_second(seconds.max()?).ok()
}

/// How long things are kept, in days; `None` is for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Messages, and what is about them.
    pub messages: Option<u32>,
    /// Dead letters that were put back.
    pub dead_letters: Option<u32>,
    /// Exports of people.
    pub exports: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_found_however_it_is_written() {
        for text in [
            r#"{"to":{"phone":"+1 (555) 010-9911"}}"#,
            r#"{"from":"15550109911"}"#,
            r#"{"from": "15550109911" broken"#,
            "tel:+1.555.010.9911",
        ] {
            assert!(Mentions::of(text).phones.contains("15550109911"), "{text}");
        }
        assert!(Mentions::of("1555").phones.is_empty());
    }

    #[test]
    fn user_ids_contacts_and_times_are_found() {
        let text = r#"{"from_user_id":"US.77001","to":{"conversation":"900.01KC0000000000000000000000"},"timestamp":"1795392000","x":{\"timestamp\":1795392007}}"#;
        let mentions = Mentions::of(text);
        assert!(mentions.user_ids.contains("US.77001"), "{mentions:?}");
        assert!(mentions.contacts.contains("01KC0000000000000000000000"));
        assert_eq!(mentions.newest, Timestamp::from_second(1_795_392_007).ok());
        let ids = ["bsuid:main:US.77001".to_owned()];
        assert!(mentions.names("none", &ids));
        assert!(mentions.names("01KC0000000000000000000000", &[]));
        assert!(!mentions.names("none", &["phone:15550109911".to_owned()]));
    }
}
