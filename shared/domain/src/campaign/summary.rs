//! A pre-flight as it is kept and told: counts that grow page by page, and what they cost.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::preflight::Preflight;

/// What a campaign would do if it started now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = CampaignPreflightSummary)]
pub struct Summary {
    /// Who would get it, now or later.
    pub receiving: u64,
    /// Of these, by the template's index and the market.
    pub receive: Vec<Receiving>,
    /// Who would get nothing, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Of those who would get it, who would wait, by reason.
    pub wait: BTreeMap<String, u64>,
    /// Whoever was taken before.
    pub before: u64,
    /// How many lack each parameter.
    pub missing: BTreeMap<String, u64>,
    /// Lines of files that name nobody: without a phone that can be read.
    pub unreadable_lines: u64,
    /// Lines of files of people who were erased.
    pub erased_lines: u64,
    /// Until when the last who would wait would.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub latest: Option<Timestamp>,
    /// What it would cost, once all are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// When it would be through, by the numbers' rate, its own pace and people's sleep. The messaging limit is not
    /// counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub expected_end: Option<Timestamp>,
    /// How many more people may be written to in these 24 hours; `null` if that is not known.
    #[schema(value_type = Option<u64>)]
    pub tier_headroom: Option<u64>,
}

/// People of one template and market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignPreflightReceiving)]
pub struct Receiving {
    /// The template, by its place in the definition, from 0.
    pub template: usize,
    /// The market, as Meta's rate cards name it.
    pub market: String,
    /// How many.
    pub people: u64,
}

/// What it would cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignPreflightCost)]
pub struct Cost {
    /// The rate card.
    pub card: String,
    /// Its currency.
    pub currency: String,
    /// The least, in millionths of the currency's unit.
    pub low_micros: u64,
    /// The most.
    pub high_micros: u64,
    /// Messages that the card has no price for.
    pub unpriced: u64,
}

impl Summary {
    /// Adds what was counted on a page.
    pub fn add(&mut self, page: &Preflight) {
        for ((template, market), people) in &page.receive {
            self.receiving += people;
            let same = |it: &&mut Receiving| it.template == *template && it.market == *market;
            match self.receive.iter_mut().find(same) {
                Some(there) => there.people += people,
                None => {
                    let (template, market, people) = (*template, market.clone(), *people);
                    self.receive.push(Receiving { template, market, people });
                }
            }
        }
        let count = |into: &mut BTreeMap<String, u64>, word: &str, people: u64| {
            *into.entry(word.to_owned()).or_default() += people;
        };
        page.skipped.iter().for_each(|(why, people)| count(&mut self.skipped, why.as_str(), *people));
        page.wait.iter().for_each(|(why, people)| count(&mut self.wait, why.as_str(), *people));
        page.missing.iter().for_each(|(name, people)| count(&mut self.missing, name, *people));
        self.before += page.before;
        self.latest = self.latest.max(page.latest);
    }

    /// The counts as they were decided, for questions about the whole.
    #[must_use]
    pub fn whole(&self) -> Preflight {
        let receive = self.receive.iter().map(|it| ((it.template, it.market.clone()), it.people)).collect();
        Preflight { receive, before: self.before, latest: self.latest, ..Preflight::default() }
    }
}
