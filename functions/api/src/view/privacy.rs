//! Blocks, erasures, exports.

use serde::Serialize;
use store::{Erasure, Export, Gate, Removed};
use utoipa::ToSchema;

use crate::view::Time;

/// Whether the company blocks a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(crate) struct BlockView {
    /// Since when nothing goes out; `null` if the person is not blocked.
    blocked_at: Option<Time>,
    /// How far Meta has followed.
    numbers: Vec<BlockedNumber>,
}

/// One number's block at Meta.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BlockedNumber {
    /// The number.
    number: String,
    /// `pending`, `blocked`, `unblocked` or `refused`.
    state: String,
    /// Meta's code, if it refused: 139100 where the person did not write within 24 hours.
    code: Option<u32>,
}

impl BlockView {
    pub(crate) fn of(gates: &[Gate]) -> Self {
        let number = |(number, word): (&cloud_api::PhoneNumberId, &String)| {
            let (state, code) = word.split_once(':').unwrap_or((word, ""));
            BlockedNumber { number: number.to_string(), state: state.to_owned(), code: code.parse().ok() }
        };
        Self {
            blocked_at: gates.iter().filter_map(|gate| gate.blocked_at).min().map(Time::from),
            numbers: gates.iter().flat_map(|gate| gate.blocks.iter().map(number)).collect(),
        }
    }
}

/// An erasure, which becomes its own certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub(crate) struct ErasureView {
    /// Its id: that of the contact.
    id: String,
    /// Contacts that were merged into it, and are erased with it. Their ids lead here too.
    merged: Vec<String>,
    /// `pending` or `completed`.
    status: &'static str,
    /// From this time on: nothing older comes back.
    erased_at: Time,
    /// When everything was gone.
    completed_at: Option<Time>,
    /// Who asked.
    by: String,
    /// Why.
    reason: String,
    /// Hashes of the identities, under a key of this stack only.
    identities: Vec<String>,
    /// What was removed.
    removed: RemovedView,
    /// What forgets by itself, and when.
    remains: [&'static str; 4],
}

/// What was removed, by kind.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Removed)]
pub(crate) struct RemovedView {
    /// Messages of both sides, and notes.
    messages: u32,
    /// Reactions, edits, revocations.
    related: u32,
    /// Claims of requests to send.
    claims: u32,
    /// Words of the consent ledger.
    consents: u32,
    /// Phone numbers and user ids.
    identities: u32,
    /// Dead letters.
    dead_letters: u32,
    /// Webhook events.
    events: u32,
    /// Objects in the bucket.
    objects: u32,
    /// States, waiting messages, read marks, presence, mentions.
    other: u32,
}

impl From<Removed> for RemovedView {
    fn from(removed: Removed) -> Self {
        Self {
            messages: removed.messages,
            related: removed.related,
            claims: removed.claims,
            consents: removed.consents,
            identities: removed.identities,
            dead_letters: removed.dead_letters,
            events: removed.events,
            objects: removed.objects,
            other: removed.other,
        }
    }
}

impl From<&Erasure> for ErasureView {
    fn from(erasure: &Erasure) -> Self {
        Self {
            id: erasure.contact.clone(),
            merged: erasure.records.iter().skip(1).map(ToString::to_string).collect(),
            status: if erasure.completed_at.is_some() { "completed" } else { "pending" },
            erased_at: erasure.erased_at.into(),
            completed_at: erasure.completed_at.map(Time::from),
            by: erasure.by.clone(),
            reason: erasure.reason.clone(),
            identities: erasure.identities.clone(),
            removed: erasure.removed.into(),
            remains: [
                "streams of the tables, for 24 hours",
                "backups for a restore to a point in time, for 35 days; a restore erases again",
                "answers to changes with an idempotency key, for 48 hours",
                "the audit trail, for a year: who did what, with the contact's id and nothing of the person",
            ],
        }
    }
}

/// An export of everything about a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub(crate) struct ExportView {
    /// Its id.
    id: String,
    /// The contact's id.
    contact: String,
    /// `pending` or `ready`.
    status: &'static str,
    /// When it was asked for.
    asked_at: Time,
    /// For machines. The link lasts for 15 minutes.
    json: Option<String>,
    /// For people. The link lasts for 15 minutes.
    html: Option<String>,
}

impl ExportView {
    pub(crate) fn of(export: &Export, links: Option<(String, String)>) -> Self {
        let (json, html) = links.unzip();
        Self {
            id: export.id.clone(),
            contact: export.contact.clone(),
            status: if export.ready_at.is_some() { "ready" } else { "pending" },
            asked_at: export.asked_at.into(),
            json,
            html,
        }
    }
}
