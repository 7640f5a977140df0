//! Who wrote a message of ours, as the source of its request tells.

use crate::{agent, campaign, client, greeting};

/// Who wrote a message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// Somebody of the team: their subject, as [`agent::source_of`] has it.
    Agent(&'a str),
    /// A program with a client of its own: its id.
    Client(&'a str),
    /// A program that puts sends on the queue, by its own name; empty if it is not known.
    Service(&'a str),
    /// A campaign.
    Campaign,
    /// Nobody: a welcome, or that nobody is there.
    Automatic,
}

impl<'a> Author<'a> {
    /// Who asked for a message, by the source of its request.
    #[must_use]
    pub fn of(source: Option<&'a str>) -> Self {
        let source = source.unwrap_or_default();
        if source == campaign::SOURCE {
            return Self::Campaign;
        }
        if source == greeting::SOURCE {
            return Self::Automatic;
        }
        match source.strip_prefix(agent::SOURCES) {
            Some(subject) => {
                subject.strip_prefix(client::SUBJECTS).map_or(Self::Agent(subject), Self::Client)
            }
            None => Self::Service(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_request_says_who_wrote() {
        let ana = agent::source_of("ana");
        assert_eq!(Author::of(Some(&ana)), Author::Agent("ana"));
        let crm = agent::source_of(&format!("{}crm", client::SUBJECTS));
        assert_eq!(Author::of(Some(&crm)), Author::Client("crm"));
        assert_eq!(Author::of(Some("billing")), Author::Service("billing"));
        assert_eq!(Author::of(Some(campaign::SOURCE)), Author::Campaign);
        assert_eq!(Author::of(Some(greeting::SOURCE)), Author::Automatic);
        assert_eq!(Author::of(None), Author::Service(""));
    }
}
