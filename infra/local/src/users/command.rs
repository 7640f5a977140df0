//! `local users`: who may sign in.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use lambda_kit::Clock;

use super::{Users, UsersError};
use crate::tokens::Role;

/// What is done with the people who sign in. Passwords are asked for, or read from the first line of standard input:
/// never from an argument, which other people of this machine can see.
#[derive(Clone, Debug, Subcommand)]
pub enum UsersCommand {
    /// Adds somebody, and prints their id.
    Add {
        /// What they sign in with: an e-mail address, usually.
        name: String,
        /// admin, supervisor or agent.
        #[arg(long)]
        role: Role,
        /// They must choose a password of their own before they sign in.
        #[arg(long)]
        temporary: bool,
        /// Where they are kept.
        #[command(flatten)]
        at: At,
    },
    /// Lists everybody: name, id, role.
    List {
        /// Where they are kept.
        #[command(flatten)]
        at: At,
    },
    /// Gives somebody a password that they must change, and opens a lock.
    Reset {
        /// What they sign in with.
        name: String,
        /// Where they are kept.
        #[command(flatten)]
        at: At,
    },
    /// Takes somebody away.
    Remove {
        /// What they sign in with.
        name: String,
        /// Where they are kept.
        #[command(flatten)]
        at: At,
    },
}

/// Where the people are kept.
#[derive(Clone, Debug, Args)]
pub struct At {
    /// Directory that holds everything durable. The program may be running.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Does what the command line asks for, and gives what it says.
///
/// # Errors
/// [`UsersError`] says what is wrong.
pub fn run(command: UsersCommand, clock: Clock) -> Result<String, UsersError> {
    let (UsersCommand::Add { at, .. }
    | UsersCommand::List { at }
    | UsersCommand::Reset { at, .. }
    | UsersCommand::Remove { at, .. }) = &command;
    let users = Users::open(Some(&at.data), clock.clone())?;
    match command {
        UsersCommand::Add { name, role, temporary, .. } => {
            let user = users.add(&name, role, &new_password()?, temporary)?;
            Ok(format!("{} {} {}", user.name, user.sub, user.role))
        }
        UsersCommand::List { .. } => {
            let line = |user: super::User| {
                let mut line = format!("{} {} {}", user.name, user.sub, user.role);
                if user.must_change {
                    line.push_str(" must-change");
                }
                if user.locked_until > clock.now() {
                    line.push_str(&format!(" locked-until={}", user.locked_until));
                }
                line
            };
            Ok(users.list()?.into_iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        UsersCommand::Reset { name, .. } => {
            users.reset(&name, &new_password()?)?;
            Ok("They must change it before they sign in.".to_owned())
        }
        UsersCommand::Remove { name, .. } => {
            users.remove(&name)?;
            Ok("They are gone; an access token that they have ends within the hour.".to_owned())
        }
    }
}

/// Asked for twice, where somebody types.
fn new_password() -> Result<String, UsersError> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let ask = |prompt: &str| {
        std::io::stderr().flush()?;
        rpassword::prompt_password(prompt)
    };
    let (first, second) = (ask("Password: ")?, ask("Once more: ")?);
    if first == second { Ok(first) } else { Err(std::io::Error::other("the two are not the same").into()) }
}
