//! Does this person get the message at this instant? The one decision of the run and of the pre-flight, with its reason.

use cloud_api::PhoneNumberId;
use jiff::Timestamp;

use super::CampaignId;
use super::definition::Definition;
use super::gate::{Gate, Mark, Progress};
use super::outcome::{Put, Skip};
use super::quiet::Awake;
use super::split;
use crate::consent::{self, Facts, Purpose, Reason, Sending};
use crate::{ContactId, CustomerServiceWindow};

/// What of a campaign the decision depends on. Frozen when it started.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The campaign.
    pub id: &'a CampaignId,
    /// Its definition.
    pub definition: &'a Definition,
    /// The template's category, as Meta has it now; `None` if nobody has told us.
    pub purpose: Option<Purpose>,
    /// Whether a template of unknown category counts as marketing.
    pub strict: bool,
    /// The number that would send.
    pub number: &'a PhoneNumberId,
}

/// What of the person, besides the gate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// Whether there is a phone number or a business-scoped id to write to.
    pub reachable: bool,
    /// The phone, if it is known; its country says when the person sleeps.
    pub phone: Option<&'a str>,
    /// The time zone on record.
    pub zone: Option<&'a str>,
    /// Whether the person is in an excluded group.
    pub excluded: bool,
    /// Whether another line of the audience is the same person and comes first.
    pub duplicate: bool,
    /// Whether the template has a language for the person.
    pub has_language: bool,
    /// How many parameters have neither value nor fallback.
    pub missing: usize,
    /// Whether Meta delivers the category in the person's country.
    pub market_open: bool,
    /// The customer service window on the sending number.
    pub window: Option<CustomerServiceWindow>,
}

/// Whether there is room for the person below the portfolio's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotAnswer {
    /// The window is open: nothing is counted.
    NotCounted,
    /// There is room, reserved with the chunk.
    Reserved,
    /// The limit is reached until then.
    Full(Timestamp),
    /// The chunk's reservation has ended: it is reserved anew, from then on.
    Over(Timestamp),
}

/// What limits say at this instant. In a pre-flight: room for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The portfolio's messaging limit.
    pub slot: SlotAnswer,
    /// Whether the worst price of the message fits in what is left of the budget.
    pub affordable: bool,
}

/// What happens to the person now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Gets the message: the gate is written with this attempt, then it is posted.
    Go {
        /// Which attempt, from 1.
        attempt: u32,
        /// Which of the templates.
        variant: usize,
        /// Whether it counts as marketing that the person hears.
        marketing: bool,
    },
    /// Gets nothing of this campaign.
    Skip(Skip),
    /// Has a turn later.
    Defer {
        /// Not before.
        until: Timestamp,
        /// Why.
        why: Put,
    },
    /// Was taken before: nothing is posted. `Accepted` and `Refused` are written to the result block if it lacks them;
    /// after `Taken` it stays empty, which says that nobody knows: a status tells, or a person decides.
    Before(Progress),
}

/// The record whose gate counts, if it is not this one. A sender reads that gate and decides again with it; the mark of
/// the campaign there stops a person who is in the audience under both.
#[must_use]
pub fn follow(gate: &Gate) -> Option<&ContactId> {
    gate.alias_of.as_ref().filter(|_| gate.erased_at.is_none())
}

