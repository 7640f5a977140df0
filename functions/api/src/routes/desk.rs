//! What is asked of the inbox, and what of it the asker sees.

use std::collections::HashMap;

use cloud_api::PhoneNumberId;
use domain::agent::{AgentId, DepartmentId};
use domain::label::LabelId;
use domain::sight::{OfDepartment, Sight};
use http::Uri;
use store::{Work, WorkFilter, WorkPlace};

use crate::extract::{Paging, filter};
use crate::identity::Identity;
use crate::view::NumberView;
use crate::{Api, Problem, cursor};

/// A place in the list of all: exact time and id of a row.
pub(super) type Place = (i64, String);

/// What a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    All,
    Mine,
    Unassigned,
    Important,
    New,
    Unknown,
}

impl Category {
    fn read(word: Option<&str>) -> Result<Self, Problem> {
        match word {
            None | Some("all") => Ok(Self::All),
            Some("mine") => Ok(Self::Mine),
            Some("unassigned") => Ok(Self::Unassigned),
            Some("important") => Ok(Self::Important),
            Some("new") => Ok(Self::New),
            Some("unknown") => Ok(Self::Unknown),
            Some(_) => {
                let known = "must be all, mine, unassigned, important, new or unknown";
                Err(Problem::field("category", known))
            }
        }
    }
}

/// What is asked for.
pub(super) struct Asked {
    pub(super) category: Category,
    pub(super) status: Option<String>,
    pub(super) number: Option<String>,
    pub(super) label: Option<LabelId>,
    pub(super) department: Option<DepartmentId>,
    pub(super) assignee: Option<AgentId>,
}

impl Asked {
    pub(super) fn read(uri: &Uri, me: &AgentId) -> Result<Self, Problem> {
        let status = filter(uri, "state")?;
        let known = ["open", "pending", "snoozed", "closed", "any"];
        if status.as_deref().is_some_and(|word| !known.contains(&word)) {
            return Err(Problem::field("state", "must be open, pending, snoozed, closed or any"));
        }
        let label = filter(uri, "label")?.map(|id| LabelId::new(id).ok_or("label")).transpose();
        let agent = |id: String| if id == "me" { Some(me.clone()) } else { AgentId::new(id) };
        let assignee = filter(uri, "assignee")?.map(|id| agent(id).ok_or("assignee")).transpose();
        let department =
            filter(uri, "department")?.map(|id| DepartmentId::new(id).ok_or("department")).transpose();
        let not_an_id = |field: &str| Problem::field(field, "cannot be an id");
        Ok(Self {
            category: Category::read(filter(uri, "category")?.as_deref())?,
            status,
            number: filter(uri, "number")?,
            label: label.map_err(not_an_id)?,
            department: department.map_err(not_an_id)?,
            assignee: assignee.map_err(not_an_id)?,
        })
    }

    /// Whether no sparse index serves it.
    fn is_all(&self) -> bool {
        self.category == Category::All && self.assignee.is_none()
    }
}

/// The place that a page begins after, in whichever list is asked for.
#[derive(Default)]
pub(super) struct After {
    pub(super) in_all: Option<Place>,
    pub(super) in_work: Option<WorkPlace>,
}

impl After {
    pub(super) fn read(asked: &Asked, paging: &Paging) -> Result<Self, Problem> {
        if asked.is_all() {
            let in_all = paging.after(|text| cursor::read("conversations", text))?;
            return Ok(Self { in_all, ..Self::default() });
        }
        let in_work = paging.after(|text| cursor::read("work", text))?;
        Ok(Self { in_work, ..Self::default() })
    }
}

/// The numbers of a question, and what of them the asker sees.
pub(super) struct Desk {
    /// Every number that was ever seen, as people read it.
    pub(super) known: HashMap<String, NumberView>,
    /// Those that are asked for.
    numbers: Vec<String>,
    /// Of these, those that are seen as a whole.
    pub(super) seen: Vec<String>,
    /// What is seen of the others.
    sight: Option<Sight>,
    /// Which department answers each number.
    answered_by: Vec<(PhoneNumberId, DepartmentId)>,
}

impl Desk {
    /// Whether a number is among those that are asked for.
    pub(super) fn asks_for(&self, number: &PhoneNumberId) -> bool {
        self.numbers.iter().any(|asked| asked == number.as_str())
    }

    /// What is seen of the numbers; `None` is everything.
    pub(super) fn sight(&self) -> Option<&Sight> {
        self.sight.as_ref()
    }

    pub(super) async fn of(api: &Api, identity: &Identity, asked: &Asked) -> Result<Self, Problem> {
        let numbers = api.store.numbers().await?;
        let sight = identity.sight(&numbers)?;
        let answered_by =
            numbers.iter().filter_map(|it| Some((it.id.clone(), it.department.clone()?))).collect();
        let known: HashMap<String, NumberView> =
            numbers.into_iter().map(|number| (number.id.to_string(), number.into())).collect();
        let numbers: Vec<String> = match &asked.number {
            Some(number) => vec![number.clone()],
            None => known.keys().cloned().collect(),
        };
        let is_seen = |number: &&String| {
            sight.as_ref().is_none_or(|sight| !sight.hides(&PhoneNumberId::new(number.as_str())))
        };
        let seen = numbers.iter().filter(is_seen).cloned().collect();
        Ok(Self { known, numbers, seen, sight, answered_by })
    }

    /// The department that is asked for, with its numbers.
    pub(super) fn department(&self, asked: &Asked) -> Option<OfDepartment> {
        let department = asked.department.clone()?;
        let numbers = self.answered_by.iter().filter(|(_, it)| *it == department);
        Some(OfDepartment { numbers: numbers.map(|(number, _)| number.clone()).collect(), department })
    }

    /// The sparse index that serves a question, and what of it. `None` is the list of all.
    pub(super) async fn work(
        &self,
        api: &Api,
        asked: &Asked,
        me: &AgentId,
    ) -> Result<Option<(Work, WorkFilter)>, Problem> {
        let mut filter = WorkFilter::all(api.clock.now());
        filter.status.clone_from(&asked.status);
        filter.numbers = asked.number.clone().map(|number| vec![number]);
        filter.label.clone_from(&asked.label);
        filter.department = self.department(asked);
        filter.assignee.clone_from(&asked.assignee);
        filter.sight.clone_from(&self.sight);
        filter.only_new = asked.category == Category::New;
        filter.only_unknown = asked.category == Category::Unknown;
        let numbers = || self.numbers.clone();
        let work = match asked.category {
            Category::Mine => Work::Mine(me.clone()),
            Category::Unassigned => Work::Unassigned(numbers()),
            Category::Important => Work::Important(numbers()),
            Category::New | Category::Unknown => {
                let agents = api.store.agents().await?.into_iter().map(|agent| agent.id);
                let mut agents: Vec<AgentId> = agents.collect();
                // Whoever asks may have work without being on record yet.
                if !agents.contains(me) {
                    agents.push(me.clone());
                }
                Work::Waiting { numbers: numbers(), agents }
            }
            Category::All => match &asked.assignee {
                Some(agent) => Work::Mine(agent.clone()),
                None => return Ok(None),
            },
        };
        Ok(Some((work, filter)))
    }
}
