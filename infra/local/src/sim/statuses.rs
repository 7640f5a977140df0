//! What becomes of an accepted message, and the status webhooks that tell of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::graph::errors::status_error;
use super::model::{Behaviour, ChatEntry, Due, Sent};
use super::rules::window;
use super::state::{State, ms};
use super::webhooks::{Change, contact, metadata};

impl State {
    /// Lets one planned thing happen, at the time it was planned for.
    pub(crate) fn happen(&mut self, at: Timestamp, due: Due) {
        match due {
            Due::Sent(wamid) => self.becomes_sent(&wamid, at),
            Due::Delivered(wamid) => self.becomes_delivered(&wamid, at),
            Due::Read(wamid) => self.becomes_read(&wamid, at),
            Due::Played(wamid) => self.becomes_played(&wamid, at),
            Due::Failed(wamid) => self.becomes_failed(&wamid, at),
            Due::PhoneOn(person) => self.phone_on(&person, at),
            Due::Review(template) => self.reviewed(&template, at),
            Due::NameReview(number) => self.name_reviewed(&number, at),
            Due::Flush => self.flush(at),
            Due::Post(_) => {}
        }
    }

    fn behaviour(&self, sent: &Sent) -> Behaviour {
        let person = sent.person.as_ref().and_then(|id| self.people.get(id));
        person.map(|person| person.behaviour.clone()).unwrap_or_default()
    }

    fn becomes_sent(&mut self, wamid: &str, at: Timestamp) {
        let Some(sent) = self.sent.get_mut(wamid) else { return };
        sent.sent_at = Some(at);
        let sent = sent.clone();
        self.save_sent(wamid);
        self.tell_status(&sent, "sent", at, true);
        // A reaction that we send has no further status.
        if sent.kind != "reaction" && !self.behaviour(&sent).never_delivered {
            let after = ms(self.behaviour(&sent).delivered_after_ms);
            self.at(at + after, Due::Delivered(wamid.into()));
        }
        if sent.kind == "reaction" {
            self.show(&sent, at);
        }
    }

    fn becomes_delivered(&mut self, wamid: &str, at: Timestamp) {
        let Some(sent) = self.sent.get(wamid).filter(|sent| sent.is_on_its_way()).cloned() else { return };
        let (Some(person), behaviour) = (sent.person.clone(), self.behaviour(&sent)) else { return };
        if behaviour.is_off(at) || behaviour.never_delivered {
            self.undelivered.entry(person).or_default().insert(wamid.into());
            return;
        }
        // Past its time to live a message is dropped without any status.
        let lives = if sent.category == "authentication" {
            SignedDuration::from_mins(10)
        } else {
            SignedDuration::from_hours(720)
        };
        if at > sent.at + lives {
            return;
        }
        self.change_sent(wamid, |sent| sent.delivered_at = Some(at));
        if sent.outside_window {
            let portfolio = self.portfolio_of(&sent.number);
            self.oracle.delivered(&mut self.counters, &portfolio, &person, at);
        }
        self.show(&sent, at);
        if !behaviour.skip_delivered {
            self.tell_status(&sent, "delivered", at, true);
        }
        if behaviour.reads {
            self.at(at + ms(behaviour.read_after_ms), Due::Read(wamid.into()));
        }
    }

    /// Read by the person; `delivered` carried the price unless it was skipped.
    pub(crate) fn becomes_read(&mut self, wamid: &str, at: Timestamp) {
        let unread = |sent: &&Sent| sent.delivered_at.is_some() && sent.read_at.is_none();
        let Some(sent) = self.sent.get(wamid).filter(unread).cloned() else { return };
        self.change_sent(wamid, |sent| sent.read_at = Some(at));
        let behaviour = self.behaviour(&sent);
        self.tell_status(&sent, "read", at, behaviour.skip_delivered);
        if sent.kind == "audio" && sent.body["audio"]["voice"] == true && behaviour.plays {
            self.at(at + ms(2_000), Due::Played(wamid.into()));
        }
    }

