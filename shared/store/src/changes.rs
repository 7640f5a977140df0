//! What a table's stream tells of an item: read here, since only the store knows what stands in an item.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ContactId;
use domain::event::{Change, ConsentFacts, ContactFacts, ConversationFacts, Happening, MessageFacts, Seen};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::item::{Get, Item};
use crate::keys;
use crate::rejected::read_rejected;
use crate::threads::{Direction, StoredMessage, read_message};

/// A record of a stream that does not read as what it should be. A retry ends the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a change does not read: {0}")]
pub struct BadChange(pub(crate) &'static str);

/// An item, as a stream tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image(Item);

impl Image {
    pub(crate) fn item(&self) -> &Item {
        &self.0
    }
}

/// One change of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRecord {
    /// The table's name.
    pub table: String,
    /// The stream's number of the change.
    pub sequence: String,
    /// When it was written.
    pub at: Timestamp,
    /// What it was; `None` if it was not there.
    pub old: Option<Image>,
    /// What it is; `None` if it was removed.
    pub new: Option<Image>,
    key: (String, String),
}

impl ChangeRecord {
    /// Reads a record as Lambda hands it over.
    ///
    /// # Errors
    /// It is none, or it is without a key, a number or a time.
    pub fn read(record: &Value) -> Result<Self, BadChange> {
        let told = &record["dynamodb"];
        let arn = record["eventSourceARN"].as_str().unwrap_or_default();
        let table = arn.split('/').nth(1).ok_or(BadChange("of no table"))?.to_owned();
        let sequence = told["SequenceNumber"].as_str().ok_or(BadChange("without a number"))?.to_owned();
        let key = image(&told["Keys"]).ok_or(BadChange("without a key"))?.0;
        let part = |name: &str| key.text(name).map(str::to_owned).ok_or(BadChange("without a key"));
        Ok(Self {
            table,
            sequence,
            at: time(&told["ApproximateCreationDateTime"]).ok_or(BadChange("from no time"))?,
            old: image(&told["OldImage"]),
            new: image(&told["NewImage"]),
            key: (part("pk")?, part("sk")?),
        })
    }

    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.key.0, &self.key.1)
    }

    /// What the change is about, if it is about anything that others hear of. An item that was removed is not:
    /// what expires or is cleared away is over already.
    ///
    /// # Errors
    /// The item does not read as what its key says.
    pub fn change(&self) -> Result<Option<Change>, BadChange> {
        let Some(new) = &self.new else { return Ok(None) };
        let Some(of) = self.happening(new)? else { return Ok(None) };
        let (table, key, sequence) = (self.table.clone(), self.key.clone(), self.sequence.clone());
        Ok(Some(Change { table, key, sequence, at: self.at, of }))
    }

    fn happening(&self, new: &Image) -> Result<Option<Happening>, BadChange> {
        let (pk, sk) = (self.key.0.as_str(), self.key.1.as_str());
        if let Some(contact) = pk.strip_prefix("CONTACT#") {
            let id = ContactId::new(contact).ok_or(BadChange("a contact's key"))?;
            if sk == keys::PROFILE {
                let seen = self.seen(new, |image| Ok(contact_facts(&image.0)))?;
                return Ok(Some(Happening::Contact(id, seen)));
            }
            if sk.starts_with("CONSENT#") {
                let seen = self.seen(new, |image| consent_facts(sk, &image.0))?;
                return Ok(Some(Happening::Consent(id, seen)));
            }
            return Ok(None);
        }
        if pk.starts_with(keys::REJECTED) {
            return self
                .seen(new, |image| read_rejected(&image.0))
                .map(|seen| Some(Happening::Rejected(seen)));
        }
        if !pk.starts_with("CONV#") {
            return Ok(None);
        }
        let id = keys::parse_conversation(pk).ok_or(BadChange("a conversation's key"))?;
        if sk == keys::STATE {
            // Without any activity there is no conversation yet: only a mark that its record was merged, or a hold.
            let began = |image: &&Image| image.0.contains_key("la");
            let before = self.old.as_ref().filter(began).map(|image| conversation_facts(&image.0));
            let after = Some(new).filter(began).map(|image| conversation_facts(&image.0));
            return Ok(after.map(|after| Happening::Conversation(id, Seen { before, after })));
        }
        // What a campaign sends is told by the campaign.
        if !(sk.starts_with("MSG#") || sk.starts_with("REL#")) || new.0.contains_key("cmp") {
            return Ok(None);
        }
        let read = |image: &Image| {
            let message = read_message(&id, &image.0).map_err(|_| BadChange("a message"))?;
            Ok((message.id.clone(), message_facts(message)))
        };
        let (message, after) = read(new)?;
        let before = self.old.as_ref().map(read).transpose()?.map(|(_, facts)| facts);
        Ok(Some(Happening::Message(message, Box::new(Seen { before, after }))))
    }

    fn seen<T>(
        &self,
        new: &Image,
        read: impl Fn(&Image) -> Result<T, BadChange>,
    ) -> Result<Seen<T>, BadChange> {
        Ok(Seen { before: self.old.as_ref().map(&read).transpose()?, after: read(new)? })
    }
}

/// Seconds since 1970, with a fraction or without.
fn time(seconds: &Value) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "a time in milliseconds")]
    let ms = (seconds.as_f64()? * 1000.0).round() as i64;
    Timestamp::from_millisecond(ms).ok()
}

