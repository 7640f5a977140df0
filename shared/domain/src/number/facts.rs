//! What Meta says of a number or of a WABA, and how it changes over time.
//!
//! Each fact is a register: the newest word stands, by Meta's time, whatever the order in which words arrive.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Fact {
    /// The display name.
    DisplayName,
    /// The review of the display name.
    NameStatus,
    /// The name that was asked for last.
    RequestedName,
    /// The review of the name that was asked for.
    RequestedNameStatus,
    /// Why the name that was asked for was refused.
    RequestedNameReason,
    /// The quality rating: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    Quality,
    /// The messaging limit, as Meta's tiers have it: `TIER_2K`.
    Limit,
    /// Whether Meta's health check lets it send: `AVAILABLE`, `LIMITED` or `BLOCKED`.
    Health,
    /// How many messages a second: `STANDARD` or `HIGH`.
    Throughput,
    /// Such as `CONNECTED`, `DISCONNECTED` or `FLAGGED`.
    Status,
    /// Whether it has the badge: `true` or `false`.
    Official,
    /// Whether it was verified by a code.
    CodeVerification,
    /// `LIVE` or `SANDBOX`.
    AccountMode,
    /// The last violation of a policy.
    Violation,
    /// The state of a ban: `DISABLE`, `REINSTATE` or `SCHEDULE_FOR_DISABLE`.
    Ban,
    /// What became of the account: `ACCOUNT_DELETED`, `ACCOUNT_OFFBOARDED` or `ACCOUNT_RECONNECTED`.
    Account,
    /// Whether we may act for it: `PARTNER_ADDED`, `PARTNER_REMOVED`, `PARTNER_APP_INSTALLED` or `PARTNER_APP_UNINSTALLED`.
    Partner,
    /// How many numbers there may be.
    NumbersAllowed,
    /// A restriction, by Meta's name; its value is when it ends in Unix seconds, or nothing if nobody knows.
    Restriction(String),
    /// One that another build wrote.
    Other(String),
}

const WORDS: [(Fact, &str); 18] = [
    (Fact::DisplayName, "display_name"),
    (Fact::NameStatus, "name_status"),
    (Fact::RequestedName, "requested_name"),
    (Fact::RequestedNameStatus, "requested_name_status"),
    (Fact::RequestedNameReason, "requested_name_reason"),
    (Fact::Quality, "quality"),
    (Fact::Limit, "limit"),
    (Fact::Health, "health"),
    (Fact::Throughput, "throughput"),
    (Fact::Status, "status"),
    (Fact::Official, "official"),
    (Fact::CodeVerification, "code_verification"),
    (Fact::AccountMode, "account_mode"),
    (Fact::Violation, "violation"),
    (Fact::Ban, "ban"),
    (Fact::Account, "account"),
    (Fact::Partner, "partner"),
    (Fact::NumbersAllowed, "numbers_allowed"),
];

const RESTRICTION: &str = "restriction.";

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, WORDS.iter().find(|(fact, _)| fact == self)) {
            (_, Some((_, word))) => f.write_str(word),
            (Self::Restriction(kind), None) => write!(f, "{RESTRICTION}{kind}"),
            (Self::Other(word), None) => f.write_str(word),
            // Every other fact has its word above, as a test shows.
            _ => Ok(()),
        }
    }
}

impl From<Fact> for String {
    fn from(fact: Fact) -> Self {
        fact.to_string()
    }
}

impl From<String> for Fact {
    fn from(word: String) -> Self {
        match WORDS.iter().find(|(_, known)| *known == word) {
            Some((fact, _)) => fact.clone(),
            None => match word.strip_prefix(RESTRICTION) {
                Some(kind) => Self::Restriction(kind.to_owned()),
                None => Self::Other(word),
            },
        }
    }
}

/// Who told. Of two words of one second the webhook's stands: it is about a change, while who looks may have looked
/// just before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// We looked.
    Sync,
    /// Meta told.
    Webhook,
}

