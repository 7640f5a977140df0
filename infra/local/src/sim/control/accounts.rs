//! Settings, numbers, limits and templates, over the control API.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::input::Input;
use crate::sim::error::ControlError;
use crate::sim::model::{Onboarding, Template};
use crate::sim::state::State;
use crate::sim::webhooks::Change;
use crate::sim::{defaults, ids};

type Answer = Result<Value, ControlError>;

impl State {
    pub(crate) fn show_settings(&self) -> Value {
        let mut shown = json!(self.settings);
        shown["webhook_url"] = self.config.webhook_url.as_str().into();
        shown["base_url"] = self.config.base_url.as_str().into();
        shown
    }

    pub(crate) fn change_settings(&mut self, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let mut settings = self.settings.clone();
        if let Some(codes) = input.list("sync_codes")? {
            let codes: Option<_> =
                codes.iter().map(|code| code.as_u64().and_then(|code| u32::try_from(code).ok())).collect();
            settings.sync_codes =
                codes.ok_or_else(|| input.wrong("sync_codes", "must be a list of error codes"))?;
        }
        input.set_flag("enforce_tier", &mut settings.enforce_tier)?;
        input.set_count("free_service_messages", &mut settings.free_service_messages)?;
        input.set_count("template_review_ms", &mut settings.template_review_ms)?;
        input.set_count("name_review_ms", &mut settings.name_review_ms)?;
        settings.tier_code = input.code("tier_code")?.unwrap_or(settings.tier_code);
        settings.webhook_version = input.code("webhook_version")?.unwrap_or(settings.webhook_version);
        let url = input.text("webhook_url")?;
        input.done()?;
        self.settings = settings;
        self.disk.put("settings", "all", Some(&self.settings));
        if let Some(url) = url {
            self.config.webhook_url = url;
            self.address_known(now);
        }
        Ok(self.show_settings())
    }

    pub(crate) fn show_numbers(&self) -> Value {
        let portfolios = self.portfolios.values().map(|portfolio| {
            let mut shown = json!(portfolio);
            shown["tier"] = portfolio.tier().into();
            shown
        });
        json!({
            "portfolios": portfolios.collect::<Vec<_>>(),
            "wabas": self.wabas.values().collect::<Vec<_>>(),
            "numbers": self.numbers.values().collect::<Vec<_>>(),
        })
    }

    pub(crate) fn add_number(&mut self, fields: Value) -> Answer {
        let mut input = Input::new(fields)?;
        let phone = input.text("phone")?.map(|phone| ids::digits(&phone));
        let phone = input.needed("phone", phone)?;
        let name = input.text("name")?.unwrap_or_else(|| "Fixture Kettles".into());
        let waba = self.known_waba(&mut input)?;
        let id = input.text("id")?.unwrap_or_else(|| (900_000_000_300_000 + self.next_seq()).to_string());
        let fresh = input.flag("fresh")?.unwrap_or(false);
        input.done()?;
        if self.numbers.contains_key(&id) || self.numbers.values().any(|number| number.digits == phone) {
            return Err(ControlError::field("phone", "there is such a number already"));
        }
        let mut number = defaults::number(&id, &waba, &phone, &name);
        if fresh {
            number.status = "PENDING".into();
            number.onboarding = Onboarding::fresh();
        }
        self.disk.put("number", &id, Some(&number));
        self.numbers.insert(id, number.clone());
        Ok(json!(number))
    }

    fn known_waba(&self, input: &mut Input) -> Result<String, ControlError> {
        let waba = input.text("waba_id")?.or_else(|| self.wabas.keys().next().cloned());
        waba.filter(|waba| self.wabas.contains_key(waba))
            .ok_or_else(|| input.wrong("waba_id", "is not an account of ours"))
    }

