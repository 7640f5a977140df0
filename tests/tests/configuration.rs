//! The template gives every function the variables that it reads and access to what they name: no less, no more.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_norway::Value;

type Names = BTreeSet<String>;

fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    serde_norway::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The function resources of the template, by binary.
fn functions() -> BTreeMap<String, (String, Value)> {
    let template = template();
    let resources = template["Resources"].as_mapping().unwrap();
    let functions = resources.iter().filter(|(_, it)| it["Type"] == "AWS::Serverless::Function");
    functions
        .map(|(id, it)| {
            let binary = it["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned();
            (binary, (id.as_str().unwrap().to_owned(), it["Properties"].clone()))
        })
        .collect()
}

/// The text of a value, whatever its tag.
fn text(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => text(&tagged.value),
        value => value.as_str().unwrap_or_default(),
    }
}

fn variables(properties: &Value) -> BTreeMap<String, String> {
    let variables = properties["Environment"]["Variables"].as_mapping().unwrap();
    variables.iter().map(|(name, value)| (text(name).to_owned(), text(value).to_owned())).collect()
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
        "inbound" => asked(|lookup| inbound::Config::from_vars(lookup), &names),
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
    assert_eq!(functions().into_keys().collect::<Names>(), folders);
    for (binary, (id, _)) in functions() {
        assert_eq!(id.to_lowercase(), format!("{binary}function"), "a resource is named after its folder");
    }
}

#[test]
fn a_function_is_given_exactly_the_variables_that_it_reads() {
    for (binary, (id, properties)) in functions() {
        let given: Names = variables(&properties).into_keys().collect();
        assert_eq!(given, reads(&binary).0, "{id}: given, and read");
    }
}

#[test]
fn a_function_that_is_given_nothing_says_everything_that_it_needs_in_one_error() {
    for binary in functions().into_keys() {
        let (names, error) = reads(&binary);
        for name in names {
            assert!(error.contains(&name), "{binary} does not say that it needs {name}: {error}");
        }
    }
}

#[test]
fn a_function_may_touch_what_its_variables_name_and_the_queues_that_wake_it_and_nothing_else() {
    for (id, properties) in functions().into_values() {
        let named: Names = variables(&properties).into_values().collect();
        let mut granted = Names::new();
        collect(&properties["Policies"], &mut granted);
        let stray: Vec<_> = granted.difference(&named).collect();
        assert!(stray.is_empty(), "{id} may touch {stray:?} and does not know their names");
    }
}

/// The resources that a policy names: `Contacts` of `!GetAtt Contacts.Arn` and of `!Sub '${Contacts.Arn}/index/walk'`.
fn collect(policies: &Value, into: &mut Names) {
    match policies {
        Value::Sequence(all) => all.iter().for_each(|it| collect(it, into)),
        Value::Mapping(map) => map.values().for_each(|it| collect(it, into)),
        Value::Tagged(tagged) => {
            let name = text(&tagged.value).trim_start_matches("${").split('.').next().unwrap_or_default();
            into.insert(name.to_owned());
        }
        _ => {}
    }
}
