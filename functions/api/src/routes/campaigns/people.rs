//! `/v1/campaigns/{id}/people`: everybody's line, with the whole story of why.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State as Shared;
use domain::campaign::result::Entry;
use domain::campaign::story::{self, Line, outcomes};
use domain::{Contact, ContactId};
use http::Uri;
use serde::Serialize;
use store::{Campaign, CampaignLine};
use utoipa::ToSchema;

use super::find;
use crate::extract::{Id, Paging, filter};
use crate::view::Page;
use crate::{Api, Problem, cursor};

/// How many chunks are looked through for one page: a page may be short, and has its `next` all the same.
const CHUNKS: u64 = 25;

/// A person's line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CampaignPerson)]
pub(crate) struct PersonView {
    /// The contact, as it stands in the audience.
    contact: String,
    /// What people call the person; `null` of somebody who was erased.
    name: Option<String>,
    /// The template, if one was chosen.
    template: Option<String>,
    /// The country's two letters, if the phone told it.
    country: Option<String>,
    /// Meta's code, if it refused the message or reported a failure.
    code: Option<u32>,
    #[serde(flatten)]
    line: Line,
}

/// Everybody's line, in the order of the frozen audience; none before it is frozen. With `outcome`, those who ended so.
#[utoipa::path(get, path = "/v1/campaigns/{id}/people", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign"),
        ("outcome" = Option<String>, Query, description = "The word in which a line ends: `waiting`, `put_off`, \
            `unknown`, `accepted`, `sent`, `delivered`, `read`, `failed`, `held`, or a reason such as `opted_out`"),
        Paging),
    responses((status = OK, body = Page<PersonView>), (status = NOT_FOUND, description = "No such campaign")))]
pub(crate) async fn people(
    Shared(api): Shared<Api>,
    Id(id): Id,
    paging: Paging,
    uri: Uri,
) -> Result<Json<Page<PersonView>>, Problem> {
    let limit = usize::from(paging.limit()?);
    let outcome = filter(&uri, "outcome")?;
    if outcome.as_deref().is_some_and(|outcome| !outcomes().any(|word| word == outcome)) {
        return Err(Problem::field("outcome", "must be a word in which a line ends"));
    }
    let place = paging.after(|text| cursor::read::<(u64, usize)>("campaign people", text))?;
    let campaign = find(&api, &id).await?;
    let started_at = campaign.started_at.unwrap_or(campaign.created_at);
    let lines = api.store.campaign_lines(&campaign.id);
    let chunks = campaign.log.frozen_at.map_or(0, |_| campaign.log.chunks);
    let (mut chunk, mut after) = place.unwrap_or_default();
    let (until, mut found, mut next) = (chunk.saturating_add(CHUNKS).min(chunks), Vec::new(), None);
    'page: while chunk < until {
        for (member, line) in lines.of_chunk(chunk).await?.into_iter().enumerate().skip(after) {
            if found.len() == limit {
                next = Some((chunk, member));
                break 'page;
            }
            let told = story::tell(&line.entries, line.begun, started_at);
            if outcome.as_ref().is_none_or(|outcome| *outcome == told.outcome) {
                found.push((line, told));
            }
        }
        (chunk, after) = (chunk + 1, 0);
        next = (chunk < chunks).then_some((chunk, 0));
    }
    let next = next.map(|place| cursor::write("campaign people", place));
    let ids = found.iter().map(|(line, _)| line.contact.clone()).collect();
    let contacts = api.store.contacts_of(ids).await?;
    let items = found.into_iter().map(|(line, told)| view(&campaign, &contacts, line, told));
    Ok(Json(Page { items: items.collect(), next }))
}

fn view(
    campaign: &Campaign,
    contacts: &HashMap<ContactId, Contact>,
    line: CampaignLine,
    told: Line,
) -> PersonView {
    let contact = contacts.get(&line.contact).filter(|contact| !contact.erased);
    let name = contact.and_then(Contact::display_name).map(str::to_owned);
    let newest = line.entries.iter().rev().find(|entry| **entry != Entry::default());
    let placed = newest.and_then(|entry| entry.outcome.as_ref());
    let template = placed.and_then(|placed| {
        let template = campaign.definition.templates.get(usize::from(placed.variant));
        template.map(|template| template.template.clone())
    });
    PersonView {
        contact: line.contact.to_string(),
        name,
        template,
        country: placed.map(|placed| placed.market.clone()).filter(|country| !country.is_empty()),
        code: newest.and_then(|entry| entry.error),
        line: told,
    }
}
