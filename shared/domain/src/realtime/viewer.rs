//! Whose eyes are on a connection, and what they may see at this moment.

use std::collections::BTreeSet;

use cloud_api::PhoneNumberId;

use crate::agent::{Agent, AgentId, DepartmentId};
use crate::sight::Sight;

/// Somebody who is connected, with the rights that they have now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub agent: AgentId,
    /// Whether they see every number: supervisors and admins do.
    pub sees_all: bool,
    /// Where they work.
    pub departments: BTreeSet<DepartmentId>,
}

impl Viewer {
    /// Rights as the API settles them: what the directory says goes before the role that a token named. `None` for
    /// whom the directory knows as somebody who works here no more.
    #[must_use]
    pub fn settle(agent: AgentId, token_role: &str, record: Option<&Agent>) -> Option<Self> {
        let is_more = |role: &str| matches!(role, "supervisor" | "admin");
        match record {
            Some(record) if !record.active => None,
            Some(record) => {
                Some(Self { agent, sees_all: is_more(&record.role), departments: record.departments.clone() })
            }
            None => Some(Self { agent, sees_all: is_more(token_role), departments: BTreeSet::new() }),
        }
    }

    /// What they see of these numbers; `None` is everything.
    #[must_use]
    pub fn sight<'a>(
        &self,
        numbers: impl IntoIterator<Item = (&'a PhoneNumberId, Option<&'a DepartmentId>)>,
    ) -> Option<Sight> {
        (!self.sees_all).then(|| Sight::of(self.agent.clone(), self.departments.clone(), numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(role: &str, active: bool) -> Agent {
        Agent {
            id: AgentId::new("u1").unwrap(),
            name: "Ana".to_owned(),
            email: None,
            role: role.to_owned(),
            departments: DepartmentId::new("sales").into_iter().collect(),
            capacity: None,
            active,
        }
    }

    #[test]
    fn the_directory_decides_and_who_left_sees_nothing() {
        let of = |role: &str, record: Option<&Agent>| {
            Viewer::settle(AgentId::new("u1").unwrap(), role, record).map(|viewer| viewer.sees_all)
        };
        assert_eq!(of("admin", Some(&record("agent", true))), Some(false));
        assert_eq!(of("agent", Some(&record("supervisor", true))), Some(true));
        assert_eq!(of("admin", Some(&record("admin", false))), None);
        assert_eq!(
            (of("supervisor", None), of("agent", None), of("", None)),
            (Some(true), Some(false), Some(false))
        );
    }

    #[test]
    fn an_agent_does_not_see_the_numbers_of_other_departments() {
        let viewer =
            Viewer::settle(AgentId::new("u1").unwrap(), "agent", Some(&record("agent", true))).unwrap();
        let (sales, support) = (DepartmentId::new("sales").unwrap(), DepartmentId::new("support").unwrap());
        let (a, b, c): (PhoneNumberId, PhoneNumberId, PhoneNumberId) = ("1".into(), "2".into(), "3".into());
        let sight = viewer.sight([(&a, Some(&sales)), (&b, Some(&support)), (&c, None)]).unwrap();
        assert!(!sight.hides(&a) && sight.hides(&b) && !sight.hides(&c));
    }
}
