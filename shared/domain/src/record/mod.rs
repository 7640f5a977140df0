//! What is on record about a person: fields of the company's own, names that can be searched, filters.

pub mod decimal;
pub mod field;
pub mod filter;
pub mod fold;
pub mod import;
pub mod lines;
pub mod term;

pub use decimal::Decimal;
pub use field::{FieldDef, FieldId, FieldInput, FieldKind, FieldValue};
pub use filter::{Filter, FilterError};
