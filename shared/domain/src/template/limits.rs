//! How often and when a template can be created, changed and deleted.
//!
//! See [Cloud API/Template management], read 2026-11.

use cloud_api::manage::template::{EditTemplate, TemplateState};
use jiff::{SignedDuration, Timestamp};

use super::{Aspect, Change};

/// How many templates can be created in an hour, per WABA.
pub const NEW_TEMPLATES_AN_HOUR: u32 = 100;
/// How many templates a WABA can have whose portfolio is not verified.
pub const TEMPLATES_UNVERIFIED: u32 = 250;
/// How many templates a WABA can have whose portfolio is verified, once a number has an approved display name.
pub const TEMPLATES_VERIFIED: u32 = 6_000;
/// For how long the name of a deleted template cannot be used again.
pub const DELETED_NAME_BLOCKED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often an approved template can be changed in 30 days.
pub const EDITS_A_MONTH: usize = 10;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a template cannot be changed now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditRefusal {
    /// Only approved, rejected and paused templates can be changed.
    #[error("cannot be changed while it is {0}")]
    State(TemplateState),
    /// An approved one keeps its category.
    #[error("the category of an approved template cannot be changed")]
    Category,
    /// An approved one can be changed once in 24 hours and 10 times in 30 days.
    #[error(
        "an approved template can be changed once in 24 hours and 10 times in 30 days: next at {again_at}"
    )]
    TooOften {
        /// When it can be changed again.
        again_at: Timestamp,
    },
}

/// When a template was changed while it was approved, told from its history: by whomever, as far as Meta showed it.
#[must_use]
pub fn edits_in(history: &[Change]) -> Vec<Timestamp> {
    let state_before = |at: Timestamp| {
        let states = history
            .iter()
            .filter(|change| change.aspect == Aspect::State && change.at < at)
            .max_by_key(|it| it.at);
        states.map(|change| change.to.as_str())
    };
    let is_edit = |change: &&Change| {
        matches!(change.aspect, Aspect::Content | Aspect::Ttl)
            && change.from.is_some()
            && state_before(change.at) == Some(TemplateState::Approved.as_str())
    };
    let mut times: Vec<_> = history.iter().filter(is_edit).map(|change| change.at).collect();
    // One change of both is one edit.
    times.sort_unstable();
    times.dedup();
    times
}

/// May a template be changed now? `edits` are the times at which it was changed while it was approved, in any order.
///
/// # Errors
/// See [`EditRefusal`].
pub fn may_edit(
    state: &TemplateState,
    edit: &EditTemplate,
    edits: &[Timestamp],
    now: Timestamp,
) -> Result<(), EditRefusal> {
    match state {
        TemplateState::Rejected | TemplateState::Paused => return Ok(()),
        TemplateState::Approved => {}
        _ => return Err(EditRefusal::State(state.clone())),
    }
    if edit.category.is_some() {
        return Err(EditRefusal::Category);
    }
    let mut newest: Vec<_> = edits.iter().copied().filter(|at| now.duration_since(*at) < MONTH).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    let after_day = newest.first().and_then(|at| at.checked_add(DAY).ok());
    let after_month = newest.get(EDITS_A_MONTH - 1).and_then(|at| at.checked_add(MONTH).ok());
    match after_day.max(after_month) {
        Some(again_at) if again_at > now => Err(EditRefusal::TooOften { again_at }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::facts::Source;

    #[test]
    fn what_was_changed_while_it_was_rejected_is_no_edit_of_an_approved_template() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let line = |hour, aspect, from: Option<&str>, to: &str| {
            let (from, to) = (from.map(str::to_owned), to.to_owned());
            Change { aspect, from, to, reason: None, at: at(hour), source: Source::Sync }
        };
        let history = [
            line(1, Aspect::State, None, "REJECTED"),
            line(1, Aspect::Content, None, "a"),
            line(2, Aspect::Content, Some("a"), "b"),
            line(3, Aspect::State, Some("REJECTED"), "APPROVED"),
            line(5, Aspect::Content, Some("b"), "c"),
            line(5, Aspect::Ttl, Some(""), "60"),
            line(5, Aspect::State, Some("APPROVED"), "PENDING"),
            line(6, Aspect::Content, Some("c"), "d"),
        ];
        assert_eq!(edits_in(&history), [at(5)]);
    }

    #[test]
    fn an_approved_template_is_changed_once_a_day_and_ten_times_a_month() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let edit = EditTemplate { message_send_ttl_seconds: Some(60), ..EditTemplate::default() };
        let approved = TemplateState::Approved;
        assert_eq!(may_edit(&approved, &edit, &[], now), Ok(()));
        assert_eq!(may_edit(&approved, &edit, &[ago(24)], now), Ok(()));
        let again_at = now + SignedDuration::from_hours(1);
        assert_eq!(
            may_edit(&approved, &edit, &[ago(50), ago(23)], now),
            Err(EditRefusal::TooOften { again_at })
        );
        let ten: Vec<_> = (2..12).map(|day| ago(day * 24)).collect();
        let again_at = now + SignedDuration::from_hours((30 - 11) * 24);
        assert_eq!(may_edit(&approved, &edit, &ten, now), Err(EditRefusal::TooOften { again_at }));
        assert_eq!(may_edit(&approved, &edit, &ten[..9], now), Ok(()));
        assert_eq!(may_edit(&TemplateState::Paused, &edit, &ten, now), Ok(()));
        let refusal = may_edit(&TemplateState::Pending, &edit, &[], now);
        assert_eq!(refusal, Err(EditRefusal::State(TemplateState::Pending)));
        let category = Some(cloud_api::webhook::event::templates::TemplateCategoryName::Utility);
        let edit = EditTemplate { category, ..EditTemplate::default() };
        assert_eq!(may_edit(&approved, &edit, &[], now), Err(EditRefusal::Category));
        assert_eq!(may_edit(&TemplateState::Rejected, &edit, &[], now), Ok(()));
    }
}
