//! Mirroring: what Meta's lists and webhooks say of templates, folded by time, with the history of what changed.
//!
//! Each change is one more item of the journal, written in the same transaction. A list that changes nothing writes nothing
//! but its own time: what is older than the last whole list is no news.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use cloud_api::manage::template::{TemplateNode, TemplateState};
use cloud_api::webhook::event::templates::TemplateCategoryName;
use cloud_api::{TemplateId, WabaId};
use domain::consent::Purpose;
use domain::number::facts::Source;
use domain::template::{Aspect, Change, Mirror, Telling, Told, purpose_of, seen_in};
use jiff::{SignedDuration, Timestamp};

use crate::error::Conditional;
use crate::item::{Get, ms, n, s};
use crate::outbound::written;
use crate::template_history::history_item;
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Hinted, KeptTemplate, Store, StoreError, TemplateKey, keys};

/// How often a writer looks again after others were faster.
const TRIES: u32 = 10;
/// Meta's lists lag behind: what was written a moment ago is not gone because a list does not have it yet.
const LAG: SignedDuration = SignedDuration::from_mins(10);

/// What became of news of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It is folded in, with these changes.
    Folded(Vec<Change>),
    /// The template is not known as what Meta means: it has to be read there.
    Unknown,
}

impl Store {
    /// Enters what Meta shows of a template, with asking having begun at `asked_at`. Gives what changed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record_template(
        &self,
        waba: &WabaId,
        node: &TemplateNode,
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Change>, StoreError> {
        let key =
            TemplateKey { waba: waba.clone(), name: node.name.clone(), language: node.language.clone() };
        self.fold(&key, now, |kept| shown(waba, kept, node, asked_at)).await
    }

    /// Enters a whole list of a WABA's templates, and takes those as deleted that are not in it. Gives how many changed.
    ///
    /// # Errors
    /// See [`StoreError`]. Templates before the one that failed are done.
    pub async fn mirror_templates(
        &self,
        waba: &WabaId,
        nodes: &[TemplateNode],
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let kept = self.templates_of(waba).await?;
        let known: HashMap<_, _> =
            kept.iter().map(|kept| ((kept.key.name.as_str(), &kept.key.language), kept)).collect();
        let mut changed = 0;
        for node in nodes {
            // Most lists say nothing new: one query sees that for all.
            let is_news = known.get(&(node.name.as_str(), &node.language)).is_none_or(|kept| {
                shown(waba, kept, node, asked_at).is_some_and(|(_, changes)| !changes.is_empty())
            });
            if is_news {
                changed += usize::from(!self.record_template(waba, node, asked_at, now).await?.is_empty());
            }
        }
        let listed: HashSet<_> = nodes.iter().map(|node| (node.name.as_str(), &node.language)).collect();
        let is_listed = |kept: &KeptTemplate| listed.contains(&(kept.key.name.as_str(), &kept.key.language));
        for kept in kept.iter().filter(|kept| is_gone(kept, asked_at) && !is_listed(kept)) {
            let gone = |kept: &KeptTemplate| {
                let telling = Telling::State(TemplateState::Deleted, None);
                is_gone(kept, asked_at).then(|| heard(kept, vec![telling], asked_at, Source::Sync)).flatten()
            };
            changed += usize::from(!self.fold(&kept.key, now, gone).await?.is_empty());
        }
        self.note_looked(waba, asked_at).await?;
        Ok(changed)
    }

