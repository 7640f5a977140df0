//! `/v1/wabas`: a company with several WhatsApp Business Accounts tells them here.

use axum::Json;
use axum::extract::State;
use cloud_api::{PortfolioId, WabaId};
use queue::{Entry, Job, Task};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::input::{self, Input};
use crate::request_id::Correlation;
use crate::view::{Page, WabaView};
use crate::{Api, Problem};

/// Every WABA: those that an admin told of, and those of known numbers, with what Meta says of them.
#[utoipa::path(get, path = "/v1/wabas", tag = "numbers", responses((status = OK, body = Page<WabaView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<WabaView>>, Problem> {
    let now = api.clock.now();
    let wabas = api.store.wabas().await?;
    Ok(Json(Page { items: wabas.into_iter().map(|waba| WabaView::new(waba, now)).collect(), next: None }))
}

/// What an admin says of a WABA.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutWaba {
    /// What the company calls it, 1 to 60 characters.
    name: String,
    /// The business portfolio that owns it, by Meta's id, where the company has several: which access token its calls
    /// need.
    #[serde(default)]
    portfolio: Option<String>,
}

/// Tells of a WABA, and has its numbers and templates asked for at once.
#[utoipa::path(put, path = "/v1/wabas/{id}", tag = "numbers", request_body = PutWaba,
    params(("id" = String, Path, description = "Meta's id of the WABA: digits")),
    responses((status = OK, body = WabaView),
        (status = BAD_REQUEST, description = "A member is not what it should be; `field` names it"),
        (status = NOT_FOUND, description = "No WABA has such an id")))]
pub(crate) async fn put(
    State(api): State<Api>,
    Correlation(correlation): Correlation,
    Id(id): Id,
    Input(asked): Input<PutWaba>,
) -> Result<Json<WabaView>, Problem> {
    if !is_id(&id) {
        return Err(Problem::missing("WABA"));
    }
    let name = input::text("name", &asked.name, 60)?;
    let is_portfolio = |portfolio: &str| portfolio.len() <= 64 && domain::clean::is_plain(portfolio);
    if asked.portfolio.as_deref().is_some_and(|portfolio| !is_portfolio(portfolio)) {
        return Err(Problem::field("portfolio", "must have letters, digits, - and _ only, at most 64"));
    }
    let portfolio = asked.portfolio.map(PortfolioId::new);
    let waba = api.store.put_waba(&WabaId::new(id.as_str()), &name, portfolio.as_ref()).await?;
    for task in [Task::SyncNumbers { waba: id.clone() }, Task::SyncTemplates { waba: id, name: None }] {
        let job = Job::of(task, correlation.clone());
        api.queue.send(&api.queues.jobs, Entry::new(job.to_json())).await?;
    }
    Ok(Json(WabaView::new(waba, api.clock.now())))
}

/// Meta's ids are numbers of up to 64 bits.
pub(super) fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
