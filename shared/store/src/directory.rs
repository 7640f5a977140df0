//! Numbers and portfolios.

use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::agent::DepartmentId;
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{self, Get, Put, ms, s};
use crate::{Condition, Store, StoreError, keys};

/// A number of the company, as far as its webhooks tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its id, which every call names.
    pub id: PhoneNumberId,
    /// How people read it.
    pub display: Option<String>,
    /// The WABA that owns it.
    pub waba: Option<WabaId>,
    /// What colleagues call it.
    pub name: Option<String>,
    /// The department that answers it; without one, everybody does.
    pub department: Option<DepartmentId>,
}

impl Number {
    /// A number of which nothing but its id is known.
    #[must_use]
    pub fn new(id: PhoneNumberId) -> Self {
        Self { id, display: None, waba: None, name: None, department: None }
    }
}

/// The portfolio of a WABA that nobody assigned to one. Most companies have one portfolio, and then this is
/// its name here for good.
pub(crate) const DEFAULT_PORTFOLIO: &str = "main";

impl Store {
    /// Enters a number when it is first seen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn meet_number(&self, number: &Number, now: Timestamp) -> Result<(), StoreError> {
        let mut item = item::at(keys::NUMBERS, number.id.as_str());
        item.put_text("dn", number.display.as_deref());
        item.put_text("wb", number.waba.as_ref().map(WabaId::as_str));
        item.put_text("dp", number.department.as_ref().map(DepartmentId::as_str));
        item.put("ca", ms(now));
        match self.put_if(&self.tables.directory, item, Condition::NumberAbsent).await? {
            Conditional::Written | Conditional::Refused(_) => Ok(()),
        }
    }

    /// Every number seen so far.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn numbers(&self) -> Result<Vec<Number>, StoreError> {
        let items = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(keys::NUMBERS))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(items.items().iter().filter_map(read_number).collect())
    }

    /// A number, if it was ever seen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn number(&self, id: &PhoneNumberId) -> Result<Option<Number>, StoreError> {
        let key = (keys::NUMBERS.to_owned(), id.as_str().to_owned());
        Ok(self.get(&self.tables.directory, &key, false).await?.as_ref().and_then(read_number))
    }

    /// The portfolio that owns a WABA.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn portfolio_of(&self, waba: Option<&WabaId>) -> Result<PortfolioId, StoreError> {
        let assigned = match waba {
            Some(waba) => {
                let key = (keys::WABAS.to_owned(), waba.as_str().to_owned());
                self.get(&self.tables.directory, &key, false).await?
            }
            None => None,
        };
        let portfolio = assigned.as_ref().and_then(|item| item.text("pf")).unwrap_or(DEFAULT_PORTFOLIO);
        Ok(PortfolioId::new(portfolio))
    }

    /// The portfolio of a number: its token is needed for it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn portfolio_of_number(&self, number: &PhoneNumberId) -> Result<PortfolioId, StoreError> {
        let waba = self.number(number).await?.and_then(|number| number.waba);
        self.portfolio_of(waba.as_ref()).await
    }
}

fn read_number(item: &item::Item) -> Option<Number> {
    Some(Number {
        id: PhoneNumberId::new(item.text("sk")?),
        display: item.text("dn").map(str::to_owned),
        waba: item.text("wb").map(WabaId::new),
        name: item.text("nm").map(str::to_owned),
        department: item.text("dp").and_then(DepartmentId::new),
    })
}