/// Decides. First what was done before, then what forbids for good, then the hold-out among those who would get it,
/// then what only makes the person wait. So the people who are held out differ from the others in nothing but that.
#[must_use]
pub fn decide(
    plan: &Plan<'_>,
    contact: &ContactId,
    gate: &Gate,
    about: (&Person<'_>, Limits, Timestamp),
) -> Decision {
    let (person, limits, now) = about;
    let attempt = match gate.mark(plan.id) {
        // How often is decided by whoever reads the answer: limits are waited for as long as they last.
        Some(Mark { attempt, progress: Progress::Again, .. }) => attempt.saturating_add(1),
        Some(mark) => return Decision::Before(mark.progress),
        None => 1,
    };
    let judged = judge(plan, gate, person, now);
    if let Some(why) = forbidden(plan, gate, person, (&judged, now)) {
        return Decision::Skip(why);
    }
    if split::is_held_out(plan.id, contact, plan.definition.hold_out) {
        return Decision::Skip(Skip::HeldOut);
    }
    if !limits.affordable {
        return Decision::Skip(Skip::BudgetSpent);
    }
    if let Some(decision) = waits(plan, gate, person, (limits, now)) {
        return decision;
    }
    let weights: Vec<u32> = plan.definition.templates.iter().map(|variant| variant.weight).collect();
    let variant = split::variant(plan.id, contact, &weights);
    Decision::Go { attempt, variant, marketing: judged.purpose == Purpose::Marketing }
}

/// The person's own word, by the same rule as for a single message.
fn judge(plan: &Plan<'_>, gate: &Gate, person: &Person<'_>, now: Timestamp) -> consent::Decision {
    consent::decide(&Facts {
        number: plan.number,
        sending: Sending::Template(plan.purpose),
        consent: &gate.consent,
        erased_at: gate.erased_at,
        blocked_at: gate.blocked_at,
        window: person.window,
        strict: plan.strict,
        now,
    })
}

fn forbidden(
    plan: &Plan<'_>,
    gate: &Gate,
    person: &Person<'_>,
    (judged, now): (&consent::Decision, Timestamp),
) -> Option<Skip> {
    if plan.definition.ends_at.is_some_and(|end| end <= now) {
        return Some(Skip::Ended);
    }
    if gate.erased_at.is_some() {
        return Some(Skip::Erased);
    }
    if gate.alias_of.is_some() {
        return Some(Skip::Merged);
    }
    match judged.reason {
        Reason::Erased { .. } => return Some(Skip::Erased),
        Reason::Blocked { .. } => return Some(Skip::Blocked),
        Reason::OptedOut { .. } => return Some(Skip::OptedOut),
        Reason::NoConsent => return Some(Skip::NoConsent),
        // A template needs no window; the others allow.
        Reason::WindowClosed { .. } | Reason::OptedIn { .. } | Reason::WindowOpen | Reason::NotOptedOut => {}
    }
    let heard = |cap| gate.marketing_within(cap, now) >= usize::from(cap.messages);
    let capped = judged.purpose == Purpose::Marketing && plan.definition.frequency_cap.is_some_and(heard);
    [
        (person.excluded, Skip::Excluded),
        (person.duplicate, Skip::Duplicate),
        (!person.reachable, Skip::InvalidNumber),
        (!person.market_open, Skip::MarketClosed),
        (!person.has_language, Skip::NoLanguage),
        (person.missing > 0, Skip::MissingParameter),
        (capped, Skip::FrequencyCap),
    ]
    .into_iter()
    .find_map(|(applies, why)| applies.then_some(why))
}

fn waits(
    plan: &Plan<'_>,
    gate: &Gate,
    person: &Person<'_>,
    (limits, now): (Limits, Timestamp),
) -> Option<Decision> {
    let defer = |until, why| Some(later(plan, until, why));
    if let Some(quiet) = &plan.definition.quiet_hours {
        match quiet.awake(&quiet.zones(person.zone, person.phone), now) {
            Awake::Now => {}
            Awake::At(until) => return defer(until, Put::QuietHours),
            Awake::Never => return Some(Decision::Skip(Skip::NeverAwake)),
        }
    }
    // An agent may borrow from the pair's future, a campaign never does.
    if let Some(due) = gate.tat.get(plan.number).filter(|due| **due > now) {
        return defer(*due, Put::PairRate);
    }
    match limits.slot {
        SlotAnswer::NotCounted | SlotAnswer::Reserved => None,
        SlotAnswer::Full(until) => defer(until, Put::Tier),
        SlotAnswer::Over(until) => defer(until, Put::Reservation),
    }
}

/// Later, if that is before the campaign's end.
fn later(plan: &Plan<'_>, until: Timestamp, why: Put) -> Decision {
    match plan.definition.ends_at {
        Some(end) if end <= until => Decision::Skip(Skip::Ended),
        _ => Decision::Defer { until, why },
    }
}
