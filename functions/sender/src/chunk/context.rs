//! What a turn knows of its campaign, its numbers and its people before the first is decided about.

use std::collections::{BTreeMap, HashMap};

use cloud_api::language::Language;
use cloud_api::outbound::Recipient;
use cloud_api::webhook::event::numbers::MessagingLimit;
use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::campaign::split;
use domain::consent::Purpose;
use domain::number::facts::Fact;
use domain::pace::Level;
use domain::template::Content;
use domain::tier::Limit;
use domain::{Contact, ContactId, ConversationId, CustomerServiceWindow};
use lambda_kit::Failure;
use store::{Campaign, Member, Snapshot, StoredChunk, Subject};

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
    /// The category of each template and language that was asked for, as Meta has it now.
    pub(crate) categories: HashMap<(String, String), Option<Purpose>>,
    /// What each says, as far as it is known.
    pub(crate) contents: HashMap<(String, String), Option<Content>>,
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
    pub(crate) language: Option<String>,
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
        let (mut numbers, mut limit) = (HashMap::new(), None);
        // A chunk takes its slots of one portfolio.
        for sender in snapshot.senders.iter().filter(|sender| sender.portfolio == portfolio) {
            let facts = store.facts(Subject::Number(&sender.number)).await.map_err(failure)?;
            let known = store.number(&sender.number).await.map_err(failure)?;
            let fact = |fact: &Fact| facts.get(fact).map(|known| known.value.as_str());
            let told = fact(&Fact::Limit).map(|told| Limit::from(&MessagingLimit::from(told)));
            // Meta tells it of each number; the lowest word is safe.
            limit = limit.into_iter().chain(told).min();
            let number = Number {
                id: sender.number.clone(),
                waba: sender.waba.clone(),
                name: known.and_then(|number| number.name),
                level: Level::of(fact(&Fact::Throughput), None),
                categories: HashMap::new(),
                contents: HashMap::new(),
            };
            numbers.insert(sender.number.clone(), number);
        }
        let mut context = Context {
            place: place.clone(),
            snapshot,
            members: stored.members,
            portfolio,
            limit: limit.unwrap_or(Limit::LOWEST),
            numbers,
            people: Vec::new(),
            affordable: 0,
            campaign,
        };
        context.people = self.people(&context).await?;
        self.note_categories(&mut context).await?;
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

    /// The category that Meta assigns now, for each template that somebody gets.
    async fn note_categories(&self, context: &mut Context) -> Result<(), Failure> {
        for person in &context.people {
            let name =
                context.campaign.definition.templates.get(person.variant).map(|it| it.template.clone());
            let (Some(name), Some(language)) = (name, person.language.clone()) else { continue };
            let Some(number) = context.numbers.get_mut(&person.number) else { continue };
            let key = (name, language);
            if number.categories.contains_key(&key) {
                continue;
            }
            let category = match &number.waba {
                Some(waba) => {
                    let asked = self.sender.store.template_category(waba, &key.0, &key.1);
                    asked.await.map_err(failure)?
                }
                None => None,
            };
            number.categories.insert(key, category);
        }
        Ok(())
    }
}

impl Context {
    /// In which language a person reads a template: of those that are known; the default, if nothing is known of it.
    fn language(&self, variant: usize, number: &PhoneNumberId, contact: &Contact) -> Option<String> {
        let rule = &self.campaign.definition.language;
        let template = &self.campaign.definition.templates.get(variant)?.template;
        let waba = self.numbers.get(number)?.waba.as_ref();
        let known = self.snapshot.templates.iter();
        let known = known.filter(|known| Some(&known.waba) == waba && known.name == *template);
        let available: Vec<_> = known.map(|known| Language::new(&known.language)).collect();
        let default = Language::new(&rule.default);
        if available.is_empty() {
            return Some(rule.default.clone());
        }
        let own = language_of(contact).filter(|_| rule.by_contact);
        let chosen = domain::template::choose(&available, own.as_ref(), &default);
        chosen.map(|language| language.as_str().to_owned())
    }

    /// What Meta charges and judges the person's message as.
    pub(crate) fn purpose(&self, person: &Person) -> Option<Purpose> {
        let template = self.campaign.definition.templates.get(person.variant)?;
        let key = (template.template.clone(), person.language.clone()?);
        self.numbers.get(&person.number)?.categories.get(&key).copied().flatten()
    }

    /// What of the campaign fills parameters, for all.
    pub(crate) fn values(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("name".to_owned(), self.campaign.definition.name.clone())])
    }
}

/// A field of the record, if the company has one of this name.
pub(crate) fn field(contact: &Contact, id: &str) -> Option<String> {
    let id = domain::record::FieldId::new(id)?;
    contact.fields.get(&id).map(ToString::to_string).filter(|value| !value.is_empty())
}

fn language_of(contact: &Contact) -> Option<Language> {
    field(contact, "language").map(|language| Language::new(&language))
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
