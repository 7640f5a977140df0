//! Acceptance: the wamid, the answer, and what will become of the message.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::errors::GraphError;
use super::recipient::Recipient;
use crate::sim::ledger::LedgerEntry;
use crate::sim::model::{Due, Number, Sent};
use crate::sim::rules::window;
use crate::sim::state::{State, ms};

/// A message that has the right shape.
pub(crate) struct Draft {
    pub(crate) kind: String,
    pub(crate) category: String,
    /// Through the Marketing Messages API.
    pub(crate) lite: bool,
    pub(crate) seen_as: Value,
    /// The media is of another kind than the message: fails later.
    pub(crate) mismatch: Option<String>,
}

impl State {
    pub(crate) fn accept(
        &mut self,
        number: &Number,
        recipient: Recipient,
        draft: Draft,
        body: Value,
        entry: &mut LedgerEntry,
        now: Timestamp,
    ) -> Result<Value, GraphError> {
        let fails = self.delivery_error(number, &recipient, &draft, now);
        if let Some((code, why)) = fails.as_ref().filter(|(code, _)| self.settings.sync_codes.contains(code))
        {
            return Err(GraphError::new(*code, why));
        }
        let open = window::is_open(self.pair(&number.id, recipient.who()), now);
        let outside_window = !open && fails.is_none();
        if outside_window {
            self.within_tier(number, &recipient, now)?;
        }
        self.oracle.second(&mut self.counters, &number.id, now);
        if recipient.person.is_some() && !recipient.by_user_id {
            self.change_pair(&number.id, recipient.who(), |pair| pair.phoned_at = Some(now));
        }
        let wamid = self.new_wamid();
        entry.wamid = Some(wamid.clone());
        entry.outside_window = Some(outside_window);
        entry.fails_with = fails.as_ref().map(|(code, _)| *code);
        let answer = answer(&recipient, &wamid, draft.kind == "template");
        let mut sent = self.sent(number, recipient, draft, fails, now);
        sent.wamid = wamid;
        sent.callback = body["biz_opaque_callback_data"].as_str().map(String::from);
        sent.body = body;
        sent.outside_window = outside_window;
        self.plan(sent, now);
        Ok(answer)
    }

    /// The message as it will be kept, without its id and body.
    fn sent(
        &mut self,
        number: &Number,
        recipient: Recipient,
        draft: Draft,
        fails: Option<(u32, String)>,
        now: Timestamp,
    ) -> Sent {
        let (pricing, conversation) = self.price(number, &recipient, &draft, fails.is_some(), now);
        Sent {
            wamid: String::new(),
            number: number.id.clone(),
            person: recipient.person.map(|person| person.id),
            address: recipient.address,
            by_user_id: recipient.by_user_id,
            kind: draft.kind,
            category: draft.category,
            callback: None,
            body: Value::Null,
            at: now,
            outside_window: false,
            fails,
            pricing,
            conversation,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            failed_at: None,
            seen_as: draft.seen_as,
        }
    }

    fn plan(&mut self, sent: Sent, now: Timestamp) {
        let person = sent.person.as_ref().and_then(|id| self.people.get(id));
        let after = person.map_or(200, |person| person.behaviour.sent_after_ms);
        let wamid = sent.wamid.clone();
        let due = if sent.fails.is_some() { Due::Failed(wamid.clone()) } else { Due::Sent(wamid.clone()) };
        self.sent.insert(wamid.clone(), sent);
        self.save_sent(&wamid);
        self.at(now + ms(after), due);
    }

    /// Distinct people outside windows in a rolling day, per portfolio.
    fn within_tier(
        &mut self,
        number: &Number,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<(), GraphError> {
        let portfolio = self.portfolio_of(&number.id);
        let limit = self.portfolios.get(&portfolio).and_then(|portfolio| portfolio.limit);
        let day = self.oracle.sent_to.entry(portfolio.clone()).or_default();
        let people = day.count(now) as u64;
        if limit.is_some_and(|limit| people >= limit) && !day.contains(recipient.who()) {
            self.counters.tier_violations += 1;
            if self.settings.enforce_tier {
                let why = format!(
                    "The business portfolio has written to {people} people outside windows within 24 hours."
                );
                return Err(GraphError::new(self.settings.tier_code, why));
            }
        }
        self.oracle.sent(&mut self.counters, &portfolio, recipient.who(), now);
        Ok(())
    }

    /// The pricing object, and the conversation where one is told.
    fn price(
        &mut self,
        number: &Number,
        recipient: &Recipient,
        draft: &Draft,
        failing: bool,
        now: Timestamp,
    ) -> (Value, Option<Value>) {
        let priced = |billable: bool, kind: &str, category: &str| json!({ "billable": billable, "pricing_model": "PMP", "type": kind, "category": category });
        let entry_point = self.pair(&number.id, recipient.who()).and_then(|pair| pair.entry_point_until);
        if let Some(until) = entry_point.filter(|until| *until > now) {
            let conversation = json!({
                "id": format!("fep{}", until.as_second()),
                "expiration_timestamp": until.as_second().to_string(),
                "origin": { "type": "referral_conversion" },
            });
            return (priced(false, "free_entry_point", "referral_conversion"), Some(conversation));
        }
        if draft.kind == "template" {
            let category = if draft.lite { "marketing_lite" } else { &draft.category };
            return (priced(true, "regular", category), None);
        }
        let month = format!("{}|{}", number.id, now.strftime("%Y-%m"));
        let used = self.counters.service_messages.entry(month).or_default();
        let free = *used < self.settings.free_service_messages;
        *used += u64::from(!failing);
        let kind = if free { "free_customer_service" } else { "regular" };
        (priced(!free, kind, "service"), None)
    }
}

fn answer(recipient: &Recipient, wamid: &str, template: bool) -> Value {
    let mut contact = json!({ "input": recipient.input });
    if recipient.by_user_id {
        contact["user_id"] = recipient.address.as_str().into();
    } else {
        let wa_id = recipient.person.as_ref().map_or(&recipient.address, |person| &person.phone);
        contact["wa_id"] = wa_id.as_str().into();
    }
    let mut message = json!({ "id": wamid });
    if template {
        message["message_status"] = "accepted".into();
    }
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}
