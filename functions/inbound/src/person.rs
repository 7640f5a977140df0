//! Whom a payload is about.

use cloud_api::{PhoneNumberId, PortfolioId, WabaId};
use domain::ContactId;
use domain::identity::{Change, Sighting};
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};
use store::{ProfileSeen, Resolved, StoreError};

use crate::{Inbound, failure};

/// Who was met.
pub(crate) enum Met {
    /// Somebody, who is on record by now.
    Person(Resolved),
    /// Somebody who was erased after it was written.
    Erased,
    /// Nobody: the payload has no id of a person.
    Nobody,
}

impl Met {
    fn of(resolved: Result<Option<Resolved>, StoreError>) -> Result<Self, Failure> {
        match resolved {
            Ok(Some(person)) => Ok(Self::Person(person)),
            Ok(None) => Ok(Self::Nobody),
            Err(StoreError::Erased) => Ok(Self::Erased),
            Err(error) => Err(failure(error)),
        }
    }

    /// The person, if there is one.
    pub(crate) fn person(self) -> Option<Resolved> {
        if let Self::Person(person) = self { Some(person) } else { None }
    }
}

impl Inbound {
    /// The portfolio whose number was written to: ids of people hold within one.
    pub(crate) async fn portfolio(&self, item: &PackItem) -> Result<PortfolioId, Failure> {
        let waba = WabaId::new(item.item.waba.as_ref());
        let now = self.kit.clock.now();
        self.numbers.portfolio(&self.store, &waba, now).await.map_err(failure)
    }

    /// The person behind the ids of a payload.
    pub(crate) async fn meet(
        &self,
        sighting: &Sighting,
        seen: &ProfileSeen,
        number: &PhoneNumberId,
    ) -> Result<Met, Failure> {
        let (new, now) = (self.new_contact()?, self.kit.clock.now());
        Met::of(self.store.resolve_person(sighting, seen, number, &new, now).await)
    }

    /// The same, where the payload tells that the ids have changed.
    pub(crate) async fn follow(&self, change: &Change, number: &PhoneNumberId) -> Result<Met, Failure> {
        let (new, now) = (self.new_contact()?, self.kit.clock.now());
        Met::of(self.store.follow_change(change, number, &new, now).await)
    }

    fn new_contact(&self) -> Result<ContactId, Failure> {
        let id = ContactId::new(lambda_kit::new_id(&self.kit.clock));
        id.ok_or_else(|| Failure::Retry("no id for a new contact".to_owned()))
    }
}

/// When something happened by Meta's clock; without a time of its own, when it was received.
pub(crate) fn at_metas_time(seconds: Option<i64>, received_at: Timestamp) -> Timestamp {
    let meta = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    meta.filter(|at| *at >= Timestamp::UNIX_EPOCH).unwrap_or(received_at)
}
