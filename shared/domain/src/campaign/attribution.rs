//! Whether a message is an answer to a campaign, and how that is known.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CampaignId;
use super::gate::Gate;

/// How it is known that a message answers a campaign, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CampaignReplyMethod)]
pub enum Method {
    /// The person tapped a button of the message.
    Button,
    /// The person quoted the message.
    Quote,
    /// The person wrote within the campaign's hours after it, and nothing says what about.
    Window,
}

impl Method {
    const LETTERS: [(Self, char); 3] = [(Self::Button, 'b'), (Self::Quote, 'q'), (Self::Window, 'w')];

    /// The letter that stands in a result block.
    #[must_use]
    pub fn letter(self) -> char {
        Self::LETTERS.iter().find(|(method, _)| *method == self).map_or('w', |(_, letter)| *letter)
    }

    /// Reads the letter back.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::LETTERS.iter().find(|(_, it)| *it == letter).map(|(method, _)| *method)
    }
}

/// What a message says about what it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// [`hash16`](crate::hash16) of the wamid in its `context`.
    pub quotes: Option<String>,
    /// The payload of a tapped quick reply button.
    pub payload: Option<&'a str>,
    /// Meta's time of it.
    pub at: Option<Timestamp>,
}

/// A message of a campaign that may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The campaign.
    pub campaign: CampaignId,
    /// When it was posted.
    pub at: Timestamp,
    /// For how many hours an answer without a quote counts.
    pub reply_hours: u16,
}

/// To which campaign a message is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// The campaign.
    pub campaign: CampaignId,
    /// How that is known.
    pub method: Method,
    /// Which button was tapped, from 0.
    pub button: Option<u8>,
}

/// The payload of the n-th quick reply button of a campaign's message.
#[must_use]
pub fn payload(campaign: &CampaignId, button: u8) -> String {
    format!("c|{campaign}|{button}")
}

/// Reads a payload of ours back.
#[must_use]
pub fn read_payload(payload: &str) -> Option<(CampaignId, u8)> {
    let (campaign, button) = payload.strip_prefix("c|")?.split_once('|')?;
    Some((CampaignId::new(campaign)?, button.parse().ok()?))
}

/// To which campaign a message is an answer. A button's payload names its campaign; a quote is found among the newest of
/// the gate; otherwise the newest message of a campaign counts for its hours. A quote of anything else is an answer to
/// that, and to no campaign. Nothing is searched for beyond what is given here.
#[must_use]
pub fn attribute(said: &Said<'_>, gate: &Gate, sent: &[Sent]) -> Option<Attribution> {
    if let Some((campaign, button)) = said.payload.and_then(read_payload) {
        // Payloads come from phones: only campaigns that wrote to the person count.
        gate.mark(&campaign)?;
        return Some(Attribution { campaign, method: Method::Button, button: Some(button) });
    }
    if let Some(quoted) = &said.quotes {
        let campaign = gate.campaign_of(quoted)?.clone();
        // A button that has its own payload (an opt-out, say) quotes its message too.
        let method = if said.payload.is_some() { Method::Button } else { Method::Quote };
        return Some(Attribution { campaign, method, button: None });
    }
    let at = said.at?;
    let newest = sent.iter().filter(|sent| {
        let until = sent.at.saturating_add(SignedDuration::from_hours(i64::from(sent.reply_hours)));
        sent.at <= at && until.is_ok_and(|until| at < until)
    });
    let newest = newest.max_by_key(|sent| sent.at)?;
    Some(Attribution { campaign: newest.campaign.clone(), method: Method::Window, button: None })
}

#[cfg(test)]
mod tests {
    use super::super::gate::Progress;
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);

    fn campaign(id: &str) -> CampaignId {
        CampaignId::new(id).unwrap()
    }

    fn gate() -> Gate {
        let mut gate = Gate::default();
        for (id, wamid) in [("spring", "1111111111111111"), ("summer", "2222222222222222")] {
            gate.take(&campaign(id), 1, Some(NOW));
            gate.answered(&campaign(id), 1, Progress::Accepted, (Some(wamid.to_owned()), None));
        }
        gate
    }

    fn sent(id: &str, hours_ago: i64) -> Sent {
        Sent { campaign: campaign(id), at: NOW - SignedDuration::from_hours(hours_ago), reply_hours: 72 }
    }

    #[test]
    fn a_tapped_button_says_its_campaign() {
        let tapped = payload(&campaign("spring"), 2);
        let said =
            Said { payload: Some(&tapped), quotes: Some("2222222222222222".to_owned()), at: Some(NOW) };
        let expected = Attribution { campaign: campaign("spring"), method: Method::Button, button: Some(2) };
        assert_eq!(attribute(&said, &gate(), &[]), Some(expected));
        let foreign = payload(&campaign("winter"), 0);
        assert_eq!(attribute(&Said { payload: Some(&foreign), ..said }, &gate(), &[]), None);
    }

    #[test]
    fn a_quote_says_its_campaign_and_a_quote_of_something_else_is_no_answer_to_it() {
        let quote = |hash: &str| Said { quotes: Some(hash.to_owned()), at: Some(NOW), ..Said::default() };
        let recent = [sent("summer", 1)];
        let found = attribute(&quote("1111111111111111"), &gate(), &recent).unwrap();
        assert_eq!((found.campaign, found.method), (campaign("spring"), Method::Quote));
        assert_eq!(attribute(&quote("3333333333333333"), &gate(), &recent), None);
    }

    #[test]
    fn without_a_quote_the_newest_campaign_counts_for_its_hours() {
        let said = Said { at: Some(NOW), ..Said::default() };
        let found = attribute(&said, &gate(), &[sent("spring", 50), sent("summer", 3)]).unwrap();
        assert_eq!((found.campaign, found.method), (campaign("summer"), Method::Window));
        assert_eq!(attribute(&said, &gate(), &[sent("spring", 72), sent("summer", -1)]), None);
    }
}
