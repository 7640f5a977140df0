//! What of numbers, templates and segments a campaign's run depends on, read at its start.

use std::collections::BTreeMap;

use cloud_api::WabaId;
use cloud_api::language::Language;
use domain::campaign::definition::{Definition, Group};
use domain::campaign::standing::Before;
use domain::consent::Purpose;
use domain::number::facts::Fact;
use domain::pace::Level;
use domain::template::{health, purpose_of};

use super::definition::{FrozenTemplate, Sender, Snapshot};
use crate::{AudienceKind, KeptTemplate, STRICT_CONSENT, Store, StoreError, Subject, TemplateKey};

impl Store {
    /// What a campaign's run depends on, as it is now. A segment that is not there is left out; so is a template that
    /// Meta would not send.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn snapshot(&self, definition: &Definition) -> Result<Snapshot, StoreError> {
        let mut senders = Vec::new();
        for number in &definition.numbers {
            let known = self.number(number).await?;
            let waba = known.and_then(|number| number.waba);
            let facts = self.facts(Subject::Number(number)).await?;
            let throughput = facts.get(&Fact::Throughput).map(|known| known.value.as_str());
            let portfolio = self.portfolio_of(waba.as_ref()).await?;
            let per_second = u64::from(Level::of(throughput, None).per_second());
            let Before { quality, limit } = Before::of(&facts);
            senders.push(Sender { number: number.clone(), waba, portfolio, per_second, quality, limit });
        }
        let mut wabas: Vec<_> = senders.iter().filter_map(|sender| sender.waba.clone()).collect();
        wabas.sort_unstable();
        wabas.dedup();
        let mut templates = Vec::new();
        for waba in wabas {
            for variant in &definition.templates {
                let named = self.templates_named(&waba, &variant.template).await?;
                templates.extend(named.iter().filter_map(FrozenTemplate::of));
            }
        }
        let audience = &definition.audience;
        let mut segments = BTreeMap::new();
        for group in audience.include.iter().chain(&audience.exclude) {
            if let Group::Segment(id) = group
                && let Some(segment) = self.audience(AudienceKind::Segment, id).await?
            {
                segments.insert(id.clone(), segment.filter);
            }
        }
        let strict = self.is_on(STRICT_CONSENT).await?;
        Ok(Snapshot { senders, templates, segments, strict })
    }
}

impl FrozenTemplate {
    /// What of a template is frozen. `None` if it was never seen at Meta, or may not be sent.
    fn of(kept: &KeptTemplate) -> Option<Self> {
        let mirror = kept.mirror.as_ref().filter(|mirror| health(mirror, None).may_be_used())?;
        Some(Self {
            waba: kept.key.waba.clone(),
            name: kept.key.name.clone(),
            language: kept.key.language.as_str().to_owned(),
            category: mirror.content.category.as_ref().and_then(purpose_of).map(|it| it.as_str().to_owned()),
            hash: mirror.content.hash(),
        })
    }

    /// What it counted as.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        self.category.as_deref().and_then(Purpose::from_word)
    }
}

impl Snapshot {
    /// What the templates counted as; nothing, if none was known.
    #[must_use]
    pub fn purposes(&self) -> Vec<Option<Purpose>> {
        let mut purposes: Vec<_> = self.templates.iter().map(FrozenTemplate::purpose).collect();
        purposes.sort_unstable();
        purposes.dedup();
        purposes
    }

    /// The languages that a template had for a number of this WABA.
    #[must_use]
    pub fn languages(&self, waba: Option<&WabaId>, template: &str) -> Vec<Language> {
        let of = |frozen: &&FrozenTemplate| Some(&frozen.waba) == waba && frozen.name == template;
        self.templates.iter().filter(of).map(|frozen| Language::new(&frozen.language)).collect()
    }

    /// A template as it was.
    #[must_use]
    pub fn template(&self, key: &TemplateKey) -> Option<&FrozenTemplate> {
        let mut all = self.templates.iter();
        all.find(|it| it.waba == key.waba && it.name == key.name && it.language == key.language.as_str())
    }

    /// How many messages a second all numbers may send together.
    #[must_use]
    pub fn per_second(&self) -> u64 {
        self.senders.iter().map(|sender| sender.per_second).sum()
    }
}
