//! What a campaign would do if it started now: the run's own decision for everybody, without its effects.

use std::collections::{BTreeMap, HashMap};

use cloud_api::PhoneNumberId;
use cloud_api::language::Language;
use domain::agent::{Agent, AgentId};
use domain::campaign::decide::{Limits, Person, Plan, SlotAnswer, decide};
use domain::campaign::definition::Variant;
use domain::campaign::filling::{Filling, field};
use domain::campaign::gate::Gate;
use domain::campaign::preflight::Preflight;
use domain::campaign::split;
use domain::campaign::summary::{Cost, Summary};
use domain::campaign::zones::is_of_the_united_states;
use domain::consent::Purpose;
use domain::rates::{Category, Market, estimate};
use domain::template::Sources;
use domain::tier;
use futures::future::try_join_all;
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{CampaignTask, CorrelationId};
use store::{Campaign, KeptTemplate, PreflightJob, Sender, Snapshot, TemplateKey};
use tracing::info;

use crate::audience::{Audience, Found, Mode};
use crate::{Campaigns, PIECE, failure};

/// How many gates are read at the same time.
const AT_ONCE: usize = 16;

/// What all decisions of a pre-flight share.
struct Setting<'a> {
    campaign: &'a Campaign,
    snapshot: &'a Snapshot,
    now: Timestamp,
    /// The templates as they are now.
    templates: HashMap<TemplateKey, KeptTemplate>,
    /// The agents who look after people, if a template names them.
    agents: HashMap<AgentId, Agent>,
    /// The names of the numbers.
    numbers: HashMap<PhoneNumberId, String>,
}

impl Campaigns {
    /// A piece of a pre-flight. One that another took the place of, or that is done, is left alone.
    pub(crate) async fn preflight(
        &self,
        id: &str,
        preflight: &str,
        correlation: Option<CorrelationId>,
    ) -> Result<(), Failure> {
        let Some(campaign) = self.open(id).await? else { return Ok(()) };
        let job = self.store.preflight(&campaign.id).await.map_err(failure)?;
        let Some(mut job) = job.filter(|job| job.id == preflight && job.state == "running") else {
            return Ok(());
        };
        let begun = self.kit.clock.now();
        let snapshot: Snapshot =
            serde_json::from_str(&job.snapshot).map_err(|error| Failure::Dead(error.to_string()))?;
        let audience =
            Audience::of(self, &campaign.definition, &snapshot, (Mode::DryRun, job.created_at)).await?;
        let Some(audience) = audience else {
            job.state = "failed".to_owned();
            job.reason =
                Some("a segment, list or file of the audience is not there or cannot be read".to_owned());
            return self.save(&campaign, &mut job).await;
        };
        let counted = job.counts.as_deref().map(serde_json::from_str).transpose();
        let counted = counted.map_err(|error: serde_json::Error| Failure::Dead(error.to_string()))?;
        let mut summary: Summary = counted.unwrap_or_default();
        let setting = self.setting(&campaign, &snapshot, job.created_at).await?;
        loop {
            let page = audience.page(job.place.as_deref()).await?;
            summary.unreadable_lines += page.unreadable;
            summary.erased_lines += page.erased;
            job.people += u64::try_from(page.found.len()).unwrap_or_default();
            summary.add(&self.count(&setting, &page.found).await?);
            job.place = page.next;
            let is_done = job.place.is_none();
            let is_over = self.kit.clock.now().duration_since(begun) > PIECE;
            if is_done {
                self.close(&setting, &mut summary).await?;
                job.state = "finished".to_owned();
            }
            if is_done || is_over {
                job.counts = serde_json::to_string(&summary).ok();
                self.save(&campaign, &mut job).await?;
            }
            if is_done {
                info!(campaign.id = id, campaign.people = job.people, "A pre-flight of {id} is done");
                return Ok(());
            }
            if is_over {
                let (campaign, preflight) = (id.to_owned(), preflight.to_owned());
                return self.go_on(CampaignTask::Preflight { campaign, preflight }, correlation).await;
            }
        }
    }

