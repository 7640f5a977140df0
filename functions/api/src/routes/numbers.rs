//! `/v1/numbers`.

use axum::Json;
use axum::extract::State;

use crate::identity::Identity;
use crate::view::{NumberView, Page};
use crate::{Api, Problem};

/// The company's numbers, as far as their webhooks came in. An agent sees those of the own departments.
#[utoipa::path(get, path = "/v1/numbers", tag = "numbers", responses((status = OK, body = Page<NumberView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    identity: Identity,
) -> Result<Json<Page<NumberView>>, Problem> {
    let mut numbers = api.store.numbers().await?;
    numbers.retain(|number| identity.sees(number.department.as_ref()));
    Ok(Json(Page { items: numbers.into_iter().map(NumberView::from).collect(), next: None }))
}
