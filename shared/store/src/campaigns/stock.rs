//! Slots of the messaging limit for single messages: a number takes some at a time from its portfolio's ledger.

use aws_sdk_dynamodb::types::Update;
use cloud_api::{PhoneNumberId, PortfolioId};
use domain::tier::{Bucket, Limit, Refill, Stock};
use jiff::Timestamp;

use crate::error::Conditional;
use crate::item::{Get, Item, n, s};
use crate::outbound::written;
use crate::transact::update_action;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a worker looks again after others were faster.
const ROUNDS: usize = 8;

/// Whether there is room below the messaging limit for one more person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotTaken {
    /// There is, in this bucket: it is taken. The message must leave before the bucket closes.
    In(Bucket),
    /// There is none.
    Full {
        /// When there is; `None`: never, under this limit.
        free_at: Option<Timestamp>,
    },
}

impl Store {
    /// Takes a slot for a single message of a number. A worker that dies after it loses the slot for a day.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if others were faster again and again. See [`StoreError`].
    pub async fn take_slot(
        &self,
        number: &PhoneNumberId,
        (portfolio, limit): (&PortfolioId, Limit),
        now: Timestamp,
    ) -> Result<SlotTaken, StoreError> {
        for _ in 0..ROUNDS {
            let item = self.get(&self.tables.campaigns, &keys::slots(number), true).await?;
            let stock = item.as_ref().map(read_stock).transpose()?;
            if let Some(stock) = stock.filter(|stock| stock.take(now).is_some()) {
                if self.take_from(number, stock).await? {
                    return Ok(SlotTaken::In(stock.bucket));
                }
                continue;
            }
            let ledger = self.tier_ledger(portfolio, limit).await?;
            let (next, change) = match Stock::refill(stock, &ledger.ledger, now) {
                Refill::Full { free_at } => return Ok(SlotTaken::Full { free_at }),
                Refill::Write { stock, ledger } => (stock, ledger),
            };
            let actions = vec![
                update_action(stock_update(&self.tables.campaigns, number, stock, next)),
                update_action(self.ledger_update(portfolio, &ledger, &change)),
            ];
            match self.transact(actions).await {
                Ok(Conditional::Written) => return Ok(SlotTaken::In(next.bucket)),
                Ok(Conditional::Refused(())) | Err(StoreError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Contended)
    }

    async fn take_from(&self, number: &PhoneNumberId, stock: Stock) -> Result<bool, StoreError> {
        let (pk, sk) = keys::slots(number);
        let condition = Condition::StockLeft;
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET lf = lf - :one")
            .under(condition)
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":bucket", n(stock.bucket.number()));
        written(update).await
    }
}

fn stock_update(
    table: &str,
    number: &PhoneNumberId,
    seen: Option<Stock>,
    next: Stock,
) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
    let (pk, sk) = keys::slots(number);
    let update = Update::builder()
        .table_name(table)
        .key("pk", s(pk))
        .key("sk", s(sk))
        .update_expression("SET bk = :bucket, lf = :left")
        .expression_attribute_values(":bucket", n(next.bucket.number()))
        .expression_attribute_values(":left", n(next.left.into()))
        .expression_attribute_values(":none", n(-1))
        .expression_attribute_values(":seen_bk", n(seen.map_or(-1, |stock| stock.bucket.number())))
        .expression_attribute_values(":seen_lf", n(seen.map_or(-1, |stock| stock.left.into())));
    update.under(Condition::StockUnchanged)
}

fn read_stock(item: &Item) -> Result<Stock, StoreError> {
    let left = item.number("lf").and_then(|left| u32::try_from(left).ok());
    let (Some(bucket), Some(left)) = (item.number("bk"), left) else {
        return Err(StoreError::Corrupt("a stock of slots"));
    };
    Ok(Stock { bucket: Bucket::numbered(bucket), left })
}
