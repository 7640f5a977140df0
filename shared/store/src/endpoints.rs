//! Who wants to hear of events: the event bus, and endpoints with their secrets and how they do.
//!
//! Secrets are items of their own. `api` writes them and never reads one, only the function that signs reads them,
//! and the one that asks who wants what cannot.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem};
use domain::endpoint::{Disabled, Endpoint, EndpointId, Health, OLD_SECRET_SECONDS, SigningSecret, Wanted};
use domain::event::EventKind;
use jiff::Timestamp;

use crate::item::{self, Get, Item, Put, ms, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Who wants to hear of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    /// What is published on the bus.
    pub bus: Wanted,
    /// Endpoints, those that are disabled among them.
    pub endpoints: Vec<Endpoint>,
}

impl Subscriptions {
    /// Whether anybody wants events of this kind.
    #[must_use]
    pub fn want(&self, kind: EventKind) -> bool {
        self.bus.wants(kind) || self.takers(kind).next().is_some()
    }

    /// The endpoints that get events of this kind.
    pub fn takers(&self, kind: EventKind) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(move |it| it.disabled.is_none() && it.wanted.wants(kind))
    }
}

/// What changes of an endpoint; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointChange {
    /// Where events are posted.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Which events it wants.
    pub types: Option<Vec<EventKind>>,
    /// Whether with content.
    pub content: Option<bool>,
    /// Whether it gets any. Switched on, it starts afresh: what was said of its health is over.
    pub enabled: Option<bool>,
}

