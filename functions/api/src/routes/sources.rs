//! `/v1/reports/sources`: where records came from.

use axum::Json;
use axum::extract::State;
use domain::SourceKind;
use domain::record::term::Term;
use futures::future::try_join_all;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Api, Problem};

/// Counted exactly up to this.
const EXACT: u16 = 999;

/// How many records came from somewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SourceCount)]
pub(crate) struct SourceCount {
    /// `ad`, `campaign`, `agent` or `api`.
    source: &'static str,
    /// How many, exact up to 999, then `999+`.
    count: String,
}

/// How many records came from where. People who just wrote are everybody else, and each import tells how many it made.
#[utoipa::path(get, path = "/v1/reports/sources", tag = "reports",
    responses((status = OK, body = Vec<SourceCount>)))]
pub(crate) async fn report(State(api): State<Api>) -> Result<Json<Vec<SourceCount>>, Problem> {
    let kinds = SourceKind::ALL.into_iter().filter(|kind| kind.has_entries());
    let counts = kinds.map(async |kind| {
        let count = api.store.count_term(&Term::Exact("source", kind.as_str().to_owned()), EXACT + 1).await?;
        Ok::<_, Problem>(SourceCount { source: kind.as_str(), count: shown(count) })
    });
    Ok(Json(try_join_all(counts).await?))
}

/// A count as people read it.
fn shown(count: u16) -> String {
    if count > EXACT { format!("{EXACT}+") } else { count.to_string() }
}