    pub(crate) fn change_number(&mut self, id: &str, fields: Value) -> Answer {
        let mut input = Input::new(fields)?;
        let mut number = self.numbers.get(id).cloned().ok_or_else(|| ControlError::missing("number", id))?;
        if let Some(mps) = input.count("mps")? {
            number.mps = usize::try_from(mps).unwrap_or(usize::MAX);
        }
        if let Some(phone) = input.text("phone")?.map(|phone| ids::digits(&phone)) {
            if self.numbers.values().any(|other| other.id != id && other.digits == phone) {
                return Err(ControlError::field("phone", "is another number's"));
            }
            (number.display, number.digits) = (defaults::display(&phone), phone);
        }
        number.quality_rating = input.text("quality_rating")?.unwrap_or(number.quality_rating);
        number.status = input.text("status")?.unwrap_or(number.status);
        number.verified_name = input.text("name")?.unwrap_or(number.verified_name);
        input.done()?;
        self.disk.put("number", id, Some(&number));
        self.numbers.insert(id.into(), number.clone());
        Ok(json!(number))
    }

    /// A new limit is told as `business_capability_update`, once per account.
    pub(crate) fn change_portfolio(&mut self, id: &str, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let mut portfolio =
            self.portfolios.get(id).cloned().ok_or_else(|| ControlError::missing("portfolio", id))?;
        portfolio.limit = match input.value("limit") {
            None => return Err(input.wrong("limit", "is required")),
            Some(Value::Null) => None,
            Some(limit) => {
                Some(limit.as_u64().ok_or_else(|| input.wrong("limit", "must be a whole number or null"))?)
            }
        };
        input.done()?;
        self.disk.put("portfolio", id, Some(&portfolio));
        self.portfolios.insert(id.into(), portfolio.clone());
        let value = json!({ "max_daily_conversations_per_business": portfolio.tier(), "max_phone_numbers_per_waba": 25 });
        let wabas: Vec<String> =
            self.wabas.values().filter(|waba| waba.portfolio == id).map(|waba| waba.id.clone()).collect();
        for waba in wabas {
            let field = "business_capability_update".to_owned();
            self.emit(now, Change { waba, time: Some(now.as_second()), field, value: value.clone() });
        }
        Ok(json!(portfolio))
    }

    pub(crate) fn add_template(&mut self, fields: Value) -> Answer {
        let mut input = Input::new(fields)?;
        let waba = self.known_waba(&mut input)?;
        let name = input.text("name")?;
        let components = input.list("components")?;
        let template = Template {
            id: (900_000_000_200_000 + self.next_seq()).to_string(),
            waba,
            name: input.needed("name", name)?,
            language: input.text("language")?.unwrap_or_else(|| "en_US".into()),
            status: input.text("status")?.unwrap_or_else(|| "APPROVED".into()),
            category: input.text("category")?.unwrap_or_else(|| "UTILITY".into()),
            parameter_format: input.text("parameter_format")?.unwrap_or_else(|| "POSITIONAL".into()),
            components: Value::Array(input.needed("components", components)?),
            quality: "GREEN".into(),
            rejected_reason: "NONE".into(),
            ttl_seconds: None,
            edited_at: None,
        };
        input.done()?;
        self.keep_template(template.clone());
        Ok(template.shown())
    }

    /// What Meta changes of a template by itself, each told by its webhook.
    pub(crate) fn change_template(&mut self, id: &str, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let (status, quality) = (input.text("status")?, input.text("quality")?);
        let (category, components) = (input.text("category")?, input.list("components")?);
        if status.is_none() && quality.is_none() && category.is_none() && components.is_none() {
            return Err(input.wrong("status", "or quality, category or components is required"));
        }
        input.done()?;
        if !self.templates.contains_key(id) {
            return Err(ControlError::missing("template", id));
        }
        if let Some(quality) = quality {
            self.set_template_quality(id, &quality, now);
        }
        if let Some(category) = category {
            self.set_template_category(id, &category, now);
        }
        if let Some(components) = components {
            self.set_template_components(id, components, now);
        }
        if let Some(status) = status {
            self.set_template_status(id, &status, now);
        }
        Ok(self.templates[id].shown())
    }
}
