//! Meta's wire types.
pub mod ids;
pub use ids::*;
