//! Who is in a campaign's audience: its groups one after another, each by a key that never changes.
//!
//! A place in the walk is the group's number and the key in it: `0:01K…` is behind a contact of the first group, `1:` is
//! the beginning of the second.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::campaign::CampaignId;
use domain::campaign::definition::{Definition, EarlierCampaign, Group, ParameterSource, Who};
use domain::record::{FieldDef, Filter};
use domain::{Contact, ContactId};
use jiff::Timestamp;
use lambda_kit::Failure;
use store::{AudienceKind, LogPlace, Member, Snapshot};

use crate::file::AudienceFile;
use crate::{Campaigns, failure};

/// Members of a list that are read at a time.
const MEMBERS: u16 = 500;

/// Whether lines of files become records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Whoever is not on record is entered.
    Write,
    /// Nothing is written.
    DryRun,
}

/// Where a group's people are read from.
enum Source {
    Filter(Filter),
    List(String),
    File(AudienceFile),
    Earlier(Earlier),
}

/// People of another campaign.
struct Earlier {
    campaign: CampaignId,
    who: Who,
    /// All of them, where others are looked for among them.
    people: HashSet<ContactId>,
}

/// An audience that can be walked.
pub(crate) struct Audience<'a> {
    work: &'a Campaigns,
    include: Vec<Source>,
    exclude: Vec<Source>,
    defs: Vec<FieldDef>,
    mode: Mode,
}

/// Somebody who was found.
pub(crate) struct Found {
    /// As the chunk has it.
    pub(crate) member: Member,
    /// The record.
    pub(crate) record: Contact,
    /// Where the walk goes on behind the person.
    pub(crate) after: String,
}

/// A page of an audience.
#[derive(Default)]
pub(crate) struct Page {
    /// Who was found: nobody who was found in a group before.
    pub(crate) found: Vec<Found>,
    /// Lines of a file that name nobody.
    pub(crate) unreadable: u64,
    /// Lines of a file of people who were erased.
    pub(crate) erased: u64,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
}

/// Somebody of one group.
pub(crate) struct Candidate {
    pub(crate) record: Contact,
    pub(crate) line: Option<BTreeMap<String, String>>,
    /// The key in the group behind the person.
    pub(crate) after: String,
}

/// A page of one group.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) unreadable: u64,
    pub(crate) erased: u64,
    pub(crate) next: Option<String>,
}

impl<'a> Audience<'a> {
    /// The audience of a definition. Segments are as they were frozen. `None` if one of the groups is not there, or
    /// cannot be read, any more.
    pub(crate) async fn of(
        work: &'a Campaigns,
        definition: &Definition,
        snapshot: &Snapshot,
        (mode, started_at): (Mode, Timestamp),
    ) -> Result<Option<Self>, Failure> {
        let defs = work.store.fields().await.map_err(failure)?;
        let columns = columns_of(definition);
        let (mut include, mut exclude) = (Vec::new(), Vec::new());
        let groups = definition.audience.include.iter().map(|group| (group, true));
        let included = definition.audience.include.len();
        for (group, is_included) in groups.chain(definition.audience.exclude.iter().map(|it| (it, false))) {
            let source = match group {
                Group::Filter(text) => Filter::parse(text, &defs).ok().map(Source::Filter),
                Group::Segment(id) => {
                    let text = snapshot.segments.get(id);
                    text.and_then(|text| Filter::parse(text, &defs).ok()).map(Source::Filter)
                }
                Group::List(id) => {
                    let list = work.store.audience(AudienceKind::List, id).await.map_err(failure)?;
                    list.map(|list| Source::List(list.id))
                }
                Group::File(id) => {
                    let file = AudienceFile::open(work, id, (&columns, started_at)).await?;
                    file.map(Source::File)
                }
                Group::Campaign(earlier) => {
                    // Nobody comes after the last group who would be looked for in it.
                    let is_last = is_included && include.len() + 1 == included;
                    Earlier::of(work, earlier, is_last).await?.map(Source::Earlier)
                }
            };
            let Some(source) = source else { return Ok(None) };
            if is_included { include.push(source) } else { exclude.push(source) }
        }
        Ok(Some(Self { work, include, exclude, defs, mode }))
    }

    /// A page from a place on; without one, from the beginning.
    pub(crate) async fn page(&self, place: Option<&str>) -> Result<Page, Failure> {
        let (group, key) = place.and_then(|place| place.split_once(':')).unwrap_or(("0", ""));
        let group: usize =
            group.parse().map_err(|_| Failure::Dead("not a place in an audience".to_owned()))?;
        let Some(source) = self.include.get(group) else { return Ok(Page::default()) };
        let key = (!key.is_empty()).then_some(key);
        let part = self.part(source, key).await?;
        let next = match part.next {
            Some(key) => Some(format!("{group}:{key}")),
            None => (group + 1 < self.include.len()).then(|| format!("{}:", group + 1)),
        };
        let before = self.within(&self.include[..group], &part.candidates).await?;
        let excluded = self.within(&self.exclude, &part.candidates).await?;
        let mut found: Vec<Found> = Vec::new();
        for candidate in part.candidates {
            let Candidate { record, line, after } = candidate;
            let after = format!("{group}:{after}");
            if before.contains(&record.id) {
                continue;
            }
            let excluded = excluded.contains(&record.id);
            found.push(Found {
                member: Member { contact: record.id.clone(), excluded, line },
                record,
                after,
            });
        }
        Ok(Page { found, unreadable: part.unreadable, erased: part.erased, next })
    }

