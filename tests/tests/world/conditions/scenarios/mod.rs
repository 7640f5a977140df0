//! What holds because of a condition.

pub(crate) mod campaigns;
pub(crate) mod directory;
pub(crate) mod endpoints;
pub(crate) mod gates;
pub(crate) mod loops;
pub(crate) mod numbers;
pub(crate) mod people;
pub(crate) mod records;
pub(crate) mod reports;
pub(crate) mod sending;
pub(crate) mod stores;
pub(crate) mod templates;
