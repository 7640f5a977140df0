//! What a campaign would do if it started now: the run's own decision for everybody, without its effects.

use std::collections::BTreeMap;

use domain::campaign::decide::{Limits, Person, Plan, SlotAnswer, decide};
use domain::campaign::gate::Gate;
use domain::campaign::preflight::Preflight;
use domain::campaign::split;
use domain::campaign::summary::{Cost, Summary};
use domain::campaign::zones::is_of_the_united_states;
use domain::consent::Purpose;
use domain::rates::{Category, Market, estimate, october_2026};
use domain::template::Sources;
use futures::future::try_join_all;
use jiff::Timestamp;
use lambda_kit::Failure;
use queue::{CampaignTask, CorrelationId};
use store::{Campaign, PreflightJob, Sender, Snapshot};
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
        let setting = Setting { campaign: &campaign, snapshot: &snapshot, now: job.created_at };
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
                close(&setting, &mut summary);
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

/// The number that would write, if the person has no thread with one of them.
fn sender_of<'a>(setting: &'a Setting<'_>, one: &Found) -> Option<&'a Sender> {
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
    let purpose = setting.snapshot.purpose(sender, &template.template);
    let own = BTreeMap::from([("name".to_owned(), definition.name.clone())]);
    let agent = record.owner.as_ref().map(|owner| owner.as_str());
    let sources = Sources {
        contact: Some(record),
        agent_name: agent,
        agent_email: agent,
        number_name: Some(sender.number.as_str()),
        campaign: Some(&own),
        line: one.member.line.as_ref(),
    };
    let missing = template.missing(&sources);
    let market = record.phone.as_deref().map_or_else(Market::other, Market::of_phone);
    let marketing = purpose.map_or(setting.snapshot.strict, |purpose| purpose == Purpose::Marketing);
    let person = Person {
        reachable: record.phone.is_some() || record.user_id.is_some(),
        phone: record.phone.as_deref(),
        zone: None,
        excluded: one.member.excluded,
        duplicate: false,
        has_language: true,
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

/// What all of them would cost, and until when it would take.
fn close(setting: &Setting<'_>, summary: &mut Summary) {
    let definition = &setting.campaign.definition;
    let sender = setting.snapshot.senders.first();
    let mut messages: BTreeMap<(Market, Category), u64> = BTreeMap::new();
    for group in &summary.receive {
        let template = definition.templates.get(group.template);
        let purpose = sender
            .zip(template)
            .and_then(|(sender, variant)| setting.snapshot.purpose(sender, &variant.template));
        // The worst is assumed of a template of which nobody has told.
        let category = match purpose {
            Some(Purpose::Utility) => Category::Utility,
            Some(Purpose::Authentication) => Category::Authentication,
            _ => Category::Marketing,
        };
        *messages.entry((Market::new(group.market.as_str()), category)).or_default() += group.people;
    }
    let estimated = estimate(october_2026(), &messages, |_, _| 0);
    summary.cost = Some(Cost {
        card: estimated.card,
        currency: estimated.currency,
        low_micros: estimated.low.0,
        high_micros: estimated.high.0,
        unpriced: estimated.unpriced,
    });
    let rate = setting.snapshot.per_second();
    let end = summary.whole().expected_end(setting.now, rate, definition.pace.as_ref(), |_| setting.now);
    summary.expected_end = Some(end);
}
