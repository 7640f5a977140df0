//! What stands beside the API on the public listener for the console: sign-in and files.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

mod files;
mod sign_in;
