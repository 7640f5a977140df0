//! What a campaign is, as people write it and as it is stored.

use std::collections::BTreeMap;

use cloud_api::PhoneNumberId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CampaignId;
use super::percent::Percent;
use super::quiet::QuietHours;
use super::schedule::Start;
pub use super::spread::Pace;
pub use super::validate::{Fault, MOST_BINDINGS, MOST_GROUPS, MOST_NUMBERS};

/// A campaign: one plan to send a template to many people. `validate` says what cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignDefinition)]
pub struct Definition {
    /// What colleagues call it, at most 120 characters.
    pub name: String,
    /// Meta's `phone_number_id`s of the numbers that send. Whoever has a thread with one of them hears from that one.
    #[schema(value_type = Vec<String>)]
    pub numbers: Vec<PhoneNumberId>,
    /// The template, or up to four that are compared.
    pub templates: Vec<Variant>,
    /// In which language a person reads it.
    pub language: LanguageRule,
    /// Who gets it.
    pub audience: Audience,
    /// When it starts.
    #[serde(default)]
    pub start: Start,
    /// It sends nothing from here on, finished or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ends_at: Option<Timestamp>,
    /// When people are left alone, by their own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// How fast it goes below what Meta allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// How often a person may hear marketing from the company; `null` for as often as it likes. Two in seven days, if
    /// nothing is said. Templates that are no marketing do not count.
    #[serde(default = "FrequencyCap::usual")]
    pub frequency_cap: Option<FrequencyCap>,
    /// What it may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Limit>,
    /// Who comes first.
    #[serde(default)]
    pub order: SendOrder,
    /// The share of people who get nothing, in percent, so that the effect can be told.
    #[serde(default)]
    pub hold_out: Percent,
    /// A first share, and what must be true for the rest to follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// Whether somebody who has had enough marketing by Meta's rule (131049) is tried once more after a day.
    #[serde(default)]
    pub retry_marketing_limit: bool,
    /// For how many hours an answer without a quote counts as an answer to it.
    #[serde(default = "reply_hours")]
    pub reply_hours: u16,
}

fn reply_hours() -> u16 {
    72
}

/// A template with its share and what fills it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignTemplate)]
pub struct Variant {
    /// The template's name.
    pub template: String,
    /// Its weight among the templates that are compared: of weights 1 and 3 a quarter of the people gets the first.
    #[serde(default = "one")]
    pub weight: u32,
    /// What fills each parameter, by its place in the template, such as `body.1` or `body.first_name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Parameter>,
}

fn one() -> u32 {
    1
}

/// What fills a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignParameter)]
pub struct Parameter {
    /// Where the text is taken from.
    pub from: ParameterSource,
    /// What stands there if that has nothing. Without it, whoever lacks the value gets no message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// Where a parameter's text is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignParameterSource)]
pub enum ParameterSource {
    /// A part of the person's record, such as `name` or `field.city`.
    Record(String),
    /// A part of the agent who looks after the person, such as `name`.
    Agent(String),
    /// A part of the campaign, such as `name`.
    Campaign(String),
    /// A column of the audience's file.
    Line(String),
    /// The same text for everybody.
    Text(String),
}

/// In which language a person reads the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignLanguage)]
pub struct LanguageRule {
    /// The language of whoever has none on record, or one that the template does not have, such as `es_MX`.
    pub default: String,
    /// Whether the person's own language comes first. Otherwise everybody reads the default.
    #[serde(default)]
    pub by_contact: bool,
}

/// Who gets it: everybody of any group, but nobody of an excluded one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignAudience)]
pub struct Audience {
    /// Groups, together. Whoever is in several gets it once.
    pub include: Vec<Group>,
    /// Groups of whom nobody gets it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Group>,
}

/// A group of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignGroup)]
pub enum Group {
    /// A segment, by its id, as it is at the start.
    Segment(String),
    /// A list of fixed members, by its id.
    List(String),
    /// An uploaded CSV file, by its id: one person a line, whose other columns fill parameters.
    File(String),
    /// A filter, as lists of contacts take it.
    Filter(String),
    /// People by what became of another campaign.
    Campaign(EarlierCampaign),
}

/// People by what became of another campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierCampaign {
    /// The other campaign.
    pub id: CampaignId,
    /// Which of its people.
    pub who: Who,
}

/// Which people of another campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignWho)]
pub enum Who {
    /// Those who got it: delivered or read.
    Got,
    /// Those of its audience who did not get it, for whatever reason.
    DidNotGet,
    /// Those who got it and did not read it, as far as read receipts tell.
    DidNotRead,
    /// Those who read it.
    Read,
    /// Those who answered.
    Replied,
    /// Those who were held out.
    HeldOut,
}

/// How often a person may hear marketing from the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// So many marketing messages, 1 to 8, this one included.
    pub messages: u8,
    /// In so many days, 1 to 90, of 24 hours each.
    pub days: u8,
}

impl FrequencyCap {
    /// Two in seven days.
    #[must_use]
    pub fn usual() -> Option<Self> {
        Some(Self { messages: 2, days: 7 })
    }
}

/// An amount of money that is not passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignBudget)]
pub struct Limit {
    /// Millionths of the currency's unit.
    pub micros: u64,
    /// The currency, as ISO 4217 has it.
    pub currency: String,
}

/// Who comes first. Any order but the first needs the whole audience before the first message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendOrder {
    /// As the audience is walked: the oldest records first, a file from its first line.
    #[default]
    Audience,
    /// The other way round.
    Reversed,
    /// Hundred by hundred in an order as good as random, so that the first are like the rest.
    Shuffled,
}

/// A first share, and what must be true for the rest to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// The first share, in percent.
    pub share: Percent,
    /// How long its results are waited for.
    pub wait_minutes: u32,
    /// It stops if more than this share failed.
    #[serde(default = "Canary::usual_failed")]
    pub most_failed: Percent,
    /// It stops if more than this share opted out.
    #[serde(default = "Canary::usual_opted_out")]
    pub most_opted_out: Percent,
    /// It stops if more than this share is accepted and sent, but not delivered: a proxy for blocks, and for phones
    /// that are off.
    #[serde(default = "Canary::usual_only_sent")]
    pub most_only_sent: Percent,
}

impl Canary {
    fn usual_failed() -> Percent {
        Percent::whole(5)
    }

    fn usual_opted_out() -> Percent {
        Percent::whole(1)
    }

    fn usual_only_sent() -> Percent {
        Percent::whole(30)
    }
}
