//! The people of a campaign that has started, chunk by chunk, with what became of each: the audience of another one.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::definition::Who;
use domain::campaign::earlier::is_meant;
use domain::campaign::log::{CHUNK, Chunk, PARTITIONS};
use futures::future::try_join_all;

use super::chunks::read_chunk;
use crate::item::{Get, Item, s};
use crate::{Store, StoreError, keys};

/// How many items of a log are read at a time: chunks, and their runs beside them.
const MANY: i32 = 20;

/// A place in a campaign's log, which never changes its order: behind a member of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPlace {
    partition: u64,
    behind: Option<(Chunk, usize)>,
}

impl LogPlace {
    /// The beginning.
    pub const FIRST: Self = Self { partition: 0, behind: None };
}

/// `3` is the beginning of a partition, `3/000000019/57` is behind a member.
impl fmt::Display for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.behind {
            None => write!(f, "{}", self.partition),
            Some((chunk, member)) => write!(f, "{}/{chunk}/{member}", self.partition),
        }
    }
}

impl FromStr for LogPlace {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let read = || {
            let parts: Vec<_> = text.split('/').collect();
            let (partition, behind) = match parts.as_slice() {
                [partition] => (partition, None),
                [partition, chunk, member] => (partition, Some((chunk.parse().ok()?, member.parse().ok()?))),
                _ => return None,
            };
            Some(Self { partition: partition.parse().ok()?, behind })
        };
        read().ok_or(StoreError::Corrupt("a place in a campaign's log"))
    }
}

/// A page of people of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EarlierPage {
    /// The people, each with the place behind them. It may be empty and have a next page.
    pub people: Vec<(ContactId, LogPlace)>,
    /// Where the next page begins.
    pub next: Option<LogPlace>,
}

impl Store {
    /// A page of those people of a campaign who are meant, as its results say now: some thousand lines are read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn earlier_page(
        &self,
        (campaign, who): (&CampaignId, Who),
        place: &LogPlace,
    ) -> Result<EarlierPage, StoreError> {
        let (pk, _) = keys::chunk(campaign, Chunk::Walked(place.partition));
        let (first, last) = keys::ALL_CHUNKS;
        // The chunk of the place is read again: somebody may stand behind the member.
        let first =
            place.behind.map_or_else(|| first.to_owned(), |(chunk, _)| keys::chunk(campaign, chunk).1);
        let page = self
            .client
            .query()
            .table_name(&self.tables.campaigns)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":first", s(first))
            .expression_attribute_values(":last", s(last))
            .limit(MANY)
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let chunks: Vec<(Chunk, &Item)> = page.items().iter().filter_map(named).collect();
        let goes_on = page.last_evaluated_key().is_some();
        let next = match chunks.last().filter(|_| goes_on) {
            Some((chunk, _)) => {
                Some(LogPlace { partition: place.partition, behind: Some((*chunk, CHUNK - 1)) })
            }
            None => {
                let partition = place.partition + 1;
                (partition < PARTITIONS).then_some(LogPlace { partition, behind: None })
            }
        };
        let found = chunks.iter().map(|(chunk, item)| self.meant_of((campaign, who), *chunk, item));
        let people = try_join_all(found).await?.into_iter().flatten();
        let is_behind = |(chunk, member): (Chunk, usize)| {
            place.behind.is_none_or(|(of, behind)| chunk != of || member > behind)
        };
        let people = people.filter(|(_, at)| is_behind(*at));
        let people =
            people.map(|(contact, at)| (contact, LogPlace { partition: place.partition, behind: Some(at) }));
        Ok(EarlierPage { people: people.collect(), next })
    }

    /// Those of a chunk who are meant, with their places.
    async fn meant_of(
        &self,
        (campaign, who): (&CampaignId, Who),
        chunk: Chunk,
        item: &Item,
    ) -> Result<Vec<(ContactId, (Chunk, usize))>, StoreError> {
        let members = read_chunk(item)?.members;
        let mut results = self.results(campaign, chunk).await?;
        let people = members.into_iter().enumerate().filter(|(place, _)| {
            let line = results.remove(place).unwrap_or_default();
            is_meant(who, &line)
        });
        Ok(people.map(|(place, member)| (member.contact, (chunk, place))).collect())
    }

    /// Everybody of a campaign who is meant: of 100,000 people some 10 MB in memory.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn earlier_people(
        &self,
        campaign: &CampaignId,
        who: Who,
    ) -> Result<HashSet<ContactId>, StoreError> {
        let of_partition = |partition| async move {
            let mut people = Vec::new();
            let mut place = Some(LogPlace { partition, behind: None });
            while let Some(here) = place.filter(|place| place.partition == partition) {
                let page = self.earlier_page((campaign, who), &here).await?;
                people.extend(page.people.into_iter().map(|(contact, _)| contact));
                place = page.next;
            }
            Ok::<_, StoreError>(people)
        };
        let parts = try_join_all((0..PARTITIONS).map(of_partition)).await?;
        Ok(parts.into_iter().flatten().collect())
    }
}

/// A chunk by its name. Runs stand beside their chunks.
fn named(item: &Item) -> Option<(Chunk, &Item)> {
    let sk = item.text("sk").filter(|sk| !sk.ends_with(keys::RUN))?;
    Some((keys::parse_chunk(sk)?, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_was_written() {
        let walked = LogPlace { partition: 3, behind: Some((Chunk::Walked(19), 57)) };
        let deferred = LogPlace { partition: 3, behind: Some((Chunk::Deferred { hour: 498_721, n: 3 }, 0)) };
        for place in [LogPlace::FIRST, walked, deferred] {
            assert_eq!(place.to_string().parse::<LogPlace>().unwrap(), place);
        }
        assert!("3/x/1".parse::<LogPlace>().is_err() && "".parse::<LogPlace>().is_err());
    }
}
