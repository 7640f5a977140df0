//! Meta's refusals, and what to do about them.

mod answer;
mod graph_error;
mod meaning;
mod remedy;

pub use answer::{Answer, is_answer};
pub use graph_error::{ErrorData, GraphError};
pub use meaning::meaning;
pub use remedy::{Remedy, remedy};
