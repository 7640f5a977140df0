//! Who sent a message of ours.

use domain::greeting;
use serde::Serialize;
use store::{CampaignMessage, StoredMessage};
use utoipa::ToSchema;

/// How the API signs what it is asked for: the source of a request is this and who asked.
const API: &str = "api.";
/// The subject of a service client is this and its id.
const CLIENT: &str = "client.";

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
        let source = message.source.as_deref().unwrap_or_default();
        let (kind, id) = match source.strip_prefix(API) {
            _ if source == CampaignMessage::SOURCE => ("campaign", message.campaign.clone()),
            _ if source == greeting::SOURCE => ("automatic", None),
            Some(subject) => match subject.strip_prefix(CLIENT) {
                Some(client) => ("client", Some(client.to_owned())),
                None => ("agent", Some(subject.to_owned())),
            },
            None => ("service", Some(source.to_owned()).filter(|source| !source.is_empty())),
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
