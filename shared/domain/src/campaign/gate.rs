//! What stands on a person's gate for campaigns: one small item for a person and a portfolio, written upon the version
//! that was read, so that of two workers only one takes the person.

use std::collections::BTreeMap;

use cloud_api::PhoneNumberId;
use jiff::{SignedDuration, Timestamp};

use super::CampaignId;
use super::definition::FrequencyCap;
use crate::ContactId;
use crate::consent::Consent;

/// The newest campaigns that a gate remembers.
pub const MARKS: usize = 16;
/// The newest marketing messages that a gate remembers: the frequency cap counts them.
pub const MARKETING: usize = 8;
/// The newest marks that carry the hash of their wamid: an answer that quotes one of them is told by the gate alone.
pub const QUOTABLE: usize = 8;

/// Everything on the gate that a campaign's decision depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// When the person was erased.
    pub erased_at: Option<Timestamp>,
    /// The record that this one was merged into: its gate counts, and its line.
    pub alias_of: Option<ContactId>,
    /// Since when the company blocks the person.
    pub blocked_at: Option<Timestamp>,
    /// What the person said.
    pub consent: Consent,
    /// For each number, when the next message to the person is due without borrowing.
    pub tat: BTreeMap<PhoneNumberId, Timestamp>,
    /// Newest campaigns, newest last.
    pub marks: Vec<Mark>,
    /// When the last marketing messages were taken, newest last: of campaigns and of single sends.
    pub marketing: Vec<Timestamp>,
}

/// How far a campaign got with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Taken by a worker that may have posted: unless more is known, nobody posts again.
    Taken,
    /// Meta took it.
    Accepted,
    /// Refused, and that is all.
    Refused,
    /// Refused, and another attempt is allowed, because nothing was sent.
    Again,
}

impl Progress {
    fn letter(self) -> char {
        match self {
            Self::Taken => 't',
            Self::Accepted => 'a',
            Self::Refused => 'r',
            Self::Again => 'g',
        }
    }

    fn from_letter(letter: &str) -> Option<Self> {
        [Self::Taken, Self::Accepted, Self::Refused, Self::Again]
            .into_iter()
            .find(|progress| letter.chars().eq([progress.letter()]))
    }
}

/// One campaign on a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The campaign.
    pub campaign: CampaignId,
    /// The newest attempt, from 1.
    pub attempt: u32,
    /// How far it got.
    pub progress: Progress,
    /// [`hash16`](crate::hash16) of the accepted message's wamid. Never the wamid, which carries the phone number.
    pub wamid: Option<String>,
}

/// The text is not a mark that this build writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mark of a gate")]
pub struct NotAMark;

impl Gate {
    /// What this campaign did with the person so far.
    #[must_use]
    pub fn mark(&self, campaign: &CampaignId) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.campaign == *campaign)
    }

    /// How many marketing messages the person was sent in the days of a cap.
    #[must_use]
    pub fn marketing_within(&self, cap: FrequencyCap, now: Timestamp) -> usize {
        let since = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(cap.days)));
        let since = since.unwrap_or(Timestamp::MIN);
        self.marketing.iter().filter(|at| **at > since).count()
    }

    /// The person is taken for an attempt: written upon the version that was read, before the message is posted.
    pub fn take(&mut self, campaign: &CampaignId, attempt: u32, marketing: Option<Timestamp>) {
        self.set(Mark { campaign: campaign.clone(), attempt, progress: Progress::Taken, wamid: None });
        if let Some(at) = marketing {
            self.hears_marketing(at);
        }
    }

    /// The person hears marketing, of a campaign or of somebody who writes to them alone.
    pub fn hears_marketing(&mut self, at: Timestamp) {
        self.marketing.push(at);
        self.marketing.sort_unstable();
        let over = self.marketing.len().saturating_sub(MARKETING);
        self.marketing.drain(..over);
    }

    /// The attempt has its answer. An answer of an attempt that is not the newest changes nothing, and nothing is
    /// taken back that was accepted. `taken_at` is given if the person got nothing: it does not count as heard.
    pub fn answered(
        &mut self,
        campaign: &CampaignId,
        attempt: u32,
        progress: Progress,
        (wamid, taken_at): (Option<String>, Option<Timestamp>),
    ) {
        let newest = self.marks.iter_mut().find(|mark| mark.campaign == *campaign && mark.attempt == attempt);
        let Some(mark) = newest.filter(|mark| mark.progress != Progress::Accepted) else { return };
        mark.progress = progress;
        mark.wamid = wamid;
        if let Some(at) = taken_at
            && let Some(place) = self.marketing.iter().position(|taken| *taken == at)
        {
            self.marketing.remove(place);
        }
        self.shorten();
    }

    /// Which campaign's message a wamid is, if it is one of the newest.
    #[must_use]
    pub fn campaign_of(&self, wamid_hash: &str) -> Option<&CampaignId> {
        let quoted = self.marks.iter().rev().find(|mark| mark.wamid.as_deref() == Some(wamid_hash));
        quoted.map(|mark| &mark.campaign)
    }

    fn set(&mut self, mark: Mark) {
        self.marks.retain(|other| other.campaign != mark.campaign);
        self.marks.push(mark);
        self.shorten();
    }

    fn shorten(&mut self) {
        let over = self.marks.len().saturating_sub(MARKS);
        self.marks.drain(..over);
        let quotable = self.marks.iter_mut().rev().filter(|mark| mark.wamid.is_some());
        quotable.skip(QUOTABLE).for_each(|mark| mark.wamid = None);
    }
}

