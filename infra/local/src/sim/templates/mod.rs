//! Message templates: the default ones, and what a template asks of a send.

pub(crate) mod defaults;
pub(crate) mod fill;
