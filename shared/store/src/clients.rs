//! Service clients.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::client::{ClientId, ServiceClient};
use jiff::civil::Date;

use crate::item::{self, Get, Item, Put, ms, s};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every service client, expired ones too.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn clients(&self) -> Result<Vec<ServiceClient>, StoreError> {
        Ok(self.listed(keys::CLIENTS).await?.iter().filter_map(read_client).collect())
    }

    /// A service client.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn client(&self, id: &ClientId) -> Result<Option<ServiceClient>, StoreError> {
        let key = (keys::CLIENTS.to_owned(), id.as_str().to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_client))
    }

    /// Writes a new service client.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_client(&self, client: &ServiceClient) -> Result<(), StoreError> {
        let mut item = item::at(keys::CLIENTS, client.id.as_str());
        item.put("nm", s(&client.name));
        item.put("sc", scopes(client));
        item.put("by", s(&client.created_by));
        item.put("ca", ms(client.created_at));
        if let Some(expires_at) = client.expires_at {
            item.put("ex", ms(expires_at));
        }
        item.put("hs", s(&client.secret_hash));
        self.put_listed(item).await
    }

    /// Changes what an admin may change of a client: name, scopes, end, secret. `false` if it is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change_client(&self, client: &ServiceClient) -> Result<bool, StoreError> {
        let changes = [
            ("nm", Some(s(&client.name))),
            ("sc", Some(scopes(client))),
            ("ex", client.expires_at.map(ms)),
            ("hs", Some(s(&client.secret_hash))),
        ];
        self.change_listed(keys::CLIENTS, client.id.as_str(), changes.into()).await
    }

    /// Notes the day on which a client asked. One that was revoked meanwhile stays so.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_client_used(&self, id: &ClientId, day: Date) -> Result<(), StoreError> {
        let changes = vec![("lu", Some(s(day.to_string())))];
        self.change_listed(keys::CLIENTS, id.as_str(), changes).await.map(drop)
    }

    /// Revokes a client: its token is refused from now on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_client(&self, id: &ClientId) -> Result<(), StoreError> {
        self.remove_listed(keys::CLIENTS, id.as_str()).await
    }
}

fn scopes(client: &ServiceClient) -> AttributeValue {
    AttributeValue::Ss(client.scopes.iter().cloned().collect())
}

fn read_client(item: &Item) -> Option<ServiceClient> {
    Some(ServiceClient {
        id: ClientId::new(item.text("sk")?)?,
        name: item.text("nm").unwrap_or_default().to_owned(),
        scopes: item.texts("sc").into_iter().collect(),
        created_by: item.text("by").unwrap_or_default().to_owned(),
        created_at: item.time("ca")?,
        expires_at: item.time("ex"),
        last_used: item.text("lu").and_then(|day| day.parse().ok()),
        secret_hash: item.text("hs")?.to_owned(),
    })
}
