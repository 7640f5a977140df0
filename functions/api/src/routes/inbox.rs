//! `/v1/conversations`, as lists.

use axum::Json;
use axum::extract::State;
use cloud_api::PhoneNumberId;
use domain::agent::AgentId;
use futures::future::{try_join_all, try_join3};
use http::Uri;
use serde::Serialize;
use store::{ConversationPage, ConversationRow, Count, InboxFilter, MOST_COUNTED};
use utoipa::ToSchema;

use super::desk::{After, Asked, Category, Desk, Place};
use super::realtime::Changed;
use crate::colleagues::me;
use crate::extract::Paging;
use crate::identity::Identity;
use crate::view::{ConversationView, Page};
use crate::{Api, Problem, cursor};

/// Conversations of one number, or of all.
///
/// All of them come newest first; every other category as long as it has been so, the longest first: `mine` is what the
/// asker has; `unassigned`, where a customer waits and nobody has taken it; `new`, where a customer waits and nobody has
/// answered since it was opened; `unknown`, where somebody waits whom nobody has put on record; `important`, what is
/// marked so. Closed conversations are shown only where `state` asks for them; so are snoozed ones where somebody waits.
/// Where few pass the filters, a page may be short and still have a next one.
///
/// Agents see the numbers of their departments. Of others, every category but `all` has what an agent has and what was sent
/// to a department of theirs.
///
/// With `changed_since` the list is another one: every conversation that the asker sees and that changed since then,
/// whatever its state, the earliest change first. It is for a client that was not connected for a while. What changed
/// some seconds before is in it too. Changes are remembered for two hours: after that the answer is 410.
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations",
    params(
        ("category" = Option<String>, Query, description = "`all`, `mine`, `unassigned`, `important`, `new` or `unknown`"),
        ("state" = Option<String>, Query, description = "`open`, `pending`, `snoozed`, `closed` or `any`; without it, everything that is not closed"),
        ("number" = Option<String>, Query, description = "Meta's `phone_number_id`; all numbers without it"),
        ("label" = Option<String>, Query, description = "A label's id"),
        ("department" = Option<String>, Query, description = "A department's id: what was sent to it, and of its numbers what was sent nowhere"),
        ("assignee" = Option<String>, Query, description = "An agent's id, or `me`; only what is not closed"),
        ("changed_since" = Option<String>, Query, description = "A time, as RFC 3339; goes with `number` and no other filter"),
        Paging),
    responses(
        (status = OK, body = Page<ConversationView>),
        (status = GONE, description = "Nobody remembers what changed since then: read the lists anew")))]
pub(crate) async fn list(
    State(api): State<Api>,
    identity: Identity,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<ConversationView>>, Problem> {
    let me = me(&identity)?;
    let asked = Asked::read(&uri, &me)?;
    let limit = paging.limit()?;
    // A cursor is refused before any table is asked.
    let changed = Changed::read(&uri, &paging)?;
    let after = if changed.is_some() { After::default() } else { After::read(&asked, &paging)? };
    let desk = Desk::of(&api, &identity, &asked).await?;
    let (rows, next) = match changed {
        Some(changed) => changed.rows(&api, &desk, limit).await?,
        None => page(&api, &desk, &asked, (&after, limit), &me).await?,
    };
    let display = |number: &PhoneNumberId| desk.known.get(number.as_str())?.display.clone();
    Ok(Json(Page { items: shown(&api, rows, &me, display).await?, next }))
}

/// Rows as an agent sees them; a number is shown as people read it.
pub(super) async fn shown(
    api: &Api,
    rows: Vec<ConversationRow>,
    me: &AgentId,
    display: impl Fn(&PhoneNumberId) -> Option<String>,
) -> Result<Vec<ConversationView>, Problem> {
    let now = api.clock.now();
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    let marks = api.store.read_marks(&ids, me).await?;
    let view = |row: ConversationRow| {
        let (display, mark) = (display(&row.id.number), marks.get(&row.id).copied());
        ConversationView::new(&row.id, row.state, row.contact, display, now).seen(mark)
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A page of a category.
async fn page(
    api: &Api,
    desk: &Desk,
    asked: &Asked,
    (after, limit): (&After, u16),
    me: &AgentId,
) -> Result<(Vec<ConversationRow>, Option<String>), Problem> {
    match desk.work(api, asked, me).await? {
        Some((work, filter)) => {
            let page = api.store.work(&work, &filter, after.in_work.as_ref(), limit).await?;
            Ok((page.rows, page.next.map(|place| cursor::write("work", place))))
        }
        None => all(api, desk, asked, after.in_all.as_ref(), limit).await,
    }
}

/// How many conversations there are of each category.
#[utoipa::path(get, path = "/v1/conversations/counts", tag = "conversations",
    params(("number" = Option<String>, Query, description = "Meta's `phone_number_id`; all numbers without it")),
    responses((status = OK, body = Counts)))]
pub(crate) async fn counts(
    State(api): State<Api>,
    identity: Identity,
    uri: Uri,
) -> Result<Json<Counts>, Problem> {
    let me = me(&identity)?;
    let asked = Asked::read(&uri, &me)?;
    let desk = Desk::of(&api, &identity, &asked).await?;
    let count = async |category| {
        let number = asked.number.clone();
        let asked = Asked { category, status: None, number, label: None, department: None, assignee: None };
        match desk.work(&api, &asked, &me).await? {
            Some((work, filter)) => Ok::<Count, Problem>(api.store.count_work(&work, &filter).await?),
            None => {
                let most = usize::from(MOST_COUNTED) + 1;
                let all = desk.seen.iter().map(|number| api.store.count_open(number, most));
                let all: usize = try_join_all(all).await?.into_iter().sum();
                let count = u16::try_from(all).unwrap_or(MOST_COUNTED).min(MOST_COUNTED);
                Ok(Count { count, more: all > usize::from(MOST_COUNTED) })
            }
        }
    };
    let (all, mine, unassigned) =
        try_join3(count(Category::All), count(Category::Mine), count(Category::Unassigned)).await?;
    let (important, new, unknown) =
        try_join3(count(Category::Important), count(Category::New), count(Category::Unknown)).await?;
    Ok(Json(Counts {
        all: all.into(),
        mine: mine.into(),
        unassigned: unassigned.into(),
        important: important.into(),
        new: new.into(),
        unknown: unknown.into(),
    }))
}

/// How many conversations each category has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Everything that is not closed.
    all: CountView,
    /// What the asker has.
    mine: CountView,
    /// Where a customer waits and nobody has taken it.
    unassigned: CountView,
    /// What is marked as important.
    important: CountView,
    /// Where a customer waits and nobody has answered since it was opened.
    new: CountView,
    /// Where somebody waits whom nobody has put on record.
    unknown: CountView,
}