    /// Notes that a template is gone: we had it deleted at this time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_template_deleted(
        &self,
        key: &TemplateKey,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let telling = || vec![Telling::State(TemplateState::Deleted, None)];
        self.fold(key, now, |kept| heard(kept, telling(), at, Source::Sync)).await.map(drop)
    }

    /// Folds in what a webhook told. What is older than the last whole list is no news where lists tell it, too.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn hear_of_template(
        &self,
        waba: &WabaId,
        told: &Told,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Heard, StoreError> {
        let key = match (&told.name, &told.language) {
            (Some(name), Some(language)) => {
                TemplateKey { waba: waba.clone(), name: name.clone(), language: language.clone() }
            }
            _ => match self.template_by_id(waba, &told.template).await? {
                Some(key) => key,
                None => return Ok(Heard::Unknown),
            },
        };
        let looked = self.looked_at(waba).await?;
        let is_stale = looked.is_some_and(|looked| at.as_second() < looked.as_second());
        let is_news = |telling: &&Telling| !is_stale || matches!(telling, Telling::NextCategory(..));
        let tellings: Vec<_> = told.tellings.iter().filter(is_news).cloned().collect();
        for _ in 0..TRIES {
            let kept = self.template(&key).await?;
            match kept.as_ref().and_then(|kept| kept.mirror.as_ref()) {
                Some(mirror) if mirror.id == told.template => {
                    let fold = |kept: &KeptTemplate| heard(kept, tellings.clone(), at, Source::Webhook);
                    return self.fold(&key, now, fold).await.map(Heard::Folded);
                }
                // Another template of this name: the one before, or one that was not read yet.
                Some(_) => return Ok(Heard::Unknown),
                None => {}
            }
            let category = told.tellings.iter().find_map(|telling| match telling {
                Telling::Category(category) => purpose_of(category),
                _ => None,
            });
            let Some(category) = category else { return Ok(Heard::Unknown) };
            if self.hint_category(&key, category, at, Hinted::Meta).await? || kept.is_some() {
                return Ok(Heard::Unknown);
            }
        }
        Err(StoreError::Contended)
    }

    /// Webhooks nearly always name the template. Where one does not, the list does.
    async fn template_by_id(
        &self,
        waba: &WabaId,
        id: &TemplateId,
    ) -> Result<Option<TemplateKey>, StoreError> {
        let is_it = |kept: &KeptTemplate| kept.mirror.as_ref().is_some_and(|mirror| mirror.id == *id);
        Ok(self.templates_of(waba).await?.into_iter().find(is_it).map(|kept| kept.key))
    }

    async fn looked_at(&self, waba: &WabaId) -> Result<Option<Timestamp>, StoreError> {
        let item = self.get(&self.tables.directory, &keys::templates_looked(waba), true).await?;
        Ok(item.and_then(|item| item.time("lk")))
    }

    async fn note_looked(&self, waba: &WabaId, at: Timestamp) -> Result<(), StoreError> {
        let (pk, sk) = keys::templates_looked(waba);
        let update = self.client.update_item().table_name(&self.tables.directory);
        let update = update.key("pk", s(pk)).key("sk", s(sk));
        // Two lists at once: the older time only forgets what would be no news.
        let update =
            update.update_expression("SET lk = :looked").expression_attribute_values(":looked", ms(at));
        written(update).await.map(drop)
    }

    /// Changes a mirror as it stands now, with its history.
    async fn fold(
        &self,
        key: &TemplateKey,
        now: Timestamp,
        fold: impl Fn(&KeptTemplate) -> Option<(Mirror, Vec<Change>)>,
    ) -> Result<Vec<Change>, StoreError> {
        for _ in 0..TRIES {
            let kept = self.template(key).await?.unwrap_or_else(|| KeptTemplate::fresh(key.clone()));
            let Some((mirror, changes)) = fold(&kept) else { return Ok(Vec::new()) };
            let mut actions = vec![self.mirror_action(key, &mirror, kept.version, now)?];
            for change in &changes {
                actions.push(self.put_action(&self.tables.journal, history_item(key, change, now), None));
            }
            match self.transact(actions).await {
                Ok(Conditional::Written) => return Ok(changes),
                // Somebody else was faster: look again.
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    fn mirror_action(
        &self,
        key: &TemplateKey,
        mirror: &Mirror,
        version: i64,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let json = serde_json::to_string(mirror)
            .map_err(|_| StoreError::Refused("a template that cannot be written".to_owned()))?;
        let (pk, sk) = key.place();
        let update = Update::builder().table_name(&self.tables.directory).key("pk", s(pk)).key("sk", s(sk));
        let update = update
            .expression_attribute_values(":mirror", s(json))
            .expression_attribute_values(":next", n(version + 1))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":seen", n(version))
            .expression_attribute_values(":zero", n(0));
        let update = match mirror.purpose() {
            Some(purpose) => update
                .update_expression("SET mx = :mirror, mv = :next, mt = :now, cat = :cat REMOVE ct, cs")
                .expression_attribute_values(":cat", s(purpose.as_str())),
            None => update.update_expression("SET mx = :mirror, mv = :next, mt = :now REMOVE cat, ct, cs"),
        };
        Ok(update_action(update.under(Condition::MirrorUnchanged)))
    }
}

/// What a template is once Meta has shown it. `None`: no other than before.
fn shown(
    waba: &WabaId,
    kept: &KeptTemplate,
    node: &TemplateNode,
    asked_at: Timestamp,
) -> Option<(Mirror, Vec<Change>)> {
    match &kept.mirror {
        Some(mirror) if mirror.id == node.id => heard(kept, seen_in(node), asked_at, Source::Sync),
        // A new one under the name of one that was deleted, unless the list is from before.
        Some(_) if kept.written_at.is_some_and(|at| at > asked_at) => None,
        _ => {
            let mut mirror = Mirror::seen(waba.clone(), node, asked_at);
            // Meta told the category before anybody looked.
            if let (None, Some((purpose, at))) = (&kept.mirror, kept.hint)
                && let Some(category) = category_of(purpose)
            {
                mirror.hear(Telling::Category(category), at, Source::Webhook);
            }
            let changes = mirror.beginnings();
            Some((mirror, changes))
        }
    }
}

/// What a template is after these words. `None`: no other than before.
fn heard(
    kept: &KeptTemplate,
    tellings: Vec<Telling>,
    at: Timestamp,
    source: Source,
) -> Option<(Mirror, Vec<Change>)> {
    let known = kept.mirror.as_ref()?;
    let mut mirror = known.clone();
    let changes = tellings.into_iter().filter_map(|telling| mirror.hear(telling, at, source)).collect();
    (mirror != *known).then_some((mirror, changes))
}

/// Whether a list that does not have a template says that it is gone.
fn is_gone(kept: &KeptTemplate, asked_at: Timestamp) -> bool {
    let stands = kept.mirror.as_ref().filter(|mirror| mirror.state != TemplateState::Deleted);
    let told = stands.and_then(|mirror| mirror.told_at(Aspect::State));
    told.max(kept.written_at.filter(|_| stands.is_some())).is_some_and(|at| at + LAG < asked_at)
}

fn category_of(purpose: Purpose) -> Option<TemplateCategoryName> {
    (purpose != Purpose::Service).then(|| purpose.as_str().to_ascii_uppercase().as_str().into())
}
