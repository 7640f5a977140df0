//! Every key, built in one place. Keys hold nothing that can change.

mod campaigns;
mod files;
mod realtime;
mod reports;
mod sending;

use cloud_api::{Bsuid, PhoneNumberId, PortfolioId, WaId, WabaId};
use domain::agent::AgentId;
use domain::consent::{Entry, Purpose};
use domain::endpoint::EndpointId;
use domain::identity::Given;
use domain::record::term::Term;
use domain::{ContactId, ConversationId, DeadLetterId, MessageId, Party, Slot};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub(crate) use campaigns::*;
pub(crate) use files::*;
pub(crate) use realtime::*;
pub(crate) use reports::*;
pub(crate) use sending::*;

/// A partition key and a sort key.
pub(crate) type Key = (String, String);

pub(crate) const STATE: &str = "STATE";
pub(crate) const PROFILE: &str = "PROFILE";
/// How many partitions of the inbox index one number's conversations are spread over.
pub(crate) const INBOX_SHARDS: u8 = 4;
/// How many partitions the walk over all contacts is spread over.
pub(crate) const WALK_SHARDS: u8 = 16;

pub(crate) fn shard(text: &str, shards: u8) -> u8 {
    Sha256::digest(text.as_bytes())[0] % shards
}

/// A time as a sort key: 13 digits of Unix milliseconds.
pub(crate) fn digits(ms: i64) -> String {
    format!("{:013}", ms.max(0))
}

pub(crate) fn profile(contact: &ContactId) -> Key {
    (format!("CONTACT#{contact}"), PROFILE.to_owned())
}

pub(crate) fn walk_shard(contact: &ContactId) -> String {
    shard(contact.as_str(), WALK_SHARDS).to_string()
}

pub(crate) fn user_id(portfolio: &PortfolioId, user_id: &Bsuid) -> Key {
    (format!("IDENTITY#bsuid#{portfolio}#{user_id}"), "OWNER".to_owned())
}

/// A parent BSUID holds in all linked portfolios.
pub(crate) fn parent(parent: &Bsuid) -> Key {
    (format!("IDENTITY#parent##{parent}"), "OWNER".to_owned())
}

/// The current owner of a phone. However a number is written, its line is one key.
pub(crate) fn phone(phone: &WaId) -> Key {
    (format!("IDENTITY#phone##{}", domain::phone::line(phone.as_str())), "OWNER".to_owned())
}

/// An id of another system.
pub(crate) fn external(system: &str, id: &str) -> Key {
    (format!("IDENTITY#external#{system}#{id}"), "OWNER".to_owned())
}

/// Who has an identity that several people may have: an e-mail address, a username.
pub(crate) fn shared_identity(kind: &str, value: &str) -> String {
    format!("IDENTITY#{kind}##{value}")
}

/// The key of an identity. Where several people may have it, there is one for each.
pub(crate) fn given(given: &Given, contact: &ContactId) -> Key {
    match given {
        Given::Phone(value) => phone(&WaId::new(value.as_str())),
        Given::UserId(portfolio, id) => user_id(portfolio, id),
        Given::Parent(id) => parent(id),
        Given::External { system, id } => external(system, id),
        Given::Email(value) => (shared_identity("email", value), format!("OWNER#{contact}")),
        Given::Username(value) => (shared_identity("username", value), format!("OWNER#{contact}")),
    }
}

/// A merge of a record into another.
pub(crate) fn merge(contact: &ContactId, at: i64) -> Key {
    (format!("CONTACT#{contact}"), format!("MERGE#{}", digits(at)))
}

/// An earlier owner of a phone, by the time from which it was theirs.
pub(crate) fn former_owner(since: i64) -> String {
    format!("OWNER#{}", digits(since))
}

pub(crate) fn conversation(id: &ConversationId) -> String {
    match &id.party {
        Party::Contact(contact) => format!("CONV#{}#{contact}", id.number),
        Party::Group(group) => format!("CONV#{}#G#{group}", id.number),
    }
}

/// Reads a conversation back from its partition key.
pub(crate) fn parse_conversation(pk: &str) -> Option<ConversationId> {
    let (number, party) = pk.strip_prefix("CONV#")?.split_once('#')?;
    let party = match party.strip_prefix("G#") {
        Some(group) => Party::Group(group.into()),
        None => Party::Contact(ContactId::new(party)?),
    };
    Some(ConversationId { number: number.into(), party })
}

pub(crate) fn slot(slot: &Slot) -> String {
    match slot {
        Slot::Message { at, hash } => format!("MSG#{}#{hash}", digits(*at)),
        Slot::About { target, kind, hash } => format!("REL#{target}#{kind}#{hash}"),
    }
}

pub(crate) fn message(id: &MessageId) -> Key {
    (conversation(&id.conversation), slot(&id.slot))
}

