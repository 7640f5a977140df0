//! May this message go to this person now, as far as the person's own word goes?

use cloud_api::PhoneNumberId;
use jiff::Timestamp;

use super::{Choice, Consent, Holding, Purpose, Source};
use crate::CustomerServiceWindow;

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// Anything that is not a template.
    FreeForm,
    /// A template of the category that Meta assigns now; `None` if we have not heard of it.
    Template(Option<Purpose>),
}

/// Everything that the decision depends on.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The business number that sends.
    pub number: &'a PhoneNumberId,
    /// What is to be sent.
    pub sending: Sending,
    /// What the person said.
    pub consent: &'a Consent,
    /// When the person was erased.
    pub erased_at: Option<Timestamp>,
    /// Since when the company blocks the person.
    pub blocked_at: Option<Timestamp>,
    /// The window, if the person ever opened one.
    pub window: Option<CustomerServiceWindow>,
    /// Whether a template of unknown category counts as marketing (`strict_consent`).
    pub strict: bool,
    /// Now.
    pub now: Timestamp,
}

/// Why. A closed list: each has its words in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No: the person was erased.
    Erased {
        /// When.
        at: Timestamp,
    },
    /// No: the company blocks the person.
    Blocked {
        /// Since when.
        at: Timestamp,
    },
    /// No: the person does not want it.
    OptedOut {
        /// Of what.
        purpose: Purpose,
        /// When.
        at: Timestamp,
        /// How we know.
        source: Source,
    },
    /// No: marketing needs an opt-in, and there is none.
    NoConsent,
    /// No: only a template may go.
    WindowClosed {
        /// When it closed; `None` if it never was open.
        at: Option<Timestamp>,
    },
    /// Yes: the person asked for it.
    OptedIn {
        /// When.
        at: Timestamp,
        /// How we know.
        source: Source,
    },
    /// Yes: the customer service window is open.
    WindowOpen,
    /// Yes: it needs no opt-in, and nobody opted out.
    NotOptedOut,
}

impl Reason {
    /// The word that stands in tables and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Erased { .. } => "erased",
            Self::Blocked { .. } => "blocked",
            Self::OptedOut { .. } => "opted_out",
            Self::NoConsent => "no_consent",
            Self::WindowClosed { .. } => "window_closed",
            Self::OptedIn { .. } => "opted_in",
            Self::WindowOpen => "window_open",
            Self::NotOptedOut => "not_opted_out",
        }
    }

    /// The time that it speaks of.
    #[must_use]
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::Erased { at }
            | Self::Blocked { at }
            | Self::OptedOut { at, .. }
            | Self::OptedIn { at, .. } => Some(at),
            Self::WindowClosed { at } => at,
            Self::NoConsent | Self::WindowOpen | Self::NotOptedOut => None,
        }
    }

    /// How we know, if somebody's word decided.
    #[must_use]
    pub fn source(self) -> Option<Source> {
        match self {
            Self::OptedOut { source, .. } | Self::OptedIn { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A decision that explains itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the message was taken for.
    pub purpose: Purpose,
    /// Why it may go, or may not.
    pub reason: Reason,
}

impl Decision {
    /// Whether it may go.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self.reason, Reason::OptedIn { .. } | Reason::WindowOpen | Reason::NotOptedOut)
    }

    /// Reads a decision back from its words.
    #[must_use]
    pub fn from_words(
        purpose: &str,
        reason: &str,
        at: Option<Timestamp>,
        source: Option<&str>,
    ) -> Option<Self> {
        let (purpose, source) = (Purpose::from_word(purpose)?, source.and_then(Source::from_word));
        let reason = match reason {
            "erased" => Reason::Erased { at: at? },
            "blocked" => Reason::Blocked { at: at? },
            "opted_out" => Reason::OptedOut { purpose, at: at?, source: source? },
            "no_consent" => Reason::NoConsent,
            "window_closed" => Reason::WindowClosed { at },
            "opted_in" => Reason::OptedIn { at: at?, source: source? },
            "window_open" => Reason::WindowOpen,
            "not_opted_out" => Reason::NotOptedOut,
            _ => return None,
        };
        Some(Self { purpose, reason })
    }
}

/// Decides. What forbids comes first: erased, blocked, the person's own no, then the rules of the purpose.
///
/// A template whose category nobody has told us is refused to whoever said no to marketing or to utility, but
/// needs no opt-in, so that a fresh installation can send; with `strict` it counts as marketing.
#[must_use]
pub fn decide(facts: &Facts<'_>) -> Decision {
    let purpose = match facts.sending {
        Sending::FreeForm => Purpose::Service,
        Sending::Template(Some(category)) => category,
        Sending::Template(None) if facts.strict => Purpose::Marketing,
        Sending::Template(None) => Purpose::Utility,
    };
    let decided = |reason| Decision { purpose, reason };
    if let Some(at) = facts.erased_at {
        return decided(Reason::Erased { at });
    }
    if let Some(at) = facts.blocked_at {
        return decided(Reason::Blocked { at });
    }
    if facts.sending == Sending::FreeForm {
        return decided(free_form(facts));
    }
    if facts.sending == Sending::Template(None)
        && let Some(no) = facts.consent.opt_out(Purpose::Marketing, facts.number)
    {
        let reason = opted_out(Purpose::Marketing, no);
        return Decision { purpose: Purpose::Marketing, reason };
    }
    decided(match facts.consent.newest(purpose, facts.number) {
        Some(no) if no.choice == Choice::OptOut => opted_out(purpose, no),
        Some(yes) => Reason::OptedIn { at: yes.at, source: yes.source },
        None if purpose == Purpose::Marketing => Reason::NoConsent,
        None => Reason::NotOptedOut,
    })
}

/// An answer to somebody who wrote. Whoever said no to answers too, and wrote again after that, gets one.
fn free_form(facts: &Facts<'_>) -> Reason {
    let Some(window) = facts.window.filter(|window| window.is_open_at(facts.now)) else {
        return Reason::WindowClosed { at: facts.window.map(CustomerServiceWindow::closes_at) };
    };
    match facts.consent.opt_out(Purpose::Service, facts.number) {
        Some(no) if window.opened_at() <= no.at => opted_out(Purpose::Service, no),
        _ => Reason::WindowOpen,
    }
}

fn opted_out(purpose: Purpose, no: Holding) -> Reason {
    Reason::OptedOut { purpose, at: no.at, source: no.source }
}
