//! What a person agreed to, and what follows from it for a message.
//!
//! The ledger only grows: each entry is somebody's word at a time, with its source and proof. What holds now is
//! folded from it, in any order, with the same result.

mod decide;
mod keywords;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cloud_api::{PhoneNumberId, PortfolioId};
use jiff::Timestamp;

pub use decide::{Decision, Facts, Reason, Sending, decide};
pub use keywords::{Choices, Keywords, Matching, Words};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$about])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that stands in tables and in the API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word back.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == word)
            }
        }
    };
}

words! {
    /// What a message is for. Meta assigns it to a template as its category; what is no template is service.
    Purpose {
        /// Promotion.
        Marketing = "marketing",
        /// About an order or an account.
        Utility = "utility",
        /// One-time codes.
        Authentication = "authentication",
        /// Answers to what a customer wrote.
        Service = "service",
    }
}

words! {
    /// What was said. Of two words of one instant the opt-out counts.
    Choice {
        /// Yes.
        OptIn = "opt_in",
        /// No more.
        OptOut = "opt_out",
    }
}

words! {
    /// How we know.
    Source {
        /// The person wrote a word that means it.
        Keyword = "keyword",
        /// The person tapped a button that means it.
        Button = "button",
        /// The person chose it in WhatsApp itself (`user_preferences`).
        Preference = "preference",
        /// Meta refused a message for it (131050).
        Meta = "meta",
        /// Somebody of the team noted it.
        Agent = "agent",
        /// Another system noted it.
        Api = "api",
        /// It came with an import.
        Import = "import",
    }
}

/// One word of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was said, by the clock of where it was said.
    pub at: Timestamp,
    /// What it is about; `None` is everything.
    pub purpose: Option<Purpose>,
    /// Yes or no.
    pub choice: Choice,
    /// The portfolio that it was said to.
    pub portfolio: PortfolioId,
    /// The only number that it holds for; `None` is every number of the portfolio.
    pub number: Option<PhoneNumberId>,
    /// How we know.
    pub source: Source,
    /// Who noted it: an agent's id, a system's name.
    pub by: Option<String>,
    /// What the person was shown, or wrote.
    pub wording: Option<String>,
    /// What proves it: a message's id, a form's address.
    pub proof: Option<String>,
}

impl Entry {
    /// What tells entries of one instant and purpose apart. The same word told twice has the same one.
    #[must_use]
    pub fn hash(&self) -> String {
        let (number, proof) = (self.number.as_ref().map(PhoneNumberId::as_str), self.proof.as_deref());
        let said = (self.portfolio.as_str(), number, self.choice.as_str(), self.source.as_str(), proof);
        crate::hash16(&format!("{said:?}"))
    }
}

/// The newest word about one purpose in one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// When it was said.
    pub at: Timestamp,
    /// Yes or no.
    pub choice: Choice,
    /// How we know.
    pub source: Source,
}

/// A purpose (`None` is everything) for a number (`None` is the portfolio).
pub type Scope = (Option<Purpose>, Option<PhoneNumberId>);

/// What holds now for one person in one portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    holdings: BTreeMap<Scope, Holding>,
}

impl Consent {
    /// Folds a ledger. Entries of other portfolios do not count.
    #[must_use]
    pub fn of<'a>(portfolio: &PortfolioId, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut consent = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.portfolio == *portfolio) {
            consent.add(entry);
        }
        consent
    }

    /// Adds an entry of the portfolio.
    pub fn add(&mut self, entry: &Entry) {
        let holding = Holding { at: entry.at, choice: entry.choice, source: entry.source };
        self.hold((entry.purpose, entry.number.clone()), holding);
    }

    /// Notes what was folded before. The newer of both stays.
    pub fn hold(&mut self, scope: Scope, holding: Holding) {
        let there = self.holdings.entry(scope).or_insert(holding);
        *there = holding.max(*there);
    }

    /// What holds, scope by scope.
    pub fn holdings(&self) -> impl Iterator<Item = (&Scope, &Holding)> {
        self.holdings.iter()
    }

    /// The newest word that is about this purpose on this number, whether it was said of it alone or of more.
    #[must_use]
    pub fn newest(&self, purpose: Purpose, number: &PhoneNumberId) -> Option<Holding> {
        let about = |(scope, holding): (&Scope, &Holding)| {
            let fits = scope.0.is_none_or(|about| about == purpose)
                && scope.1.as_ref().is_none_or(|only| only == number);
            fits.then_some(*holding)
        };
        self.holdings.iter().filter_map(about).max()
    }

    /// The opt-out that stands for this purpose on this number, if one does.
    #[must_use]
    pub fn opt_out(&self, purpose: Purpose, number: &PhoneNumberId) -> Option<Holding> {
        self.newest(purpose, number).filter(|newest| newest.choice == Choice::OptOut)
    }
}