    async fn part(&self, source: &Source, key: Option<&str>) -> Result<Part, Failure> {
        let after = || -> Result<Option<ContactId>, Failure> {
            let id =
                key.map(|key| ContactId::new(key).ok_or_else(|| Failure::Dead("not a contact".to_owned())));
            id.transpose()
        };
        let store = &self.work.store;
        match source {
            Source::Filter(filter) => {
                let page = store.audience_page(filter, after()?.as_ref()).await.map_err(failure)?;
                let candidates = page.contacts.into_iter().map(Candidate::of_record).collect();
                let next = page.next.map(|id| id.to_string());
                Ok(Part { candidates, next, ..Part::default() })
            }
            Source::List(list) => {
                let after = after()?;
                let (ids, next) = store.members(list, after.as_ref(), MEMBERS).await.map_err(failure)?;
                let mut records = store.contacts_of(ids.clone()).await.map_err(failure)?;
                let records = ids.iter().filter_map(|id| records.remove(id));
                let candidates = records.map(Candidate::of_record).collect();
                Ok(Part { candidates, next: next.map(|id| id.to_string()), ..Part::default() })
            }
            Source::File(file) => file.part(self.work, key, (&self.defs, self.mode)).await,
            Source::Earlier(earlier) => {
                let place = key.map_or(Ok(LogPlace::FIRST), str::parse).map_err(failure)?;
                let of = (&earlier.campaign, earlier.who);
                let page = store.earlier_page(of, &place).await.map_err(failure)?;
                let ids = page.people.iter().map(|(id, _)| id.clone()).collect();
                let mut records = store.contacts_of(ids).await.map_err(failure)?;
                let candidates = page.people.into_iter().filter_map(|(id, place)| {
                    let record = records.remove(&id)?;
                    Some(Candidate { after: place.to_string(), record, line: None })
                });
                let next = page.next.map(|place| place.to_string());
                Ok(Part { candidates: candidates.collect(), next, ..Part::default() })
            }
        }
    }

    /// Who of some people is in any of these groups. A file is not looked into: who comes from a file and from
    /// elsewhere is stopped by the gate the second time.
    async fn within(
        &self,
        groups: &[Source],
        candidates: &[Candidate],
    ) -> Result<BTreeSet<ContactId>, Failure> {
        let mut within = BTreeSet::new();
        for group in groups {
            match group {
                Source::Filter(filter) => {
                    let matching = candidates.iter().filter(|it| filter.matches(&it.record));
                    within.extend(matching.map(|it| it.record.id.clone()));
                }
                Source::List(list) => {
                    let ids: Vec<_> = candidates.iter().map(|it| it.record.id.clone()).collect();
                    if !ids.is_empty() {
                        within.extend(self.work.store.on_list(list, &ids).await.map_err(failure)?);
                    }
                }
                Source::Earlier(earlier) => {
                    let ids = candidates.iter().map(|it| &it.record.id);
                    within.extend(ids.filter(|id| earlier.people.contains(*id)).cloned());
                }
                Source::File(_) => {}
            }
        }
        Ok(within)
    }
}

impl Earlier {
    /// `None` if the campaign is not there, or has not started. `is_walked`: nobody is looked for among its people.
    async fn of(
        work: &Campaigns,
        earlier: &EarlierCampaign,
        is_walked: bool,
    ) -> Result<Option<Self>, Failure> {
        let (campaign, who) = (earlier.id.clone(), earlier.who);
        let there = work.store.campaign(&campaign).await.map_err(failure)?;
        if there.is_none_or(|there| there.started_at.is_none()) {
            return Ok(None);
        }
        let people = match is_walked {
            true => HashSet::new(),
            false => work.store.earlier_people(&campaign, who).await.map_err(failure)?,
        };
        Ok(Some(Self { campaign, who, people }))
    }
}

impl Candidate {
    fn of_record(record: Contact) -> Self {
        Self { after: record.id.to_string(), record, line: None }
    }
}

/// The columns of files that fill parameters: nothing else of a line is kept.
fn columns_of(definition: &Definition) -> BTreeSet<String> {
    let parameters = definition.templates.iter().flat_map(|variant| variant.parameters.values());
    let columns = parameters.filter_map(|parameter| match &parameter.from {
        ParameterSource::Line(column) => Some(column.clone()),
        _ => None,
    });
    columns.collect()
}
