//! What holds because of a condition.

pub(crate) mod loops;
pub(crate) mod people;
pub(crate) mod stores;
