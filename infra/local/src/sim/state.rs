//! Everything the simulator holds, behind one lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::config::{Settings, SimConfig};
use super::faults::Faults;
use super::ids;
use super::ledger::{Counters, LedgerEntry, Oracle};
use super::model::{ChatEntry, Due, Media, Number, Pair, Person, Portfolio, Sent, Template, Waba};
use super::persist::Disk;
use super::webhooks::{Change, Post};
use super::{SimError, defaults, templates};

/// The simulated world.
pub(crate) struct State {
    pub(crate) config: SimConfig,
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    pub(crate) counters: Counters,
    pub(crate) oracle: Oracle,
    pub(crate) portfolios: BTreeMap<String, Portfolio>,
    pub(crate) wabas: BTreeMap<String, Waba>,
    pub(crate) numbers: BTreeMap<String, Number>,
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) pairs: BTreeMap<String, Pair>,
    pub(crate) media: BTreeMap<String, Media>,
    pub(crate) sent: BTreeMap<String, Sent>,
    pub(crate) chats: BTreeMap<String, Vec<ChatEntry>>,
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) posts: BTreeMap<u64, Post>,
    pub(crate) staged: BTreeMap<u64, Change>,
    pub(crate) in_flight: BTreeSet<u64>,
    /// Posts that wait for a webhook address.
    pub(crate) without_address: BTreeSet<u64>,
    pub(crate) due: BTreeMap<(Timestamp, u64), Due>,
    /// People by phone digits and by BSUID.
    pub(crate) addresses: HashMap<String, String>,
    /// Messages to people whose phone is off.
    pub(crate) undelivered: BTreeMap<String, BTreeSet<String>>,
    /// Who wrote a message.
    pub(crate) writers: HashMap<String, String>,
    /// Uploads that were begun, with the bytes that were announced; and handles of those that ended. Neither lasts.
    pub(crate) uploads: BTreeMap<String, usize>,
    pub(crate) handles: BTreeSet<String>,
    pub(crate) disk: Disk,
}

/// Milliseconds as a duration.
pub(crate) fn ms(count: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(count).unwrap_or(i64::MAX / 1_000_000))
}

/// The key of a row that is ordered by number.
pub(crate) fn ordered(seq: u64) -> String {
    format!("{seq:020}")
}

fn pair_key(number: &str, person: &str) -> String {
    format!("{number}|{person}")
}

impl State {
    pub(crate) fn open(config: SimConfig, now: Timestamp) -> Result<Self, SimError> {
        let disk = Disk::open(config.directory.as_deref())?;
        let mut state = Self::empty(config, disk);
        state.load(now)?;
        if state.portfolios.is_empty() {
            state.furnish();
        }
        state.commit()?;
        Ok(state)
    }

    fn empty(config: SimConfig, disk: Disk) -> Self {
        Self {
            faults: Faults::none(config.seed),
            config,
            disk,
            settings: Settings::default(),
            counters: Counters::default(),
            oracle: Oracle::default(),
            portfolios: BTreeMap::new(),
            wabas: BTreeMap::new(),
            numbers: BTreeMap::new(),
            people: BTreeMap::new(),
            templates: BTreeMap::new(),
            pairs: BTreeMap::new(),
            media: BTreeMap::new(),
            uploads: BTreeMap::new(),
            handles: BTreeSet::new(),
            sent: BTreeMap::new(),
            chats: BTreeMap::new(),
            ledger: Vec::new(),
            posts: BTreeMap::new(),
            staged: BTreeMap::new(),
            in_flight: BTreeSet::new(),
            without_address: BTreeSet::new(),
            due: BTreeMap::new(),
            addresses: HashMap::new(),
            undelivered: BTreeMap::new(),
            writers: HashMap::new(),
        }
    }

    /// Back to the default world. The sequence goes on, so that ids stay unique.
    pub(crate) fn reset(&mut self) -> Result<(), SimError> {
        self.disk.clear()?;
        let disk = std::mem::replace(&mut self.disk, Disk::open(None)?);
        let (seq, flying) = (self.counters.seq, std::mem::take(&mut self.in_flight));
        *self = Self::empty(self.config.clone(), disk);
        self.counters.seq = seq;
        self.in_flight = flying;
        self.furnish();
        Ok(())
    }

