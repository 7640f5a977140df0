//! Service clients.

use domain::client::ServiceClient;
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;

/// A program with a token of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ClientView {
    /// Its id, which is a part of its token.
    id: String,
    /// What it is for.
    name: String,
    /// What it may ask for.
    scopes: Vec<String>,
    /// Who made it.
    created_by: String,
    /// When it was made.
    created_at: Time,
    /// From when on its token is refused; `null` is never.
    expires_at: Option<Time>,
    /// The last day, in UTC, on which it asked for something.
    #[schema(value_type = Option<String>, format = Date)]
    last_used: Option<String>,
}

impl From<ServiceClient> for ClientView {
    fn from(client: ServiceClient) -> Self {
        Self {
            id: client.id.to_string(),
            name: client.name,
            scopes: client.scopes.into_iter().collect(),
            created_by: client.created_by,
            created_at: client.created_at.into(),
            expires_at: client.expires_at.map(Time::from),
            last_used: client.last_used.map(|day| day.to_string()),
        }
    }
}

/// A service client with its token, which is told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ClientToken {
    /// The client.
    pub(crate) client: ClientView,
    /// Its bearer token, for the routes under `/service/v1`. It is kept nowhere.
    pub(crate) token: String,
}
