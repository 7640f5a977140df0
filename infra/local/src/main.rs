//! `local`: Ventana on one machine.

use std::process::ExitCode;

use clap::Parser;
use lambda_kit::Clock;
use local::banner::banner;
use local::options::{Command, Options};
use local::users;
use local::world::World;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,local=info,dynoxide=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let options = Options::parse();
    let done = match options.command.clone() {
        Some(Command::Users { what }) => match users::run(what, Clock::system()) {
            Ok(said) => {
                println!("{said}");
                Ok(())
            }
            Err(error) => Err(error.into()),
        },
        None => run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let options = options.world(|name| std::env::var(name).ok())?;
    let world = World::start(options.clone()).await?;
    println!("{}", banner(&world, &options));
    interrupted().await?;
    eprintln!("Stopping; a second Ctrl-C stops at once.");
    tokio::select! {
        () = world.stop() => Ok(()),
        second = interrupted() => Ok(second?),
    }
}

/// Returns on Ctrl-C, or when the system asks for an end.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