/// The marks as one text, so that names are paid for once: `<campaign>.<attempt><progress>[.<hash>]` and spaces.
#[must_use]
pub fn write_marks(marks: &[Mark]) -> String {
    let one = |mark: &Mark| {
        let hash = mark.wamid.as_ref().map(|hash| format!(".{hash}")).unwrap_or_default();
        format!("{}.{}{}{hash}", mark.campaign, mark.attempt, mark.progress.letter())
    };
    marks.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Reads what [`write_marks`] wrote.
///
/// # Errors
/// A part is not a mark. Nothing may be sent then: who was taken is not known.
pub fn read_marks(text: &str) -> Result<Vec<Mark>, NotAMark> {
    let read = |part: &str| {
        let mut parts = part.split('.');
        let campaign = CampaignId::new(parts.next()?)?;
        let state = parts.next()?;
        let (attempt, letter) = state.split_at_checked(state.len().checked_sub(1)?)?;
        let (attempt, progress) = (attempt.parse().ok()?, Progress::from_letter(letter)?);
        Some(Mark { campaign, attempt, progress, wamid: parts.next().map(str::to_owned) })
    };
    text.split_whitespace().map(|part| read(part).ok_or(NotAMark)).collect()
}

/// The times of marketing messages as one text: Unix seconds.
#[must_use]
pub fn write_times(times: &[Timestamp]) -> String {
    times.iter().map(|at| at.as_second().to_string()).collect::<Vec<_>>().join(" ")
}

/// Reads what [`write_times`] wrote.
///
/// # Errors
/// A part is not a time.
pub fn read_times(text: &str) -> Result<Vec<Timestamp>, NotAMark> {
    let read = |part: &str| part.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    text.split_whitespace().map(|part| read(part).ok_or(NotAMark)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn campaign(n: u32) -> CampaignId {
        CampaignId::new(format!("01KCAMPAIGN{n:015}")).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + second).unwrap()
    }

    #[test]
    fn a_full_gate_stays_under_a_kilobyte_with_its_consent() {
        let mut gate = Gate::default();
        for n in 0..40 {
            gate.take(&campaign(n), 1, Some(at(i64::from(n))));
            gate.answered(&campaign(n), 1, Progress::Accepted, (Some(crate::hash16(&n.to_string())), None));
        }
        let (marks, times) = (write_marks(&gate.marks), write_times(&gate.marketing));
        assert_eq!((gate.marks.len(), gate.marketing.len()), (MARKS, MARKETING));
        assert_eq!(gate.marks.iter().filter(|mark| mark.wamid.is_some()).count(), QUOTABLE);
        // Keys, version, slot, one number's time and three words of consent take about 250 bytes.
        assert!(marks.len() + times.len() <= 760, "{} + {}", marks.len(), times.len());
        assert_eq!(read_marks(&marks), Ok(gate.marks));
        assert_eq!(read_times(&times), Ok(gate.marketing));
    }

    #[test]
    fn a_mark_that_cannot_be_read_is_an_error_and_never_nothing() {
        for text in ["x", "x.1", "x.1q", "x.t", "01K.1t 01K"] {
            assert_eq!(read_marks(text), Err(NotAMark), "{text}");
        }
    }

    #[test]
    fn a_late_answer_of_an_older_attempt_changes_nothing_and_an_acceptance_stays() {
        let mut gate = Gate::default();
        gate.take(&campaign(1), 1, Some(at(0)));
        gate.answered(&campaign(1), 1, Progress::Again, (None, Some(at(0))));
        assert!(gate.marketing.is_empty());
        gate.take(&campaign(1), 2, Some(at(9)));
        let taken = gate.clone();
        gate.answered(&campaign(1), 1, Progress::Refused, (None, None));
        assert_eq!(gate, taken);
        gate.answered(&campaign(1), 2, Progress::Accepted, (Some("0123456789abcdef".to_owned()), None));
        let accepted = gate.clone();
        gate.answered(&campaign(1), 2, Progress::Refused, (None, Some(at(9))));
        assert_eq!(gate, accepted);
        assert_eq!(gate.campaign_of("0123456789abcdef"), Some(&campaign(1)));
    }

    proptest! {
        #[test]
        fn reading_any_text_is_never_a_crash(text in ".{0,200}") {
            let _ = (read_marks(&text), read_times(&text));
        }
    }
}
