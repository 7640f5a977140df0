//! Who gets a conversation.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::agent::{AgentId, DepartmentId};
use crate::label::LabelId;

/// How a number hands out conversations that nobody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssignmentMode)]
pub enum Mode {
    /// People take them.
    #[default]
    Manual,
    /// Whoever has gone longest without a turn.
    RoundRobin,
    /// Whoever has the fewest open.
    LeastBusy,
}

/// Where a label sends a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// The label's id.
    pub label: String,
    /// To this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// To somebody of this department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

/// A number's policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AssignmentPolicy)]
pub struct Policy {
    /// How, where nothing else decides.
    pub mode: Mode,
    /// Back to whoever had it last, if they can take it.
    pub sticky: bool,
    /// Only to agents who say that they are there.
    pub only_present: bool,
    /// Only within business hours; outside of them conversations wait for whoever comes first.
    pub only_in_hours: bool,
    /// The first rule whose label a conversation has decides.
    pub by_label: Vec<LabelRule>,
}

/// Somebody who may get a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The agent. Only those who work here still are candidates.
    pub agent: AgentId,
    /// Where they work.
    pub departments: BTreeSet<DepartmentId>,
    /// How many conversations they have that are not closed.
    pub open: u32,
    /// How many they take at most.
    pub capacity: Option<u32>,
    /// Whether they say that they are there.
    pub present: bool,
    /// When they last got a conversation of this number by policy.
    pub last_turn: Option<Timestamp>,
}

impl Candidate {
    fn has_room(&self) -> bool {
        self.capacity.is_none_or(|most| self.open < most)
    }
}

/// What is to be handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// The one person that the number belongs to.
    pub owner: Option<AgentId>,
    /// Who gets what nobody else can take.
    pub default_assignee: Option<AgentId>,
    /// The conversation's department, or else the number's.
    pub department: Option<DepartmentId>,
    /// The conversation's labels.
    pub labels: BTreeSet<LabelId>,
    /// Who had it last.
    pub previous: Option<AgentId>,
    /// Whether it is within business hours.
    pub in_hours: bool,
}

/// Why somebody got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The number is theirs.
    Owner,
    /// A label's rule names them.
    Label,
    /// They had it last.
    Sticky,
    /// It was their turn.
    RoundRobin,
    /// They had the fewest.
    LeastBusy,
    /// Nobody else could take it.
    Default,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Owner => "owner",
            Self::Label => "label",
            Self::Sticky => "sticky",
            Self::RoundRobin => "round_robin",
            Self::LeastBusy => "least_busy",
            Self::Default => "default",
        })
    }
}

impl Policy {
    /// Whether it ever hands out anything by itself, given who the number names.
    #[must_use]
    pub fn acts(&self, case: &Case) -> bool {
        let named = case.owner.is_some() || case.default_assignee.is_some();
        named || self.mode != Mode::Manual || self.sticky || !self.by_label.is_empty()
    }

