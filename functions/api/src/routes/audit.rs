//! `/v1/audit`.

use axum::Json;
use axum::extract::State;
use http::Uri;
use jiff::civil::Date;
use store::AuditFilter;

use crate::extract::{Paging, filter};
use crate::view::{AuditView, Page};
use crate::{Api, Problem, cursor};

/// Who did what to whom, and what was refused, newest first. Kept for a year; without what was said.
///
/// A page with a filter may be short and have a `next` all the same: a busy year is not read at once.
#[utoipa::path(get, path = "/v1/audit", tag = "audit",
    params(
        ("who" = Option<String>, Query, description = "Only of this person (`sub`) or client (`client.<id>`)"),
        ("day" = Option<String>, Query, description = "Only of this day in UTC, as `2026-11-23`"),
        ("route" = Option<String>, Query, description = "Only of this route, as `/v1/agents/{id}`"),
        Paging),
    responses((status = OK, body = Page<AuditView>), (status = FORBIDDEN, description = "For admins only")))]
pub(crate) async fn list(
    State(api): State<Api>,
    uri: Uri,
    paging: Paging,
) -> Result<Json<Page<AuditView>>, Problem> {
    let limit = paging.limit()?;
    let after: Option<(String, String)> = paging.after(|text| cursor::read("audit", text))?;
    let place = |(day, place): (String, String)| parse("cursor", &day).map(|day| (day, place));
    let after = after.map(place).transpose()?;
    let (who, route, day) = (filter(&uri, "who")?, filter(&uri, "route")?, filter(&uri, "day")?);
    let day = day.map(|day| parse("day", &day)).transpose()?;
    let filter = AuditFilter { who: who.as_deref(), route: route.as_deref(), day };
    let page = api.store.audit(filter, after.as_ref(), limit, api.clock.now()).await?;
    let next = page.next.map(|(day, place)| cursor::write("audit", (day.to_string(), place)));
    Ok(Json(Page { items: page.entries.into_iter().map(AuditView::from).collect(), next }))
}

fn parse(field: &str, day: &str) -> Result<Date, Problem> {
    day.parse().map_err(|_| Problem::field(field, "must be a day such as 2026-11-23"))
}
