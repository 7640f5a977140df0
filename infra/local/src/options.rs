//! The command line of `local`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::users::UsersCommand;
use crate::world::{Secrets, Time, WorldOptions};

/// The variables that hold what is shared with Meta, and what the simulator uses for each.
const SECRETS: [(&str, &str); 4] = [
    ("META_APP_SECRET", Secrets::APP_SECRET),
    ("META_VERIFY_TOKEN", Secrets::VERIFY_TOKEN),
    ("META_ACCESS_TOKEN", Secrets::ACCESS_TOKEN),
    ("STACK_KEY", Secrets::STACK_KEY),
];

/// Ventana on one machine: every function, the AWS services they use, and WhatsApp, simulated or real.
///
/// Without options everything runs in memory on loopback with a simulated WhatsApp, and is gone when the program
/// ends. With --data it is durable; with --graph it talks to Meta.
#[derive(Clone, Debug, Parser)]
#[command(name = "local", version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Options {
    /// Public address: the webhook and the API.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,

    /// Private address, loopback only: the AWS protocols, the simulator's controls, tokens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081", value_parser = address)]
    pub admin_listen: SocketAddr,

    /// Directory that holds everything durable. Whatever was acknowledged is still there after `kill -9`.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Where browsers reach the public address, if a reverse proxy stands before it, e.g. https://crm.example.com
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub public_url: Option<String>,

    /// Begin without the demo company that is there to try things out with the simulator.
    #[arg(long)]
    pub empty: bool,

    /// A folder with the console's pages, read anew each time, for whoever works on them.
    #[arg(long, value_name = "DIR")]
    pub console: Option<PathBuf>,

    /// A real Graph API instead of the simulator, e.g. https://graph.facebook.com
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub graph: Option<String>,

    /// Something else than to run.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program does instead of running.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Who may sign in, where WhatsApp is real or other machines reach the public address.
    Users {
        /// What is done with them.
        #[command(subcommand)]
        what: UsersCommand,
    },
}

const AFTER_HELP: &str = "\
Secrets come from the environment:
  META_APP_SECRET    signs webhooks; several, comma separated, while it is being rotated
  META_VERIFY_TOKEN  what Meta repeats when the webhook is set up
  META_ACCESS_TOKEN  bearer token for the Graph API
  META_APP_ID        the app of that token, no secret; only profile pictures need it
  STACK_KEY          32 characters or more, of your own: under it is remembered who was erased; never change it
With the simulator on loopback they have defaults, which are printed. With --graph, or with a --listen address
that other machines can reach, all four must be set, and the defaults are refused.

Examples:
  local
  local --data ./data
  local users add ana@example.org --role admin --data /var/lib/ventana
  META_APP_SECRET=… META_VERIFY_TOKEN=… META_ACCESS_TOKEN=… STACK_KEY=… \\
    local --data /var/lib/ventana --listen 0.0.0.0:8080 --graph https://graph.facebook.com";

/// Why the command line cannot be followed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Secrets are needed, and these are not there.
    #[error("missing environment variables: {}; {because}", names.join(", "))]
    Missing {
        /// All that are missing.
        names: Vec<&'static str>,
        /// What makes them necessary.
        because: &'static str,
    },
    /// Secrets are needed, and these are known to everybody.
    #[error("{} must not be the simulator's default: {because}", names.join(", "))]
    WellKnown {
        /// All that are.
        names: Vec<&'static str>,
        /// What makes them necessary.
        because: &'static str,
    },
}

impl Options {
    /// The world that is asked for.
    ///
    /// # Errors
    /// One error that names everything that is missing.
    pub fn world(self, variable: impl Fn(&str) -> Option<String>) -> Result<WorldOptions, OptionsError> {
        // Nobody has to wait for tomorrow where nothing is real and nothing stays.
        let is_for_trying = self.graph.is_none() && self.data.is_none();
        Ok(WorldOptions {
            time: if is_for_trying { Time::Ahead } else { Time::System },
            secrets: self.secrets(variable)?,
            data: self.data,
            listen: self.listen,
            admin_listen: self.admin_listen,
            public_url: self.public_url,
            pages: self.console,
            demo: self.graph.is_none() && !self.empty,
            graph_url: self.graph,
            ..WorldOptions::default()
        })
    }

