//! The lines of a thread, as reports read them.

use cloud_api::webhook::pricing::Pricing;
use domain::ConversationId;
use domain::rates::Market;
use domain::report::agent_key;
use domain::report::thread::{Author, Handled, Line, Seat, What, price};
use domain::sending::SendState;
use futures::future::try_join_all;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::item::{Item, s};
use crate::threads::read_message;
use crate::united::Thread;
use crate::{Direction, Store, StoreError, StoredMessage, keys};

/// So many days before the first day that is asked for something is looked for that says how things stood then.
const BEFORE_DAYS: i32 = 90;
/// The most lines of one record that are read.
const MOST: usize = 2_000;

/// What a thread tells.
pub(super) struct Told {
    /// Its lines, from before the first day that is asked for.
    pub(super) lines: Vec<Line>,
    /// Whose it is now, and where.
    pub(super) seat: Seat,
}

impl Store {
    /// The lines of a thread since a day, and those before it back to the last closing: what came before that says nothing
    /// about what came after.
    pub(super) async fn told(&self, thread: &Thread, from: Date) -> Result<Told, StoreError> {
        let handling = self.state(&thread.root).await?.map(|state| state.handling).unwrap_or_default();
        let seat = Seat {
            assignee: handling.assignee.map(|agent| agent_key(agent.as_str())),
            department: handling.department.map(|department| department.to_string()),
        };
        let country = match thread.root.contact() {
            Some(contact) => self.contact(contact).await?.and_then(|contact| contact.phone),
            None => None,
        };
        let country = country.and_then(|phone| Market::country_of_phone(&phone)).unwrap_or_default();
        let parts = thread.members.iter().map(|member| self.lines(member, from, country));
        let lines = try_join_all(parts).await?.into_iter().flatten().collect();
        Ok(Told { lines, seat })
    }

    async fn lines(&self, id: &ConversationId, from: Date, country: &str) -> Result<Vec<Line>, StoreError> {
        let first = domain::report::Hour::first_of(from).start();
        let oldest = domain::report::Hour::first_of(from.saturating_sub(BEFORE_DAYS.days())).start();
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.conversations)
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":pk", s(keys::conversation(id)))
            .expression_attribute_values(
                ":oldest",
                s(format!("MSG#{}", keys::digits(oldest.as_millisecond()))),
            )
            .expression_attribute_values(":newest", s("MSG#~"))
            .scan_index_forward(false)
            .consistent_read(true)
            .into_paginator()
            .send();
        let (mut lines, mut read) = (Vec::new(), 0);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_sdk(&error))?;
            for item in page.items() {
                read += 1;
                let Some(line) = line(id, item, country)? else { continue };
                let is_clean =
                    line.known_at < first && matches!(&line.what, What::Handled(handled) if handled.closes);
                lines.push(line);
                if is_clean || read == MOST {
                    return Ok(lines);
                }
            }
        }
        Ok(lines)
    }
}

/// What an item of a thread is to reports. Campaigns tell of their own messages.
fn line(id: &ConversationId, item: &Item, country: &str) -> Result<Option<Line>, StoreError> {
    if item.contains_key("cmp") {
        return Ok(None);
    }
    let message = read_message(id, item)?;
    let what = match message.direction {
        Direction::Inbound => (message.kind != "system").then_some(What::Received),
        Direction::Outbound => sent(&message, country),
        Direction::Note => note(&message),
    };
    let (name, at, known_at) = (message.id.to_string(), message.sent_at, message.received_at);
    Ok(what.map(|what| Line { id: name, at, known_at, what }))
}

fn sent(message: &StoredMessage, country: &str) -> Option<What> {
    let is_known = message.delivery != domain::Delivery::default();
    let left = match message.state {
        Some(SendState::Accepted | SendState::Unknown) | None => true,
        Some(SendState::Failed) => is_known,
        // It is on its way to Meta, unless a status has told that it is there.
        Some(_) if is_known => true,
        Some(_) => return None,
    };
    let pricing = message.pricing.as_deref().and_then(|json| serde_json::from_str::<Pricing>(json).ok());
    Some(What::Sent {
        by: Author::of(message.source.as_deref()),
        left,
        delivery: message.delivery,
        price: pricing.map(|pricing| price(&pricing, country)),
    })
}

fn note(message: &StoredMessage) -> Option<What> {
    let said: Value = serde_json::from_str(&message.raw).ok()?;
    let note = said.get("note")?;
    match note["event"].as_str()? {
        "consent_withdrawn" => Some(What::Chose { no: true }),
        "consent_given" => Some(What::Chose { no: false }),
        // One that somebody took says nothing about a wait: who it was is not told.
        "call" => (note["by"] == "customer" && note["outcome"] == "missed").then_some(What::Missed),
        "changed" => {
            let changes = note["changes"].as_array()?;
            let of = |what: &str| changes.iter().find(|change| change["what"] == what);
            let one = |value: &Value| value[0].as_str().map(str::to_owned);
            let both = |what: &str| of(what).map(|change| (one(&change["from"]), one(&change["to"])));
            let keyed = |agent: Option<String>| agent.map(|agent| agent_key(&agent));
            Some(What::Handled(Handled {
                by: note["by"].as_str().map(agent_key),
                closes: of("state").is_some_and(|change| change["to"][0] == "closed"),
                assignee: both("assignee").map(|(from, to)| (keyed(from), keyed(to))),
                department: both("department"),
            }))
        }
        _ => None,
    }
}

/// When a thread was looked at, to the millisecond, as items keep it.
pub(super) fn looked(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
