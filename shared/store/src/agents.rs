//! Agents and departments.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::agent::{Agent, AgentId, Department, DepartmentId};

use crate::item::{self, Get, Item, Put, n, s};
use crate::{Store, StoreError, keys};

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
        if !agent.departments.is_empty() {
            let departments = agent.departments.iter().map(ToString::to_string).collect();
            item.put("dps", AttributeValue::Ss(departments));
        }
        if let Some(capacity) = agent.capacity {
            item.put("cap", n(capacity.into()));
        }
        item.put("on", AttributeValue::Bool(agent.active));
        self.put_listed(item).await
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

    /// Takes an item from one of the directory's lists.
    pub(crate) async fn remove_listed(&self, list: &str, id: &str) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.tables.directory);
        let delete = delete.key("pk", s(list)).key("sk", s(id));
        delete.send().await.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
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
