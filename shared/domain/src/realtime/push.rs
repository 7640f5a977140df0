//! What is told of a list: each conversation once, however often it changed, to those who see it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::ConversationId;
use crate::agent::{AgentId, DepartmentId};
use crate::sight::Sight;

/// Whose a conversation is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// The agent who has it.
    pub assignee: Option<AgentId>,
    /// The department that it was sent to.
    pub department: Option<DepartmentId>,
}

/// A conversation that changed, and whose it was before: who saw it then and does not see it now has to hear that too.
///
/// Written `<conversation>`, or `<conversation>#<assignee>#<department>` where it changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The conversation.
    pub conversation: ConversationId,
    /// Whose it was before, each time that it changed hands.
    pub was: Vec<Seat>,
}

impl fmt::Display for Moved {
    /// With the first time that it changed hands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.conversation)?;
        let Some(seat) = self.was.first() else { return Ok(()) };
        let assignee = seat.assignee.as_ref().map_or("", AgentId::as_str);
        write!(f, "#{assignee}#{}", seat.department.as_ref().map_or("", DepartmentId::as_str))
    }
}

impl FromStr for Moved {
    type Err = crate::conversation::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('#');
        let conversation = parts.next().unwrap_or_default().parse()?;
        let assignee = parts.next().map(AgentId::new);
        let department = parts.next().map(DepartmentId::new);
        let seat = assignee.map(|assignee| Seat { assignee, department: department.flatten() });
        Ok(Self { conversation, was: seat.into_iter().collect() })
    }
}

/// Changes of one conversation become one, which knows everybody who had it meanwhile.
#[must_use]
pub fn coalesce(changes: impl IntoIterator<Item = Moved>) -> Vec<Moved> {
    let mut conversations: BTreeMap<ConversationId, Vec<Seat>> = BTreeMap::new();
    for change in changes {
        let was = conversations.entry(change.conversation).or_default();
        for seat in change.was {
            if !was.contains(&seat) {
                was.push(seat);
            }
        }
    }
    conversations.into_iter().map(|(conversation, was)| Moved { conversation, was }).collect()
}

/// What somebody is told of a conversation that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListPush {
    /// Its row.
    Row,
    /// That they see it no more.
    Gone,
    /// Nothing: they do not see it, and never did.
    Nothing,
}

/// What somebody is told; without a sight they see everything.
#[must_use]
pub fn list_push(sight: Option<&Sight>, moved: &Moved, is: &Seat) -> ListPush {
    let number = &moved.conversation.number;
    let shows = |seat: &Seat| {
        sight.is_none_or(|sight| sight.shows(number, seat.assignee.as_ref(), seat.department.as_ref()))
    };
    if shows(is) {
        ListPush::Row
    } else if moved.was.iter().any(shows) {
        ListPush::Gone
    } else {
        ListPush::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seat(assignee: Option<u8>, department: Option<u8>) -> Seat {
        Seat {
            assignee: assignee.and_then(|n| AgentId::new(format!("u{n}"))),
            department: department.and_then(|n| DepartmentId::new(format!("d{n}"))),
        }
    }

    fn moved(conversation: u8, was: Option<Seat>) -> Moved {
        let conversation = format!("900.01K{conversation}").parse().unwrap();
        Moved { conversation, was: was.into_iter().collect() }
    }

    fn any_seat() -> impl Strategy<Value = Seat> {
        (prop::option::of(0_u8..3), prop::option::of(0_u8..3)).prop_map(|(a, d)| seat(a, d))
    }

    fn any_moved() -> impl Strategy<Value = Moved> {
        (0_u8..5, prop::option::of(any_seat())).prop_map(|(conversation, was)| moved(conversation, was))
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(it in any_moved()) {
            prop_assert_eq!(it.to_string().parse::<Moved>().unwrap(), it);
        }

        #[test]
        fn each_conversation_is_told_once_and_nobody_who_had_it_is_forgotten(
            changes in prop::collection::vec(any_moved(), 0..20),
        ) {
            let told = coalesce(changes.clone());
            let mut ids: Vec<_> = changes.iter().map(|it| it.conversation.clone()).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(told.iter().map(|it| it.conversation.clone()).collect::<Vec<_>>(), ids);
            for change in changes {
                let one = told.iter().find(|it| it.conversation == change.conversation).unwrap();
                prop_assert!(change.was.iter().all(|seat| one.was.contains(seat)));
            }
        }

        #[test]
        fn nobody_hears_of_what_they_neither_see_nor_saw(
            it in any_moved(), is in any_seat(), me in 0_u8..3, mine in 0_u8..3, hidden in any::<bool>(),
        ) {
            let sight = Sight {
                agent: AgentId::new(format!("u{me}")).unwrap(),
                departments: DepartmentId::new(format!("d{mine}")).into_iter().collect(),
                hidden: hidden.then(|| "900".into()).into_iter().collect(),
            };
            let sees = |seat: &Seat| {
                sight.shows(&"900".into(), seat.assignee.as_ref(), seat.department.as_ref())
            };
            match list_push(Some(&sight), &it, &is) {
                ListPush::Row => prop_assert!(sees(&is)),
                ListPush::Gone => prop_assert!(!sees(&is) && it.was.iter().any(sees)),
                ListPush::Nothing => prop_assert!(!sees(&is) && !it.was.iter().any(sees)),
            }
            prop_assert_eq!(list_push(None, &it, &is), ListPush::Row);
        }
    }
}
