//! Keys of imports and exports of contacts.

/// The list of imports of contacts.
pub(crate) const IMPORTS: &str = "IMPORTS";
/// Files that were imported, by the hash of their content and mapping.
pub(crate) const IMPORTED: &str = "IMPORTED";
/// The list of exports of contacts.
pub(crate) const CONTACT_EXPORTS: &str = "CONTACT_EXPORTS";
