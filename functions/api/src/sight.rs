//! Which numbers somebody sees.

use cloud_api::PhoneNumberId;
use domain::ConversationId;
use domain::agent::DepartmentId;
use domain::sight::Sight;
use store::{Number, Thread};

use crate::colleagues::me;
use crate::identity::{Identity, Role};
use crate::{Api, Problem};

impl Identity {
    /// Whether this person sees a number that a department answers, or, with `None`, everybody. Agents see the numbers
    /// of their departments; supervisors, admins and service clients see all.
    pub(crate) fn sees(&self, department: Option<&DepartmentId>) -> bool {
        self.role > Role::Agent || department.is_none_or(|department| self.departments.contains(department))
    }

    /// What of these numbers' conversations this person sees; `None` is everything.
    pub(crate) fn sight<'a>(
        &self,
        numbers: impl IntoIterator<Item = &'a Number>,
    ) -> Result<Option<Sight>, Problem> {
        if self.role > Role::Agent {
            return Ok(None);
        }
        let numbers = numbers.into_iter().map(|number| (&number.id, number.department.as_ref()));
        Ok(Some(Sight::of(me(self)?, self.departments.clone(), numbers)))
    }
}

impl Api {
    /// Whether somebody sees a number, and so all its conversations and messages.
    pub(crate) async fn sees(&self, who: &Identity, number: &PhoneNumberId) -> Result<bool, Problem> {
        // Who sees everything need not be looked up; a number that nobody knows belongs to no department.
        if who.role > Role::Agent {
            return Ok(true);
        }
        let number = self.store.number(number).await?;
        Ok(who.sees(number.and_then(|number| number.department).as_ref()))
    }

    /// 404 for what somebody does not see, as if it were not there.
    pub(crate) async fn must_see(
        &self,
        who: &Identity,
        number: &PhoneNumberId,
        what: &str,
    ) -> Result<(), Problem> {
        if self.sees(who, number).await? { Ok(()) } else { Err(Problem::missing(what)) }
    }

    /// 404 for a conversation that somebody does not see, and for what stands in it.
    pub(crate) async fn must_see_conversation(
        &self,
        who: &Identity,
        id: &ConversationId,
        what: &str,
    ) -> Result<(), Problem> {
        if self.sees_conversation(who, id).await? { Ok(()) } else { Err(Problem::missing(what)) }
    }

    /// A conversation that somebody sees, with everything that belongs to it: where its record was merged, it is the
    /// other record's. 404 for others.
    pub(crate) async fn thread(&self, who: &Identity, id: &str) -> Result<Thread, Problem> {
        let missing = || Problem::missing("conversation");
        let thread = self.store.thread(&id.parse().map_err(|_| missing())?).await?;
        self.must_see_conversation(who, &thread.root, "conversation").await?;
        Ok(thread)
    }

    /// Whether somebody sees a conversation.
    pub(crate) async fn sees_conversation(
        &self,
        who: &Identity,
        id: &ConversationId,
    ) -> Result<bool, Problem> {
        if who.role > Role::Agent {
            return Ok(true);
        }
        let number = self.store.number(&id.number).await?;
        let Some(sight) = who.sight(&number)? else { return Ok(true) };
        if !sight.hides(&id.number) {
            return Ok(true);
        }
        // Only now its state is worth a read. Where a record was merged, whose work it is stands with the other record's.
        let root = self.store.thread(id).await?.root;
        let handling = self.store.state(&root).await?.map(|state| state.handling).unwrap_or_default();
        Ok(sight.shows(&id.number, handling.assignee.as_ref(), handling.department.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use domain::client::ClientId;

    use super::*;

    #[test]
    fn agents_see_the_numbers_of_their_departments_and_everybody_else_sees_all() {
        let (sales, support) = (DepartmentId::new("sales").unwrap(), DepartmentId::new("support").unwrap());
        let agent = Identity::person("u1".to_owned(), Role::Agent, [sales.clone()].into());
        assert!(agent.sees(Some(&sales)) && agent.sees(None) && !agent.sees(Some(&support)));
        let supervisor = Identity { role: Role::Supervisor, ..agent };
        assert!(supervisor.sees(Some(&support)));
        assert!(Identity::client(&ClientId::new("01K").unwrap(), [].into()).sees(Some(&support)));
    }
}
