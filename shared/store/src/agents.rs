//! Agents and departments.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::agent::{Agent, AgentId, Department, DepartmentId};

use crate::item::{self, Get, Item, Put, n, s};
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// What is to be changed of an agent; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentChange {
    /// What colleagues call them.
    pub name: Option<String>,
    /// Their address, or none.
    pub email: Option<Option<String>>,
    /// Their role.
    pub role: Option<String>,
    /// The departments that they work in.
    pub departments: Option<BTreeSet<DepartmentId>>,
    /// How many open conversations they take at most, or no limit.
    pub capacity: Option<Option<u32>>,
    /// Whether they work here still.
    pub active: Option<bool>,
}

impl Store {
    /// Every agent, active or not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn agents(&self) -> Result<Vec<Agent>, StoreError> {
        Ok(self.listed(keys::AGENTS).await?.iter().filter_map(read_agent).collect())
    }

    /// An agent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn agent(&self, id: &AgentId) -> Result<Option<Agent>, StoreError> {
        let key = (keys::AGENTS.to_owned(), id.as_str().to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_agent))
    }

    /// Writes an agent, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_agent(&self, agent: &Agent) -> Result<(), StoreError> {
        let mut item = item::at(keys::AGENTS, agent.id.as_str());
        item.put("nm", s(&agent.name));
        item.put_text("em", agent.email.as_deref());
        item.put("rl", s(&agent.role));
        if let Some(departments) = set_of(&agent.departments) {
            item.put("dps", departments);
        }
        if let Some(capacity) = agent.capacity {
            item.put("cap", n(capacity.into()));
        }
        item.put("on", AttributeValue::Bool(agent.active));
        self.put_listed(item).await
    }

    /// Changes an agent who is there, attribute by attribute: two admins who change different things keep both
    /// changes. `false` if there is no such agent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change_agent(&self, id: &AgentId, change: &AgentChange) -> Result<bool, StoreError> {
        let mut changes = Vec::new();
        if let Some(name) = &change.name {
            changes.push(("nm", Some(s(name))));
        }
        if let Some(email) = &change.email {
            changes.push(("em", email.as_deref().map(s)));
        }
        if let Some(role) = &change.role {
            changes.push(("rl", Some(s(role))));
        }
        if let Some(departments) = &change.departments {
            changes.push(("dps", set_of(departments)));
        }
        if let Some(capacity) = change.capacity {
            changes.push(("cap", capacity.map(|capacity| n(capacity.into()))));
        }
        if let Some(active) = change.active {
            changes.push(("on", Some(AttributeValue::Bool(active))));
        }
        self.change_listed(keys::AGENTS, id.as_str(), changes).await
    }

    /// Every department.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn departments(&self) -> Result<Vec<Department>, StoreError> {
        Ok(self.listed(keys::DEPARTMENTS).await?.iter().filter_map(read_department).collect())
    }

    /// Writes a department, whatever was there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_department(&self, department: &Department) -> Result<(), StoreError> {
        let mut item = item::at(keys::DEPARTMENTS, department.id.as_str());
        item.put("nm", s(&department.name));
        self.put_listed(item).await
    }

    /// A department.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn department(&self, id: &DepartmentId) -> Result<Option<Department>, StoreError> {
        let key = (keys::DEPARTMENTS.to_owned(), id.as_str().to_owned());
        Ok(self.get(&self.tables.directory, &key, true).await?.as_ref().and_then(read_department))
    }

    /// Takes a department away. Who still names it names nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn remove_department(&self, id: &DepartmentId) -> Result<(), StoreError> {
        self.remove_listed(keys::DEPARTMENTS, id.as_str()).await
    }

    /// Every item of one of the directory's lists. They are short: what a company sets up by hand.
    pub(crate) async fn listed(&self, list: &str) -> Result<Vec<Item>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(list))
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| StoreError::from_sdk(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// Writes an item of one of the directory's lists.
    pub(crate) async fn put_listed(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.tables.directory).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// Sets attributes of an item of one of the directory's lists, or takes them away where there is no value.
    /// `false` if there is no such item.
    pub(crate) async fn change_listed(
        &self,
        list: &str,
        id: &str,
        changes: Vec<(&'static str, Option<AttributeValue>)>,
    ) -> Result<bool, StoreError> {
        let condition = Condition::ListedThere;
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(list))
            .key("sk", s(id))
            .under(condition);
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (attribute, value) in changes {
            update = update.expression_attribute_names(format!("#{attribute}"), attribute);
            match value {
                Some(value) => {
                    set.push(format!("#{attribute} = :{attribute}"));
                    update = update.expression_attribute_values(format!(":{attribute}"), value);
                }
                None => remove.push(format!("#{attribute}")),
            }
        }
        let mut expression = String::new();
        for (verb, parts) in [("SET", &set), ("REMOVE", &remove)] {
            if !parts.is_empty() {
                expression.push_str(&format!("{verb} {} ", parts.join(", ")));
            }
        }
        if !expression.is_empty() {
            update = update.update_expression(expression.trim_end());
        }
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// Takes an item from one of the directory's lists.
    pub(crate) async fn remove_listed(&self, list: &str, id: &str) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.tables.directory);
        let delete = delete.key("pk", s(list)).key("sk", s(id));
        delete.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

/// A set of none is an attribute that is not there.
fn set_of(departments: &BTreeSet<DepartmentId>) -> Option<AttributeValue> {
    let texts: Vec<String> = departments.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then_some(AttributeValue::Ss(texts))
}

fn read_agent(item: &Item) -> Option<Agent> {
    Some(Agent {
        id: AgentId::new(item.text("sk")?)?,
        name: item.text("nm").unwrap_or_default().to_owned(),
        email: item.text("em").map(str::to_owned),
        role: item.text("rl").unwrap_or("agent").to_owned(),
        departments: item.texts("dps").into_iter().filter_map(DepartmentId::new).collect(),
        capacity: item.number("cap").and_then(|capacity| capacity.try_into().ok()),
        active: item.get("on").and_then(|on| on.as_bool().ok()).copied().unwrap_or(true),
    })
}

fn read_department(item: &Item) -> Option<Department> {
    Some(Department {
        id: DepartmentId::new(item.text("sk")?)?,
        name: item.text("nm").unwrap_or_default().to_owned(),
    })
}
