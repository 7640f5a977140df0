//! Webhooks: built, bent by faults, signed, posted, and tried again for a week.

mod build;
mod emit;
mod post;

pub(crate) use build::{Change, ascii, body as body_of, contact, metadata, signature};
pub(crate) use post::{Job, Post};
