//! The console, wired as its `main.rs` wires it.

use axum::Router;
use console::{Config, Console};

use crate::lambda::{BoxError, FunctionContext};

/// The pages of this build, or those of a folder that somebody works on.
pub(super) fn console(context: &FunctionContext) -> Result<Router, BoxError> {
    let config = Config::from_vars(context.variables_of("console"))?;
    let console = match &context.pages {
        Some(folder) => Console::from_folder(config, folder.clone()),
        None => Console::new(config),
    };
    Ok(console::router(console))
}
