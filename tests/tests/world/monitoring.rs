//! What can go wrong has an alarm, and every alarm says what to do.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeSet;

use local::template::{Settings, Sources, Template};
use serde_norway::Value;

const GUIDE: &str = include_str!("../../../infra/README.md");

struct Alarm {
    id: String,
    metric: String,
    namespace: String,
    /// The values of its dimensions, without the stage.
    about: Vec<String>,
    description: String,
}

/// The text of a value, whatever its tag.
fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) => text(&tagged.value),
        value => value.as_str().unwrap_or_default().to_owned(),
    }
}

fn alarms() -> Vec<Alarm> {
    let template: Value = serde_norway::from_str(Sources::default().text("alarms.yaml").unwrap()).unwrap();
    let resources = template["Resources"].as_mapping().unwrap().iter();
    let alarms = resources.filter(|(_, it)| it["Type"] == "AWS::CloudWatch::Alarm").map(|(id, it)| {
        let properties = &it["Properties"];
        let dimensions = properties["Dimensions"].as_sequence().unwrap().iter();
        Alarm {
            id: text(id),
            metric: text(&properties["MetricName"]),
            namespace: text(&properties["Namespace"]),
            about: dimensions.map(|it| text(&it["Value"]).replace("${Stage}-", "")).collect(),
            description: text(&properties["AlarmDescription"]),
        }
    });
    alarms.collect()
}

fn template() -> Template {
    let parameters = [
        ("WebhookSecretArn", "arn:webhook"),
        ("GraphSecretArn", "arn:graph"),
        ("StackSecretArn", "arn:stack"),
        ("TokenIssuer", "issuer"),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = Settings { parameters, endpoint: "http://127.0.0.1".to_owned() };
    Template::parse(&Sources::default(), &settings).unwrap()
}

#[track_caller]
fn is_alarmed(alarms: &[Alarm], metric: &str, about: &str) {
    let found = alarms.iter().any(|alarm| alarm.metric == metric && alarm.about.iter().any(|it| it == about));
    assert!(found, "no alarm on {metric} of {about}");
}

#[test]
fn every_function_queue_table_and_stream_has_its_alarms() {
    let (template, alarms) = (template(), alarms());
    for function in &template.functions {
        is_alarmed(&alarms, "Errors", &function.binary);
        is_alarmed(&alarms, "Throttles", &function.binary);
        if !function.streams.is_empty() {
            is_alarmed(&alarms, "IteratorAge", &function.binary);
        }
    }
    for queue in &template.queues {
        let name = queue.name.trim_start_matches("ventana-");
        match queue.redrive {
            Some(_) => is_alarmed(&alarms, "ApproximateAgeOfOldestMessage", name),
            None => is_alarmed(&alarms, "ApproximateNumberOfMessagesVisible", name),
        }
    }
    for table in &template.tables {
        is_alarmed(&alarms, "WriteThrottleEvents", table.name.trim_start_matches("ventana-"));
    }
}

#[test]
fn every_alarm_names_a_section_of_the_guide_that_says_what_to_do() {
    for alarm in alarms() {
        let section =
            alarm.description.split_once("See infra/README.md, section ").map(|(_, section)| section);
        let section = section.unwrap_or_else(|| panic!("{}: {}", alarm.id, alarm.description));
        let heading = format!("### {section}\n");
        assert!(GUIDE.contains(&heading), "{}: the guide has no section {section}", alarm.id);
    }
}

#[test]
fn an_alarm_and_the_dashboard_show_only_metrics_that_functions_write() {
    let written: BTreeSet<&str> = lambda_kit::metrics::ALL.iter().map(|metric| metric.name).collect();
    for alarm in alarms().iter().filter(|alarm| alarm.namespace == "Ventana") {
        assert!(written.contains(alarm.metric.as_str()), "{}: nothing writes {}", alarm.id, alarm.metric);
    }
    let dashboard = Sources::default().text("dashboard.yaml").unwrap().to_owned();
    let shown: BTreeSet<&str> =
        dashboard.split(r#"["Ventana", ""#).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!shown.is_empty());
    let unknown: Vec<_> = shown.difference(&written).collect();
    assert!(unknown.is_empty(), "nothing writes {unknown:?}");
    let hidden: Vec<_> = written.difference(&shown).collect();
    assert!(hidden.is_empty(), "paid for and not shown: {hidden:?}");
}
