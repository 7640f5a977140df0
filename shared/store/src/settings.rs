//! What a company set by hand.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::consent::{Keywords, Matching, Purpose, Words};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Item, Put, ms, s};
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// The words by which people choose: those that the company set, or the usual ones.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keywords(&self) -> Result<Keywords, StoreError> {
        let key = (keys::SETTINGS.to_owned(), KEYWORDS.to_owned());
        let item = self.get(&self.tables.directory, &key, false).await?;
        Ok(item.as_ref().map(read_keywords).unwrap_or_default())
    }

    /// Sets the words by which people choose.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_keywords(&self, keywords: &Keywords) -> Result<(), StoreError> {
        let mut item = item::at(keys::SETTINGS, KEYWORDS);
        let languages = keywords.languages.iter();
        let languages = languages.map(|(language, words)| (language.clone(), write_words(words))).collect();
        item.put("lng", AttributeValue::M(languages));
        item.put("btn", write_words(&keywords.buttons));
        item.put("any", item::n(i64::from(keywords.matching == Matching::Word)));
        item.put_text("pu", keywords.purpose.map(Purpose::as_str));
        self.put_listed(item).await
    }

    /// Whether a switch is on. It is off until somebody turns it on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn is_on(&self, switch: &str) -> Result<bool, StoreError> {
        let key = (keys::SETTINGS.to_owned(), switch.to_owned());
        let item = self.get(&self.tables.directory, &key, false).await?;
        Ok(item.is_some_and(|item| item.number("on") == Some(1)))
    }

    /// Turns a switch on or off.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn turn(&self, switch: &str, on: bool) -> Result<(), StoreError> {
        let mut item = item::at(keys::SETTINGS, switch);
        item.put("on", item::n(i64::from(on)));
        self.put_listed(item).await
    }

    /// Every portfolio that a WABA was assigned to, and the one of those that were not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn portfolios(&self) -> Result<Vec<cloud_api::PortfolioId>, StoreError> {
        let wabas = self.listed(keys::WABAS).await?;
        let mut portfolios: Vec<_> =
            wabas.iter().filter_map(|item| item.text("pf")).map(cloud_api::PortfolioId::new).collect();
        portfolios.push(cloud_api::PortfolioId::new(crate::directory::DEFAULT_PORTFOLIO));
        portfolios.sort();
        portfolios.dedup();
        Ok(portfolios)
    }

    /// Writes a line of this system into a thread. Its key comes from what happened, so that writing it twice is
    /// writing it once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note(&self, note: &Note<'_>) -> Result<(), StoreError> {
        let (pk, sk) = keys::message(note.id);
        let mut item = item::at(&pk, &sk);
        item.put("d", s("n"));
        item.put("t", ms(note.at));
        item.put("ra", ms(note.now));
        item.put("k", s("note"));
        item.put("raw", s(note.raw));
        match self.put_if(&self.tables.conversations, item, Condition::InboundAbsent).await? {
            Conditional::Written | Conditional::Refused(_) => Ok(()),
        }
    }
}

/// A line of this system in a thread.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// Where it stands.
    pub id: &'a domain::MessageId,
    /// When it happened.
    pub at: Timestamp,
    /// When it is written.
    pub now: Timestamp,
    /// Its JSON: `{"type":"note","note":{"event":…}}`.
    pub raw: &'a str,
}

/// The setting with the words.
const KEYWORDS: &str = "opt_out_keywords";

fn write_words(words: &Words) -> AttributeValue {
    let list = |words: &[String]| AttributeValue::L(words.iter().map(s).collect());
    let both = [("out".to_owned(), list(&words.opt_out)), ("in".to_owned(), list(&words.opt_in))];
    AttributeValue::M(both.into())
}

fn read_words(value: &AttributeValue) -> Words {
    let list = |name: &str| {
        let words = value.as_m().ok().and_then(|both| both.get(name)?.as_l().ok());
        words.into_iter().flatten().filter_map(|word| word.as_s().ok().cloned()).collect()
    };
    Words { opt_out: list("out"), opt_in: list("in") }
}

fn read_keywords(item: &Item) -> Keywords {
    let languages = item.get("lng").and_then(|value| value.as_m().ok());
    let languages = languages.into_iter().flatten();
    Keywords {
        languages: languages.map(|(language, words)| (language.clone(), read_words(words))).collect(),
        buttons: item.get("btn").map(read_words).unwrap_or_default(),
        matching: if item.number("any") == Some(1) { Matching::Word } else { Matching::Message },
        purpose: item.text("pu").and_then(Purpose::from_word),
    }
}
