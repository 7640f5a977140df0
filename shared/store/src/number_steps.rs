//! Steps of a number or a template at Meta: begun by the API, claimed by a job before it asks, ended by what came of it.
//!
//! One step at a time. A job that finds its own step already claimed was cut off while Meta was asked: then nobody knows,
//! and it does not ask again.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use cloud_api::PhoneNumberId;
use domain::number::onboarding::{GIVEN_UP, State, Step};
use jiff::Timestamp;

use crate::item::{Get, Item, ms, s};
use crate::outbound::written;
use crate::templates::TemplateKey;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// Which steps: each track has one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track<'a> {
    /// Codes, PINs, registration, names: on the number's item.
    Onboarding(&'a PhoneNumberId),
    /// The business profile: on its own item, beside what was read.
    Profile(&'a PhoneNumberId),
    /// Creating, changing and deleting a template: on its item, beside what Meta says of it.
    Template(&'a TemplateKey),
}

impl Track<'_> {
    fn key(self) -> keys::Key {
        match self {
            Self::Onboarding(number) => (keys::NUMBERS.to_owned(), number.as_str().to_owned()),
            Self::Profile(number) => (keys::PROFILES.to_owned(), number.as_str().to_owned()),
            Self::Template(template) => template.place(),
        }
    }
}

/// What a job may do with its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Ask Meta, once.
    Mine,
    /// It was asked before, and nobody knows what came of it.
    CutOff,
    /// Nothing: it has ended, or gave way to another.
    Over,
}

/// A business profile, as it was read last, and the last step about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptProfile {
    /// The profile's JSON and when it was read.
    pub read: Option<(String, Timestamp)>,
    /// What is being done with it.
    pub step: Option<Step>,
}

/// What begins a step.
const BEGUN: &str = "SET ob_st = :pending, ob_id = :id, ob_sp = :step, ob_at = :now";

impl Store {
    /// Begins a step. `false` if another one of its track is under way.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_step(
        &self,
        track: Track<'_>,
        step: (&str, &str),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self.begin_update(track, step, now);
        written(update.update_expression(format!("{BEGUN} REMOVE ob_rs"))).await
    }

    /// Begins a step of a template, and keeps what is asked, as JSON, where its job finds it. `false` if another one is
    /// under way.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_template_step(
        &self,
        template: &TemplateKey,
        step: (&str, &str),
        asked: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self.begin_update(Track::Template(template), step, now);
        let update = update.expression_attribute_values(":asked", s(asked));
        written(update.update_expression(format!("{BEGUN}, ob_rq = :asked REMOVE ob_rs"))).await
    }

    fn begin_update(
        &self,
        track: Track<'_>,
        (id, step): (&str, &str),
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.step_update(track, Condition::StepFree)
            .expression_attribute_values(":pending", s(State::Pending.as_str()))
            .expression_attribute_values(":asking", s(State::Asking.as_str()))
            .expression_attribute_values(":given_up", ms(now - GIVEN_UP))
            .expression_attribute_values(":id", s(id))
            .expression_attribute_values(":step", s(step))
            .expression_attribute_values(":now", ms(now))
    }

    /// Claims a step before Meta is asked.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing may be asked then.
    pub async fn claim_step(
        &self,
        track: Track<'_>,
        id: &str,
        now: Timestamp,
    ) -> Result<Claimed, StoreError> {
        let update = self
            .step_update(track, Condition::StepPending)
            .update_expression("SET ob_st = :asking, ob_at = :now")
            .expression_attribute_values(":pending", s(State::Pending.as_str()))
            .expression_attribute_values(":asking", s(State::Asking.as_str()))
            .expression_attribute_values(":id", s(id))
            .expression_attribute_values(":now", ms(now));
        if written(update).await? {
            return Ok(Claimed::Mine);
        }
        let step = self.step(track).await?;
        let was_cut_off = step.is_some_and(|step| step.id == id && step.state == State::Asking);
        Ok(if was_cut_off { Claimed::CutOff } else { Claimed::Over })
    }

    /// Ends a step: done, or failed for a reason. One that has given way to another is left alone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_step(
        &self,
        track: Track<'_>,
        id: &str,
        outcome: Result<(), &str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if outcome.is_ok() { State::Done } else { State::Failed };
        let update = self
            .step_update(track, Condition::StepMine)
            .expression_attribute_values(":ended", s(state.as_str()))
            .expression_attribute_values(":id", s(id))
            .expression_attribute_values(":now", ms(now));
        let update = match outcome {
            Ok(()) => update.update_expression("SET ob_st = :ended, ob_at = :now REMOVE ob_rs"),
            Err(reason) => update
                .update_expression("SET ob_st = :ended, ob_at = :now, ob_rs = :reason")
                .expression_attribute_values(":reason", s(reason)),
        };
        written(update).await.map(drop)
    }

    /// The last step of a track.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn step(&self, track: Track<'_>) -> Result<Option<Step>, StoreError> {
        let item = self.get(&self.tables.directory, &track.key(), true).await?;
        Ok(item.as_ref().and_then(read_step))
    }

    /// Keeps a business profile as it was read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_profile(
        &self,
        number: &PhoneNumberId,
        json: &str,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (pk, sk) = Track::Profile(number).key();
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET pr = :profile, pa = :read_at")
            .expression_attribute_values(":profile", s(json))
            .expression_attribute_values(":read_at", ms(read_at));
        written(update).await.map(drop)
    }

    /// A number's business profile, as it was read last.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn profile_of_number(&self, number: &PhoneNumberId) -> Result<KeptProfile, StoreError> {
        let item = self.get(&self.tables.directory, &Track::Profile(number).key(), true).await?;
        let item = item.unwrap_or_default();
        let read = item.text("pr").map(str::to_owned).zip(item.time("pa"));
        Ok(KeptProfile { read, step: read_step(&item) })
    }

    fn step_update(&self, track: Track<'_>, condition: Condition) -> UpdateItemFluentBuilder {
        let (pk, sk) = track.key();
        self.client
            .update_item()
            .table_name(&self.tables.directory)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .under(condition)
    }
}

pub(crate) fn read_step(item: &Item) -> Option<Step> {
    Some(Step {
        id: item.text("ob_id")?.to_owned(),
        step: item.text("ob_sp")?.to_owned(),
        state: State::from_word(item.text("ob_st")?)?,
        reason: item.text("ob_rs").map(str::to_owned),
        at: item.time("ob_at")?,
    })
}
