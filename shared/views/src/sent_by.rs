//! Who sent a message of ours.

use domain::author::Author;
use serde::Serialize;
use store::StoredMessage;
use utoipa::ToSchema;

/// Who sent a message of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SentBy)]
pub struct SentByView {
    /// `agent`; `client`, a program with a client of its own; `campaign`; `automatic`, a greeting or an answer outside of
    /// opening hours; `service`, a program that puts sends on the queue.
    kind: &'static str,
    /// The agent's, the client's or the campaign's id, or the service's name. Of a name that is no id, its beginning.
    id: Option<String>,
}

impl SentByView {
    /// Who sent it.
    pub(crate) fn of(message: &StoredMessage) -> Self {
        let (kind, id) = match Author::of(message.source.as_deref()) {
            Author::Agent(agent) => ("agent", Some(agent.to_owned())),
            Author::Client(client) => ("client", Some(client.to_owned())),
            Author::Service(name) => ("service", Some(name.to_owned()).filter(|name| !name.is_empty())),
            Author::Campaign => ("campaign", message.campaign.clone()),
            Author::Automatic => ("automatic", None),
        };
        Self { kind, id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::stored;
    use store::Direction;

    #[test]
    fn a_message_says_who_of_us_sent_it() {
        let of = |source: &str, campaign: Option<&str>| {
            let campaign = campaign.map(str::to_owned);
            let message = stored("900.01K.m.1795392000000.0123456789abcdef", Direction::Outbound, "{}");
            let by = SentByView::of(&StoredMessage { source: Some(source.to_owned()), campaign, ..message });
            (by.kind, by.id.unwrap_or_default())
        };
        assert_eq!(of("api.ana", None), ("agent", "ana".to_owned()));
        assert_eq!(of("api.client.crm", None), ("client", "crm".to_owned()));
        assert_eq!(of("ventana.campaign", Some("01K")), ("campaign", "01K".to_owned()));
        assert_eq!(of("ventana.automatic", None), ("automatic", String::new()));
        assert_eq!(of("billing", None), ("service", "billing".to_owned()));
    }
}
