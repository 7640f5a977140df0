//! Lets the scripts happen, in order of time, on the world's own clock.

use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Trouble;
use super::desk::Office;
use super::script::{By, Conversation, Event, duration};
use super::writing;
use crate::sim::Sim;

/// As long as a message takes to be read, where it is.
const READ: Duration = Duration::from_secs(6);
/// At least so long after what came before.
const PAUSE: Duration = Duration::from_secs(40);

/// In how many conversations the team works at the same time.
const AT_ONCE: usize = 4;

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;

/// The scripts, and how far they have come.
pub(super) struct History<'w> {
    office: &'w Office<'w>,
    sim: &'w Sim,
    now: Timestamp,
    threads: Vec<Thread>,
    labels: Vec<(String, String)>,
}

/// A conversation, and what of it has not happened yet.
struct Thread {
    script: Conversation,
    /// When each event happens, first to last.
    times: Vec<Timestamp>,
    done: usize,
}

impl<'w> History<'w> {
    pub(super) fn new(
        office: &'w Office<'w>,
        sim: &'w Sim,
        scripts: Vec<Conversation>,
        labels: Vec<(String, String)>,
    ) -> Self {
        let now = office.world.clock.now() + office.world.clock.behind();
        let threads = scripts.into_iter().map(|script| {
            let times = times(&script.events, now);
            Thread { script, times, done: 0 }
        });
        Self { office, sim, now, threads: threads.collect(), labels }
    }

    /// Everything that happened up to so long ago.
    pub(super) async fn until(&mut self, ago: Duration) -> Result<(), Trouble> {
        let end = self.now - ago;
        while let Some(next) = self.next_action().filter(|next| *next <= end) {
            self.office.forward_to(next).await;
            self.happen(next).await?;
            tracing::debug!(%next, "The demo company has lived on");
        }
        self.office.forward_to(end).await;
        self.happen(end).await
    }

    /// When the team does something next. What customers write until then is posted then, with its own time.
    fn next_action(&self) -> Option<Timestamp> {
        let next = |thread: &Thread| {
            let left = thread.script.events.iter().zip(&thread.times).skip(thread.done);
            left.filter(|(event, _)| event.by != By::Customer).map(|(_, at)| *at).next()
        };
        self.threads.iter().filter_map(next).min()
    }

    /// Everything that is due at a time, in rounds: what follows an answer waits until that has arrived.
    async fn happen(&mut self, at: Timestamp) -> Result<(), Trouble> {
        loop {
            let mut has_written = false;
            for thread in &mut self.threads {
                while let Some((event, time)) = thread.due(at).filter(|(event, _)| event.by == By::Customer) {
                    customer_writes(self.sim, &thread.script, &event, time)?;
                    (thread.done, has_written) = (thread.done + 1, true);
                }
            }
            if has_written {
                self.office.pass(READ).await;
            }
            let acts: Vec<(usize, Vec<Event>)> =
                self.threads.iter_mut().map(|it| it.take_acts(at)).enumerate().collect();
            if acts.iter().all(|(_, acts)| acts.is_empty()) {
                return Ok(());
            }
            let all = acts
                .iter()
                .filter_map(|(index, acts)| Some(self.acts(&self.threads.get(*index)?.script, acts)));
            // A few at a time: each has only so long, on however slow a machine.
            let done: Vec<Result<(), Trouble>> = stream::iter(all).buffered(AT_ONCE).collect().await;
            done.into_iter().collect::<Result<(), Trouble>>()?;
            self.office.rest().await;
            // What was sent arrives, and is read.
            self.office.pass(READ).await;
        }
    }

    /// What the team does in one conversation, one after the other.
    async fn acts(&self, script: &Conversation, acts: &[Event]) -> Result<(), Trouble> {
        for event in acts {
            match event.by {
                By::Customer => {}
                By::Writes(name) => self.writes(script, name, event.what).await?,
                By::Does(name) => self.does(script, name, event.what).await?,
            }
        }
        Ok(())
    }

    async fn writes(&self, script: &Conversation, name: &str, what: &str) -> Result<(), Trouble> {
        let chat = chat(self.sim, script)?;
        let message = writing::sent(what, last(&chat, "wrote").as_deref());
        let to = json!({ "conversation": self.conversation(script).await? });
        let body = json!({ "from": script.number, "to": to, "message": message });
        self.office.desk(name)?.post("/v1/messages", body).await.map(drop)
    }

    async fn does(&self, script: &Conversation, name: &str, what: &str) -> Result<(), Trouble> {
        let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
        let (id, desk) = (self.conversation(script).await?, self.office.desk(name)?);
        let path = format!("/v1/conversations/{id}");
        let now = self.office.world.clock.now();
        let change = match verb {
            "note" => {
                let mentions: Vec<&str> = rest
                    .split_whitespace()
                    .filter_map(|word| super::find(word.strip_prefix('@')?).map(|it| it.id))
                    .collect();
                let note = json!({ "text": rest, "mentions": mentions });
                return desk.post(&format!("{path}/notes"), note).await.map(drop);
            }
            "person-note" => {
                let contact = id.split_once('.').map_or("", |(_, contact)| contact).to_owned();
                return desk
                    .post(&format!("/v1/contacts/{contact}/notes"), json!({ "text": rest }))
                    .await
                    .map(drop);
            }
            "read" => return desk.put(&format!("{path}/read"), json!({})).await.map(drop),
            "assign" => json!({ "assignee": super::find(rest).map(|it| it.id) }),
            "department" => json!({ "department": rest }),
            "label" => json!({ "labels": [self.label(rest)?] }),
            "important" => json!({ "important": true }),
            "pending" => json!({ "state": "pending" }),
            "close" => json!({ "state": "closed" }),
            "snooze" => {
                let until = now + duration(rest).unwrap_or(READ);
                json!({ "state": "snoozed", "snoozed_until": until })
            }
            other => return Err(Trouble::Missing(format!("step {other} of the scripts"))),
        };
        desk.patch(&path, change).await.map(drop)
    }

