//! A campaign's chunks go out: to everybody once, within every limit, whatever happens on the way.
//!
//! Campaigns are put into the tables as their fan-out leaves them, and hints onto the queue as their release does.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod deaths;
mod limits;
mod results;

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_api::{PhoneNumberId, WaId, WabaId};
use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::campaign::outcome::Outcome;
use domain::campaign::result::Entry;
use domain::campaign::state::State;
use domain::consent::{self, Choice, Purpose};
use domain::identity::Sighting;
use domain::number::facts::{Fact, Source, Update};
use jiff::Timestamp;
use queue::ChunkHint;
use serde_json::{Value, json};
use store::{Campaign, Member, Number, ProfileSeen, StoredChunk, Subject};
use tests::{NUMBER, Stage, WABA};

const CHUNK: Chunk = Chunk::Walked(0);

/// A campaign to people of Mexico, on a stage.
struct Town {
    stage: Stage,
    campaign: CampaignId,
    people: Vec<ContactId>,
    /// The same people, as the simulator has them.
    phones: Vec<String>,
}

fn phone(n: usize) -> String {
    format!("52551234{n:04}")
}

impl Town {
    /// A campaign that runs, with so many people in one chunk. `extra` is merged into its definition.
    async fn of(stage: Stage, people: usize, extra: Value) -> Self {
        Self::under("TIER_2K", stage, people, extra).await
    }

    /// The same under another messaging limit.
    async fn under(limit: &str, stage: Stage, people: usize, extra: Value) -> Self {
        let store = stage.store();
        let number = Number { waba: Some(WabaId::new(WABA)), ..Number::new(PhoneNumberId::new(NUMBER)) };
        store.meet_number(&number, stage.now()).await.unwrap();
        let facts = [(Fact::Limit, limit), (Fact::Throughput, "STANDARD")];
        let facts = facts.map(|(fact, value)| Update {
            fact,
            value: value.to_owned(),
            at: stage.now(),
            source: Source::Sync,
        });
        store.note_facts(Subject::Number(&number.id), &facts, stage.now()).await.unwrap();
        stage.knows_template("hello_world", "UTILITY", "Welcome and congratulations!!").await;
        let (mut ids, mut phones) = (Vec::new(), Vec::new());
        for n in 0..people {
            phones.push(stage.person(&format!("Person {n}"), &phone(n), json!({})));
            ids.push(record(&stage, n).await);
        }
        let campaign = CampaignId::new("01KB0XQ6G0000000000CAMPA1GN").unwrap();
        let town = Self { stage, campaign, people: ids, phones };
        town.start(extra).await;
        town
    }

    async fn start(&self, extra: Value) {
        let (store, now) = (self.stage.store(), self.stage.now());
        let mut definition = json!({
            "name": "Opening hours", "numbers": [NUMBER], "templates": [{"template": "hello_world"}],
            "language": {"default": "en_US"}, "audience": {"include": [{"filter": "kind:contact"}]},
        });
        definition.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let definition = serde_json::from_value(definition).unwrap();
        let mut campaign = Campaign::draft(self.campaign.clone(), definition, "u1".to_owned(), now);
        assert!(store.create_campaign(&campaign).await.unwrap());
        campaign.snapshot = Some(store.snapshot(&campaign.definition).await.unwrap());
        (campaign.state, campaign.started_at) = (State::Running, Some(now));
        store.change_campaign(&mut campaign, false).await.unwrap();
        let people = u64::try_from(self.people.len()).unwrap();
        let member = |contact: &ContactId| Member { contact: contact.clone(), excluded: false, line: None };
        let members = self.people.iter().map(member).collect();
        store
            .put_chunk(&self.campaign, CHUNK, &StoredChunk { members, next: None, upto: people })
            .await
            .unwrap();
        assert!(store.note_frozen(&self.campaign, (1, people), now).await.unwrap());
        store.note_released(&self.campaign, (1, 0), (Some(now), None)).await.unwrap();
    }

