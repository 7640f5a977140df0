//! What stands against a campaign by what Meta has told of its templates, numbers and accounts.

use cloud_api::webhook::event::account::{AccountEvent, BanState, RestrictionType};
use cloud_api::webhook::event::numbers::MessagingLimit;
use cloud_api::webhook::event::templates::TemplateEvent;
use jiff::Timestamp;

use super::guard::{Guard, NumberFacts, forbids, on_number, on_template_event, on_template_quality};
use super::watch::Concern;
use crate::consent::Purpose;
use crate::number::facts::{Fact, Facts};
use crate::template::Mirror;

/// What a template was when the campaign started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frozen<'a> {
    /// Its category; `None` if nobody knew: then nobody can say that it has changed.
    pub purpose: Option<Purpose>,
    /// The hash of its content; `None` if nobody knew.
    pub hash: Option<&'a str>,
}

/// What stands against a template.
#[must_use]
pub fn of_template(frozen: Frozen<'_>, now: &Mirror) -> Vec<Concern> {
    let (name, language) = (&now.content.name, now.content.language.as_str());
    let concern = |guard, what: &str| Concern::new(guard, format!("template {name} {language}: {what}"));
    let state = on_template_event(&TemplateEvent::from(now.state.as_str()));
    let quality = now.quality.as_ref().and_then(|score| Some((on_template_quality(score)?, score)));
    let category = frozen.purpose.filter(|then| now.purpose() != Some(*then));
    let told = now.content.category.as_ref().map(ToString::to_string).unwrap_or_default();
    let hash = now.content.hash();
    let is_changed = frozen.hash.is_some_and(|then| then != hash);
    [
        state.map(|guard| concern(guard, now.state.as_str())),
        category.map(|_| concern(Guard::TemplateRecategorised, &told)),
        is_changed.then(|| concern(Guard::TemplateChanged, &hash[..8])),
        quality.map(|(guard, score)| concern(guard, &format!("quality {score}"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What of a number was known when the campaign started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Its quality rating.
    pub quality: Option<String>,
    /// Its messaging limit; `None` is unlimited or unknown.
    pub limit: Option<u64>,
}

impl Before {
    /// Reads what is known.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let value = |fact: &Fact| facts.get(fact).map(|known| known.value.clone());
        let limit = value(&Fact::Limit).map(|limit| MessagingLimit::from(limit.as_str()));
        let people =
            |limit| if let MessagingLimit::People(people) = limit { Some(people.into()) } else { None };
        Self { quality: value(&Fact::Quality), limit: limit.and_then(people) }
    }
}

/// What stands against a number, for a campaign whose templates have these purposes.
#[must_use]
pub fn of_number(number: &str, before: &Before, now: &Facts, purposes: &[Option<Purpose>]) -> Vec<Concern> {
    let Before { quality, limit } = Before::of(now);
    let health = now.get(&Fact::Health).map(|known| known.value.clone());
    // One at a time: who accepts one has not accepted the others.
    let parts = [
        (NumberFacts { health: health.clone(), ..NumberFacts::default() }, ("health", health)),
        (
            NumberFacts {
                quality_before: before.quality.clone(),
                quality: quality.clone(),
                ..NumberFacts::default()
            },
            ("quality", quality),
        ),
        (
            NumberFacts { limit_before: before.limit, limit, ..NumberFacts::default() },
            ("limit", limit.map(|limit| limit.to_string())),
        ),
    ];
    let mut concerns = Vec::new();
    for (facts, (what, value)) in parts {
        let guard = purposes.iter().find_map(|purpose| on_number(&facts, *purpose));
        let of = || format!("number {number}: {what} {}", value.unwrap_or_default());
        concerns.extend(guard.map(|guard| Concern::new(guard, of())));
    }
    concerns
}

/// What stands against an account, or against the one number that Meta names. A violation has no end: it counts if it is
/// newer than the campaign.
#[must_use]
pub fn of_account(
    id: &str,
    facts: &Facts,
    purposes: &[Option<Purpose>],
    (started_at, now): (Timestamp, Timestamp),
) -> Vec<Concern> {
    let concern = |what: &str| Concern::new(Guard::Account, format!("account {id}: {what}"));
    let restrictions = facts.restrictions_at(now).into_iter().filter(|it| {
        let kind = RestrictionType::from(it.kind.as_str());
        purposes.iter().any(|purpose| forbids(&kind, *purpose))
    });
    let mut concerns: Vec<_> = restrictions.map(|it| concern(&it.kind)).collect();
    let gone =
        [AccountEvent::AccountDeleted, AccountEvent::PartnerRemoved, AccountEvent::PartnerAppUninstalled];
    for fact in [Fact::Account, Fact::Partner] {
        let told = facts.get(&fact).map(|known| known.value.as_str());
        concerns.extend(told.filter(|told| gone.contains(&AccountEvent::from(*told))).map(&concern));
    }
    let ban = facts.get(&Fact::Ban).filter(|ban| BanState::from(ban.value.as_str()) != BanState::Reinstate);
    concerns.extend(ban.map(|ban| concern(&ban.value)));
    // Meta's times are whole seconds.
    let violation = facts.get(&Fact::Violation).filter(|it| it.at.as_second() >= started_at.as_second());
    concerns.extend(violation.map(|it| concern(&format!("violation {} of {}", it.value, it.at))));
    concerns
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