    fn label(&self, name: &str) -> Result<&str, Trouble> {
        let found = self.labels.iter().find(|(known, _)| known == name).map(|(_, id)| id.as_str());
        found.ok_or_else(|| Trouble::Missing(format!("label {name}")))
    }

    /// The id of a conversation: its number, and the record of who writes.
    async fn conversation(&self, script: &Conversation) -> Result<String, Trouble> {
        let person = self.sim.person(script.key)?;
        let (kind, value) = match script.username {
            Some(_) => ("user_id", person["user_id"].as_str()),
            None => ("phone", person["phone"].as_str()),
        };
        let found = self
            .office
            .desk("carmen")?
            .get(&format!("/v1/contacts/lookup?{kind}={}", value.unwrap_or_default()))
            .await?;
        let contact = found["items"][0]["id"].as_str().or(found["id"].as_str());
        let contact = contact.ok_or_else(|| Trouble::Missing(format!("record of {}", script.key)))?;
        Ok(format!("{}.{contact}", script.number))
    }
}

impl Thread {
    /// What the team does next, up to what the customer says then.
    fn take_acts(&mut self, at: Timestamp) -> Vec<Event> {
        let mut acts = Vec::new();
        while let Some((event, _)) = self.due(at).filter(|(event, _)| event.by != By::Customer) {
            acts.push(event);
            self.done += 1;
        }
        acts
    }

    fn due(&self, at: Timestamp) -> Option<(Event, Timestamp)> {
        let (event, time) = (self.script.events.get(self.done)?, self.times.get(self.done)?);
        (*time <= at).then(|| (event.clone(), *time))
    }
}

fn customer_writes(sim: &Sim, script: &Conversation, event: &Event, at: Timestamp) -> Result<(), Trouble> {
    let chat = chat(sim, script)?;
    let (received, own) = (last(&chat, "received"), last(&chat, "wrote"));
    let mut written = writing::written(script.key, event.what, received.as_deref(), own.as_deref());
    written["to"] = script.number.as_str().into();
    written["timestamp"] = at.to_string().into();
    sim.person_writes(script.key, written)?;
    Ok(())
}

/// A customer's chat with the number, oldest first.
fn chat(sim: &Sim, script: &Conversation) -> Result<Vec<Value>, Trouble> {
    let person = sim.person(script.key)?;
    let chat = person["chat"].as_array().cloned().unwrap_or_default();
    Ok(chat.into_iter().filter(|entry| entry["number"] == script.number.as_str()).collect())
}

/// The id of the last message of a direction that one can answer.
fn last(chat: &[Value], direction: &str) -> Option<String> {
    let is_message = |entry: &&Value| {
        let kind = entry["kind"].as_str().unwrap_or_default();
        entry["direction"] == direction && !matches!(kind, "reaction" | "edit" | "revoke")
    };
    chat.iter().rev().find(is_message)?["id"].as_str().map(str::to_owned)
}

/// When each event happens. The team works at full hours, the longer ago the rounder, so that a week has few of them;
/// nothing happens before what came before it.
fn times(events: &[Event], now: Timestamp) -> Vec<Timestamp> {
    let mut last = Timestamp::MIN;
    let time = |event: &Event| {
        let at = now - event.ago;
        last = match event.by {
            By::Customer if at <= last => last + PAUSE,
            By::Customer => at,
            By::Writes(_) | By::Does(_) => {
                let mut ago = event.ago.as_secs();
                loop {
                    let step = step(ago);
                    ago -= ago % step;
                    let at = now - Duration::from_secs(ago);
                    if at >= last || ago == 0 {
                        break at.max(last);
                    }
                    ago = ago.saturating_sub(1);
                }
            }
        };
        last
    };
    events.iter().map(time).collect()
}

/// How exact the team's times are, so long ago.
fn step(ago: u64) -> u64 {
    match ago {
        0..600 => MINUTE,
        600..3_600 => 5 * MINUTE,
        3_600..21_600 => HOUR,
        21_600..108_000 => 2 * HOUR,
        _ => 6 * HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_before_what_came_before_it_and_nothing_in_the_future() {
        let now: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
        for text in [
            include_str!("scripts/ventas.txt"),
            include_str!("scripts/servicio.txt"),
            include_str!("scripts/export.txt"),
        ] {
            for script in crate::demo::script::read(text).unwrap() {
                let times = times(&script.events, now);
                assert!(times.is_sorted(), "{}", script.key);
                assert!(times.last().is_none_or(|last| *last <= now), "{}", script.key);
            }
        }
    }
}