    async fn setting<'a>(
        &self,
        campaign: &'a Campaign,
        snapshot: &'a Snapshot,
        now: Timestamp,
    ) -> Result<Setting<'a>, Failure> {
        let mut templates = HashMap::new();
        for frozen in &snapshot.templates {
            let language = Language::new(&frozen.language);
            let key = TemplateKey { waba: frozen.waba.clone(), name: frozen.name.clone(), language };
            if let Some(kept) = self.store.template(&key).await.map_err(failure)? {
                templates.insert(key, kept);
            }
        }
        let mut agents = HashMap::new();
        if campaign.definition.names_agents() {
            let all = self.store.agents().await.map_err(failure)?;
            agents.extend(all.into_iter().map(|agent| (agent.id.clone(), agent)));
        }
        let mut numbers = HashMap::new();
        for sender in &snapshot.senders {
            let number = self.store.number(&sender.number).await.map_err(failure)?;
            numbers.extend(number.and_then(|number| Some((number.id, number.name?))));
        }
        Ok(Setting { campaign, snapshot, now, templates, agents, numbers })
    }

    /// What all of them would cost, how many may be written to today, and until when it would take.
    async fn close(&self, setting: &Setting<'_>, summary: &mut Summary) -> Result<(), Failure> {
        let (definition, now) = (&setting.campaign.definition, self.kit.clock.now());
        let currency = definition.budget.as_ref().map_or("USD", |budget| budget.currency.as_str());
        if let Some(card) = self.store.rate_card_in_force(currency, now).await.map_err(failure)? {
            let estimated = estimate(&card, &setting.charged(summary), |_, _| 0);
            summary.cost = Some(Cost {
                card: estimated.card,
                currency: estimated.currency,
                low_micros: estimated.low.0,
                high_micros: estimated.high.0,
                unpriced: estimated.unpriced,
            });
        }
        if let Some(first) = setting.snapshot.senders.first() {
            let ours = setting.snapshot.senders.iter().filter(|sender| sender.portfolio == first.portfolio);
            let numbers: Vec<_> = ours.map(|sender| sender.number.clone()).collect();
            let limit = self.store.limit_of(&numbers).await.map_err(failure)?;
            let kept = self.store.look_at_tier_ledger(&first.portfolio, limit).await.map_err(failure)?;
            summary.tier_headroom = kept.ledger.free(tier::Purpose::Campaign, now).map(u64::from);
        }
        let rate = setting.snapshot.per_second();
        let end = summary.whole().expected_end(setting.now, rate, definition.pace.as_ref(), |_| setting.now);
        summary.expected_end = Some(end);
        Ok(())
    }

    async fn save(&self, campaign: &Campaign, job: &mut PreflightJob) -> Result<(), Failure> {
        job.updated_at = self.kit.clock.now();
        self.store.put_preflight(&campaign.id, job).await.map_err(failure)
    }

    /// Decides for the people of a page.
    async fn count(&self, setting: &Setting<'_>, found: &[Found]) -> Result<Preflight, Failure> {
        let mut counted = Preflight::default();
        for people in found.chunks(AT_ONCE) {
            let gates = try_join_all(people.iter().map(|one| self.gate(setting, one))).await?;
            people.iter().zip(gates).for_each(|(one, gate)| count_one(setting, one, &gate, &mut counted));
        }
        Ok(counted)
    }

    async fn gate(&self, setting: &Setting<'_>, one: &Found) -> Result<Gate, Failure> {
        let Some(sender) = sender_of(setting, one) else { return Ok(Gate::default()) };
        let gate = self.store.gate(&sender.portfolio, &one.record.id).await.map_err(failure)?;
        Ok(Gate {
            erased_at: gate.erased_at,
            alias_of: one.record.alias_of.clone(),
            blocked_at: gate.blocked_at,
            consent: gate.consent,
            ..Gate::default()
        })
    }
}

