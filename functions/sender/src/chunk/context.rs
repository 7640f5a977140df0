//! What a turn knows of its campaign, its numbers and its people before the first is decided about.

use std::collections::{BTreeMap, HashMap};

use cloud_api::language::Language;
use cloud_api::outbound::Recipient;
use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::agent::{Agent, AgentId};
use domain::campaign::guard::{Guard, on_template};
use domain::campaign::split;
use domain::consent::Purpose;
use domain::number::facts::Fact;
use domain::pace::Level;
use domain::template::Content;
use domain::tier::Limit;
use domain::{Contact, ContactId, ConversationId, CustomerServiceWindow};
use lambda_kit::Failure;
use store::{Campaign, Member, Snapshot, StoredChunk, Subject, TemplateKey};

use super::{Chunks, Place};
use crate::target::recipient;
use crate::worker::failure;

/// How many merges may follow one upon the other.
const LONGEST_CHAIN: usize = 8;

/// What a turn works with.
pub(crate) struct Context {
    pub(crate) place: Place,
    pub(crate) campaign: Campaign,
    pub(crate) snapshot: Snapshot,
    pub(crate) members: Vec<Member>,
    pub(crate) portfolio: PortfolioId,
    /// Meta's limit of the portfolio now.
    pub(crate) limit: Limit,
    pub(crate) numbers: HashMap<PhoneNumberId, Number>,
    pub(crate) people: Vec<Person>,
    /// The agents who look after people, if a template names them.
    pub(crate) agents: HashMap<AgentId, Agent>,
    /// Why nobody can get it as it was planned.
    pub(crate) stop: Option<Guard>,
    /// For how many members, from the first, the budget has enough.
    pub(crate) affordable: usize,
}

/// A number that sends.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) id: PhoneNumberId,
    pub(crate) waba: Option<WabaId>,
    pub(crate) name: Option<String>,
    pub(crate) level: Level,
    /// The templates that somebody gets, as Meta has them now.
    templates: HashMap<(String, Language), Template>,
}

/// A template as Meta has it now.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// What it counts as.
    pub(crate) purpose: Option<Purpose>,
    /// What it says; `None` if it is gone.
    pub(crate) content: Option<Content>,
}

/// A member of the chunk, as far as no gate is needed to know it.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The place in the chunk.
    pub(crate) member: usize,
    /// The record that stands for the person by now.
    pub(crate) contact: Contact,
    /// Whether the member's own record was merged into that one.
    pub(crate) followed: bool,
    pub(crate) number: PhoneNumberId,
    pub(crate) conversation: ConversationId,
    pub(crate) window: Option<CustomerServiceWindow>,
    pub(crate) recipient: Option<Recipient>,
    /// Which of the templates.
    pub(crate) variant: usize,
    /// In which language; `None` if the template has none for the person.
    pub(crate) language: Option<Language>,
}

impl Chunks {
    pub(crate) async fn context(
        &self,
        place: &Place,
        campaign: Campaign,
        stored: StoredChunk,
    ) -> Result<Context, Failure> {
        let store = &self.sender.store;
        let snapshot = campaign.snapshot.clone().unwrap_or_default();
        let first = snapshot.senders.first();
        let first = first.ok_or_else(|| Failure::Dead("a campaign that runs has no number".to_owned()))?;
        let portfolio = first.portfolio.clone();
        let mut numbers = HashMap::new();
        // A chunk takes its slots of one portfolio.
        for sender in snapshot.senders.iter().filter(|sender| sender.portfolio == portfolio) {
            let facts = store.facts(Subject::Number(&sender.number)).await.map_err(failure)?;
            let known = store.number(&sender.number).await.map_err(failure)?;
            let fact = |fact: &Fact| facts.get(fact).map(|known| known.value.as_str());
            let number = Number {
                id: sender.number.clone(),
                waba: sender.waba.clone(),
                name: known.and_then(|number| number.name),
                level: Level::of(fact(&Fact::Throughput), None),
                templates: HashMap::new(),
            };
            numbers.insert(sender.number.clone(), number);
        }
        let ids: Vec<_> = numbers.keys().cloned().collect();
        let limit = store.limit_of(&ids).await.map_err(failure)?;
        let mut context = Context {
            place: place.clone(),
            snapshot,
            members: stored.members,
            portfolio,
            limit,
            numbers,
            people: Vec::new(),
            agents: HashMap::new(),
            stop: None,
            affordable: 0,
            campaign,
        };
        context.people = self.people(&context).await?;
        self.read_templates(&mut context).await?;
        if context.campaign.definition.names_agents() {
            let agents = store.agents().await.map_err(failure)?;
            context.agents = agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect();
        }
        context.affordable = self.keep_money(&context).await?;
        Ok(context)
    }

