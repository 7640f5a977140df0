//! An item of a pack, as the batch loop sees it.

use jiff::Timestamp;
use queue::{CorrelationId, Item, Pack};

use crate::Job;
use crate::batch::Parcel;

/// An item with the time at which its webhook was received.
#[derive(Clone, Debug)]
pub struct PackItem {
    /// The item.
    pub item: Item<'static>,
    /// When its webhook was received.
    pub received_at: Timestamp,
    /// What its webhook's log lines are found by.
    pub correlation: Option<CorrelationId>,
}

impl PackItem {
    /// Reads the items of a pack.
    ///
    /// # Errors
    /// Why it is none, without content.
    pub fn open(body: &str) -> Result<Parcel<Self>, String> {
        let pack = Pack::parse(body).map_err(|error| error.to_string())?;
        let received_at = Timestamp::from_millisecond(pack.received_at);
        let received_at = received_at.map_err(|_| "a pack from no time".to_owned())?;
        let correlation = pack.correlation;
        let own =
            |item: Item<'_>| Self { item: item.into_owned(), received_at, correlation: correlation.clone() };
        let items = pack.items.into_iter().map(own);
        Ok(Parcel { items: items.collect(), tries: pack.tries })
    }
}

impl Job for PackItem {
    fn content(&self) -> &str {
        self.item.content_text()
    }

    fn alone(&self, tries: u32) -> String {
        let pack =
            Pack::of_one(self.item.clone(), self.received_at.as_millisecond(), self.correlation.clone());
        Pack { tries, ..pack }.to_json()
    }

    fn correlation(&self) -> Option<&str> {
        self.correlation.as_ref().map(CorrelationId::as_str)
    }
}
