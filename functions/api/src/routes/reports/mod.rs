//! `/v1/reports`: what the team did in a range of days, beside the range before.

mod costs;
mod csv;
mod read;
mod rows;
mod view;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;

use domain::report::{NotARange, Range};

use self::view::ReportView;
use crate::extract::{Id, query};
use crate::identity::Identity;
use crate::{Api, Problem};

/// What of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedDays {
    /// The first day, such as `2026-10-19`.
    #[param(value_type = String)]
    from: Option<String>,
    /// The last day, included; at most 366 days are possible.
    #[param(value_type = String)]
    to: Option<String>,
    /// The time zone whose days these are, such as `America/Bogota`; UTC without it. Counts are kept by hours of UTC, and in a
    /// zone with half hours each belongs to the hour in which it begins.
    zone: Option<String>,
    /// Only of this number, by Meta's `phone_number_id`.
    number: Option<String>,
    /// Only of this department, by its id. Campaigns are of none.
    department: Option<String>,
    /// The currency of costs; USD without it. What no rate card of this currency has a price for is counted in `unpriced`.
    currency: Option<String>,
}

/// What is asked, read.
#[derive(Debug)]
struct Asked {
    range: Range,
    zone: String,
    number: Option<String>,
    department: Option<String>,
    currency: String,
}

impl Asked {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        let asked: AskedDays = query(uri)?;
        let day = |field: &str, value: Option<String>| -> Result<Date, Problem> {
            let value = value.ok_or_else(|| Problem::field(field, "is required"))?;
            let day = value.parse::<Date>().ok().filter(|_| value.len() == 10);
            day.ok_or_else(|| Problem::field(field, "must be a day such as 2026-11-23"))
        };
        let (from, to) = (day("from", asked.from)?, day("to", asked.to)?);
        let zone = asked.zone.unwrap_or_else(|| "UTC".to_owned());
        let known = TimeZone::get(&zone);
        let known =
            known.map_err(|_| Problem::field("zone", "must be a time zone such as America/Bogota"))?;
        let range =
            Range::new(from, to, known).map_err(|not: NotARange| Problem::field("to", not.to_string()))?;
        let currency = asked.currency.unwrap_or_else(|| "USD".to_owned());
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(Problem::field("currency", "must have three letters, such as USD"));
        }
        Ok(Self { range, zone, number: asked.number, department: asked.department, currency })
    }
}

/// What the team did in a range of days, and in the range before, which is as long.
///
/// A wait begins with a customer's message, or a call that nobody took, while none of theirs waits, and ends with the first message of somebody: not with
/// an automatic one, nor with a campaign's. The time between is the first response, which belongs to who answered and to
/// the hour in which the wait began. Where the 24 hours of the window have passed after the customer's last message and
/// nobody answered, it is unanswered, and belongs to whom the conversation was assigned to. A conversation begins with a
/// customer's message that is the first one, or the first one after a closing or after the window has closed. The resolution is
/// the time from the customer's first message since the last closing to the closing. Times are told from counts by size:
/// medians are within 3 %. What was counted is at most some ten minutes old (`as_of`); what comes later, such as statuses,
/// is counted again for days. Reactions, edits and revocations are no messages. Where a number is asked for, of campaigns only
/// those count that no other number sent.
#[utoipa::path(get, path = "/v1/reports", tag = "reports", params(AskedDays),
    responses((status = OK, body = ReportView)))]
pub(crate) async fn days(
    State(api): State<Api>,
    identity: Identity,
    uri: Uri,
) -> Result<Json<ReportView>, Problem> {
    Ok(Json(read::report(&api, &identity, Asked::read(&uri)?).await?))
}

/// One part of a report as a file: `days.csv`, `hours.csv`, `agents.csv`, `departments.csv`, `numbers.csv`, `costs.csv` or
/// `campaigns.csv`, with the query of the report.
#[utoipa::path(get, path = "/v1/reports/{part}", tag = "reports",
    params(("part" = String, Path, description = "Such as `agents.csv`"), AskedDays),
    responses((status = OK, body = String, content_type = "text/csv"),
        (status = NOT_FOUND, description = "No such part")))]
pub(crate) async fn file(
    State(api): State<Api>,
    identity: Identity,
    Id(part): Id,
    uri: Uri,
) -> Result<Response, Problem> {
    let missing = || Problem::missing("part of a report");
    let part = part.strip_suffix(".csv").and_then(csv::Part::from_word).ok_or_else(missing)?;
    let asked = Asked::read(&uri)?;
    let name = format!("{}-{}-{}.csv", part.word(), asked.range.from, asked.range.to);
    let report = read::report(&api, &identity, asked).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, csv::written(part, &report)).into_response())
}
