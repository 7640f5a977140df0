//! What somebody sees who does not see every number.

use std::collections::BTreeSet;

use cloud_api::PhoneNumberId;

use crate::agent::{AgentId, DepartmentId};

/// What an agent sees: the conversations of every number that is not hidden from them, and of the others those that they
/// have or that were sent to a department of theirs. Without the second half nobody could be given a conversation of
/// another department's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Who looks.
    pub agent: AgentId,
    /// Where they work.
    pub departments: BTreeSet<DepartmentId>,
    /// The numbers that other departments answer.
    pub hidden: BTreeSet<PhoneNumberId>,
}

impl Sight {
    /// What an agent sees of these numbers, each with the department that answers it; without one everybody does.
    #[must_use]
    pub fn of<'a>(
        agent: AgentId,
        departments: BTreeSet<DepartmentId>,
        numbers: impl IntoIterator<Item = (&'a PhoneNumberId, Option<&'a DepartmentId>)>,
    ) -> Self {
        let hides =
            |department: Option<&DepartmentId>| department.is_some_and(|it| !departments.contains(it));
        let hidden = numbers.into_iter().filter(|(_, department)| hides(*department));
        let hidden = hidden.map(|(number, _)| number.clone()).collect();
        Self { agent, departments, hidden }
    }

    /// Whether a number is hidden, so that only some of its conversations are seen.
    #[must_use]
    pub fn hides(&self, number: &PhoneNumberId) -> bool {
        self.hidden.contains(number)
    }

    /// Whether a conversation is seen: by its number, by whose it is, and by where it was sent.
    #[must_use]
    pub fn shows(
        &self,
        number: &PhoneNumberId,
        assignee: Option<&AgentId>,
        department: Option<&DepartmentId>,
    ) -> bool {
        !self.hides(number)
            || assignee == Some(&self.agent)
            || department.is_some_and(|department| self.departments.contains(department))
    }
}

/// A department's conversations: those that were sent to it, and those of its numbers that were sent nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfDepartment {
    /// The department.
    pub department: DepartmentId,
    /// The numbers that it answers.
    pub numbers: BTreeSet<PhoneNumberId>,
}

impl OfDepartment {
    /// Whether a conversation of a number is one of them.
    #[must_use]
    pub fn takes(&self, number: &PhoneNumberId, sent_to: Option<&DepartmentId>) -> bool {
        sent_to.map_or_else(|| self.numbers.contains(number), |sent_to| *sent_to == self.department)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hidden_number_an_agent_sees_what_is_theirs_and_what_was_sent_to_their_department() {
        let agent = |id: &str| AgentId::new(id).unwrap();
        let department = |id: &str| DepartmentId::new(id).unwrap();
        let (own, others) = (PhoneNumberId::new("900"), PhoneNumberId::new("901"));
        let sight = Sight {
            agent: agent("bo"),
            departments: [department("support")].into(),
            hidden: [others.clone()].into(),
        };
        assert!(sight.shows(&own, None, None) && sight.shows(&own, Some(&agent("ana")), None));
        assert!(!sight.shows(&others, None, None) && !sight.shows(&others, Some(&agent("ana")), None));
        assert!(!sight.shows(&others, None, Some(&department("sales"))));
        assert!(sight.shows(&others, Some(&agent("bo")), Some(&department("sales"))));
        assert!(sight.shows(&others, Some(&agent("ana")), Some(&department("support"))));
    }

    #[test]
    fn a_department_has_what_was_sent_to_it_and_of_its_numbers_what_was_sent_nowhere() {
        let department = |id: &str| DepartmentId::new(id).unwrap();
        let (own, others) = (PhoneNumberId::new("900"), PhoneNumberId::new("901"));
        let support = OfDepartment { department: department("support"), numbers: [own.clone()].into() };
        assert!(support.takes(&own, None) && support.takes(&others, Some(&department("support"))));
        assert!(!support.takes(&others, None) && !support.takes(&own, Some(&department("sales"))));
    }
}
