//! The map holds: who may depend on whom, who may name what, and what stands where.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tests::metadata::{Metadata, Package};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Metadata {
    Metadata::read(&root())
}

/// A package's folder, from the top of the repository.
fn place(package: &Package) -> String {
    let folder = Path::new(&package.manifest_path).parent().unwrap().strip_prefix(root()).unwrap();
    folder.to_str().unwrap().to_owned()
}

fn floor(place: &str) -> u8 {
    match place {
        "shared/cloud-api" => 0,
        "shared/domain" => 1,
        "shared/lambda-kit" | "shared/views" => 3,
        "infra/local" => 5,
        "tests" | "tests/simulation" => 6,
        "tests/bench" => 7,
        shared if shared.starts_with("shared/") => 2,
        function if function.starts_with("functions/") => 4,
        other => panic!("{other} is on no floor"),
    }
}

/// Every file under a folder, from the top of the repository, with its content; what is not text is left out.
fn files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            if ["target", ".git", ".venv", "node_modules"].iter().any(|it| name == *it) {
                continue;
            }
            if path.is_dir() { walk(&path, into) } else { into.push(path) }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    let named = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    paths.iter().filter_map(|path| Some((named(path), fs::read_to_string(path).ok()?))).collect()
}

/// The program text of functions and shared crates, without comments: what a function is made of.
fn sources() -> Vec<(String, String)> {
    let code = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| line.to_owned() + "\n").collect()
    };
    let all = files("functions").into_iter().chain(files("shared"));
    let ours = all.filter(|(path, _)| path.ends_with(".rs") && path.contains("/src/"));
    ours.map(|(path, text)| (path, code(&text))).collect()
}

fn is_main(path: &str) -> bool {
    path.ends_with("/src/main.rs")
}

/// Fails with all offenders at once.
fn none(offenders: Vec<String>, rule: &str) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

#[test]
fn dependencies_point_one_way_floor_by_floor() {
    let metadata = metadata();
    let ours: BTreeMap<_, _> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.to_string(), package))
        .collect();
    let mut offenders = Vec::new();
    for package in ours.values() {
        for dependency in &package.dependencies {
            let Some(on) = ours.get(&dependency.name) else { continue };
            let (from, to) = (place(package), place(on));
            let graph_on_domain = from == "shared/graph" && to == "shared/domain";
            if floor(&to) >= floor(&from) || graph_on_domain {
                offenders.push(format!("{from} depends on {to}"));
            }
        }
    }
    none(offenders, "a crate depends only on floors below its own");
}

#[test]
fn meta_s_vocabulary_and_our_rules_know_no_network_no_clock_and_no_chance() {
    const FOREIGN: &[&str] = &[
        "tokio",
        "reqwest",
        "hyper",
        "http",
        "axum",
        "tower",
        "socket2",
        "mio",
        "rustls",
        "ureq",
        "rand",
        "rand_core",
        "getrandom",
        "fastrand",
        "uuid",
        "ulid",
        "time",
        "chrono",
        "rusqlite",
        "tracing",
        "tempfile",
        "futures",
        "async-trait",
        "store",
        "queue",
        "graph",
        "platform",
        "lambda-kit",
    ];
    let metadata = metadata();
    let nodes: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    for name in ["cloud-api", "domain"] {
        let package = metadata.packages.iter().find(|package| package.name == name).unwrap();
        let (mut seen, mut next) = (BTreeSet::from([&package.id]), vec![&package.id]);
        while let Some(id) = next.pop() {
            let normal =
                nodes[id].deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            next.extend(normal.map(|dep| &dep.pkg).filter(|id| seen.insert(id)));
        }
        let named = seen.iter().map(|id| metadata.package(id).name.clone());
        let is_foreign = |name: &String| {
            FOREIGN.contains(&name.as_str()) || name.starts_with("aws") || name.starts_with("lambda_")
        };
        let foreign = named.filter(is_foreign).map(|foreign| format!("{name} reaches {foreign}")).collect();
        none(foreign, "no I/O, no clock, no randomness, no AWS, HTTP or tokio, however far down");
    }
}

#[test]
fn each_service_is_known_to_one_crate_and_only_the_sender_knows_the_graph_api() {
    let owners = [
        ("aws-sdk-dynamodb", "shared/store"),
        ("aws-sdk-dynamodbstreams", "shared/store"),
        ("aws-sdk-sqs", "shared/queue"),
        ("aws-sdk-s3", "shared/platform"),
        ("aws-sdk-eventbridge", "shared/platform"),
        ("aws-sdk-apigatewaymanagement", "shared/platform"),
        ("aws-sdk-secretsmanager", "shared/lambda-kit"),
        ("graph", "functions/sender"),
        // Blocks and reads: it never asks to send, as its sources show.
        ("graph", "functions/jobs"),
        // Fetches files and gives files: it never asks to send, as its sources show.
        ("graph", "functions/media"),
        // Reads how numbers stand: no webhook tells quality ratings.
        ("graph", "functions/sync"),
    ];
    let mut offenders = Vec::new();
    for package in metadata().workspace_packages() {
        let place = place(package);
        for dependency in &package.dependencies {
            let mut of = owners.iter().filter(|(name, _)| *name == dependency.name).peekable();
            let is_owned = of.peek().is_some();
            let owns = of.any(|(_, owner)| place == *owner);
            let (is_sdk, is_function) =
                (dependency.name.starts_with("aws-sdk-"), place.starts_with("functions/"));
            // A function's main.rs builds the clients; that nothing else of it does is another test.
            let may = if is_owned { owns || is_sdk && is_function } else { !is_sdk };
            if !may && floor(&place) < 5 {
                offenders.push(format!("{place} depends on {}", dependency.name));
            }
        }
    }
    none(
        offenders,
        "store names DynamoDB, queue SQS, platform S3, EventBridge and WebSockets, lambda-kit Secrets Manager, sender the Graph API",
    );
    let asks = |(path, code): &(String, String)| {
        path.starts_with("functions/")
            && !path.starts_with("functions/sender/")
            && code.contains("post_message")
    };
    none(paths_of(asks), "only the sender asks the Graph API to send");
    let builds = |(path, code): &(String, String)| {
        path.starts_with("functions/") && !is_main(path) && code.contains("aws_sdk_")
    };
    none(paths_of(builds), "only a function's main.rs builds clients");
}

