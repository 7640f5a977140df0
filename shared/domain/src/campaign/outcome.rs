//! What became of one person in a campaign, and why: a closed list, each with its word for people and its letter for
//! the result block.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident as $schema:ident {
        $($(#[$about:meta])* $variant:ident = $word:literal, $letter:literal, $story:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[schema(as = $schema)]
        pub enum $name { $($(#[$about])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that stands in reports and in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The letter that stands in a result block.
            #[must_use]
            pub fn letter(self) -> char {
                match self { $(Self::$variant => $letter,)* }
            }

            /// Reads the letter back.
            #[must_use]
            pub fn from_letter(letter: char) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.letter() == letter)
            }

            /// Why, in a sentence for the person's line.
            #[must_use]
            pub fn story(self) -> &'static str {
                match self { $(Self::$variant => $story,)* }
            }
        }
    };
}

reasons! {
    /// Why a person gets nothing of a campaign.
    Skip as CampaignSkip {
        /// Marketing needs an opt-in, and there is none.
        NoConsent = "no_consent", 'c', "never agreed to marketing";
        /// The person does not want it.
        OptedOut = "opted_out", 'o', "opted out";
        /// There is neither a phone number nor a business-scoped id to write to.
        InvalidNumber = "invalid_number", 'i', "has no valid number";
        /// The company blocks the person.
        Blocked = "blocked", 'b', "is blocked by the company";
        /// The person was erased.
        Erased = "erased", 'e', "was erased";
        /// The record was merged into another, whose own line counts.
        Merged = "merged", 'm', "is the same person as another record, which counts";
        /// The person has heard enough marketing from the company.
        FrequencyCap = "over_frequency_cap", 'f', "has heard as much marketing as the campaign allows";
        /// Another line of the audience is the same person.
        Duplicate = "duplicate_identity", 'd', "is in the audience under another identity already";
        /// A parameter of the template has no value and no fallback.
        MissingParameter = "missing_parameter", 'p', "lacks a value that the template needs";
        /// Somebody of an excluded group.
        Excluded = "excluded", 'x', "is in a group that is excluded";
        /// Held out, so that the effect can be told.
        HeldOut = "held_out", 'h', "was held out to measure the effect";
        /// Meta does not deliver this category in the person's country.
        MarketClosed = "market_closed", 'k', "is in a country where Meta does not deliver this category";
        /// All zones of the person's country are never awake at the same time.
        NeverAwake = "never_awake", 'n', "has no hour outside the quiet hours in all time zones of the country";
        /// The campaign's end came first.
        Ended = "ended", 'z', "had no turn before the campaign's end";
        /// The campaign was cancelled first.
        Cancelled = "cancelled", 'y', "had no turn before the campaign was cancelled";
        /// Nothing is left of the budget.
        BudgetSpent = "budget_spent", 'g', "had no turn before the budget was spent";
        /// The template has no version in a language for the person.
        NoLanguage = "no_language", 'l', "has no version of the template in a language that may be used";
        /// Meta's marketing limit of the person was still reached on the last attempt.
        MarketingLimit = "marketing_limit", 'q', "has reached Meta's limit of marketing for a person";
    }
}

reasons! {
    /// Why a person's turn comes later.
    Put as CampaignPutOff {
        /// It is night where the person lives.
        QuietHours = "quiet_hours", 'q', "waits for the end of the quiet hours";
        /// Too many messages to this person from this number in a row.
        PairRate = "pair_rate", 'p', "waits between two messages of one number to one person";
        /// The messaging limit of the portfolio is reached.
        Tier = "tier_full", 't', "waits for room below the messaging limit";
        /// The reservation of the chunk has ended before the person's turn.
        Reservation = "reservation_over", 'r', "waits for the next reservation of room";
        /// Meta's marketing limit of the person: not before tomorrow.
        MarketingLimit = "marketing_limit", 'm', "waits a day because Meta's limit of marketing for a person is reached";
        /// Too many messages or calls a second.
        Throughput = "throughput", 's', "waits because Meta asked to slow down";
        /// The number is in maintenance.
        Maintenance = "maintenance", 'n', "waits for the end of the number's maintenance";
        /// The canary's results are waited for.
        Canary = "canary", 'c', "waits for the results of the first share";
        /// The template, the number or marketing on it was stopped: the person has a turn when somebody resumes.
        Stopped = "stopped", 'x', "waits for somebody to resume the campaign";
    }
}

/// What became of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Meta took the message and gave it a wamid.
    Accepted,
    /// Meta took it but holds it until the template's quality is known: in flight, maybe dropped.
    Pacing,
    /// Nothing was tried.
    Skipped(Skip),
    /// Meta refused it for good. The code stands beside it.
    Refused,
    /// The person's turn comes in a later chunk, whose line counts.
    PutOff(Put),
    /// A code that nobody knows: somebody decides.
    Held,
}

impl Outcome {
    /// As it stands in a result block: one or two letters.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Accepted => "a".to_owned(),
            Self::Pacing => "c".to_owned(),
            Self::Refused => "f".to_owned(),
            Self::Held => "h".to_owned(),
            Self::Skipped(why) => format!("s{}", why.letter()),
            Self::PutOff(why) => format!("p{}", why.letter()),
        }
    }

    /// Reads it back, with what follows it.
    #[must_use]
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let mut letters = text.chars();
        let outcome = match letters.next()? {
            'a' => Self::Accepted,
            'c' => Self::Pacing,
            'f' => Self::Refused,
            'h' => Self::Held,
            's' => Self::Skipped(Skip::from_letter(letters.next()?)?),
            'p' => Self::PutOff(Put::from_letter(letters.next()?)?),
            _ => return None,
        };
        Some((outcome, letters.as_str()))
    }

    /// The word that stands in reports and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pacing => "held_for_quality_assessment",
            Self::Skipped(_) => "skipped",
            Self::Refused => "refused",
            Self::PutOff(_) => "put_off",
            Self::Held => "held",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_outcome_reads_as_it_was_written_with_what_follows() {
        let skips = Skip::ALL.iter().map(|why| Outcome::Skipped(*why));
        let puts = Put::ALL.iter().map(|why| Outcome::PutOff(*why));
        let others = [Outcome::Accepted, Outcome::Pacing, Outcome::Refused, Outcome::Held];
        let all: Vec<_> = skips.chain(puts).chain(others).collect();
        let codes: BTreeSet<_> = all.iter().map(|outcome| outcome.code()).collect();
        assert_eq!(codes.len(), all.len());
        for outcome in all {
            assert_eq!(Outcome::read(&format!("{}1MX", outcome.code())), Some((outcome, "1MX")));
        }
        assert_eq!((Outcome::read(""), Outcome::read("s?"), Outcome::read("w")), (None, None, None));
    }

    #[test]
    fn every_reason_has_a_word_and_a_sentence_of_its_own() {
        let words: BTreeSet<_> = Skip::ALL.iter().map(|why| (why.as_str(), why.story())).collect();
        assert_eq!(words.len(), Skip::ALL.len());
        assert_eq!(serde_json::to_value(Skip::FrequencyCap).unwrap(), "over_frequency_cap");
    }
}