/// Reads a slot back from its sort key.
pub(crate) fn parse_slot(sk: &str) -> Option<Slot> {
    let mut parts = sk.split('#');
    match parts.next()? {
        "MSG" => Some(Slot::Message { at: parts.next()?.parse().ok()?, hash: parts.next()?.to_owned() }),
        "REL" => Some(Slot::About {
            target: parts.next()?.to_owned(),
            kind: parts.next()?.to_owned(),
            hash: parts.next()?.to_owned(),
        }),
        _ => None,
    }
}

/// A message that waits, in the order in which messages were asked for.
pub(crate) fn waiting(slot: &Slot, place: i64) -> String {
    let hash = match slot {
        Slot::Message { hash, .. } | Slot::About { hash, .. } => hash,
    };
    format!("WAIT#{}#{hash}", digits(place))
}

/// The inbox index's partition of a conversation that is not closed.
pub(crate) fn inbox(id: &ConversationId) -> String {
    inbox_shard(id.number.as_str(), "open", shard(&id.to_string(), INBOX_SHARDS))
}

/// The inbox index's partition of a conversation that is closed.
pub(crate) fn inbox_closed(id: &ConversationId) -> String {
    inbox_shard(id.number.as_str(), "closed", shard(&id.to_string(), INBOX_SHARDS))
}

/// `half` is `open` or `closed`.
pub(crate) fn inbox_shard(number: &str, half: &str, shard: u8) -> String {
    format!("{number}#{half}#{shard}")
}

/// The inbox index's sort key: the minute of the last activity. A message that falls into the same minute as
/// the one before moves no index entry.
pub(crate) fn minute(ms: i64) -> String {
    format!("{:09}", ms.max(0) / 60_000)
}

/// The first millisecond after a minute of the inbox index.
pub(crate) fn end_of_minute(minute: &str) -> Option<i64> {
    Some((minute.parse::<i64>().ok()? + 1) * 60_000)
}

/// Whose work a conversation is, while nobody has taken it: the partition of its number.
pub(crate) fn unassigned(number: &PhoneNumberId) -> String {
    format!("U#{number}")
}

/// Whose work a conversation is, once an agent has it.
pub(crate) fn assigned(agent: &AgentId) -> String {
    format!("A#{agent}")
}

/// Reads the agent back from the partition of somebody's work.
pub(crate) fn parse_assigned(partition: &str) -> Option<AgentId> {
    AgentId::new(partition.strip_prefix("A#")?)
}

/// A time as the sort key of work: Unix seconds, ten digits.
pub(crate) fn seconds(at: Timestamp) -> String {
    format!("{:010}", at.as_second().max(0))
}

/// How far an agent has read a conversation.
pub(crate) fn read_mark(id: &ConversationId, agent: &AgentId) -> Key {
    (conversation(id), format!("READ#{agent}"))
}

/// Who looks at a conversation now.
pub(crate) const PRESENCE: &str = "PRES#";

pub(crate) fn presence(id: &ConversationId, agent: &AgentId) -> Key {
    (conversation(id), format!("{PRESENCE}{agent}"))
}

/// Notes that mention an agent.
pub(crate) fn mentions(agent: &AgentId) -> String {
    format!("MENTIONS#{agent}")
}

/// The service messages of a number in a month of UTC, as `2026-11`.
pub(crate) fn meter(number: &str, month: &str) -> String {
    format!("METER#{number}#{month}")
}

/// Turns of a number's policy, by agent.
pub(crate) fn turns(number: &PhoneNumberId) -> String {
    format!("TURNS#{number}")
}

pub(crate) fn letter(id: &DeadLetterId) -> Key {
    (format!("DEAD#{id}"), "LETTER".to_owned())
}

/// The list of dead letters.
pub(crate) const LETTERS: &str = "DEADS";
/// The list of dead letters that nobody has put back.
pub(crate) const OPEN_LETTERS: &str = "DEADS#OPEN";

pub(crate) fn open_letter(id: &DeadLetterId) -> Key {
    (OPEN_LETTERS.to_owned(), id.to_string())
}

pub(crate) fn listed(ms: i64, id: &str) -> String {
    format!("{}#{id}", digits(ms))
}

pub(crate) fn event(id: &str) -> Key {
    (format!("EVENT#{id}"), "EVENT".to_owned())
}

/// The list of one day's events.
pub(crate) fn events_of(day: &str) -> String {
    format!("EVENTS#{day}")
}

/// The UTC day of a time, as `2026-11-23`.
pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What a person said, in order of time.
pub(crate) const CONSENTS: &str = "CONSENT#";

pub(crate) fn consent(contact: &ContactId, entry: &Entry) -> Key {
    let purpose = entry.purpose.map_or("all", Purpose::as_str);
    let at = digits(entry.at.as_millisecond());
    (profile(contact).0, format!("{CONSENTS}{at}#{purpose}#{}", entry.hash()))
}

/// Everything that can forbid a message to a person.
pub(crate) fn gate(portfolio: &PortfolioId, contact: &ContactId) -> Key {
    (format!("GATE#{portfolio}#{contact}"), "GATE".to_owned())
}

/// The list of a WABA's templates.
pub(crate) fn templates(waba: &WabaId) -> String {
    format!("TEMPLATES#{waba}")
}

