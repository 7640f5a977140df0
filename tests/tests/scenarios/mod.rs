//! What holds because of a condition.

pub(crate) mod directory;
pub(crate) mod loops;
pub(crate) mod stores;