    /// Hints at the chunk, once more than anybody needs if it was hinted at before.
    async fn hint(&self) {
        let hint = ChunkHint::of(self.campaign.as_str(), CHUNK.to_string()).to_json();
        let sent = self.stage.world.sqs_client().send_message();
        let url = self.stage.world.queue_url("ChunksQueue").unwrap();
        sent.queue_url(url).message_body(hint).send().await.unwrap();
    }

    /// What is known of everybody, by their place in the audience: of several lines the last.
    async fn lines(&self) -> BTreeMap<usize, Entry> {
        let store = self.stage.store();
        let mut lines = store.results(&self.campaign, CHUNK).await.unwrap();
        // The campaign forgets the hours that are through; their chunks stay.
        let hour = |at: Timestamp| u64::try_from(at.as_second()).unwrap() / 3_600;
        let started = self.campaign().await.started_at.unwrap();
        for hour in hour(started)..=hour(self.stage.now()) + 1 {
            for chunk in store.deferred_chunks(&self.campaign, hour).await.unwrap() {
                let there = store.chunk(&self.campaign, chunk).await.unwrap().unwrap();
                let told = store.results(&self.campaign, chunk).await.unwrap();
                for (place, entry) in told {
                    let id = &there.members[place].contact;
                    let person = self.people.iter().position(|person| person == id).unwrap();
                    let is_news = lines.get(&person).is_none_or(|line| !line.is_accepted());
                    if is_news {
                        lines.insert(person, entry);
                    }
                }
            }
        }
        lines
    }

    async fn campaign(&self) -> Campaign {
        self.stage.store().campaign(&self.campaign).await.unwrap().unwrap()
    }

    /// How often each person was posted to, as the simulator has it.
    fn posted(&self) -> BTreeMap<String, usize> {
        let mut posted = BTreeMap::new();
        for post in self.stage.posts() {
            let to = post["body"]["to"].as_str().or(post["to"].as_str()).unwrap_or_default();
            *posted.entry(to.trim_start_matches('+').to_owned()).or_default() += 1;
        }
        posted
    }

    /// Waits until something is so, and fails if it does not become so.
    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        for _ in 0..900 {
            self.stage.settle().await;
            if is_so().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{what}: {:#?} {:?}", self.lines().await, self.stage.sim().oracle());
    }

    /// The simulator refused nothing for a limit.
    fn kept_every_limit(&self) {
        let oracle = self.stage.sim().oracle();
        for violations in ["pair_violations", "throughput_violations", "tier_violations"] {
            assert_eq!(oracle[violations], 0, "{oracle}");
        }
    }
}

async fn record(stage: &Stage, n: usize) -> ContactId {
    let store = stage.store();
    let id = ContactId::new(format!("01KPERSON{n:017}")).unwrap();
    let portfolio = store.portfolio_of_number(&NUMBER.into()).await.unwrap();
    let sighting = Sighting {
        portfolio,
        user_id: None,
        parent_user_id: None,
        phone: Some(WaId::new(phone(n))),
        at: stage.now(),
    };
    let seen = ProfileSeen::default();
    let met = store.resolve_person(&sighting, &seen, &NUMBER.into(), &id, stage.now()).await;
    met.unwrap().unwrap().contact
}

/// A person of the campaign wants none of its kind any more.
async fn says_no(town: &Town, person: usize) {
    let store = town.stage.store();
    let no = consent::Entry {
        at: town.stage.now(),
        purpose: Some(Purpose::Utility),
        choice: Choice::OptOut,
        portfolio: store.portfolio_of_number(&NUMBER.into()).await.unwrap(),
        number: None,
        source: consent::Source::Api,
        by: None,
        wording: None,
        proof: None,
    };
    store.record_consent(&town.people[person], &no).await.unwrap();
}

fn outcome(entry: &Entry) -> Option<Outcome> {
    entry.outcome.as_ref().map(|placed| placed.outcome)
}

fn hello() -> Value {
    json!({ "type": "template", "template": { "name": "hello_world", "language": { "code": "en_US" } } })
}

fn tier() -> domain::tier::Limit {
    domain::tier::Limit::People(2_000)
}