    fn furnish(&mut self) {
        let portfolio = defaults::portfolio();
        self.portfolios.insert(portfolio.id.clone(), portfolio);
        self.wabas = defaults::wabas().into_iter().map(|waba| (waba.id.clone(), waba)).collect();
        self.numbers = defaults::numbers().into_iter().map(|number| (number.id.clone(), number)).collect();
        for template in templates::defaults::templates() {
            self.templates.insert(template.id.clone(), template);
        }
        for person in defaults::people(self.config.seed) {
            self.keep_person(person);
        }
        for (id, row) in &self.portfolios {
            self.disk.put("portfolio", id, Some(row));
        }
        for (id, row) in &self.wabas {
            self.disk.put("waba", id, Some(row));
        }
        for (id, row) in &self.numbers {
            self.disk.put("number", id, Some(row));
        }
        for (id, row) in &self.templates {
            self.disk.put("template", id, Some(row));
        }
    }

    /// Writes what changed. Called before anything is answered.
    pub(crate) fn commit(&mut self) -> Result<(), SimError> {
        if self.disk.is_clean() {
            return Ok(());
        }
        self.disk.put("counters", "all", Some(&self.counters));
        self.disk.commit()
    }

    pub(crate) fn next_seq(&mut self) -> u64 {
        self.counters.seq += 1;
        self.counters.seq
    }

    /// Plans something for a time.
    pub(crate) fn at(&mut self, when: Timestamp, due: Due) {
        let seq = self.next_seq();
        // Posts and flushes are rebuilt from their own rows.
        if !matches!(due, Due::Post(_) | Due::Flush) {
            self.disk.put("due", ordered(seq), Some(&(when, &due)));
        }
        self.due.insert((when, seq), due);
    }

    /// Takes the earliest thing that is due.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let (when, _) = *self.due.first_key_value()?.0;
        if when > now {
            return None;
        }
        let ((_, seq), due) = self.due.pop_first()?;
        self.disk.put::<()>("due", ordered(seq), None);
        Some((when, due))
    }

    /// Stores a person and finds them by their addresses.
    pub(crate) fn keep_person(&mut self, person: Person) {
        if let Some(old) = self.people.get(&person.id) {
            for address in old.dialled.iter().chain([&old.phone, &old.user_id]).chain(&old.parent_user_id) {
                self.addresses.remove(address);
            }
        }
        if person.on_whatsapp {
            let addresses = person.dialled.iter().chain([&person.phone, &person.user_id]);
            for address in addresses.chain(&person.parent_user_id) {
                self.addresses.insert(address.clone(), person.id.clone());
            }
        }
        self.disk.put("person", &person.id, Some(&person));
        self.people.insert(person.id.clone(), person);
    }

    pub(crate) fn pair(&self, number: &str, person: &str) -> Option<&Pair> {
        self.pairs.get(&pair_key(number, person))
    }

    /// Changes what stands between a number and a person.
    pub(crate) fn change_pair(&mut self, number: &str, person: &str, change: impl FnOnce(&mut Pair)) {
        let key = pair_key(number, person);
        let pair = self.pairs.entry(key.clone()).or_insert_with(|| Pair {
            number: number.into(),
            person: person.into(),
            ..Pair::default()
        });
        change(pair);
        self.disk.put("pair", key, Some(&*pair));
    }

    pub(crate) fn portfolio_of(&self, number: &str) -> String {
        let waba = self.numbers.get(number).and_then(|number| self.wabas.get(&number.waba));
        waba.map(|waba| waba.portfolio.clone()).unwrap_or_default()
    }

    pub(crate) fn save_sent(&mut self, wamid: &str) {
        self.disk.put("sent", wamid, self.sent.get(wamid));
    }

    /// Adds a line to a person's chat.
    pub(crate) fn chat(&mut self, person: &str, mut entry: ChatEntry) {
        entry.seq = self.next_seq();
        self.disk.put("chat", ordered(entry.seq), Some(&(person, &entry)));
        self.list(person, entry);
    }

    pub(crate) fn list(&mut self, person: &str, entry: ChatEntry) {
        if entry.direction == "wrote" {
            self.writers.insert(entry.id.clone(), person.into());
        }
        self.chats.entry(person.into()).or_default().push(entry);
    }

    pub(crate) fn new_wamid(&mut self) -> String {
        let seq = self.next_seq();
        ids::wamid(self.config.seed, seq)
    }
}
