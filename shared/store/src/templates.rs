//! Templates of each WABA: what Meta says of them, what we ask of them, and how both changed.
//!
//! One item for each name and language of a WABA. The mirror stands in it as one JSON under a version, beside the last
//! step at Meta and the category, which every send reads.

use cloud_api::WabaId;
use cloud_api::language::Language;
use domain::consent::Purpose;
use domain::number::onboarding::Step;
use domain::template::Mirror;
use jiff::Timestamp;

use crate::item::{Get, Item, ms, n, s};
use crate::number_steps::read_step;
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Which template: the three together are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateKey {
    /// Whose it is.
    pub waba: WabaId,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
}

impl TemplateKey {
    pub(crate) fn place(&self) -> keys::Key {
        keys::template(&self.waba, &self.name, self.language.as_str())
    }

    fn of(waba: &WabaId, sk: &str) -> Option<Self> {
        let (name, language) = sk.split_once('#')?;
        Some(Self { waba: waba.clone(), name: name.to_owned(), language: Language::new(language) })
    }
}

/// A template as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptTemplate {
    /// Which.
    pub key: TemplateKey,
    /// What Meta says of it; `None` if it never was seen there.
    pub mirror: Option<Mirror>,
    /// The last step that was asked of Meta.
    pub step: Option<Step>,
    /// What that step asked, as JSON.
    pub asked: Option<String>,
    /// Its category, as a send is judged by it.
    pub purpose: Option<Purpose>,
    pub(crate) version: i64,
    pub(crate) written_at: Option<Timestamp>,
    /// The category that Meta told before anybody looked.
    pub(crate) hint: Option<(Purpose, Timestamp)>,
}

/// Who said a category while the template was not seen at Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hinted {
    /// Meta, by a webhook.
    Meta,
    /// An admin.
    Admin,
}

impl Store {
    /// A template.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn template(&self, key: &TemplateKey) -> Result<Option<KeptTemplate>, StoreError> {
        let item = self.get(&self.tables.directory, &key.place(), true).await?;
        item.map(|item| read(key.clone(), &item)).transpose()
    }

    /// Notes a template's category while nobody has seen it at Meta, unless something newer was said. `false`: it was
    /// seen, or something newer was said.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn hint_category(
        &self,
        key: &TemplateKey,
        category: Purpose,
        at: Timestamp,
        by: Hinted,
    ) -> Result<bool, StoreError> {
        let condition = Condition::TemplateForward;
        let (pk, sk) = key.place();
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET cat = :cat, ct = :tpl_at, cs = :by, mv = if_not_exists(mv, :zero) + :one")
            .under(condition)
            .expression_attribute_values(":cat", s(category.as_str()))
            .expression_attribute_values(":by", s(if by == Hinted::Meta { "meta" } else { "admin" }))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":tpl_at", ms(at));
        written(update).await
    }

    /// The category that Meta assigns to a template now, as far as we were told.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn template_category(
        &self,
        waba: &WabaId,
        name: &str,
        language: &str,
    ) -> Result<Option<Purpose>, StoreError> {
        let key = keys::template(waba, name, Language::new(language).as_str());
        let item = self.get(&self.tables.directory, &key, false).await?;
        Ok(item.and_then(|item| Purpose::from_word(item.text("cat")?)))
    }

    /// Every template of a WABA, by name and language.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn templates_of(&self, waba: &WabaId) -> Result<Vec<KeptTemplate>, StoreError> {
        let items = self.listed(&keys::templates(waba)).await?;
        read_all(waba, &items)
    }

    /// The languages of a WABA's template of this name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn templates_named(&self, waba: &WabaId, name: &str) -> Result<Vec<KeptTemplate>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk AND begins_with(sk, :name)")
            .expression_attribute_values(":pk", s(keys::templates(waba)))
            .expression_attribute_values(":name", s(format!("{name}#")))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        // A language each, of a few kilobytes: they are one page.
        read_all(waba, page.items())
    }

    /// A page of a WABA's templates by name and language, after a place, with the place of the last one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn templates_page(
        &self,
        waba: &WabaId,
        after: Option<&str>,
        limit: u16,
    ) -> Result<(Vec<KeptTemplate>, Option<String>), StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.directory)
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", s(keys::templates(waba)))
            .expression_attribute_values(":after", s(after.unwrap_or(" ")))
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let next = page.last_evaluated_key().and_then(|key| key.text("sk")).map(str::to_owned);
        Ok((read_all(waba, page.items())?, next))
    }
}

impl KeptTemplate {
    pub(crate) fn fresh(key: TemplateKey) -> Self {
        Self {
            key,
            mirror: None,
            step: None,
            asked: None,
            purpose: None,
            version: 0,
            written_at: None,
            hint: None,
        }
    }
}

fn read_all(waba: &WabaId, items: &[Item]) -> Result<Vec<KeptTemplate>, StoreError> {
    let keyed = items.iter().filter_map(|item| Some((TemplateKey::of(waba, item.text("sk")?)?, item)));
    keyed.map(|(key, item)| read(key, item)).collect()
}

fn read(key: TemplateKey, item: &Item) -> Result<KeptTemplate, StoreError> {
    let mirror = item.text("mx").map(serde_json::from_str).transpose();
    let mirror = mirror.map_err(|_| StoreError::Corrupt("a template"))?;
    let purpose = item.text("cat").and_then(Purpose::from_word);
    Ok(KeptTemplate {
        key,
        mirror,
        step: read_step(item),
        asked: item.text("ob_rq").map(str::to_owned),
        purpose,
        version: item.number("mv").unwrap_or_default(),
        written_at: item.time("mt"),
        hint: purpose.zip(item.time("ct")).filter(|_| item.text("cs") == Some("meta")),
    })
}