impl Source {
    /// Its word, as the API shows it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Webhook => "webhook",
        }
    }

    /// Reads it back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sync, Self::Webhook].into_iter().find(|source| source.as_str() == word)
    }
}

/// A word about a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What it is about.
    pub fact: Fact,
    /// What it says, as Meta writes it.
    pub value: String,
    /// When it was so, by Meta's clock. Whoever looks counts from before it asked.
    pub at: Timestamp,
    /// Who told.
    pub source: Source,
}

/// What is known of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// When it was so last, as far as anybody told.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// Who told.
    #[serde(rename = "s")]
    pub source: Source,
    /// What it is, as Meta writes it.
    #[serde(rename = "v")]
    pub value: String,
}

impl Known {
    /// Of two words the higher one stands. Webhooks have whole seconds, so these come first; then who told, then the exact
    /// time of those who looked, then the text: an order without ties, so that the newest is one.
    fn rank(&self) -> (i64, Source, Timestamp, &str) {
        (self.at.as_second(), self.source, self.at, &self.value)
    }
}

/// A fact that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub fact: Fact,
    /// What was known before; `None` if nothing was.
    pub from: Option<String>,
    /// What it is now.
    pub to: String,
    /// Since when, by Meta's clock; where we looked, when we saw it first.
    pub at: Timestamp,
    /// Who told.
    pub source: Source,
}

/// A restriction that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Meta's name for it, such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    pub kind: String,
    /// Until when; `None` if Meta did not say.
    pub until: Option<Timestamp>,
}

/// Everything that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<Fact, Known>);

impl Facts {
    /// What is known of a fact.
    #[must_use]
    pub fn get(&self, fact: &Fact) -> Option<&Known> {
        self.0.get(fact)
    }

    /// All facts, by their words.
    pub fn iter(&self) -> impl Iterator<Item = (&Fact, &Known)> {
        self.0.iter()
    }

    /// Folds words in, and says what changed. A word that is older than what is known changes nothing; in whatever order
    /// the same words come, the same is known in the end.
    pub fn fold(&mut self, updates: &[Update]) -> Vec<Change> {
        let mut changes = Vec::new();
        for update in updates {
            let word = Known { at: update.at, source: update.source, value: update.value.clone() };
            let known = self.0.get(&update.fact);
            if known.is_some_and(|known| known.rank() >= word.rank()) {
                continue;
            }
            let from = known.map(|known| known.value.clone());
            if from.as_ref() != Some(&word.value) {
                let (fact, to) = (update.fact.clone(), word.value.clone());
                changes.push(Change { fact, from, to, at: update.at, source: update.source });
            }
            self.0.insert(update.fact.clone(), word);
        }
        changes
    }

    /// The restrictions that are in force at a time.
    #[must_use]
    pub fn restrictions_at(&self, now: Timestamp) -> Vec<InForce> {
        let in_force = |(fact, known): (&Fact, &Known)| {
            let Fact::Restriction(kind) = fact else { return None };
            let until = known.value.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
            let stands = until.is_none_or(|until| now < until);
            stands.then(|| InForce { kind: kind.clone(), until })
        };
        self.0.iter().filter_map(in_force).collect()
    }

