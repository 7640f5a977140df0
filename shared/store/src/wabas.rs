//! WhatsApp Business Accounts: those that an admin told of, and those of known numbers.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::{PortfolioId, WabaId};
use domain::number::facts::Facts;
use jiff::Timestamp;

use crate::item::{Get, ms, s};
use crate::number_facts::read_facts;
use crate::outbound::written;
use crate::{Store, StoreError, keys};

/// A WABA.
#[derive(Clone, Debug, PartialEq)]
pub struct Waba {
    /// Its id.
    pub id: WabaId,
    /// What the company calls it.
    pub name: Option<String>,
    /// The portfolio that owns it, if an admin named one.
    pub portfolio: Option<PortfolioId>,
    /// What Meta says of it.
    pub facts: Facts,
}

impl Waba {
    fn unnamed(id: WabaId) -> Self {
        Self { id, name: None, portfolio: None, facts: Facts::default() }
    }
}

impl Store {
    /// Every WABA: of the directory, and of known numbers.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn wabas(&self) -> Result<Vec<Waba>, StoreError> {
        let mut wabas: BTreeMap<WabaId, Waba> = BTreeMap::new();
        for item in self.listed(keys::WABAS).await? {
            let Some(id) = item.text("sk").map(WabaId::new) else { continue };
            let waba = Waba {
                id: id.clone(),
                name: item.text("nm").map(str::to_owned),
                portfolio: item.text("pf").map(PortfolioId::new),
                facts: read_facts(&item)?,
            };
            wabas.insert(id, waba);
        }
        for waba in self.numbers().await?.into_iter().filter_map(|number| number.waba) {
            wabas.entry(waba.clone()).or_insert_with(|| Waba::unnamed(waba));
        }
        Ok(wabas.into_values().collect())
    }

    /// Sets what an admin says of a WABA. What Meta says of it stays.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_waba(
        &self,
        id: &WabaId,
        name: &str,
        portfolio: Option<&PortfolioId>,
    ) -> Result<Waba, StoreError> {
        let update = self.waba_update(id).expression_attribute_names("#name", "nm");
        let update = update.expression_attribute_values(":name", s(name));
        let update = match portfolio {
            Some(portfolio) => update
                .update_expression("SET #name = :name, pf = :portfolio")
                .expression_attribute_values(":portfolio", s(portfolio.as_str())),
            None => update.update_expression("SET #name = :name REMOVE pf"),
        };
        written(update).await?;
        let facts = self.facts(crate::Subject::Waba(id)).await?;
        Ok(Waba {
            name: Some(name.to_owned()),
            portfolio: portfolio.cloned(),
            facts,
            ..Waba::unnamed(id.clone())
        })
    }

    /// Notes that a WABA exists, so that somebody asks for its numbers.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn meet_waba(&self, id: &WabaId, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .waba_update(id)
            .update_expression("SET ca = if_not_exists(ca, :now)")
            .expression_attribute_values(":now", ms(now));
        written(update).await.map(drop)
    }

    fn waba_update(
        &self,
        id: &WabaId,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.client.update_item().table_name(&self.tables.directory);
        update.key("pk", key(keys::WABAS)).key("sk", key(id.as_str()))
    }
}