impl Store {
    /// Who wants to hear of what, in one query.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn subscriptions(&self) -> Result<Subscriptions, StoreError> {
        let items = self.listed(keys::SUBSCRIPTIONS).await?;
        let bus = items.iter().find(|item| item.text("sk") == Some(keys::BUS));
        Ok(Subscriptions {
            bus: bus.map(read_wanted).unwrap_or_default(),
            endpoints: items.iter().filter_map(read_endpoint).collect(),
        })
    }

    /// Sets what is published on the bus.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_bus(&self, wanted: &Wanted) -> Result<(), StoreError> {
        let mut item = item::at(keys::SUBSCRIPTIONS, keys::BUS);
        put_wanted(&mut item, wanted);
        self.put_listed(item).await
    }

    /// An endpoint.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>, StoreError> {
        let item = self.get(&self.tables.directory, &keys::endpoint(id), true).await?;
        Ok(item.as_ref().and_then(read_endpoint))
    }

    /// Adds an endpoint with its secret.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_endpoint(&self, endpoint: &Endpoint, secret: &SigningSecret) -> Result<(), StoreError> {
        let (pk, sk) = keys::endpoint(&endpoint.id);
        let mut item = item::at(&pk, &sk);
        item.put("ur", s(&endpoint.url));
        item.put_text("de", Some(&endpoint.description));
        put_wanted(&mut item, &endpoint.wanted);
        item.put_text("why", endpoint.disabled.map(Disabled::as_str));
        item.put("ca", ms(endpoint.created_at));
        let (pk, sk) = keys::endpoint_secret(&endpoint.id);
        let mut kept = item::at(&pk, &sk);
        kept.put("s1", s(secret.expose()));
        let written = self.transact(vec![
            self.put_action(&self.tables.directory, item, None),
            self.put_action(&self.tables.directory, kept, None),
        ]);
        written.await.map(drop)
    }

    /// Changes an endpoint. `false` if there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change_endpoint(
        &self,
        id: &EndpointId,
        change: &EndpointChange,
    ) -> Result<bool, StoreError> {
        let types = change.types.as_ref().map(|types| AttributeValue::Ss(words(types)));
        let disabled = change.enabled.filter(|enabled| !enabled).map(|_| s(Disabled::Asked.as_str()));
        let values = [
            ("ur", change.url.as_deref().map(s)),
            ("de", change.description.as_deref().map(s)),
            ("ty", types),
            ("inc", change.content.map(AttributeValue::Bool)),
            ("why", disabled),
        ];
        let mut update = self.endpoint_update(id);
        let mut sets = Vec::new();
        for (name, value) in values {
            if let Some(value) = value {
                sets.push(format!("{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), value);
            }
        }
        let set = if sets.is_empty() { String::new() } else { format!("SET {}", sets.join(", ")) };
        let fresh = if change.enabled == Some(true) { " REMOVE why, fs, fl, cu" } else { "" };
        if set.is_empty() && fresh.is_empty() {
            return Ok(self.endpoint(id).await?.is_some());
        }
        written(update.update_expression(format!("{set}{fresh}"))).await
    }

    /// Removes an endpoint with its secrets. What is on its way to it is dropped when its turn comes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_endpoint(&self, id: &EndpointId) -> Result<(), StoreError> {
        let delete = |(pk, sk): keys::Key| {
            let delete =
                Delete::builder().table_name(&self.tables.directory).key("pk", s(pk)).key("sk", s(sk));
            // Table and key are set.
            TransactWriteItem::builder().set_delete(delete.build().ok()).build()
        };
        let written = self.transact(vec![delete(keys::endpoint(id)), delete(keys::endpoint_secret(id))]);
        written.await.map(drop)
    }

    /// Gives an endpoint a new secret; the one before stays good for a day. `false` if there is no endpoint.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rotate_secret(
        &self,
        id: &EndpointId,
        secret: &SigningSecret,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Every right side is what stood there before.
        let update = self
            .update_if(keys::endpoint_secret(id), Condition::EndpointExists)
            .update_expression("SET s0 = s1, ou = :until, s1 = :new")
            .expression_attribute_values(":until", n((now.as_second() + OLD_SECRET_SECONDS) * 1000))
            .expression_attribute_values(":new", s(secret.expose()));
        written(update).await
    }

    /// The secrets that are good now, the newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn signing_secrets(
        &self,
        id: &EndpointId,
        now: Timestamp,
    ) -> Result<Vec<SigningSecret>, StoreError> {
        let Some(item) = self.get(&self.tables.directory, &keys::endpoint_secret(id), true).await? else {
            return Ok(Vec::new());
        };
        let old = item.text("s0").filter(|_| item.time("ou").is_some_and(|until| now < until));
        let texts = item.text("s1").into_iter().chain(old);
        let secrets = texts.map(SigningSecret::parse).collect::<Result<_, _>>();
        secrets.map_err(|_| StoreError::Corrupt("a signing secret"))
    }

    /// Notes that a post to an endpoint failed: so many in a row now, and not again before a time, if one is given.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_failure(
        &self,
        id: &EndpointId,
        failures: u32,
        pauses_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pause = if pauses_until.is_some() { ", cu = :until" } else { "" };
        let mut update = self
            .endpoint_update(id)
            .update_expression(format!("SET fs = if_not_exists(fs, :now), fl = :failures{pause}"))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":failures", n(failures.into()));
        if let Some(until) = pauses_until {
            update = update.expression_attribute_values(":until", ms(until));
        }
        written(update).await.map(drop)
    }

    /// Notes that an endpoint is well again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_recovery(&self, id: &EndpointId) -> Result<(), StoreError> {
        written(self.endpoint_update(id).update_expression("REMOVE fs, fl, cu")).await.map(drop)
    }

    /// Takes it upon oneself to find out whether an endpoint is back after the pause that was `seen`. `false` if
    /// somebody else does.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_pause(
        &self,
        id: &EndpointId,
        seen: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self
            .update_if(keys::endpoint(id), Condition::PauseUnchanged)
            .update_expression("SET cu = :until")
            .expression_attribute_values(":until", ms(until))
            .expression_attribute_values(":seen", ms(seen));
        written(update).await
    }

    /// Stops posting to an endpoint, and says why.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn disable_endpoint(&self, id: &EndpointId, why: Disabled) -> Result<(), StoreError> {
        let update = self.endpoint_update(id).update_expression("SET why = :why");
        written(update.expression_attribute_values(":why", s(why.as_str()))).await.map(drop)
    }

    fn endpoint_update(&self, id: &EndpointId) -> UpdateItemFluentBuilder {
        self.update_if(keys::endpoint(id), Condition::EndpointExists)
    }

    fn update_if(&self, (pk, sk): keys::Key, condition: Condition) -> UpdateItemFluentBuilder {
        let update =
            self.client.update_item().table_name(&self.tables.directory).key("pk", s(pk)).key("sk", s(sk));
        update.under(condition)
    }
}

fn words(types: &[EventKind]) -> Vec<String> {
    types.iter().map(ToString::to_string).collect()
}

/// DynamoDB has no empty sets: nothing wanted is no attribute.
fn put_wanted(item: &mut Item, wanted: &Wanted) {
    if !wanted.types.is_empty() {
        item.put("ty", AttributeValue::Ss(words(&wanted.types)));
    }
    item.put("inc", AttributeValue::Bool(wanted.content));
}

fn read_wanted(item: &Item) -> Wanted {
    Wanted {
        types: item.texts("ty").iter().filter_map(|word| EventKind::from_word(word)).collect(),
        content: item.get("inc").and_then(|value| value.as_bool().ok()).copied().unwrap_or_default(),
    }
}

fn read_endpoint(item: &Item) -> Option<Endpoint> {
    Some(Endpoint {
        id: EndpointId::new(item.text("sk")?.strip_prefix("ENDPOINT#")?)?,
        url: item.text("ur")?.to_owned(),
        description: item.text("de").unwrap_or_default().to_owned(),
        wanted: read_wanted(item),
        disabled: item.text("why").map(Disabled::from_word),
        health: Health {
            failing_since: item.time("fs"),
            failures: item.number("fl").and_then(|count| count.try_into().ok()).unwrap_or_default(),
            pauses_until: item.time("cu"),
        },
        created_at: item.time("ca").unwrap_or(Timestamp::UNIX_EPOCH),
    })
}