/// A template. Names are of small letters, so that a capital one is none.
pub(crate) fn template(waba: &WabaId, name: &str, language: &str) -> Key {
    (templates(waba), format!("{name}#{language}"))
}

/// When the whole list was read at Meta last.
pub(crate) fn templates_looked(waba: &WabaId) -> Key {
    (templates(waba), "LOOKED".to_owned())
}

/// The list of rate cards.
pub(crate) const RATE_CARDS: &str = "RATECARDS";

/// What a company set by hand.
pub(crate) const SETTINGS: &str = "SETTINGS";

/// That an identity's owner was erased, under a hash that only this stack can make.
pub(crate) fn erased(hash: &str) -> Key {
    (format!("IDENTITY#erased##{hash}"), "OWNER".to_owned())
}

/// An erasure, whose certificate it becomes.
pub(crate) fn erasure(contact: &ContactId) -> Key {
    (format!("ERASURE#{contact}"), "CERTIFICATE".to_owned())
}

/// An export.
pub(crate) fn export(id: &str) -> Key {
    (format!("EXPORT#{id}"), "EXPORT".to_owned())
}

/// The list of numbers.
pub(crate) const NUMBERS: &str = "NUMBERS";
/// The list of business profiles, by number.
pub(crate) const PROFILES: &str = "PROFILES";

/// How what Meta says of a number or a WABA changed.
pub(crate) fn history(id: &str) -> String {
    format!("HISTORY#{id}")
}

/// The list of WABAs.
pub(crate) const WABAS: &str = "WABAS";
/// The list of agents, by the `sub` of their tokens.
pub(crate) const AGENTS: &str = "AGENTS";
/// The list of labels.
pub(crate) const LABELS: &str = "LABELS";
/// The list of quick replies.
pub(crate) const QUICK_REPLIES: &str = "QUICKREPLIES";
/// The list of agents who say that they are there.
pub(crate) const PRESENT: &str = "PRESENT";
/// The list of departments.
pub(crate) const DEPARTMENTS: &str = "DEPARTMENTS";
/// The list of service clients.
pub(crate) const CLIENTS: &str = "CLIENTS";

/// A request with an idempotency key. A source has no `#`.
pub(crate) fn request(source: &str, key: &str) -> Key {
    (format!("REQUEST#{source}#{key}"), "ANSWER".to_owned())
}

/// The audit trail of one day.
pub(crate) fn audit_of(day: &str) -> String {
    format!("AUDIT#{day}")
}

/// The partition of a whole entry, which lists its contacts.
pub(crate) fn term(term: &Term) -> String {
    match term {
        Term::Name(word) => names(word),
        Term::Exact(kind, value) => format!("TERM#{kind}#{value}"),
        Term::Field(id, value) => format!("TERM#field.{id}#{value}"),
    }
}

/// The partition of all words that begin with the first two letters of this one.
pub(crate) fn names(word: &str) -> String {
    // One sign of a script with many: there, one is often a whole word.
    let letters = if word.starts_with(|c: char| c.is_ascii()) { 2 } else { 1 };
    format!("NAME#{}", word.chars().take(letters).collect::<String>())
}

/// A contact's entry.
pub(crate) fn entry(entry: &Term, contact: &ContactId) -> Key {
    match entry {
        Term::Name(word) => (names(word), format!("{word}#{contact}")),
        whole => (term(whole), contact.to_string()),
    }
}

/// The list of fields of the company's own.
pub(crate) const FIELDS: &str = "FIELDS";
/// The list of segments.
pub(crate) const SEGMENTS: &str = "SEGMENTS";
/// The list of lists of fixed members.
pub(crate) const LISTS: &str = "LISTS";

/// A list's members.
pub(crate) fn members(list: &str) -> String {
    format!("LIST#{list}")
}

/// A note about a contact.
pub(crate) fn contact_note(contact: &ContactId, note: &str) -> Key {
    (format!("CONTACT#{contact}"), format!("NOTE#{note}"))
}

/// Who wants to hear of events: the bus, and each endpoint. One query reads all of them.
pub(crate) const SUBSCRIPTIONS: &str = "SUBSCRIPTIONS";
/// The secrets of endpoints, apart, so that whoever reads who wants what reads no secret.
pub(crate) const SUBSCRIPTION_SECRETS: &str = "SUBSCRIPTION_SECRETS";
/// The setting of the event bus.
pub(crate) const BUS: &str = "BUS";

pub(crate) fn endpoint(id: &EndpointId) -> Key {
    (SUBSCRIPTIONS.to_owned(), format!("ENDPOINT#{id}"))
}

pub(crate) fn endpoint_secret(id: &EndpointId) -> Key {
    (SUBSCRIPTION_SECRETS.to_owned(), id.to_string())
}

/// The list of what an endpoint was to get, by the time of the events.
pub(crate) fn deliveries(endpoint: &EndpointId) -> String {
    format!("DELIVERIES#{endpoint}")
}
