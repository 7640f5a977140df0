//! A campaign's budget: the worst that a chunk can cost is kept before anything of it is sent, and what its people did not
//! need comes back when it is through.

use aws_sdk_dynamodb::types::Update;
use domain::budget::{Budget, Hold};
use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;
use domain::rates::Micros;

use crate::error::Conditional;
use crate::item::{Get, n, s};
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a worker looks again after others were faster.
const ROUNDS: usize = 8;

/// What a chunk keeps of its campaign's budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptMoney {
    /// How much.
    pub hold: Hold,
    /// For how many of its members, from the first.
    pub members: usize,
}

impl Store {
    /// How much of a budget is held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn budget(&self, campaign: &CampaignId, limit: Micros) -> Result<Budget, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::budget(campaign), true).await?;
        let held = item.and_then(|item| u64::try_from(item.number("hl")?).ok()).unwrap_or_default();
        Ok(Budget { held: Micros(held), ..Budget::new(limit) })
    }

    /// Keeps the worst that a chunk's members can cost, of as many from the first as the budget has enough for. A chunk that
    /// keeps money already keeps that.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if others were faster again and again. See [`StoreError`].
    pub async fn keep_money(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
        limit: Micros,
        worst: &[Micros],
    ) -> Result<KeptMoney, StoreError> {
        for _ in 0..ROUNDS {
            if let Some(kept) = self.kept_money(campaign, chunk).await? {
                return Ok(kept);
            }
            let budget = self.budget(campaign, limit).await?;
            let (mut sum, mut members) = (Micros(0), 0);
            for price in worst {
                if budget.reserve(None, sum + *price).is_err() {
                    break;
                }
                (sum, members) = (sum + *price, members + 1);
            }
            let kept = KeptMoney { hold: Hold(sum), members };
            if members == 0 {
                return Ok(kept);
            }
            let (pk, sk) = keys::budget(campaign);
            let money = Update::builder()
                .table_name(&self.tables.campaigns)
                .key("pk", s(pk))
                .key("sk", s(sk))
                .update_expression("ADD hl :money")
                .expression_attribute_values(":money", n(micros(sum)))
                .expression_attribute_values(":room", n(micros(limit.less(sum))));
            let (pk, sk) = keys::run(campaign, chunk);
            let run = Update::builder()
                .table_name(&self.tables.campaigns)
                .key("pk", s(pk))
                .key("sk", s(sk))
                .update_expression("SET bh = :money, bn = :members")
                .expression_attribute_values(":money", n(micros(sum)))
                .expression_attribute_values(":members", n(i64::try_from(members).unwrap_or_default()));
            let actions = vec![
                update_action(money.under(Condition::BudgetRoom)),
                update_action(run.under(Condition::ChunkKeepsNothing)),
            ];
            match self.transact(actions).await {
                Ok(Conditional::Written) => return Ok(kept),
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    /// What a chunk keeps, if it keeps anything.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn kept_money(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
    ) -> Result<Option<KeptMoney>, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::run(campaign, chunk), true).await?;
        Ok(item.and_then(|item| {
            let hold = Hold(Micros(u64::try_from(item.number("bh")?).ok()?));
            Some(KeptMoney { hold, members: usize::try_from(item.number("bn")?).ok()? })
        }))
    }

    /// Settles a chunk: of what it keeps, it keeps what its people cost, and the rest comes back. It is a sum of all its
    /// people, so that it can be done again at any time. `false` if somebody else settled it meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle_money(
        &self,
        campaign: &CampaignId,
        chunk: Chunk,
        (kept, cost): (KeptMoney, Micros),
    ) -> Result<bool, StoreError> {
        if kept.hold.0 == cost {
            return Ok(true);
        }
        let (pk, sk) = keys::budget(campaign);
        let money = Update::builder()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("ADD hl :back")
            .expression_attribute_values(":back", n(micros(cost) - micros(kept.hold.0)));
        let (pk, sk) = keys::run(campaign, chunk);
        let run = Update::builder()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET bh = :cost")
            .expression_attribute_values(":cost", n(micros(cost)))
            .expression_attribute_values(":kept", n(micros(kept.hold.0)));
        let actions = vec![update_action(money), update_action(run.under(Condition::ChunkKeeps))];
        match self.transact(actions).await {
            Ok(Conditional::Written) => Ok(true),
            Ok(Conditional::Refused(())) | Err(StoreError::Contended) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn micros(money: Micros) -> i64 {
    i64::try_from(money.0).unwrap_or(i64::MAX)
}
