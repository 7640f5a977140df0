//! `/v1/numbers`.

use axum::Json;
use axum::extract::State;

use crate::view::{NumberView, Page};
use crate::{Api, Problem};

/// The company's numbers, as far as their webhooks came in.
#[utoipa::path(get, path = "/v1/numbers", tag = "numbers", responses((status = OK, body = Page<NumberView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<NumberView>>, Problem> {
    let numbers = api.store.numbers().await?;
    Ok(Json(Page { items: numbers.into_iter().map(NumberView::from).collect(), next: None }))
}
