//! The two listeners of a world.
//!
//! *Public*: the webhook, the API, the console with its sign-in, files for whoever has a link, and either what a newcomer needs, while Meta is simulated on loopback, or signing in
//! with a password.
//! *Private*: the AWS protocols, the simulator, and what only this machine may do.

mod admin;
mod authorizer;
mod database;
mod dev;
mod files;
mod function_url;
mod oauth;
mod phone;
mod problem;
mod public;
mod server;
mod sign_in;
mod site;

pub use problem::Problem;

pub(crate) use admin::Admin;
pub(crate) use database::DatabaseProxy;
pub(crate) use dev::Health;
pub(crate) use files::{Files, PATH as FILES};
pub(crate) use oauth::{OAuth, Settings as OAuthSettings};
pub(crate) use public::{Entry, Public};
pub(crate) use server::serve;
pub(crate) use sign_in::SignIn;
