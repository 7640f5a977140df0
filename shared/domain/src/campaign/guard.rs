//! When a campaign stops by itself: on what Meta really tells, and on what its own results show.

use cloud_api::manage::template::TemplateState;
use cloud_api::webhook::event::account::{AccountEvent, AccountUpdate, BanState, RestrictionType};
use cloud_api::webhook::event::templates::{
    CategoryChange, QualityScore, TemplateCategoryName, TemplateEvent,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::definition::Canary;
use super::percent::Percent;
use crate::consent::Purpose;
use crate::template::{Mirror, health, purpose_of};

macro_rules! guards {
    ($($(#[$about:meta])* $variant:ident = $word:literal, $why:literal;)*) => {
        /// Why a campaign paused by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[schema(as = CampaignGuard)]
        pub enum Guard { $($(#[$about])* #[serde(rename = $word)] $variant,)* }

        impl Guard {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that stands in tables and in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What happened and what it is good for, in a sentence.
            #[must_use]
            pub fn why(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }
        }
    };
}

guards! {
    /// Meta paused the template for low quality.
    TemplatePaused = "template_paused", "Meta paused the template for low quality";
    /// The template may not be sent any more.
    TemplateGone = "template_gone", "the template was disabled, rejected, archived or deleted";
    /// The template's quality is low.
    TemplateQuality = "template_quality", "Meta rates the template's quality as low";
    /// The template has another category than when the campaign started: it costs and counts otherwise.
    TemplateRecategorised = "template_recategorised", "Meta moved the template to another category";
    /// The template's content is not the one that was frozen.
    TemplateChanged = "template_changed", "the template's content changed after the campaign had started";
    /// Meta refused the template or its parameters.
    TemplateRefused = "template_refused", "Meta refused the template or its parameters";
    /// Meta stopped marketing from the number.
    MarketingStopped = "marketing_stopped", "Meta stopped marketing from the number for its quality or a policy";
    /// Nothing leaves the number.
    NumberStopped = "number_stopped", "nothing can leave the number: access, payment or registration";
    /// The account is banned, restricted or gone.
    Account = "account", "the account was restricted, disabled, violated a policy or left";
    /// The number's quality rating is red.
    QualityRed = "quality_red", "Meta rates the number's quality as low";
    /// The number's quality rating fell while the campaign ran.
    QualityFell = "quality_fell", "the number's quality rating fell while the campaign ran";
    /// Meta's health check says that messages cannot be sent.
    Health = "health", "Meta's health check says that messages are blocked";
    /// The messaging limit became lower while the campaign ran.
    TierFell = "tier_fell", "the messaging limit became lower while the campaign ran";
    /// A part of the audience is not there any more.
    AudienceGone = "audience_gone", "a segment, list or file of the audience is not there or cannot be read any more";
    /// Too many failures of one code.
    Failures = "failures", "too many messages failed with the same code";
    /// Codes that nobody knows.
    UnknownCode = "unknown_code", "Meta answered with a code that is not known, several times";
    /// Too many people opted out.
    OptOuts = "opt_outs", "too many people opted out";
    /// Too many messages are sent, but not delivered after two hours. Blocks are not told: this is a proxy for them,
    /// and for phones that are off.
    OnlySent = "only_sent", "too many messages are still not delivered after two hours, a proxy for blocks";
    /// The first share did not stay under its thresholds.
    Canary = "canary", "the first share did not stay under its thresholds";
}

/// Whether an event of a template stops the campaigns that use it.
#[must_use]
pub fn on_template_event(event: &TemplateEvent) -> Option<Guard> {
    match event {
        TemplateEvent::Paused => Some(Guard::TemplatePaused),
        TemplateEvent::Rejected
        | TemplateEvent::Disabled
        | TemplateEvent::Locked
        | TemplateEvent::Archived
        | TemplateEvent::PendingDeletion
        | TemplateEvent::Deleted => Some(Guard::TemplateGone),
        // About to be disabled: as bad as a low quality, which it is.
        TemplateEvent::Flagged => Some(Guard::TemplateQuality),
        _ => None,
    }
}

/// Whether a template's new quality stops the campaigns that use it.
#[must_use]
pub fn on_template_quality(quality: &QualityScore) -> Option<Guard> {
    (*quality == QualityScore::Red).then_some(Guard::TemplateQuality)
}

/// Whether a template is still what a campaign started with: what it says by its hash, and its category. It is asked before
/// each chunk, as news may be late or lost.
#[must_use]
pub fn on_template(frozen: (&str, Option<Purpose>), mirror: Option<&Mirror>) -> Option<Guard> {
    let Some(mirror) = mirror else { return Some(Guard::TemplateGone) };
    let (hash, category) = frozen;
    [
        (mirror.state == TemplateState::Paused, Guard::TemplatePaused),
        (!health(mirror, None).may_be_used(), Guard::TemplateGone),
        (mirror.content.hash() != hash, Guard::TemplateChanged),
        (mirror.content.category.as_ref().and_then(purpose_of) != category, Guard::TemplateRecategorised),
    ]
    .into_iter()
    .find_map(|(applies, guard)| applies.then_some(guard))
}

/// Whether a change of category stops a campaign that started with this one. A change that is only announced does not:
/// until then the campaign is what it was.
#[must_use]
pub fn on_category(frozen: Option<Purpose>, change: &CategoryChange) -> Option<Guard> {
    let CategoryChange::Done { new, .. } = change else { return None };
    let now = match new {
        TemplateCategoryName::Marketing => Some(Purpose::Marketing),
        TemplateCategoryName::Utility => Some(Purpose::Utility),
        TemplateCategoryName::Authentication => Some(Purpose::Authentication),
        // A category that this build does not know.
        _ => None,
    };
    (now != frozen).then_some(Guard::TemplateRecategorised)
}

/// Whether what Meta tells of an account stops the campaigns of its numbers.
#[must_use]
pub fn on_account(update: &AccountUpdate, purpose: Option<Purpose>) -> Option<Guard> {
    let stops = match update.event {
        AccountEvent::AccountDeleted | AccountEvent::AccountViolation | AccountEvent::PartnerRemoved => true,
        AccountEvent::PartnerAppUninstalled => true,
        AccountEvent::AccountRestriction => {
            let mut kinds = update.restriction_info.iter().filter_map(|it| it.restriction_type.as_ref());
            kinds.any(|kind| forbids(kind, purpose))
        }
        AccountEvent::DisabledUpdate => {
            let ban = update.ban_info.as_ref().and_then(|ban| ban.waba_ban_state.as_ref());
            ban != Some(&BanState::Reinstate)
        }
        _ => false,
    };
    stops.then_some(Guard::Account)
}

/// Whether a restriction forbids templates of a purpose.
#[must_use]
pub fn forbids(restriction: &RestrictionType, purpose: Option<Purpose>) -> bool {
    match restriction {
        RestrictionType::BizInitiatedMessaging | RestrictionType::CustomerInitiatedMessaging => true,
        RestrictionType::UtilityTemplates => purpose == Some(Purpose::Utility),
        _ => false,
    }
}

/// What is looked up about a number every five minutes while marketing runs, and what it was when the campaign started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberFacts {
    /// `quality_rating` at the start.
    pub quality_before: Option<String>,
    /// `quality_rating` now.
    pub quality: Option<String>,
    /// `can_send_message` of the health status: `AVAILABLE`, `LIMITED` or `BLOCKED`.
    pub health: Option<String>,
    /// The messaging limit at the start; `None` is unlimited or unknown.
    pub limit_before: Option<u64>,
    /// The messaging limit now; `None` is unlimited or unknown.
    pub limit: Option<u64>,
}

/// Whether a number's facts stop a campaign. Quality is about marketing; health is about everything.
#[must_use]
pub fn on_number(facts: &NumberFacts, purpose: Option<Purpose>) -> Option<Guard> {
    let marketing = purpose.is_none_or(|purpose| purpose == Purpose::Marketing);
    let rank = |quality: &Option<String>| match quality.as_deref() {
        Some("GREEN") => Some(2),
        Some("YELLOW") => Some(1),
        Some("RED") => Some(0),
        // Not rated: no news is neither good nor bad.
        _ => None,
    };
    let (before, now) = (rank(&facts.quality_before), rank(&facts.quality));
    let tier_fell = match (facts.limit_before, facts.limit) {
        (Some(before), Some(now)) => now < before,
        // It was unlimited, or nobody knew: a limit that appears is told by the ledger, which holds it at once.
        _ => false,
    };
    [
        (facts.health.as_deref() == Some("BLOCKED"), Guard::Health),
        (marketing && now == Some(0), Guard::QualityRed),
        (marketing && before.zip(now).is_some_and(|(before, now)| now < before), Guard::QualityFell),
        (tier_fell, Guard::TierFell),
    ]
    .into_iter()
    .find_map(|(applies, guard)| applies.then_some(guard))
}

/// What a campaign's results show so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Messages that Meta took.
    pub accepted: u64,
    /// The most failures of one code, at once or later, that speak of the person (131026 and the like).
    pub most_failed: u64,
    /// People who opted out.
    pub opted_out: u64,
    /// Accepted two hours ago and longer.
    pub old: u64,
    /// Of those, neither delivered nor read nor failed.
    pub old_only_sent: u64,
}

/// What may be passed before a campaign stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The share of one code's failures.
    pub failed: Percent,
    /// The share of opt-outs.
    pub opted_out: Percent,
    /// The share that is only sent after two hours.
    pub only_sent: Percent,
    /// Shares of fewer messages say nothing.
    pub at_least: u64,
}

/// The seconds after which a message that is only sent is looked at.
pub const ONLY_SENT_AFTER: u64 = 7_200;

impl Thresholds {
    /// What any campaign is held to: a tenth failed with one code, one in fifty opted out, half only sent.
    pub const USUAL: Self = Self {
        failed: Percent::whole(10),
        opted_out: Percent::whole(2),
        only_sent: Percent::whole(50),
        at_least: 200,
    };

    /// What the first share is held to. It is small, so fewer messages have to do.
    #[must_use]
    pub fn of(canary: &Canary) -> Self {
        Self {
            failed: canary.most_failed,
            opted_out: canary.most_opted_out,
            only_sent: canary.most_only_sent,
            at_least: 1,
        }
    }
}

/// Whether the results stop a campaign.
#[must_use]
pub fn on_results(seen: &Seen, thresholds: Thresholds) -> Option<Guard> {
    let tried = seen.accepted + seen.most_failed;
    [
        (thresholds.failed, seen.most_failed, tried, Guard::Failures),
        (thresholds.opted_out, seen.opted_out, seen.accepted, Guard::OptOuts),
        (thresholds.only_sent, seen.old_only_sent, seen.old, Guard::OnlySent),
    ]
    .into_iter()
    .find_map(|(most, part, whole, guard)| {
        (whole >= thresholds.at_least && most.is_passed_by(part, whole)).then_some(guard)
    })
}

/// What the first share says when its time is over. `seen.old` counts the whole share: the canary waits as long as the
/// campaign says, not two hours.
///
/// # Errors
/// Which threshold was passed. The campaign pauses as [`Guard::Canary`].
pub fn on_canary(seen: &Seen, canary: &Canary) -> Result<(), Guard> {
    on_results(seen, Thresholds::of(canary)).map_or(Ok(()), Err)
}
