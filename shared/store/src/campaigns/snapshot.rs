//! What of numbers, templates and segments a campaign's run depends on, read at its start.

use std::collections::BTreeMap;

use domain::campaign::definition::{Definition, Group};
use domain::campaign::standing::Before;
use domain::consent::Purpose;
use domain::number::facts::Fact;
use domain::pace::Level;

use super::definition::{FrozenTemplate, Sender, Snapshot};
use crate::{AudienceKind, STRICT_CONSENT, Store, StoreError, Subject};

impl Store {
    /// What a campaign's run depends on, as it is now. A segment that is not there is left out; so is a template of which
    /// nothing is known.
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
                let language = &definition.language.default;
                let category = self.template_category(&waba, &variant.template, language).await?;
                if let Some(category) = category {
                    templates.push(FrozenTemplate {
                        waba: waba.clone(),
                        name: variant.template.clone(),
                        language: language.clone(),
                        category: Some(category.as_str().to_owned()),
                        hash: None,
                    });
                }
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

impl Snapshot {
    /// How many messages a second all numbers may send together.
    #[must_use]
    pub fn per_second(&self) -> u64 {
        self.senders.iter().map(|sender| sender.per_second).sum()
    }

    /// What the templates of these names count as, for each number that sends them; `None` where nobody knew.
    #[must_use]
    pub fn purposes<'a>(&self, templates: impl Iterator<Item = &'a str>) -> Vec<Option<Purpose>> {
        let of = |name: &'a str| self.senders.iter().map(move |sender| self.purpose(sender, name));
        let purposes: std::collections::HashSet<_> = templates.flat_map(of).collect();
        purposes.into_iter().collect()
    }

    /// What a variant counts as when this number sends it: as the category that Meta had for it.
    #[must_use]
    pub fn purpose(&self, sender: &Sender, template: &str) -> Option<Purpose> {
        let of =
            |frozen: &&FrozenTemplate| Some(&frozen.waba) == sender.waba.as_ref() && frozen.name == template;
        self.templates.iter().find(of).and_then(|frozen| Purpose::from_word(frozen.category.as_deref()?))
    }
}
