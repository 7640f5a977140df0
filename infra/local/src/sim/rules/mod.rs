//! What Meta enforces on a send: each rule a plain function of what was asked and what is known.

pub(crate) mod interactive;
pub(crate) mod lengths;
pub(crate) mod pace;
pub(crate) mod window;