    /// Why secrets must be real, if they must.
    fn needs_secrets(&self) -> Option<&'static str> {
        if self.graph.is_some() {
            Some("--graph talks to the real WhatsApp")
        } else if !self.listen.ip().is_loopback() {
            Some("other machines can reach --listen")
        } else {
            None
        }
    }

    fn secrets(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Secrets, OptionsError> {
        let given = SECRETS.map(|(name, known)| {
            let value = variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            (name, known, value)
        });
        if let Some(because) = self.needs_secrets() {
            let names: Vec<_> =
                given.iter().filter(|(_, _, value)| value.is_none()).map(|(name, ..)| *name).collect();
            if !names.is_empty() {
                return Err(OptionsError::Missing { names, because });
            }
            let is_known = |known: &str, value: &Option<String>| {
                value.iter().flat_map(|value| value.split(',')).any(|part| part.trim() == known)
            };
            let names: Vec<_> = given
                .iter()
                .filter(|(_, known, value)| is_known(known, value))
                .map(|(name, ..)| *name)
                .collect();
            if !names.is_empty() {
                return Err(OptionsError::WellKnown { names, because });
            }
        }
        let [app_secret, verify_token, access_token, stack_key] =
            given.map(|(_, known, value)| value.unwrap_or_else(|| known.to_owned()).into());
        let app_id = variable("META_APP_ID").filter(|id| !id.trim().is_empty());
        Ok(Secrets { app_secret, verify_token, access_token, app_id, stack_key })
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|error| format!("{error}; write it as 127.0.0.1:8080"))?;
    found.next().ok_or_else(|| "it names no address".to_owned())
}

fn web_address(text: &str) -> Result<String, String> {
    let url: http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    match (url.scheme_str(), url.host()) {
        (Some("http" | "https"), Some(_)) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("write it as https://graph.facebook.com".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &[&str]) -> Options {
        Options::try_parse_from(std::iter::once(&"local").chain(line)).unwrap()
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_newcomer_needs_no_option_and_no_secret() {
        let world = options(&[]).world(nothing).unwrap();
        assert_eq!(world.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(world.admin_listen.to_string(), "127.0.0.1:8081");
        assert!(world.data.is_none() && world.graph_url.is_none());
    }

    #[test]
    fn a_real_graph_api_or_an_open_address_needs_every_secret_and_names_all_that_are_missing() {
        let only_one = |name: &str| (name == "META_VERIFY_TOKEN").then(|| "v".to_owned());
        for line in [&["--graph", "https://graph.facebook.com/"][..], &["--listen", "0.0.0.0:8080"]] {
            let error = options(line).world(nothing).unwrap_err().to_string();
            assert!(
                error.contains("META_APP_SECRET, META_VERIFY_TOKEN, META_ACCESS_TOKEN, STACK_KEY"),
                "{error}"
            );
            let error = options(line).world(only_one).unwrap_err().to_string();
            assert!(error.contains("META_APP_SECRET, META_ACCESS_TOKEN, STACK_KEY"), "{error}");
            let world = options(line).world(|name| Some(format!("own {name}")));
            assert!(world.is_ok(), "{line:?}");
        }
        assert_eq!(
            options(&["--graph", "https://graph.facebook.com/"]).graph.as_deref(),
            Some("https://graph.facebook.com")
        );
    }

    #[test]
    fn the_simulators_secrets_do_not_guard_a_real_system() {
        let rotated = |name: &str| match name {
            "META_APP_SECRET" => Some(format!("new, {}", Secrets::APP_SECRET)),
            _ => Some("own".to_owned()),
        };
        let error = options(&["--listen", "0.0.0.0:1"]).world(rotated).unwrap_err();
        let names = vec!["META_APP_SECRET"];
        assert_eq!(error, OptionsError::WellKnown { names, because: "other machines can reach --listen" });
    }

    #[test]
    fn an_address_or_url_that_is_none_is_refused_at_once() {
        for line in [["local", "--listen", "here"], ["local", "--graph", "graph.facebook.com"]] {
            assert!(Options::try_parse_from(line).is_err(), "{line:?}");
        }
    }
}