    /// Whether Meta has banned it.
    #[must_use]
    pub fn is_banned(&self) -> bool {
        self.get(&Fact::Ban).is_some_and(|ban| ban.value == "DISABLE")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_392_000 + second).unwrap()
    }

    fn update(fact: Fact, value: &str, second: i64, source: Source) -> Update {
        Update { fact, value: value.to_owned(), at: at(second), source }
    }

    #[test]
    fn every_fact_has_a_word_and_is_read_back_from_it() {
        let more =
            [Fact::Restriction("RESTRICTED_UTILITY_TEMPLATES".to_owned()), Fact::Other("x".to_owned())];
        for fact in WORDS.into_iter().map(|(fact, _)| fact).chain(more) {
            assert!(!fact.to_string().is_empty());
            assert_eq!(Fact::from(fact.to_string()), fact);
        }
    }

    #[test]
    fn an_older_word_changes_nothing_and_a_repeat_is_no_change() {
        let mut facts = Facts::default();
        let red = update(Fact::Quality, "RED", 60, Source::Webhook);
        assert_eq!(facts.fold(std::slice::from_ref(&red))[0].from, None);
        let known = facts.clone();
        assert_eq!(facts.fold(&[update(Fact::Quality, "GREEN", 30, Source::Webhook), red]), []);
        assert_eq!(facts, known);
        assert_eq!(facts.fold(&[update(Fact::Quality, "RED", 90, Source::Sync)]), []);
        assert_eq!(facts.get(&Fact::Quality).unwrap().at, at(90), "it is confirmed");
        let back = facts.fold(&[update(Fact::Quality, "YELLOW", 120, Source::Sync)]);
        assert_eq!((back[0].from.as_deref(), back[0].to.as_str()), (Some("RED"), "YELLOW"));
    }

    #[test]
    fn of_one_second_the_webhook_stands_and_of_two_looks_the_later_one() {
        let word = |value: &str, ms: i64, source| Update {
            fact: Fact::Status,
            value: value.to_owned(),
            at: Timestamp::from_millisecond(at(0).as_millisecond() + ms).unwrap(),
            source,
        };
        let mut facts = Facts::default();
        facts.fold(&[word("PENDING", 100, Source::Sync), word("CONNECTED", 200, Source::Sync)]);
        assert_eq!(facts.get(&Fact::Status).unwrap().value, "CONNECTED");
        facts.fold(&[word("FLAGGED", 0, Source::Webhook), word("BANNED", 900, Source::Sync)]);
        assert_eq!(facts.get(&Fact::Status).unwrap().value, "FLAGGED");
    }

    #[test]
    fn a_restriction_ends_by_itself_and_one_without_an_end_stands() {
        let mut facts = Facts::default();
        let restricted =
            |kind: &str, value: &str| update(Fact::Restriction(kind.to_owned()), value, 0, Source::Webhook);
        facts.fold(&[restricted("A", &at(60).as_second().to_string()), restricted("B", "")]);
        let kinds = |now| facts.restrictions_at(now).into_iter().map(|it| it.kind).collect::<Vec<_>>();
        assert_eq!(kinds(at(59)), ["A", "B"]);
        assert_eq!(kinds(at(60)), ["B"]);
    }

    fn words() -> impl Strategy<Value = Vec<Update>> {
        let fact = prop_oneof![
            Just(Fact::Quality),
            Just(Fact::Limit),
            Just(Fact::Restriction("RESTRICTED_UTILITY_TEMPLATES".to_owned()))
        ];
        let source = prop_oneof![Just(Source::Sync), Just(Source::Webhook)];
        // Few times and values, so that they meet.
        let word = (fact, "[a-c]", 0_i64..4, source);
        prop::collection::vec(word.prop_map(|(fact, value, at, by)| update(fact, &value, at, by)), 0..12)
    }

    proptest! {
        #[test]
        fn any_order_of_the_same_words_gives_the_same_facts(
            (words, shuffled) in words().prop_flat_map(|words| (Just(words.clone()), Just(words).prop_shuffle())),
            again in any::<prop::sample::Index>(),
        ) {
            let (mut one, mut other) = (Facts::default(), Facts::default());
            one.fold(&words);
            for word in &shuffled {
                other.fold(std::slice::from_ref(word));
            }
            if !words.is_empty() {
                other.fold(std::slice::from_ref(&words[again.index(words.len())]));
            }
            prop_assert_eq!(one, other);
        }

        #[test]
        fn what_is_written_reads_back(words in words()) {
            let mut facts = Facts::default();
            facts.fold(&words);
            let json = serde_json::to_string(&facts).unwrap();
            prop_assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
        }
    }
}
