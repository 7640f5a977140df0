//! Lambda as cargo-lambda emulates it: `cargo lambda watch --only-lambda-apis`, which binaries join.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{command, lambda_variables, target, top};

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running emulation with the binaries that joined it. Dropping it kills all.
pub struct Runtime {
    port: u16,
    http: reqwest::Client,
    children: Mutex<Vec<Child>>,
}

impl Drop for Runtime {
    fn drop(&mut self) {
        for child in self.children.get_mut().unwrap_or_else(PoisonError::into_inner) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The program: as the variable `CARGO_LAMBDA` says, or where `infra/venv` puts it, or on the path.
fn cargo_lambda() -> Command {
    let installed = target().join("venv/tools/bin/cargo-lambda");
    let program = std::env::var_os("CARGO_LAMBDA").map(PathBuf::from);
    let program =
        program.unwrap_or_else(|| if installed.is_file() { installed } else { "cargo-lambda".into() });
    let mut command = Command::new(program);
    command.arg("lambda").current_dir(top());
    command
}

impl Runtime {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// cargo-lambda is not there, or does not answer.
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let mut watch = cargo_lambda();
        watch.args(["watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1"]);
        watch.args(["--invoke-port", &port.to_string()]).stdin(Stdio::null()).stdout(Stdio::null());
        let child = watch.stderr(Stdio::null()).spawn().expect("cargo-lambda: infra/build installs it");
        let http = graph::client().no_proxy().timeout(PATIENCE).build().expect("a client");
        let runtime = Self { port, http, children: Mutex::new(vec![child]) };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "cargo lambda watch does not listen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        runtime
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is to be for a function.
    #[must_use]
    pub fn api(&self, function: &str) -> String {
        format!("http://127.0.0.1:{}/.rt/{function}", self.port)
    }

    /// Lets a function's binary join, with its own variables.
    ///
    /// # Panics
    /// It is not built, or cannot be started.
    pub fn run(&self, function: &str, own: &BTreeMap<String, String>, endpoint: &str) {
        let mut variables = lambda_variables(function, &self.api(function), endpoint);
        variables.extend(own.clone());
        let mut command = command(function, &variables);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts");
        self.children.lock().unwrap_or_else(PoisonError::into_inner).push(child);
    }

    /// Hands a function an event, as the service does that calls it.
    ///
    /// # Errors
    /// Why it has no answer.
    pub async fn call<A: DeserializeOwned>(
        &self,
        function: &str,
        event: &impl Serialize,
    ) -> Result<A, String> {
        let url = format!("http://127.0.0.1:{}/2015-03-31/functions/{function}/invocations", self.port);
        let answer = self.http.post(url).json(event).send().await.map_err(|why| why.to_string())?;
        let (status, text) = (answer.status(), answer.text().await.map_err(|why| why.to_string())?);
        let failed = |why: &dyn std::fmt::Display| format!("{function} answered {status}: {why}: {text}");
        serde_json::from_str(&text).map_err(|why| failed(&why))
    }

    /// Hands a function a file of `events/` as its README says: `cargo lambda invoke NAME --data-file FILE`.
    ///
    /// # Panics
    /// cargo-lambda cannot be run.
    pub async fn invoke(&self, function: &str, file: &Path) -> Output {
        let mut invoke = cargo_lambda();
        invoke.args(["invoke", function, "--invoke-address", "127.0.0.1"]);
        invoke.args(["--invoke-port", &self.port.to_string(), "--data-file"]).arg(file);
        let output = tokio::task::spawn_blocking(move || invoke.output()).await;
        output.expect("it is waited for").expect("cargo-lambda runs")
    }
}
