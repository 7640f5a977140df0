//! What holds because of a condition.

pub(crate) mod gates;
pub(crate) mod loops;
pub(crate) mod stores;