/// The sources that break a rule.
fn paths_of(breaks: impl Fn(&(String, String)) -> bool) -> Vec<String> {
    sources().into_iter().filter(breaks).map(|(path, _)| path).collect()
}

#[test]
fn only_main_reads_the_environment_and_only_the_clock_knows_what_time_it_is() {
    let reads = |(path, code): &(String, String)| {
        !is_main(path) && (code.contains("std::env") || code.contains("env::var"))
    };
    none(paths_of(reads), "only main.rs reads the environment");
    let clocks = ["SystemTime::now", "Timestamp::now", "Instant::now", "Zoned::now", "UNIX_EPOCH.elapsed"];
    let looks = |(path, code): &(String, String)| {
        let may = is_main(path) || path == "shared/lambda-kit/src/clock.rs";
        !may && clocks.iter().any(|clock| code.contains(clock))
    };
    none(paths_of(looks), "only the one clock knows what time it is");
}

#[test]
fn nothing_under_functions_or_shared_knows_the_embedded_world() {
    let mut offenders = Vec::new();
    for package in metadata().workspace_packages() {
        let place = place(package);
        let knows = |name: &str| matches!(name, "local" | "tests" | "bench" | "dynoxide-rs" | "rusqlite");
        if floor(&place) < 5 {
            let known = package.dependencies.iter().filter(|dependency| knows(&dependency.name));
            offenders.extend(known.map(|dependency| format!("{place} depends on {}", dependency.name)));
        }
    }
    none(offenders, "the embedded world calls functions, and functions do not know it");
    none(paths_of(|(_, code)| code.contains("infra/local")), "no source names the embedded world");
}

#[test]
fn the_top_level_holds_what_the_map_shows_and_what_tools_insist_on() {
    let given = ["Cargo.toml", "README.md", "functions", "shared", "infra", "events", "tests"];
    let tools = [
        "Cargo.lock",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "clippy.toml",
        "deny.toml",
        "rustfmt.toml",
        "rust-toolchain.toml",
        ".cargo",
        ".config",
        ".ci",
        ".git",
        ".github",
        ".gitignore",
    ];
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored: Vec<_> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let found = fs::read_dir(root()).unwrap();
    let found: Vec<String> = found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known = |name: &str| given.contains(&name) || tools.contains(&name) || ignored.contains(&name);
    none(found.iter().filter(|name| !known(name)).cloned().collect(), "at the top stands what is on the map");
    let missing = given.iter().filter(|name| !found.iter().any(|found| found == *name));
    none(missing.map(|name| (*name).to_owned()).collect(), "what is on the map is there");
}

#[test]
fn every_function_has_the_same_anatomy() {
    let mut offenders = Vec::new();
    for entry in fs::read_dir(root().join("functions")).unwrap() {
        let folder = entry.unwrap().path();
        for part in ["README.md", "Cargo.toml", "src/lib.rs", "src/config.rs", "src/main.rs"] {
            let text = fs::read_to_string(folder.join(part)).unwrap_or_default();
            let lines = text.lines().count();
            let name = folder.join(part).strip_prefix(root()).unwrap().display().to_string();
            if lines == 0 {
                offenders.push(format!("{name} is missing or empty"));
            } else if part == "src/main.rs" && lines > 40 {
                offenders.push(format!("{name} has {lines} lines: it wires, and does nothing else"));
            } else if part == "src/lib.rs" && !text.contains("README.md") {
                offenders.push(format!("{name} does not show its README"));
            }
        }
    }
    none(offenders, "README.md, src/lib.rs, src/config.rs and src/main.rs of at most 40 lines");
}

#[test]
fn no_file_of_a_function_or_a_shared_crate_is_too_long_to_read() {
    let mut offenders = Vec::new();
    for (path, text) in files("functions").into_iter().chain(files("shared")) {
        let lines = text.lines().count();
        if lines > 400 {
            offenders.push(format!("{path} has {lines} lines"));
        } else if lines > 300 {
            println!("longer than it should be: {path}, {lines} lines");
        }
    }
    none(offenders, "at most 400 lines, better 300");
}

#[test]
fn the_repository_names_nothing_outside_of_it_and_no_machine_of_anybody() {
    // In pieces, so that this file does not name them.
    let machines =
        ["/ho|me/", "/Us|ers/", "/ro|ot/", "/wo|rk/", "/t|mp/", "C:|\\"].map(|it| it.replace('|', ""));
    let mut offenders = Vec::new();
    for (path, text) in files("") {
        let depth = path.matches('/').count();
        for (number, line) in text.lines().enumerate() {
            let names_a_machine = machines.iter().any(|machine| line.contains(machine.as_str()));
            if names_a_machine || climbs(line) > depth {
                offenders.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none(offenders, "a clone anywhere is whole");
}

/// The most steps upwards that a path in a line takes.
fn climbs(line: &str) -> usize {
    let steps = |from: &str| {
        let mut rest = from;
        let mut count = 0;
        while let Some(next) = rest.strip_prefix("../") {
            (rest, count) = (next, count + 1);
        }
        count
    };
    line.match_indices("../").map(|(at, _)| steps(&line[at..])).max().unwrap_or(0)
}