    /// Who gets the conversation, and why. `None` leaves it to whoever takes it.
    ///
    /// Owner, label, last agent, the mode, default assignee: the first that names somebody who can take it. The
    /// owner and a default assignee get it whatever they have already.
    #[must_use]
    pub fn choose(&self, case: &Case, candidates: &[Candidate]) -> Option<(AgentId, Reason)> {
        let works_here = |agent: &AgentId| candidates.iter().any(|candidate| candidate.agent == *agent);
        if let Some(owner) = case.owner.as_ref().filter(|owner| works_here(owner)) {
            return Some((owner.clone(), Reason::Owner));
        }
        if self.only_in_hours && !case.in_hours {
            return None;
        }
        let can = |candidate: &&Candidate| candidate.has_room() && (candidate.present || !self.only_present);
        let able: Vec<&Candidate> = candidates.iter().filter(can).collect();
        let rule =
            self.by_label.iter().find(|rule| case.labels.iter().any(|label| label.as_str() == rule.label));
        let named = rule.and_then(|rule| rule.assignee.as_deref());
        if let Some(there) = able.iter().find(|candidate| Some(candidate.agent.as_str()) == named) {
            return Some((there.agent.clone(), Reason::Label));
        }
        let department = rule.and_then(|rule| DepartmentId::new(rule.department.clone()?));
        let department = department.or_else(|| case.department.clone());
        let in_department =
            |candidate: &&&Candidate| department.as_ref().is_none_or(|it| candidate.departments.contains(it));
        let able: Vec<&Candidate> = able.iter().filter(in_department).copied().collect();
        let last = able.iter().find(|candidate| Some(&candidate.agent) == case.previous.as_ref());
        if let Some(last) = last.filter(|_| self.sticky) {
            return Some((last.agent.clone(), Reason::Sticky));
        }
        let chosen = match self.mode {
            Mode::Manual => None,
            Mode::RoundRobin => able
                .iter()
                .min_by_key(|candidate| (candidate.last_turn, &candidate.agent))
                .map(|next| (next.agent.clone(), Reason::RoundRobin)),
            Mode::LeastBusy => able
                .iter()
                .min_by_key(|candidate| (candidate.open, candidate.last_turn, &candidate.agent))
                .map(|next| (next.agent.clone(), Reason::LeastBusy)),
        };
        let default = case.default_assignee.as_ref().filter(|agent| works_here(agent));
        chosen.or_else(|| default.map(|agent| (agent.clone(), Reason::Default)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agent(name: &str) -> AgentId {
        AgentId::new(name).unwrap()
    }

    fn candidate(name: &str, open: u32) -> Candidate {
        Candidate {
            agent: agent(name),
            departments: BTreeSet::new(),
            open,
            capacity: None,
            present: true,
            last_turn: None,
        }
    }

    fn mode(mode: Mode) -> Policy {
        Policy { mode, ..Policy::default() }
    }

    fn case() -> Case {
        Case { in_hours: true, ..Case::default() }
    }

    fn who(policy: &Policy, case: &Case, candidates: &[Candidate]) -> Option<(String, Reason)> {
        policy.choose(case, candidates).map(|(agent, reason)| (agent.to_string(), reason))
    }

    fn is(name: &str, reason: Reason) -> Option<(String, Reason)> {
        Some((name.to_owned(), reason))
    }

    #[test]
    fn without_a_policy_people_take_conversations_themselves() {
        assert_eq!(who(&Policy::default(), &case(), &[candidate("ana", 0)]), None);
        assert!(!Policy::default().acts(&case()));
    }

    #[test]
    fn turns_go_round_and_the_least_busy_comes_first() {
        let mut all = [candidate("ana", 3), candidate("ben", 1), candidate("eva", 2)];
        let mut turns = Vec::new();
        for minute in 1..=6 {
            let (next, _) = mode(Mode::RoundRobin).choose(&case(), &all).unwrap();
            let its = all.iter_mut().find(|candidate| candidate.agent == next).unwrap();
            its.last_turn = Some(Timestamp::from_second(minute).unwrap());
            turns.push(next.to_string());
        }
        assert_eq!(turns, ["ana", "ben", "eva", "ana", "ben", "eva"]);
        assert_eq!(who(&mode(Mode::LeastBusy), &case(), &all), is("ben", Reason::LeastBusy));
    }

    #[test]
    fn who_is_full_away_or_of_another_department_gets_nothing() {
        let sales = DepartmentId::new("sales").unwrap();
        let full = Candidate { capacity: Some(2), ..candidate("ana", 2) };
        let away = Candidate { present: false, ..candidate("ben", 0) };
        let seller = Candidate { departments: [sales.clone()].into(), ..candidate("eva", 9) };
        let all = [full, away, seller];
        let policy = Policy { only_present: true, ..mode(Mode::LeastBusy) };
        assert_eq!(who(&policy, &case(), &all), is("eva", Reason::LeastBusy));
        assert_eq!(who(&mode(Mode::LeastBusy), &case(), &all), is("ben", Reason::LeastBusy));
        let to_sales = Case { department: Some(sales), ..case() };
        assert_eq!(who(&mode(Mode::LeastBusy), &to_sales, &all), is("eva", Reason::LeastBusy));
        assert_eq!(who(&policy, &case(), &all[..2]), None);
    }

    #[test]
    fn the_owner_then_the_label_then_the_last_agent_then_the_turn_then_the_default() {
        let all = [candidate("ana", 0), candidate("ben", 0), candidate("eva", 0)];
        let rule = LabelRule { label: "vip".to_owned(), assignee: Some("eva".to_owned()), department: None };
        let policy = Policy { sticky: true, by_label: vec![rule], ..mode(Mode::RoundRobin) };
        let mut case = Case {
            owner: Some(agent("ben")),
            labels: LabelId::new("vip").into_iter().collect(),
            previous: Some(agent("ben")),
            default_assignee: Some(agent("eva")),
            ..case()
        };
        assert_eq!(who(&policy, &case, &all), is("ben", Reason::Owner));
        case.owner = None;
        assert_eq!(who(&policy, &case, &all), is("eva", Reason::Label));
        case.labels.clear();
        assert_eq!(who(&policy, &case, &all), is("ben", Reason::Sticky));
        case.previous = None;
        assert_eq!(who(&policy, &case, &all), is("ana", Reason::RoundRobin));
        assert_eq!(who(&Policy::default(), &case, &all), is("eva", Reason::Default));
        case.default_assignee = Some(agent("somebody-who-left"));
        assert_eq!(who(&Policy::default(), &case, &all), None);
        case.in_hours = false;
        assert_eq!(who(&Policy { only_in_hours: true, ..policy }, &case, &all), None);
    }

    proptest! {
        #[test]
        fn nobody_ever_gets_more_than_their_capacity_by_turn(
            open in proptest::collection::vec((0_u32..5, 0_u32..5, any::<bool>()), 0..6), busy in any::<bool>()
        ) {
            let all: Vec<_> = open.iter().enumerate().map(|(n, (open, most, present))| Candidate {
                capacity: Some(*most), present: *present, ..candidate(&format!("a{n}"), *open)
            }).collect();
            let policy = Policy { only_present: true, ..mode(if busy { Mode::LeastBusy } else { Mode::RoundRobin }) };
            let chosen = policy.choose(&case(), &all);
            let able = |candidate: &Candidate| candidate.present && candidate.open < candidate.capacity.unwrap();
            match chosen {
                Some((agent, _)) => prop_assert!(all.iter().any(|it| it.agent == agent && able(it))),
                None => prop_assert!(!all.iter().any(able)),
            }
        }
    }
}
