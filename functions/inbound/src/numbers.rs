//! Numbers and portfolios that this worker has met, so that it asks and writes once per number.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::number::Settings;
use jiff::Timestamp;
use store::{Number, Store, StoreError};

/// How long an answer about a portfolio is believed. WABAs change portfolio by hand and hardly ever.
const BELIEVED: Duration = Duration::from_secs(300);

/// How long a number's settings are believed: whoever changes them sees it within half a minute.
const SETTLED: Duration = Duration::from_secs(30);

/// The memory of one worker.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    settings: Mutex<HashMap<PhoneNumberId, (Arc<Settings>, Timestamp)>>,
    met: Mutex<HashSet<PhoneNumberId>>,
    portfolios: Mutex<HashMap<WabaId, (PortfolioId, Timestamp)>>,
    /// Numbers whose throughput nobody leases, and when that was seen.
    unleased: Mutex<HashMap<PhoneNumberId, Timestamp>>,
}

impl Numbers {
    /// Enters a number into the directory when this worker first meets it.
    pub(crate) async fn meet(&self, store: &Store, number: Number, now: Timestamp) -> Result<(), StoreError> {
        if lock(&self.met).contains(&number.id) {
            return Ok(());
        }
        store.meet_number(&number, now).await?;
        lock(&self.met).insert(number.id);
        Ok(())
    }

    /// What is settled for a number.
    pub(crate) async fn settings(
        &self,
        store: &Store,
        number: &PhoneNumberId,
        now: Timestamp,
    ) -> Result<Arc<Settings>, StoreError> {
        let known = lock(&self.settings).get(number).cloned();
        if let Some((settings, asked)) = known
            && now.duration_since(asked).unsigned_abs() < SETTLED
        {
            return Ok(settings);
        }
        let settings = Arc::new(store.number_settings(number).await?);
        lock(&self.settings).insert(number.clone(), (Arc::clone(&settings), now));
        Ok(settings)
    }

    /// Notes how many messages came in, if somebody leases the number's throughput.
    pub(crate) async fn note_inbound(
        &self,
        store: &Store,
        number: &PhoneNumberId,
        messages: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let asked = lock(&self.unleased).get(number).copied();
        if asked.is_some_and(|asked| now.duration_since(asked).unsigned_abs() < SETTLED) {
            return Ok(());
        }
        if !store.note_inbound(number, messages, now).await? {
            lock(&self.unleased).insert(number.clone(), now);
        }
        Ok(())
    }

    /// The portfolio of a WABA.
    pub(crate) async fn portfolio(
        &self,
        store: &Store,
        waba: &WabaId,
        now: Timestamp,
    ) -> Result<PortfolioId, StoreError> {
        let known = lock(&self.portfolios).get(waba).cloned();
        if let Some((portfolio, asked)) = known
            && now.duration_since(asked).unsigned_abs() < BELIEVED
        {
            return Ok(portfolio);
        }
        let portfolio = store.portfolio_of(Some(waba)).await?;
        lock(&self.portfolios).insert(waba.clone(), (portfolio.clone(), now));
        Ok(portfolio)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
