//! The two listeners of a world.

mod function_url;
mod problem;

pub use problem::Problem;