/// How many.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Count)]
struct CountView {
    /// Exact up to 999.
    count: u16,
    /// As people read it: `12`, `999+`.
    shown: String,
}

impl From<Count> for CountView {
    fn from(count: Count) -> Self {
        let more = if count.more { "+" } else { "" };
        Self { count: count.count, shown: format!("{}{more}", count.count) }
    }
}

async fn all(
    api: &Api,
    desk: &Desk,
    asked: &Asked,
    after: Option<&Place>,
    limit: u16,
) -> Result<(Vec<ConversationRow>, Option<String>), Problem> {
    let filter = InboxFilter {
        status: asked.status.clone(),
        label: asked.label.clone(),
        department: desk.department(asked),
        ..InboxFilter::all(api.clock.now())
    };
    let lists = desk.seen.iter().map(|number| api.store.conversations(number, &filter, after, limit));
    let (rows, next) = newest(try_join_all(lists).await?, limit);
    Ok((rows, next.map(|place| cursor::write("conversations", place))))
}

/// The newest rows of several numbers' pages, and where the next page begins.
fn newest(lists: Vec<ConversationPage>, limit: u16) -> (Vec<ConversationRow>, Option<Place>) {
    let place = |row: &ConversationRow| (row.state.active_at.as_millisecond(), row.id.to_string());
    // A list is whole down to where its next page begins; below that, others may not be shown yet.
    let horizon = lists.iter().filter_map(|list| list.next.clone()).max();
    let mut rows: Vec<_> = lists.into_iter().flat_map(|list| list.rows).collect();
    rows.retain(|row| horizon.as_ref().is_none_or(|horizon| place(row) >= *horizon));
    rows.sort_by_cached_key(|row| std::cmp::Reverse(place(row)));
    let more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let next = if more { rows.last().map(place) } else { horizon };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use store::ConversationState;

    use super::*;

    fn row(id: &str, seconds: i64) -> ConversationRow {
        let active_at = Timestamp::from_second(seconds).unwrap();
        let state = ConversationState { active_at, ..ConversationState::default() };
        ConversationRow { id: id.parse().unwrap(), state, contact: None }
    }

    #[test]
    fn the_lists_of_several_numbers_are_one_list_newest_first() {
        let page = |rows: &[ConversationRow], next: Option<(i64, &str)>| ConversationPage {
            rows: rows.to_vec(),
            next: next.map(|(at, id)| (at, id.to_owned())),
        };
        let lists = |next| {
            vec![
                page(&[row("900.a", 5), row("900.b", 3)], next),
                page(&[row("901.c", 4), row("901.d", 4)], None),
            ]
        };
        let ids = |rows: &[ConversationRow]| rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
        let (rows, next) = newest(lists(None), 3);
        assert_eq!(ids(&rows), ["900.a", "901.d", "901.c"]);
        assert_eq!(next, Some((4000, "901.c".to_owned())));
        assert_eq!(newest(lists(None), 4).1, None);
        let (rows, next) = newest(lists(Some((4500, ""))), 4);
        assert_eq!((ids(&rows), next), (vec!["900.a".to_owned()], Some((4500, String::new()))));
    }
}
