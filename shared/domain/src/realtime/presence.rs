//! Who is there, in a conversation that somebody looks at.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::agent::AgentId;

/// How long somebody counts as writing who does not say so again.
pub const TYPING: SignedDuration = SignedDuration::from_secs(15);

/// What somebody does in a conversation. The last one counts most: it is what others must not do at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Has it on the screen.
    Reading,
    /// Writes a note to colleagues.
    Note,
    /// Writes an answer to the customer.
    Reply,
}

impl What {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Note => "note",
            Self::Reply => "reply",
        }
    }

    /// Reads its word. Who does nothing in particular reads.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "reading" | "none" => Some(Self::Reading),
            "note" => Some(Self::Note),
            "reply" => Some(Self::Reply),
            _ => None,
        }
    }
}

/// Somebody who has a conversation on the screen, in one tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watching {
    /// Who.
    pub agent: AgentId,
    /// What they said that they do.
    pub what: What,
    /// When they said so.
    pub said_at: Timestamp,
}

impl Watching {
    fn does(&self, now: Timestamp) -> What {
        if now.duration_since(self.said_at) < TYPING { self.what } else { What::Reading }
    }
}

/// The others who are there: each once, with what counts most of all their tabs.
#[must_use]
pub fn present(watching: &[Watching], me: &AgentId, now: Timestamp) -> Vec<(AgentId, What)> {
    let mut people: BTreeMap<&AgentId, What> = BTreeMap::new();
    for one in watching.iter().filter(|one| one.agent != *me) {
        let does = one.does(now);
        people.entry(&one.agent).and_modify(|what| *what = does.max(*what)).or_insert(does);
    }
    people.into_iter().map(|(agent, what)| (agent.clone(), what)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn watching(agent: &str, what: What, said: i64) -> Watching {
        let said_at = Timestamp::from_second(said).unwrap();
        Watching { agent: AgentId::new(agent).unwrap(), what, said_at }
    }

    #[test]
    fn who_has_two_tabs_is_there_once_and_who_stopped_writing_long_ago_reads() {
        let tabs = [
            watching("ana", What::Reading, 0),
            watching("ana", What::Reply, 100),
            watching("bo", What::Note, 80),
            watching("me", What::Reply, 100),
        ];
        let me = AgentId::new("me").unwrap();
        let there = present(&tabs, &me, Timestamp::from_second(100).unwrap());
        let there: Vec<_> = there.iter().map(|(agent, what)| (agent.as_str(), what.word())).collect();
        assert_eq!(there, [("ana", "reply"), ("bo", "reading")]);
    }

    proptest! {
        #[test]
        fn everybody_else_is_there_once_and_nobody_writes_whose_word_is_old(
            tabs in prop::collection::vec((0_u8..4, 0_u8..3, 0_i64..60), 0..12), now in 0_i64..90,
        ) {
            let what = |n: u8| [What::Reading, What::Note, What::Reply][usize::from(n)];
            let tabs: Vec<_> =
                tabs.into_iter().map(|(who, did, said)| watching(&format!("u{who}"), what(did), said)).collect();
            let (me, now) = (AgentId::new("u0").unwrap(), Timestamp::from_second(now).unwrap());
            let there = present(&tabs, &me, now);
            let mut others: Vec<_> = tabs.iter().map(|tab| tab.agent.clone()).filter(|it| *it != me).collect();
            others.sort();
            others.dedup();
            prop_assert_eq!(there.iter().map(|(agent, _)| agent.clone()).collect::<Vec<_>>(), others);
            for (agent, what) in there {
                let fresh = |tab: &&Watching| tab.agent == agent && now.duration_since(tab.said_at) < TYPING;
                let most = tabs.iter().filter(fresh).map(|tab| tab.what).max().unwrap_or(What::Reading);
                prop_assert_eq!(what, most);
            }
        }
    }
}