    fn becomes_played(&mut self, wamid: &str, at: Timestamp) {
        if let Some(sent) = self.sent.get(wamid).cloned() {
            self.tell_status(&sent, "played", at, false);
        }
    }

    fn becomes_failed(&mut self, wamid: &str, at: Timestamp) {
        self.change_sent(wamid, |sent| sent.failed_at = Some(at));
        if let Some(sent) = self.sent.get(wamid).cloned() {
            self.tell_status(&sent, "failed", at, false);
        }
    }

    fn change_sent(&mut self, wamid: &str, change: impl FnOnce(&mut Sent)) {
        if let Some(sent) = self.sent.get_mut(wamid) {
            change(sent);
            self.save_sent(wamid);
        }
    }

    /// The phone is on again: what waited for it arrives.
    pub(crate) fn phone_on(&mut self, person: &str, at: Timestamp) {
        for wamid in self.undelivered.remove(person).unwrap_or_default() {
            self.at(at + ms(100), Due::Delivered(wamid));
        }
    }

    fn show(&mut self, sent: &Sent, at: Timestamp) {
        let Some(person) = sent.person.clone() else { return };
        let entry = ChatEntry {
            seq: 0,
            at,
            number: sent.number.clone(),
            direction: "received".into(),
            id: sent.wamid.clone(),
            kind: sent.kind.clone(),
            content: sent.seen_as.clone(),
            quotes: sent.seen_as["context"]["message_id"].as_str().map(String::from),
            seen: false,
        };
        self.chat(&person, entry);
    }

    fn tell_status(&mut self, sent: &Sent, status: &str, at: Timestamp, priced: bool) {
        let Some(number) = self.numbers.get(&sent.number) else { return };
        let person = sent.person.as_ref().and_then(|id| self.people.get(id));
        let pair = sent.person.as_ref().and_then(|id| self.pair(&sent.number, id));
        let failed = status == "failed";
        let mut object =
            json!({ "id": sent.wamid, "status": status, "timestamp": at.as_second().to_string() });
        match (failed, person) {
            // A failure knows only the address that was used.
            (false, Some(person)) => {
                if window::sees_phone(person, pair, at) {
                    object["recipient_id"] = person.phone.as_str().into();
                }
                object["recipient_user_id"] = person.user_id.as_str().into();
            }
            _ if sent.by_user_id => object["recipient_user_id"] = sent.address.as_str().into(),
            _ => object["recipient_id"] = sent.address.as_str().into(),
        }
        self.add_price(&mut object, sent, status, priced && !failed);
        if let (true, Some((code, details))) = (failed, &sent.fails) {
            object["errors"] = json!([status_error(*code, details)]);
        }
        if let Some(callback) = &sent.callback {
            object["biz_opaque_callback_data"] = callback.as_str().into();
        }
        let mut value = json!({ "messaging_product": "whatsapp", "metadata": metadata(number) });
        if let (false, Some(person)) = (failed, person) {
            let with_username = status != "sent";
            value["contacts"] = json!([contact(person, pair, with_username, at)]);
        }
        value["statuses"] = json!([object]);
        let change = Change { waba: number.waba.clone(), time: None, field: "messages".into(), value };
        self.emit(at, change);
    }

    fn add_price(&self, object: &mut Value, sent: &Sent, status: &str, priced: bool) {
        if !priced {
            return;
        }
        let mut conversation = sent.conversation.clone();
        // Up to v23 every status told of the conversation.
        if conversation.is_none() && self.settings.webhook_version < 24 {
            let expires = (sent.at + SignedDuration::from_hours(24)).as_second().to_string();
            conversation = Some(json!({
                "id": sent.wamid.trim_start_matches("wamid."),
                "expiration_timestamp": expires,
                "origin": { "type": sent.category },
            }));
        }
        if let Some(mut conversation) = conversation {
            if let (true, Some(fields)) = (status != "sent", conversation.as_object_mut()) {
                fields.shift_remove("expiration_timestamp");
            }
            object["conversation"] = conversation;
        }
        object["pricing"] = sent.pricing.clone();
    }
}
