//! An item of a pack, as the batch loop sees it.

use jiff::Timestamp;
use platform::{Bucket, BucketError};
use queue::{Content, CorrelationId, Item, Pack};

use crate::batch::Parcel;
use crate::{Failure, Job};

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

    /// Its JSON, from the pack or from the bucket.
    ///
    /// # Errors
    /// The bucket does not answer, which may pass; or there is no JSON.
    pub async fn text(&self, bucket: &Bucket) -> Result<String, Failure> {
        match &self.item.content {
            Content::Raw(raw) => Ok(raw.get().to_owned()),
            Content::Stored(key) => {
                let bytes = bucket.read(key).await.map_err(|error| match error {
                    BucketError::Missing => Failure::Dead("its bytes are not in the bucket".to_owned()),
                    BucketError::Unavailable(_) => Failure::Retry(error.to_string()),
                })?;
                String::from_utf8(bytes.to_vec()).map_err(|_| Failure::Dead("not UTF-8".to_owned()))
            }
            Content::Bytes(_) => Err(Failure::Dead("bytes where JSON should be".to_owned())),
        }
    }

    /// Whether it lies in the bucket.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self.item.content, Content::Stored(_))
    }

    /// Takes what it has in the bucket away: once the item is dropped, nothing would ever point to it.
    ///
    /// # Errors
    /// The bucket does not answer, which may pass.
    pub async fn delete_stored(&self, bucket: &Bucket) -> Result<(), Failure> {
        let Content::Stored(key) = &self.item.content else { return Ok(()) };
        bucket.delete(key).await.map_err(|error| Failure::Retry(error.to_string()))
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
