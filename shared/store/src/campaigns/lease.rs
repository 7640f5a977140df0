//! A number's throughput, leased in blocks: see `domain::pace`.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::PhoneNumberId;
use domain::pace::{Ask, Grant, Inbound, Lease, Level};
use jiff::Timestamp;

use crate::item::{Get, Item, n, s};
use crate::outbound::written;
use crate::writes::Guarded;
use crate::{Condition, Store, StoreError, keys};

/// How often a worker looks again after others were faster.
const ROUNDS: usize = 8;

impl Store {
    /// Leases time of a number, which Meta gives this level, for some messages.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if others were faster again and again. See [`StoreError`].
    pub async fn lease(
        &self,
        number: &PhoneNumberId,
        level: Level,
        ask: Ask,
        now: Timestamp,
    ) -> Result<Grant, StoreError> {
        for _ in 0..ROUNDS {
            if let Some(grant) = self.try_lease(number, level, ask, now).await? {
                return Ok(grant);
            }
        }
        Err(StoreError::Contended)
    }

    /// The same, once. `None` if somebody else was faster: whoever has time asks a little later, as every attempt is paid
    /// for and all who ask again at once are refused again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn try_lease(
        &self,
        number: &PhoneNumberId,
        level: Level,
        ask: Ask,
        now: Timestamp,
    ) -> Result<Option<Grant>, StoreError> {
        let (lease, seen) = self.read_lease(number, level).await?;
        let grant = lease.take(ask, now);
        let Grant::Messages { lease: next, .. } = grant else { return Ok(Some(grant)) };
        Ok(self.write_lease(number, seen, &next).await?.then_some(grant))
    }

    /// Meta refused a message of a number for the rate: everybody waits, and goes slower. Told often, it is noted once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn slow_down(
        &self,
        number: &PhoneNumberId,
        level: Level,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change_lease(number, level, |lease| lease.refused(now)).await
    }

    /// Meta has a number in maintenance: nobody sends for a minute.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rest_number(
        &self,
        number: &PhoneNumberId,
        level: Level,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change_lease(number, level, |lease| lease.in_maintenance(now)).await
    }

    async fn change_lease(
        &self,
        number: &PhoneNumberId,
        level: Level,
        change: impl Fn(&Lease) -> Option<Lease>,
    ) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let (lease, seen) = self.read_lease(number, level).await?;
            let Some(next) = change(&lease) else { return Ok(()) };
            if self.write_lease(number, seen, &next).await? {
                return Ok(());
            }
        }
        // Whoever was faster has moved it on as well, and Meta says it again.
        Ok(())
    }

    /// Notes how many messages came in for a number, if it ever leased: they count against its throughput. `false` if it
    /// has no lease.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_inbound(
        &self,
        number: &PhoneNumberId,
        messages: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::lease(number), false).await?;
        let Some(item) = item else { return Ok(false) };
        let came = read_inbound(&item).came(messages, now);
        let (pk, sk) = keys::lease(number);
        // Without a condition: of two at once one is lost either way, and the next one is soon.
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET ir = :rate, ia = :at")
            .expression_attribute_values(":rate", n(came.rate.into()))
            .expression_attribute_values(":at", n(came.at));
        update.send().await.map(|_| true).map_err(|error| StoreError::from_sdk(&error))
    }

    async fn read_lease(
        &self,
        number: &PhoneNumberId,
        level: Level,
    ) -> Result<(Lease, Option<i64>), StoreError> {
        let item = self.get(&self.tables.campaigns, &keys::lease(number), true).await?;
        let Some(item) = item else { return Ok((Lease::new(level), None)) };
        let micros = |name: &str| {
            let micros = item.number(name).and_then(|micros| Timestamp::from_microsecond(micros).ok());
            micros.unwrap_or(Timestamp::UNIX_EPOCH)
        };
        let lease = Lease {
            level,
            tat: micros("tat"),
            jumps: micros("jm"),
            shrunk: item.number("sh").and_then(|shrunk| u32::try_from(shrunk).ok()).unwrap_or_default(),
            shrunk_at: micros("sa"),
            inbound: read_inbound(&item),
        };
        Ok((lease, item.number("tat")))
    }

    async fn write_lease(
        &self,
        number: &PhoneNumberId,
        seen: Option<i64>,
        next: &Lease,
    ) -> Result<bool, StoreError> {
        let (pk, sk) = keys::lease(number);
        let condition = Condition::LeaseUnchanged;
        let micros = |time: Timestamp| AttributeValue::N(time.as_microsecond().to_string());
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.campaigns)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET tat = :tat, jm = :jumps, sh = :shrunk, sa = :shrunk_at")
            .under(condition)
            .expression_attribute_values(":tat", micros(next.tat))
            .expression_attribute_values(":jumps", micros(next.jumps))
            .expression_attribute_values(":shrunk", n(next.shrunk.into()))
            .expression_attribute_values(":shrunk_at", micros(next.shrunk_at))
            .expression_attribute_values(":lease_seen", n(seen.unwrap_or(-1)));
        written(update).await
    }
}

fn read_inbound(item: &Item) -> Inbound {
    let rate = item.number("ir").and_then(|rate| u32::try_from(rate).ok()).unwrap_or_default();
    Inbound { rate, at: item.number("ia").unwrap_or_default() }
}
