//! What a company has settled for its numbers. It stands on the number's item, beside what webhooks told.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::PhoneNumberId;
use domain::agent::{AgentId, DepartmentId};
use domain::number::{Rate, Settings};

use crate::item::{Get, Item, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

impl Store {
    /// A number's settings; those of a number that was never seen are none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn number_settings(&self, id: &PhoneNumberId) -> Result<Settings, StoreError> {
        let key = (keys::NUMBERS.to_owned(), id.as_str().to_owned());
        let item = self.get(&self.tables.directory, &key, true).await?;
        item.as_ref().map_or_else(|| Ok(Settings::default()), read_settings)
    }

    /// Settles everything of a number anew. `false` if the number was never seen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle_number(&self, id: &PhoneNumberId, settings: &Settings) -> Result<bool, StoreError> {
        let condition = Condition::NumberThere;
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(keys::NUMBERS))
            .key("sk", s(id.as_str()))
            .under(condition);
        for (name, value) in attributes(settings)? {
            update = update.expression_attribute_names(format!("#{name}"), name);
            match value {
                Some(value) => {
                    sets.push(format!("#{name} = :{name}"));
                    update = update.expression_attribute_values(format!(":{name}"), value);
                }
                None => removes.push(format!("#{name}")),
            }
        }
        let part = |word: &str, of: &[String]| {
            if of.is_empty() { String::new() } else { format!("{word} {} ", of.join(", ")) }
        };
        let expression = part("SET", &sets) + &part("REMOVE", &removes);
        written(update.update_expression(expression.trim())).await
    }
}

type Attribute = (&'static str, Option<AttributeValue>);

fn attributes(settings: &Settings) -> Result<Vec<Attribute>, StoreError> {
    let text = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(s);
    let json = |value: serde_json::Result<String>| {
        value.map(s).map_err(|_| StoreError::Refused("a setting cannot be written".to_owned()))
    };
    let hours = settings.hours.as_ref().map(|hours| json(serde_json::to_string(hours))).transpose()?;
    let is_set = |flag: bool| flag.then_some(AttributeValue::Bool(true));
    let rate = settings.service_rate.as_ref();
    Ok(vec![
        ("nm", text(settings.name.as_deref())),
        ("dp", text(settings.department.as_ref().map(DepartmentId::as_str))),
        ("da", text(settings.default_assignee.as_ref().map(AgentId::as_str))),
        ("ow", text(settings.owner.as_ref().map(AgentId::as_str))),
        ("lg", text(settings.language.as_deref())),
        ("hr", hours),
        ("wm", text(settings.welcome.as_deref())),
        ("am", text(settings.away.as_deref())),
        ("pl", Some(json(serde_json::to_string(&settings.policy))?)),
        ("oa", is_set(settings.only_assignee_answers)),
        ("sr", rate.and_then(|rate| i64::try_from(rate.micros).ok()).map(n)),
        ("sc", rate.map(|rate| s(&rate.currency))),
    ])
}

fn read_settings(item: &Item) -> Result<Settings, StoreError> {
    let text = |name: &str| item.text(name).map(str::to_owned);
    let corrupt = |_| StoreError::Corrupt("a number's settings");
    let rate = item.number("sr").and_then(|micros| micros.try_into().ok()).zip(text("sc"));
    Ok(Settings {
        name: text("nm"),
        department: item.text("dp").and_then(DepartmentId::new),
        default_assignee: item.text("da").and_then(AgentId::new),
        owner: item.text("ow").and_then(AgentId::new),
        language: text("lg"),
        hours: item.text("hr").map(serde_json::from_str).transpose().map_err(corrupt)?,
        welcome: text("wm"),
        away: text("am"),
        policy: item.text("pl").map(serde_json::from_str).transpose().map_err(corrupt)?.unwrap_or_default(),
        only_assignee_answers: item.is_set("oa"),
        service_rate: rate.map(|(micros, currency)| Rate { micros, currency }),
    })
}
