//! The console in headless Chromium. What measures is a Node program beside the browser tests, since it needs what they
//! need; it prints its targets and its JSON itself. This starts it with the local program that stands beside the bench.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::BoxError;

/// Options of `console`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Conversations in the inbox.
    #[arg(long, default_value_t = 10_000)]
    conversations: usize,
    /// Messages of the longest conversation.
    #[arg(long, default_value_t = 5_000)]
    messages: usize,
    /// Seconds for which fifty messages arrive in each.
    #[arg(long, default_value_t = 60)]
    seconds: usize,
    /// Pushes over which memory has to stay flat.
    #[arg(long, default_value_t = 20_000)]
    pushes: usize,
    /// The local program; the one of the same build if not given.
    #[arg(long)]
    local: Option<PathBuf>,
}

/// Runs the bench.
pub(crate) fn run(options: &Options) -> Result<ExitCode, BoxError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../console");
    if !folder.join("node_modules").is_dir() {
        return Err("what the browser tests need is missing: run `npm ci` in tests/console".into());
    }
    let local = match &options.local {
        Some(given) => given.clone(),
        None => std::env::current_exe()?.with_file_name("local"),
    };
    if !local.is_file() {
        let place = local.display();
        return Err(
            format!("{place} is missing: build it with `cargo build --workspace --profile measure`").into()
        );
    }
    let mut node = Command::new("node");
    node.current_dir(folder).arg("bench/index.mjs").env("VENTANA_LOCAL", local);
    for (name, value) in [
        ("--conversations", options.conversations),
        ("--messages", options.messages),
        ("--seconds", options.seconds),
        ("--pushes", options.pushes),
    ] {
        node.arg(name).arg(value.to_string());
    }
    let ended = node.status().map_err(|error| format!("node cannot be started: {error}"))?;
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