/// Attributes that stand in no item of these tables, such as binary ones, are left out. An item has a key at least:
/// an empty one is how some write that there was none.
fn image(told: &Value) -> Option<Image> {
    let image = attributes(told.as_object()?);
    (!image.is_empty()).then_some(Image(image))
}

fn attributes(told: &Map<String, Value>) -> Item {
    told.iter().filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect()
}

fn attribute(told: &Value) -> Option<AttributeValue> {
    let (kind, value) = told.as_object()?.iter().next()?;
    let text = || value.as_str().map(str::to_owned);
    let texts =
        || value.as_array().map(|list| list.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect());
    Some(match kind.as_str() {
        "S" => AttributeValue::S(text()?),
        "N" => AttributeValue::N(text()?),
        "BOOL" => AttributeValue::Bool(value.as_bool()?),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(texts()?),
        "NS" => AttributeValue::Ns(texts()?),
        "M" => AttributeValue::M(attributes(value.as_object()?)),
        "L" => AttributeValue::L(value.as_array()?.iter().filter_map(attribute).collect()),
        _ => return None,
    })
}

fn contact_facts(item: &Item) -> ContactFacts {
    let details = [
        ("name", "nm"),
        ("profile_name", "wn"),
        ("username", "un"),
        ("phone", "ph"),
        ("user_id", "bs"),
        ("email", "em"),
    ];
    let detail = |(word, name): (&'static str, &str)| Some((word, item.text(name)?.to_owned()));
    ContactFacts {
        kind: item.text("knd").unwrap_or("unknown").to_owned(),
        created_at: item.time("ca"),
        alias_of: item.text("alias_of").map(str::to_owned),
        erased: item.contains_key("er"),
        details: details.into_iter().filter_map(detail).collect(),
    }
}

fn conversation_facts(item: &Item) -> ConversationFacts {
    ConversationFacts {
        closed: item.text("st") == Some("closed"),
        assignee: item.text("as").map(str::to_owned),
        department: item.text("dp").map(str::to_owned),
    }
}

/// `CONSENT#<13 digits of milliseconds>#<purpose>`, and a hash where two entries could share the rest.
fn consent_facts(sk: &str, item: &Item) -> Result<ConsentFacts, BadChange> {
    let mut parts = sk.split('#').skip(1);
    let at = parts.next().and_then(|ms| ms.parse().ok()).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let text = |name: &str| item.text(name).map(str::to_owned);
    Ok(ConsentFacts {
        purpose: parts.next().ok_or(BadChange("an entry of consent"))?.to_owned(),
        choice: text("ch"),
        portfolio: text("pf"),
        number: text("pn"),
        source: text("src"),
        at: at.ok_or(BadChange("an entry of consent"))?,
    })
}

fn message_facts(message: StoredMessage) -> MessageFacts {
    MessageFacts {
        inbound: message.direction == Direction::Inbound,
        note: message.direction == Direction::Note,
        kind: message.kind,
        sent_at: message.sent_at,
        received_at: message.received_at,
        accepted_at: message.accepted_at,
        refused_at: message.refused_at,
        delivery: message.delivery,
        errors: message.errors,
        raw: message.raw,
        callback: message.callback,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(pk: &str, sk: &str, new: &Value) -> Value {
        let mut image = new.clone();
        image["pk"] = json!({ "S": pk });
        image["sk"] = json!({ "S": sk });
        json!({
            "eventName": "INSERT",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/local-contacts/stream/local",
            "dynamodb": {
                "Keys": { "pk": { "S": pk }, "sk": { "S": sk } },
                "SequenceNumber": "100",
                "ApproximateCreationDateTime": 1_795_392_000.25,
                "NewImage": image,
            },
        })
    }

    fn change(pk: &str, sk: &str, new: &Value) -> Result<Option<Change>, BadChange> {
        ChangeRecord::read(&record(pk, sk, new))?.change()
    }

    #[test]
    fn a_record_of_a_person_and_of_consent_read_with_the_time_of_each() {
        let told = change("CONTACT#01K", "PROFILE", &json!({ "knd": { "S": "lead" } })).unwrap().unwrap();
        assert_eq!((told.table.as_str(), told.at.as_millisecond()), ("local-contacts", 1_795_392_000_250));
        let state = json!({ "ch": { "S": "opt_in" } });
        let told = change("CONTACT#01K", "CONSENT#1795392000000#marketing#0a", &state).unwrap().unwrap();
        let Happening::Consent(_, seen) = told.of else { panic!("{told:?}") };
        assert_eq!((&*seen.after.purpose, seen.after.choice.as_deref()), ("marketing", Some("opt_in")));
        assert_eq!(seen.after.at.as_second(), 1_795_392_000);
    }

    #[test]
    fn what_nobody_hears_of_is_no_change_and_what_does_not_read_is_an_error() {
        for (pk, sk) in [("IDENTITY#phone##1", "OWNER"), ("CONTACT#01K", "MERGE#1"), ("CONV#1#2", "WAIT#1#a")]
        {
            assert_eq!(change(pk, sk, &json!({})), Ok(None), "{pk} {sk}");
        }
        for (pk, sk) in
            [("CONV#900#01K", "MSG#1#00000000000000aa"), ("CONV#900", "STATE"), ("CONTACT#0 1", "PROFILE")]
        {
            assert!(change(pk, sk, &json!({})).is_err(), "{pk} {sk}");
        }
        assert!(ChangeRecord::read(&json!({})).is_err());
    }
}
