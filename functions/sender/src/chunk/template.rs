//! What a person is sent: the template, filled from their record, their line, their agent and the campaign.

use cloud_api::outbound::{Content as Said, Message};
use domain::campaign::filling::Filling;
use domain::template::Sources;

use super::context::{Context, Person};

/// A message, ready to be posted.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) message: Message,
}

impl Context {
    /// Fills the person's template.
    ///
    /// # Errors
    /// How many parameters have neither value nor fallback, or a value that Meta would refuse.
    pub(crate) fn fill(&self, person: &Person) -> Result<Filled, usize> {
        let variant = self.campaign.definition.templates.get(person.variant).ok_or(0_usize)?;
        // Whoever has no language, or whose template is gone, is told so otherwise.
        let content = self.template(person).and_then(|template| template.content.as_ref()).ok_or(0_usize)?;
        let number = self.numbers.get(&person.number);
        let agent = person.contact.owner.as_ref().and_then(|owner| self.agents.get(owner));
        let values = self.values();
        let sources = Sources {
            contact: Some(&person.contact),
            agent_name: agent.map(|agent| agent.name.as_str()),
            agent_email: agent.and_then(|agent| agent.email.as_deref()),
            number_name: number.and_then(|number| number.name.as_deref()),
            campaign: Some(&values),
            line: self.members[person.member].line.as_ref(),
        };
        let filling = Filling { campaign: &self.place.campaign, variant };
        let template = filling.fill(content, &sources).map_err(|unfilled| unfilled.names().len())?;
        Ok(Filled { message: Message { content: Said::Template(template), context: None } })
    }
}