    /// The records behind the members, with their conversations. Whoever is gone is left out: they were erased.
    async fn people(&self, context: &Context) -> Result<Vec<Person>, Failure> {
        let store = &self.sender.store;
        let ids: Vec<_> = context.members.iter().map(|member| member.contact.clone()).collect();
        let mut records = store.contacts_of(ids).await.map_err(failure)?;
        for _ in 0..LONGEST_CHAIN {
            let aliases = records.values().filter_map(|record| record.alias_of.clone());
            let missing: Vec<_> = aliases.filter(|alias| !records.contains_key(alias)).collect();
            if missing.is_empty() {
                break;
            }
            records.extend(store.contacts_of(missing).await.map_err(failure)?);
        }
        let roots: Vec<_> = context.members.iter().map(|member| root(&records, &member.contact)).collect();
        let conversation = |contact: &Contact, number: &PhoneNumberId| {
            ConversationId::with_contact(number.clone(), contact.id.clone())
        };
        let numbers: Vec<_> = context.snapshot.senders.iter().map(|sender| &sender.number).collect();
        let numbers: Vec<_> =
            numbers.into_iter().filter(|number| context.numbers.contains_key(*number)).collect();
        let asked: Vec<_> = roots
            .iter()
            .flatten()
            .flat_map(|contact| numbers.iter().map(move |number| conversation(contact, number)))
            .collect();
        let states = store.states_of(&asked).await.map_err(failure)?;
        let definition = &context.campaign.definition;
        let weights: Vec<u32> = definition.templates.iter().map(|variant| variant.weight).collect();
        let people = roots.into_iter().enumerate().filter_map(|(member, contact)| {
            let contact = contact?.clone();
            // Whoever has a thread with one of the numbers hears from that one, of several from the last.
            let threads = numbers.iter().filter_map(|number| {
                let state = states.get(&conversation(&contact, number))?;
                Some((state.active_at, *number))
            });
            let own = threads.max_by_key(|(active_at, _)| *active_at).map(|(_, number)| number);
            let drawn = split::number(&context.campaign.id, &contact.id, numbers.len());
            let number = own.or_else(|| numbers.get(drawn).copied())?.clone();
            let conversation = conversation(&contact, &number);
            let variant = split::variant(&context.campaign.id, &contact.id, &weights);
            Some(Person {
                member,
                followed: contact.id != context.members[member].contact,
                window: states.get(&conversation).and_then(|state| state.window),
                recipient: recipient(&contact),
                language: context.language(variant, &number, &contact),
                variant,
                number,
                conversation,
                contact,
            })
        });
        Ok(people.collect())
    }

    /// Each template that somebody gets, as Meta has it now, and whether it still is what the campaign started with.
    async fn read_templates(&self, context: &mut Context) -> Result<(), Failure> {
        for person in &context.people {
            let name = context.campaign.definition.templates.get(person.variant).map(|it| &it.template);
            let (Some(name), Some(language)) = (name, &person.language) else { continue };
            let Some(number) = context.numbers.get_mut(&person.number) else { continue };
            let (Some(waba), key) = (&number.waba, (name.clone(), language.clone())) else { continue };
            if number.templates.contains_key(&key) {
                continue;
            }
            let asked = TemplateKey { waba: waba.clone(), name: key.0.clone(), language: key.1.clone() };
            let kept = self.sender.store.template(&asked).await.map_err(failure)?;
            let (purpose, mirror) = kept.map_or((None, None), |kept| (kept.purpose, kept.mirror));
            if let Some(frozen) = context.snapshot.template(&asked) {
                let stop = on_template((&frozen.hash, frozen.purpose()), mirror.as_ref());
                context.stop = context.stop.or(stop);
            }
            number.templates.insert(key, Template { purpose, content: mirror.map(|mirror| mirror.content) });
        }
        Ok(())
    }
}

impl Context {
    /// In which language a person reads a template, of those that it had when the campaign started.
    fn language(&self, variant: usize, number: &PhoneNumberId, contact: &Contact) -> Option<Language> {
        let definition = &self.campaign.definition;
        let template = &definition.templates.get(variant)?.template;
        let available = self.snapshot.languages(self.numbers.get(number)?.waba.as_ref(), template);
        definition.language.choose(&available, contact).cloned()
    }

    /// The template that a person gets.
    pub(crate) fn template(&self, person: &Person) -> Option<&Template> {
        let name = &self.campaign.definition.templates.get(person.variant)?.template;
        let key = (name.clone(), person.language.clone()?);
        self.numbers.get(&person.number)?.templates.get(&key)
    }

    /// What Meta charges and judges the person's message as.
    pub(crate) fn purpose(&self, person: &Person) -> Option<Purpose> {
        self.template(person)?.purpose
    }

    /// What of the campaign fills parameters, for all.
    pub(crate) fn values(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("name".to_owned(), self.campaign.definition.name.clone())])
    }
}

fn root<'a>(records: &'a HashMap<ContactId, Contact>, id: &ContactId) -> Option<&'a Contact> {
    let mut record = records.get(id)?;
    for _ in 0..LONGEST_CHAIN {
        match &record.alias_of {
            Some(alias) => record = records.get(alias)?,
            None => return Some(record),
        }
    }
    None
}
