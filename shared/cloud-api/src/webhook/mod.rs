//! What Meta posts to us.

pub mod contact;
pub mod content;
pub mod event;
pub mod message;
pub mod pricing;
pub mod split;
pub mod status;
