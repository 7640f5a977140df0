//! After a restart: what was there, and what had not happened yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::SimError;
use super::model::{ChatEntry, Due, Person};
use super::persist::Disk;
use super::state::State;
use super::webhooks::{Change, Post};

impl State {
    /// Reads everything back from the file.
    pub(crate) fn load(&mut self, now: Timestamp) -> Result<(), SimError> {
        fn all<T: DeserializeOwned>(disk: &Disk, kind: &str) -> Result<BTreeMap<String, T>, SimError> {
            Ok(disk.load(kind)?.into_iter().collect())
        }
        self.portfolios = all(&self.disk, "portfolio")?;
        self.wabas = all(&self.disk, "waba")?;
        self.numbers = all(&self.disk, "number")?;
        self.templates = all(&self.disk, "template")?;
        self.pairs = all(&self.disk, "pair")?;
        self.media = all(&self.disk, "media")?;
        self.sent = all(&self.disk, "sent")?;
        self.ledger = self.disk.load("ledger")?.into_iter().map(|(_, entry)| entry).collect();
        for (_, person) in self.disk.load::<Person>("person")? {
            self.keep_person(person);
        }
        for (_, (person, entry)) in self.disk.load::<(String, ChatEntry)>("chat")? {
            self.list(&person, entry);
        }
        if let Some(counters) = all(&self.disk, "counters")?.remove("all") {
            self.counters = counters;
        }
        if let Some(settings) = all(&self.disk, "settings")?.remove("all") {
            self.settings = settings;
        }
        self.load_pending(now)?;
        self.rebuild_oracle();
        Ok(())
    }

    /// What had not happened yet when the program stopped.
    fn load_pending(&mut self, now: Timestamp) -> Result<(), SimError> {
        for (id, (at, due)) in self.disk.load::<(Timestamp, Due)>("due")? {
            self.due.insert((at, id.parse().unwrap_or_default()), due);
        }
        for (_, post) in self.disk.load::<Post>("post")? {
            if post.is_waiting() {
                let at = post.next_at.map_or(now, |at| at.min(now));
                let seq = self.next_seq();
                self.due.insert((at, seq), Due::Post(post.id));
            }
            self.posts.insert(post.id, post);
        }
        for (id, change) in self.disk.load::<Change>("staged")? {
            self.staged.insert(id.parse().unwrap_or_default(), change);
        }
        if !self.staged.is_empty() {
            self.at(now, Due::Flush);
        }
        let planned: BTreeSet<&String> = self
            .due
            .values()
            .filter_map(|due| if let Due::Delivered(wamid) = due { Some(wamid) } else { None })
            .collect();
        for sent in self.sent.values().filter(|sent| sent.is_on_its_way() && !planned.contains(&sent.wamid)) {
            if let Some(person) = &sent.person {
                self.undelivered.entry(person.clone()).or_default().insert(sent.wamid.clone());
            }
        }
        Ok(())
    }

    fn rebuild_oracle(&mut self) {
        let mut events: Vec<(Timestamp, bool, String, String)> = Vec::new();
        for sent in self.sent.values().filter(|sent| sent.outside_window) {
            let Some(person) = &sent.person else { continue };
            let portfolio = self.portfolio_of(&sent.number);
            events.push((sent.at, false, portfolio.clone(), person.clone()));
            events.extend(sent.delivered_at.map(|at| (at, true, portfolio, person.clone())));
        }
        events.sort();
        for (at, delivered, portfolio, person) in events {
            match delivered {
                false => self.oracle.sent(&mut self.counters, &portfolio, &person, at),
                true => self.oracle.delivered(&mut self.counters, &portfolio, &person, at),
            }
        }
    }
}
