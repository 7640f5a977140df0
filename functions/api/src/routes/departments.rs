//! `/v1/departments`.

use axum::Json;
use axum::extract::State;
use domain::agent::{Department, DepartmentId};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::Id;
use crate::input::{self, Input};
use crate::view::{DepartmentView, Page};
use crate::{Api, Problem};

/// A department, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutDepartment {
    /// Its name, 1 to 100 characters.
    name: String,
}

/// Every department.
#[utoipa::path(get, path = "/v1/departments", tag = "agents",
    responses((status = OK, body = Page<DepartmentView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Page<DepartmentView>>, Problem> {
    let departments = api.store.departments().await?;
    Ok(Json(Page { items: departments.into_iter().map(DepartmentView::from).collect(), next: None }))
}

/// One department.
#[utoipa::path(get, path = "/v1/departments/{id}", tag = "agents",
    params(("id" = String, Path, description = "The department")),
    responses((status = OK, body = DepartmentView), (status = NOT_FOUND, description = "No such department")))]
pub(crate) async fn one(State(api): State<Api>, Id(id): Id) -> Result<Json<DepartmentView>, Problem> {
    let department = api.store.department(&parse(id)?).await?;
    department.map(|department| Json(department.into())).ok_or_else(missing)
}

/// Makes a department under an id of your choice (letters, digits, `-` and `_`, at most 64), or renames it.
#[utoipa::path(put, path = "/v1/departments/{id}", tag = "agents", request_body = PutDepartment,
    params(("id" = String, Path, description = "The department")),
    responses((status = OK, body = DepartmentView)))]
pub(crate) async fn put(
    State(api): State<Api>,
    Id(id): Id,
    Input(department): Input<PutDepartment>,
) -> Result<Json<DepartmentView>, Problem> {
    let department = Department { id: parse(id)?, name: input::text("name", &department.name, 100)? };
    api.store.put_department(&department).await?;
    Ok(Json(department.into()))
}

/// Takes a department away that no agent works in and no number belongs to.
#[utoipa::path(delete, path = "/v1/departments/{id}", tag = "agents",
    params(("id" = String, Path, description = "The department")),
    responses((status = NO_CONTENT, description = "It is gone"),
        (status = CONFLICT, description = "An agent or a number belongs to it")))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let id = parse(id)?;
    let agents = api.store.agents().await?;
    let agents = agents.iter().filter(|agent| agent.departments.contains(&id)).count();
    let numbers = api.store.numbers().await?;
    let numbers = numbers.iter().filter(|number| number.department.as_ref() == Some(&id)).count();
    // A number that nobody sees any more would be the result.
    if agents + numbers > 0 {
        return Err(Problem::in_use(format!("{agents} agents and {numbers} numbers belong to it.")));
    }
    api.store.remove_department(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse(id: String) -> Result<DepartmentId, Problem> {
    DepartmentId::new(id).filter(|id| id.as_str().len() <= 64).ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::missing("department")
}