impl Setting<'_> {
    /// The template that a person would get, in their language.
    fn template(&self, sender: &Sender, variant: &Variant, one: &Found) -> Option<&KeptTemplate> {
        let available = self.snapshot.languages(sender.waba.as_ref(), &variant.template);
        let language = self.campaign.definition.language.choose(&available, &one.record)?.clone();
        self.templates.get(&TemplateKey {
            waba: sender.waba.clone()?,
            name: variant.template.clone(),
            language,
        })
    }

    /// How many messages would be charged, by market and category.
    fn charged(&self, summary: &Summary) -> BTreeMap<(Market, Category), u64> {
        let mut messages = BTreeMap::new();
        for group in &summary.receive {
            let variant = self.campaign.definition.templates.get(group.template);
            let kept = variant
                .and_then(|variant| self.templates.values().find(|kept| kept.key.name == variant.template));
            // The dearest is assumed of a template of which nobody has told.
            let category = match kept.and_then(|kept| kept.purpose) {
                Some(Purpose::Utility) => Category::Utility,
                Some(Purpose::Authentication) => Category::Authentication,
                _ => Category::Marketing,
            };
            *messages.entry((Market::new(group.market.as_str()), category)).or_default() += group.people;
        }
        messages
    }

    /// The parameters that nothing fills for a person, as far as the template is known.
    fn missing(
        &self,
        sender: &Sender,
        variant: &Variant,
        kept: Option<&KeptTemplate>,
        one: &Found,
    ) -> Vec<String> {
        let Some(mirror) = kept.and_then(|kept| kept.mirror.as_ref()) else { return Vec::new() };
        let agent = one.record.owner.as_ref().and_then(|owner| self.agents.get(owner));
        let values = BTreeMap::from([("name".to_owned(), self.campaign.definition.name.clone())]);
        let sources = Sources {
            contact: Some(&one.record),
            agent_name: agent.map(|agent| agent.name.as_str()),
            agent_email: agent.and_then(|agent| agent.email.as_deref()),
            number_name: self.numbers.get(&sender.number).map(String::as_str),
            campaign: Some(&values),
            line: one.member.line.as_ref(),
        };
        let filling = Filling { campaign: &self.campaign.id, variant };
        filling.fill(&mirror.content, &sources).err().map(|unfilled| unfilled.names()).unwrap_or_default()
    }
}

/// The number that would write, if the person has no thread with one of them.
fn sender_of<'a>(setting: &Setting<'a>, one: &Found) -> Option<&'a Sender> {
    let senders = &setting.snapshot.senders;
    senders.get(split::number(&setting.campaign.id, &one.record.id, senders.len()))
}

fn count_one(setting: &Setting<'_>, one: &Found, gate: &Gate, counted: &mut Preflight) {
    let Some(sender) = sender_of(setting, one) else { return };
    let (campaign, record) = (setting.campaign, &one.record);
    let definition = &campaign.definition;
    let weights: Vec<u32> = definition.templates.iter().map(|variant| variant.weight).collect();
    let variant = split::variant(&campaign.id, &record.id, &weights);
    let Some(template) = definition.templates.get(variant) else { return };
    let kept = setting.template(sender, template, one);
    let purpose = kept.and_then(|kept| kept.purpose);
    let missing = setting.missing(sender, template, kept, one);
    let market = record.phone.as_deref().map_or_else(Market::other, Market::of_phone);
    let marketing = purpose.is_none_or(|purpose| purpose == Purpose::Marketing);
    let zone = field(record, "time_zone");
    let person = Person {
        reachable: record.phone.is_some() || record.user_id.is_some(),
        phone: record.phone.as_deref(),
        zone: zone.as_deref(),
        excluded: one.member.excluded,
        duplicate: false,
        has_language: kept.is_some(),
        missing: missing.len(),
        market_open: !(marketing && record.phone.as_deref().is_some_and(is_of_the_united_states)),
        window: None,
    };
    let limits = Limits { slot: SlotAnswer::Reserved, affordable: true };
    let plan = Plan {
        id: &campaign.id,
        definition,
        purpose,
        strict: setting.snapshot.strict,
        number: &sender.number,
    };
    let decision = decide(&plan, &record.id, gate, (&person, limits, setting.now));
    counted.add(&decision, (variant, market.as_str()), &missing);
}
