//! What `cargo metadata` says of the workspace, as far as tests ask.
//!
//! Read here and not with the crate `cargo_metadata`: that one switches on features of serde_json and semver, and
//! then `tests/run` would compile the AWS SDK a second time after `cargo run -p local`.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// The workspace and all that it depends on.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every package.
    pub packages: Vec<Package>,
    /// The ids of our own.
    pub workspace_members: Vec<String>,
    /// Who depends on whom in the end.
    pub resolve: Resolve,
}

/// A package.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Where its manifest is.
    pub manifest_path: String,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
}

/// What a manifest asks for.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The name of the package.
    pub name: String,
    /// `dev`, `build`, or nothing.
    pub kind: Option<String>,
}

/// Who depends on whom.
#[derive(Debug, Deserialize)]
pub struct Resolve {
    /// One for each package.
    pub nodes: Vec<Node>,
}

/// A package with what it depends on.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// The package.
    pub id: String,
    /// What it depends on.
    pub deps: Vec<Edge>,
}

/// A dependency in the end.
#[derive(Debug, Deserialize)]
pub struct Edge {
    /// The package.
    pub pkg: String,
    /// For what.
    pub dep_kinds: Vec<EdgeKind>,
}

/// For what a package is needed.
#[derive(Debug, Deserialize)]
pub struct EdgeKind {
    /// `dev`, `build`, or nothing.
    pub kind: Option<String>,
}

impl Metadata {
    /// Asks cargo. The registry is not asked: what was built is there.
    ///
    /// # Panics
    /// Cargo or rustc cannot be run, or say something else than they did.
    #[must_use]
    pub fn read(root: &Path) -> Self {
        let told = Command::new("rustc").arg("-vV").output().expect("rustc runs");
        let told = String::from_utf8(told.stdout).expect("text");
        let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
        let cargo = Command::new("cargo")
            .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
            .current_dir(root)
            .output()
            .expect("cargo runs");
        serde_json::from_slice(&cargo.stdout).expect("metadata")
    }

    /// Our own packages.
    #[must_use]
    pub fn workspace_packages(&self) -> Vec<&Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id)).collect()
    }

    /// The package of an id.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn package(&self, id: &str) -> &Package {
        self.packages.iter().find(|package| package.id == id).expect("a package of this id")
    }
}
