//! The template gives every function the variables that it reads and access to what they name: no less, no more.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use local::template::{Function, ROOT, Settings, Sources, Template};

type Names = BTreeSet<String>;

/// What every `main.rs` reads besides its `Config`.
const READ_BY_MAIN: &str = "RUST_LOG";

fn functions() -> Vec<Function> {
    let parameters = [
        ("WebhookSecretArn", "arn:webhook"),
        ("GraphSecretArn", "arn:graph"),
        ("StackSecretArn", "arn:stack"),
        ("TokenIssuer", "issuer"),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = Settings { parameters, endpoint: "http://127.0.0.1".to_owned() };
    Template::parse(&Sources::default(), &settings).unwrap().functions
}

/// The names that a function asks for, and what it says when there is nothing.
fn asked<T: std::fmt::Debug, E: std::fmt::Display + std::fmt::Debug>(
    from_vars: impl FnOnce(Box<dyn Fn(&str) -> Option<String> + '_>) -> Result<T, E>,
    names: &RefCell<Names>,
) -> String {
    let lookup = |name: &str| {
        names.borrow_mut().insert(name.to_owned());
        None
    };
    from_vars(Box::new(lookup)).unwrap_err().to_string()
}

/// What a function reads, and its error when nothing is there.
fn reads(binary: &str) -> (Names, String) {
    let names = RefCell::new(Names::new());
    let error = match binary {
        "api" => asked(|lookup| api::Config::from_vars(lookup), &names),
        "automation" => asked(|lookup| automation::Config::from_vars(lookup), &names),
        "campaign" => asked(|lookup| campaign::Config::from_vars(lookup), &names),
        "console" => asked(|lookup| console::Config::from_vars(lookup), &names),
        "media" => asked(|lookup| media::Config::from_vars(lookup), &names),
        "inbound" => asked(|lookup| inbound::Config::from_vars(lookup), &names),
        "notifier" => asked(|lookup| notifier::Config::from_vars(lookup), &names),
        "jobs" => asked(|lookup| jobs::Config::from_vars(lookup), &names),
        "realtime" => asked(|lookup| realtime::Config::from_vars(lookup), &names),
        "sender" => asked(|lookup| sender::Config::from_vars(lookup), &names),
        "status" => asked(|lookup| status::Config::from_vars(lookup), &names),
        "sync" => asked(|lookup| sync::Config::from_vars(lookup), &names),
        "webhook" => asked(|lookup| webhook::Config::from_vars(lookup), &names),
        other => panic!("name the function {other} here"),
    };
    (names.into_inner(), error)
}

#[test]
fn every_folder_of_a_function_is_a_resource_and_every_resource_is_a_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let folders: Names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let functions = functions();
    assert_eq!(functions.iter().map(|function| function.binary.clone()).collect::<Names>(), folders);
    for function in functions {
        let named = format!("{}function", function.binary);
        assert_eq!(function.id.to_lowercase(), named, "a resource is named after its folder");
    }
}

#[test]
fn a_function_is_given_exactly_the_variables_that_it_reads() {
    for function in functions() {
        let given = function.variables.into_keys().filter(|name| name != READ_BY_MAIN);
        assert_eq!(given.collect::<Names>(), reads(&function.binary).0, "{}: given, and read", function.id);
    }
}

#[test]
fn a_function_that_is_given_nothing_says_everything_that_it_needs_in_one_error() {
    for function in functions() {
        let (names, error) = reads(&function.binary);
        for name in names {
            assert!(error.contains(&name), "{} does not say that it needs {name}: {error}", function.binary);
        }
    }
}

#[test]
fn every_template_is_part_of_the_stack_and_none_is_longer_than_a_reader_bears() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra");
    let sources = Sources::default();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: Names = files.filter(|name| name.ends_with(".yaml")).collect();
    assert_eq!(sources.names().map(str::to_owned).collect::<Names>(), files, "what the program brings along");
    for name in sources.names() {
        let text = sources.text(name).unwrap();
        assert!(text.lines().count() <= 400, "{name} is longer than 400 lines: nest a part of it");
        let nested = sources.text(ROOT).unwrap().contains(&format!("TemplateURL: {name}\n"));
        assert!(nested || name == ROOT, "nothing nests {name}");
    }
}
