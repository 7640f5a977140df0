//! What a campaign's definition must be: by itself, and by what it names.

use std::collections::BTreeSet;

use cloud_api::language::Language;
use domain::campaign::CampaignId;
use domain::campaign::definition::{Definition, Fault, Group, LanguageRule};
use domain::campaign::filling::Filling;
use domain::campaign::schedule::Start;
use domain::template::{Mirror, health};
use jiff::Timestamp;
use platform::BucketError;
use store::{AudienceKind, FileKind, KeptTemplate};

use super::files::place_of;
use crate::{Api, Problem};

/// The definition by itself.
pub(super) fn definition(definition: &Definition, now: Timestamp) -> Result<(), Problem> {
    let mut faults = definition.validate(now).err().unwrap_or_default();
    faults.extend(definition.unknown_parts());
    told(faults)
}

/// What it names: it is looked for when a campaign is scheduled, started or tried out.
pub(super) async fn references(
    api: &Api,
    campaign: &CampaignId,
    definition: &Definition,
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let mut fault = |field: String, what: &str| faults.push(Fault { field, what: what.to_owned() });
    let mut wabas = BTreeSet::new();
    for (index, number) in definition.numbers.iter().enumerate() {
        match api.store.number(number).await?.map(|number| number.waba) {
            None => fault(format!("numbers.{index}"), "is not a number of the company"),
            Some(None) => fault(
                format!("numbers.{index}"),
                "has no WhatsApp Business account on record yet: whose templates it may send is not known",
            ),
            Some(Some(waba)) => drop(wabas.insert(waba)),
        }
    }
    let groups = &definition.audience;
    for (side, groups) in [("include", &groups.include), ("exclude", &groups.exclude)] {
        for (index, group) in groups.iter().enumerate() {
            if let Some((member, what)) = group_fault(api, side, group).await? {
                fault(format!("audience.{side}.{index}.{member}"), &what);
            }
        }
    }
    for waba in &wabas {
        for (index, variant) in definition.templates.iter().enumerate() {
            let named = api.store.templates_named(waba, &variant.template).await?;
            let filling = Filling { campaign, variant };
            template_faults(&named, &definition.language, filling, index, &mut faults);
        }
    }
    told(faults)
}

/// What is wrong with a template of a WABA: it has to be there, to be sent by Meta, to have the language, and to be filled.
fn template_faults(
    named: &[KeptTemplate],
    rule: &LanguageRule,
    filling: Filling<'_>,
    index: usize,
    faults: &mut Vec<Fault>,
) {
    let mut fault = |field: &str, what: String| {
        let fault = Fault { field: format!("templates.{index}.{field}"), what };
        // Another account may have the same fault.
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    };
    let mirrors: Vec<_> = named.iter().filter_map(|kept| kept.mirror.as_ref()).collect();
    if mirrors.is_empty() {
        return fault("template", "is not a template of the number's account, as far as is known".to_owned());
    }
    let read = |mirror: &&&Mirror| {
        rule.by_contact || mirror.content.language.as_str() == Language::new(&rule.default).as_str()
    };
    let (usable, others): (Vec<&Mirror>, Vec<&Mirror>) =
        mirrors.iter().filter(read).partition(|mirror| health(mirror, None).may_be_used());
    let default = Language::new(&rule.default);
    if !usable.iter().any(|mirror| mirror.content.language == default) {
        let what = match others.iter().find(|mirror| mirror.content.language == default) {
            Some(mirror) => format!("cannot be sent in {}: Meta has it as {}", rule.default, mirror.state),
            None => format!("is not there in {}", rule.default),
        };
        fault("template", what);
    }
    for mirror in usable {
        for violation in filling.check(&mirror.content).err().unwrap_or_default() {
            fault(&format!("parameters.{}", violation.field), violation.message);
        }
    }
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
        Group::Campaign(earlier) => match api.store.campaign(&earlier.id).await? {
            None => wrong("campaign.id", "is not a campaign"),
            Some(there) if matches!(there.definition.start, Start::Recurring(_)) => {
                wrong("campaign.id", "recurs: name one of its runs")
            }
            Some(there) if there.started_at.is_none() => wrong("campaign.id", "has not started"),
            Some(_) => Ok(None),
        },
        Group::List(_) => Ok(None),
    }
}

fn told(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::faults(faults)) }
}
