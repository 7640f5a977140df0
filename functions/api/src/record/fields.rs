//! JSON as what somebody wants to write into a field.

use std::collections::BTreeMap;

use domain::record::{FieldDef, FieldId, FieldInput, FieldValue};
use domain::{Contact, ContactKind};
use serde_json::Value;

use crate::Problem;

/// Writes fields into a record: a value sets, `null` takes away.
pub(crate) fn write(
    contact: &mut Contact,
    values: &BTreeMap<String, Value>,
    defs: &[FieldDef],
) -> Result<(), Problem> {
    for (name, value) in values {
        let shown: String = name.chars().take(32).collect();
        let path = format!("fields.{shown}");
        let id = FieldId::new(name.as_str());
        let def = id.and_then(|id| defs.iter().find(|def| def.id == id));
        let def = def.ok_or_else(|| Problem::field(&path, "is not a field that the company defined"))?;
        if value.is_null() {
            contact.fields.remove(&def.id);
            continue;
        }
        contact.fields.insert(def.id.clone(), typed(def, contact.kind, value, &path)?);
    }
    Ok(())
}

fn typed(def: &FieldDef, kind: ContactKind, value: &Value, path: &str) -> Result<FieldValue, Problem> {
    if !def.belongs_to(kind) {
        return Err(Problem::field(path, format!("is not a field of the kind {}", kind.as_str())));
    }
    let input = input_of(value).ok_or_else(|| Problem::field(path, "is not a value of a field"))?;
    def.read(input).map_err(|what| Problem::field(path, what))
}

/// What a JSON value wants to write.
fn input_of(value: &Value) -> Option<FieldInput> {
    Some(match value {
        Value::String(text) => FieldInput::Text(text.clone()),
        Value::Number(number) => FieldInput::Number(number.to_string()),
        Value::Bool(yes) => FieldInput::Boolean(*yes),
        Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            FieldInput::List(texts?)
        }
        Value::Object(members) => {
            let (amount, currency) = (members.get("amount")?, members.get("currency")?.as_str()?);
            let amount = match amount {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            (members.len() == 2).then(|| FieldInput::Money { amount, currency: currency.to_owned() })?
        }
        Value::Null => return None,
    })
}
