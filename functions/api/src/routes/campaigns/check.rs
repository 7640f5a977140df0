//! What a campaign's definition must be: by itself, and by what it names.

use domain::campaign::definition::{Definition, Fault, Group};
use jiff::Timestamp;
use platform::BucketError;
use store::{AudienceKind, FileKind};

use super::files::place_of;
use crate::{Api, Problem};

/// The definition by itself.
pub(super) fn definition(definition: &Definition, now: Timestamp) -> Result<(), Problem> {
    let mut faults = definition.validate(now).err().unwrap_or_default();
    faults.extend(definition.unknown_parts());
    told(faults)
}

/// What it names: it is looked for when a campaign is scheduled, started or tried out.
pub(super) async fn references(api: &Api, definition: &Definition) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let mut fault = |field: String, what: &str| faults.push(Fault { field, what: what.to_owned() });
    for (index, number) in definition.numbers.iter().enumerate() {
        if api.store.number(number).await?.is_none() {
            fault(format!("numbers.{index}"), "is not a number of the company");
        }
    }
    if definition.canary.is_some() {
        fault("canary".to_owned(), "cannot be kept yet: results are not judged by themselves");
    }
    let groups = &definition.audience;
    for (side, groups) in [("include", &groups.include), ("exclude", &groups.exclude)] {
        for (index, group) in groups.iter().enumerate() {
            if let Some((member, what)) = group_fault(api, side, group).await? {
                fault(format!("audience.{side}.{index}.{member}"), &what);
            }
        }
    }
    told(faults)
}

/// What is wrong with a group: its member, and why.
async fn group_fault(
    api: &Api,
    side: &str,
    group: &Group,
) -> Result<Option<(&'static str, String)>, Problem> {
    let wrong = |member: &'static str, what: &str| Ok(Some((member, what.to_owned())));
    match group {
        Group::Segment(id) => match api.store.audience(AudienceKind::Segment, id).await? {
            None => wrong("segment", "is not a segment"),
            Some(segment) => match api.filter(&segment.filter).await {
                Ok(_) => Ok(None),
                Err(problem) => wrong("segment", &format!("has a filter that {}", problem.detail)),
            },
        },
        Group::List(id) if api.store.audience(AudienceKind::List, id).await?.is_none() => {
            wrong("list", "is not a list")
        }
        Group::Filter(text) => match api.filter(text).await {
            Ok(_) => Ok(None),
            Err(problem) => {
                wrong("filter", problem.detail.strip_prefix("filter ").unwrap_or(&problem.detail))
            }
        },
        Group::File(_) if side == "exclude" => {
            wrong("file", "cannot be excluded: import it onto a list, and exclude that")
        }
        Group::File(id) => {
            if api.store.file_job(FileKind::Audience, id).await?.is_none() {
                return wrong("file", "is not a file with an audience");
            }
            match api.bucket.read_part(&place_of(id), 0, 1).await {
                Ok(first) if !first.is_empty() => Ok(None),
                Ok(_) => wrong("file", "is empty"),
                Err(BucketError::Missing) => wrong("file", "was not uploaded"),
                Err(BucketError::Unavailable(_)) => Err(Problem::unavailable()),
            }
        }
        Group::Campaign(_) => {
            wrong("campaign", "cannot be read yet: who got another campaign is not told by its results")
        }
        Group::List(_) => Ok(None),
    }
}

fn told(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::faults(faults)) }
}
