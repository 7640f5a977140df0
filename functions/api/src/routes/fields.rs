//! `/v1/fields`: what the company wants to know of its contacts.

use axum::Json;
use axum::extract::State;
use domain::ContactKind;
use domain::record::{FieldDef, FieldId, FieldKind};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Id;
use crate::input::{self, Input};
use crate::{Api, Problem};

/// The most fields, and the most options of one.
const MOST: usize = 100;

/// A field of the company's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Field)]
pub(crate) struct FieldView {
    /// Its id: what filters and imports call it.
    id: String,
    /// What people read.
    label: String,
    /// `text`, `number`, `date`, `choice`, `multi_choice`, `money` or `boolean`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What may be chosen.
    options: Vec<String>,
    /// The kinds of record that have it; empty is all.
    kinds: Vec<&'static str>,
}

impl From<FieldDef> for FieldView {
    fn from(def: FieldDef) -> Self {
        Self {
            id: def.id.to_string(),
            label: def.label,
            kind: def.kind.as_str(),
            options: def.kind.options().to_vec(),
            kinds: def.of.iter().map(|kind| kind.as_str()).collect(),
        }
    }
}

/// A field's definition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FieldDefinition)]
pub(crate) struct FieldBody {
    /// What people read.
    label: String,
    /// `text`, `number`, `date`, `choice`, `multi_choice`, `money` or `boolean`. Never changes.
    #[serde(rename = "type")]
    kind: String,
    /// What may be chosen, of a choice.
    #[serde(default)]
    options: Vec<String>,
    /// The kinds of record that have it; all without.
    #[serde(default)]
    kinds: Vec<String>,
}

/// The fields.
#[utoipa::path(get, path = "/v1/fields", tag = "contacts", responses((status = OK, body = Vec<FieldView>)))]
pub(crate) async fn list(State(api): State<Api>) -> Result<Json<Vec<FieldView>>, Problem> {
    Ok(Json(api.store.fields().await?.into_iter().map(FieldView::from).collect()))
}

/// Defines a field, or changes its label, options and kinds.
#[utoipa::path(put, path = "/v1/fields/{id}", tag = "contacts", request_body = FieldBody,
    params(("id" = String, Path, description = "1 to 32 of a-z, 0-9 and _, beginning with a letter")),
    responses((status = OK, body = FieldView), (status = CONFLICT, description = "The type of a field never changes")))]
pub(crate) async fn put(
    State(api): State<Api>,
    Id(id): Id,
    Input(body): Input<FieldBody>,
) -> Result<Json<FieldView>, Problem> {
    let def = read(id, body)?;
    let there = api.store.fields().await?;
    match there.iter().find(|other| other.id == def.id) {
        Some(other) if other.kind.as_str() != def.kind.as_str() => {
            return Err(Problem::of_status(StatusCode::CONFLICT, "The type of a field never changes."));
        }
        None if there.len() >= MOST => {
            return Err(Problem::of_status(
                StatusCode::CONFLICT,
                format!("There are {MOST} fields already."),
            ));
        }
        _ => {}
    }
    api.store.put_field(&def).await?;
    Ok(Json(def.into()))
}

/// Takes a field's definition away. Values on record stay, unseen, and come back with the definition.
#[utoipa::path(delete, path = "/v1/fields/{id}", tag = "contacts",
    params(("id" = String, Path, description = "The field")), responses((status = NO_CONTENT)))]
pub(crate) async fn remove(State(api): State<Api>, Id(id): Id) -> Result<StatusCode, Problem> {
    let id = FieldId::new(id).ok_or_else(|| Problem::missing("field"))?;
    api.store.remove_field(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(id: String, body: FieldBody) -> Result<FieldDef, Problem> {
    let id = FieldId::new(id)
        .ok_or_else(|| Problem::field("id", "must be 1 to 32 of a-z, 0-9 and _, beginning with a letter"))?;
    let label = input::text("label", &body.label, 60)?;
    let options: Result<Vec<_>, _> =
        body.options.iter().map(|text| input::text("options", text, 60)).collect();
    let mut options = options?;
    let mut folded: Vec<_> = options.iter().map(|option| domain::record::fold::fold(option)).collect();
    folded.sort_unstable();
    folded.dedup();
    if folded.len() != options.len() {
        return Err(Problem::field("options", "must differ in more than case and accents"));
    }
    let is_choice = matches!(body.kind.as_str(), "choice" | "multi_choice");
    if is_choice && !(1..=MOST).contains(&options.len()) {
        return Err(Problem::field("options", format!("must be 1 to {MOST}")));
    }
    if !is_choice && !options.is_empty() {
        return Err(Problem::field("options", "are for choices only"));
    }
    if options.iter().any(|option| option.contains(';')) {
        return Err(Problem::field("options", "must not contain a semicolon: it separates them in files"));
    }
    let kind = FieldKind::from_word(&body.kind, std::mem::take(&mut options)).ok_or_else(|| {
        Problem::field("type", "must be text, number, date, choice, multi_choice, money or boolean")
    })?;
    let of = body.kinds.iter().map(|word| {
        let kind = ContactKind::from_word(word);
        let is_one = kind.as_str() == word;
        is_one.then_some(kind).ok_or_else(|| {
            Problem::field("kinds", "must hold unknown, lead, contact, organization or vendor")
        })
    });
    let of = of.collect::<Result<Vec<_>, _>>()?;
    Ok(FieldDef { id, label, kind, of })
}
