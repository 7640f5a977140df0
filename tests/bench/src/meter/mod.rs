//! Units of DynamoDB, counted in the functions' clients by kind of item.

pub(crate) mod bill;
pub(crate) mod size;
pub(crate) mod tap;
