//! What the embedded world promises of schedules beyond AWS's protocol: its clock, its functions, its restarts.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, SqsParameters,
    Target,
};
use jiff::Timestamp;
use local::lambda::{Functions, FunctionsBuilder, ScheduleHandler};
use local::world::{Time, World, WorldOptions};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/x";

/// What a function was called with, and when.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<(String, Value)>>>);

impl Diary {
    fn read(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// When the dead letters were counted.
    fn times(&self) -> Vec<String> {
        let counts = self.read().into_iter().filter(|(_, event)| event["task"] == "count_dead_letters");
        counts.map(|(time, _)| time).collect()
    }

    /// Functions of which only `sync` takes events of schedules: it writes them down, and fails `failures` times.
    fn functions(&self, failures: usize) -> FunctionsBuilder {
        let diary = self.clone();
        let left = Arc::new(Mutex::new(failures));
        Arc::new(move |context| {
            let (diary, left, clock) = (diary.clone(), Arc::clone(&left), context.clock.clone());
            let handler: ScheduleHandler = Arc::new(move |event| {
                diary.0.lock().unwrap().push((clock.now().to_string(), event.clone()));
                if event["task"] != "count_dead_letters" {
                    return Box::pin(async { Ok(()) });
                }
                let mut left = left.lock().unwrap();
                let fails = *left > 0;
                *left = left.saturating_sub(1);
                Box::pin(async move { if fails { Err("a defect".into()) } else { Ok(()) } })
            });
            let mut functions = Functions::default();
            functions.schedules.insert("sync".to_owned(), handler);
            Box::pin(async move { Ok(functions) })
        })
    }
}

async fn world(start: &str, data: Option<&Path>, functions: FunctionsBuilder) -> World {
    let time = Time::Manual(start.parse().unwrap());
    let data = data.map(Path::to_owned);
    World::start(WorldOptions { time, data, functions, ..WorldOptions::default() }).await.unwrap()
}

fn scheduler(world: &World) -> aws_sdk_scheduler::Client {
    aws_sdk_scheduler::Client::new(world.sdk())
}

fn off() -> FlexibleTimeWindow {
    FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap()
}

async fn queue(world: &World, name: &str) -> (String, String) {
    let mut make = world.sqs_client().create_queue().queue_name(name);
    if name.ends_with(".fifo") {
        make = make
            .attributes("FifoQueue".into(), "true")
            .attributes("ContentBasedDeduplication".into(), "true");
    }
    let url = make.send().await.unwrap().queue_url.unwrap();
    (url, format!("arn:aws:sqs:us-east-1:000000000000:{name}"))
}

async fn drain(world: &World, url: &str) -> Vec<aws_sdk_sqs::types::Message> {
    let receive = world.sqs_client().receive_message().queue_url(url).max_number_of_messages(10);
    let receive = receive.message_attribute_names("All");
    let messages = receive.send().await.unwrap().messages.unwrap_or_default();
    for message in &messages {
        let delete = world.sqs_client().delete_message().queue_url(url);
        delete.set_receipt_handle(message.receipt_handle.clone()).send().await.unwrap();
    }
    messages
}

fn bodies(messages: &[aws_sdk_sqs::types::Message]) -> Vec<&str> {
    messages.iter().filter_map(|message| message.body()).collect()
}

/// A schedule that calls a queue with its own name.
async fn schedule(world: &World, (name, expression, zone): (&str, &str, &str), arn: &str) {
    let target = Target::builder().arn(arn).role_arn(ROLE).input(name).build().unwrap();
    let make = scheduler(world).create_schedule().name(name).schedule_expression(expression);
    let make = make.schedule_expression_timezone(zone).flexible_time_window(off()).target(target);
    make.send().await.unwrap();
}

#[tokio::test]
async fn the_templates_schedule_calls_its_function_every_five_minutes() {
    let diary = Diary::default();
    let world = world("2026-11-23T09:00:30Z", None, diary.functions(0)).await;
    world.advance(Duration::from_secs(600)).await;
    let times = ["2026-11-23T09:00:30Z", "2026-11-23T09:05:30Z", "2026-11-23T09:10:30Z"];
    let (counts, others): (Vec<_>, Vec<_>) =
        diary.read().into_iter().partition(|(_, event)| *event == json!({"task": "count_dead_letters"}));
    assert_eq!(counts.iter().map(|(time, _)| time.as_str()).collect::<Vec<_>>(), times);
    let tasks: BTreeSet<_> =
        others.iter().map(|(time, event)| (time.as_str(), event["task"].as_str())).collect();
    let at_once = |task| ("2026-11-23T09:00:30Z", Some(task));
    let watched = times.map(|time| (time, Some("watch_numbers")));
    let expected: BTreeSet<_> =
        [at_once("sync_numbers"), at_once("sync_templates")].into_iter().chain(watched).collect();
    assert_eq!(tasks, expected);
}

#[tokio::test]
async fn a_function_that_fails_is_called_twice_more_and_no_more() {
    let diary = Diary::default();
    let world = world("2026-11-23T09:00:00Z", None, diary.functions(3)).await;
    world.advance(Duration::from_secs(299)).await;
    assert_eq!(diary.times(), ["2026-11-23T09:00:00Z", "2026-11-23T09:01:00Z", "2026-11-23T09:03:00Z"]);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(diary.times().len(), 1, "the next time goes well");
}

#[tokio::test]
async fn campaigns_at_nine_in_madrid_leave_at_nine_in_madrid_on_both_sides_of_the_change() {
    for (change, before, after) in [
        ("2026-03-29", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"),
        ("2026-10-25", "2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z"),
    ] {
        let change: jiff::civil::Date = change.parse().unwrap();
        let eve = change.yesterday().unwrap();
        let world = world(&format!("{eve}T00:00:00Z"), None, Diary::default().functions(0)).await;
        let (url, arn) = queue(&world, "campaigns").await;
        schedule(&world, ("eve", &format!("at({eve}T09:00:00)"), "Europe/Madrid"), &arn).await;
        schedule(&world, ("day", &format!("at({change}T09:00:00)"), "Europe/Madrid"), &arn).await;
        for (name, time) in [("eve", before), ("day", after)] {
            let time: Timestamp = time.parse().unwrap();
            world.advance_to(time - Duration::from_secs(1)).await;
            assert!(drain(&world, &url).await.is_empty(), "{name} is early");
            world.advance_to(time).await;
            assert_eq!(bodies(&drain(&world, &url).await), [name]);
        }
    }
}

#[tokio::test]
async fn schedules_fire_in_due_order_however_far_the_clock_is_moved() {
    let world = world("2026-11-23T09:00:00Z", None, Diary::default().functions(0)).await;
    let (url, arn) = queue(&world, "order").await;
    schedule(&world, ("third", "at(2026-11-25T12:00:00)", "UTC"), &arn).await;
    schedule(&world, ("first", "cron(0 10 23 11 ? 2026)", "UTC"), &arn).await;
    schedule(&world, ("second", "at(2026-11-23T10:00:00)", "UTC"), &arn).await;
    world.advance(Duration::from_secs(3 * 86_400)).await;
    assert_eq!(bodies(&drain(&world, &url).await), ["first", "second", "third"]);
}

#[tokio::test]
async fn a_restart_loses_no_schedule_and_fires_what_was_missed() {
    let data = tempfile::tempdir().unwrap();
    let diary = Diary::default();
    let url = {
        let world = world("2026-11-23T09:00:00Z", Some(data.path()), diary.functions(0)).await;
        let (url, arn) = queue(&world, "missed").await;
        schedule(&world, ("once", "at(2026-11-23T10:00:00)", "UTC"), &arn).await;
        schedule(&world, ("later", "at(2026-11-27T10:00:00)", "UTC"), &arn).await;
        schedule(&world, ("hourly", "cron(0 * * * ? *)", "UTC"), &arn).await;
        world.settle().await;
        assert_eq!(diary.times().len(), 1);
        world.kill().await;
        url
    };
    // Three days later: the single time however late it is, the recurring one once for all that it missed.
    let world = world("2026-11-26T09:30:00Z", Some(data.path()), diary.functions(0)).await;
    world.settle().await;
    assert_eq!(bodies(&drain(&world, &url).await), ["once", "hourly"]);
    assert_eq!(diary.times(), ["2026-11-26T09:30:00Z"]);
    world.advance_to("2026-11-26T10:00:00Z".parse().unwrap()).await;
    assert_eq!(bodies(&drain(&world, &url).await), ["hourly"]);
    assert_eq!(diary.times().len(), 6, "in the old rhythm");
    world.kill().await;
}

#[tokio::test]
async fn what_a_template_no_longer_says_stops_with_the_next_start_and_nothing_else_does() {
    let data = tempfile::tempdir().unwrap();
    let functions = || Diary::default().functions(0);
    let first = world("2026-11-23T09:00:00Z", Some(data.path()), functions()).await;
    let (_, arn) = queue(&first, "mine").await;
    schedule(&first, ("mine", "rate(1 day)", "UTC"), &arn).await;
    first.scheduler.ensure(Vec::new()).await.unwrap();
    let left = scheduler(&first).list_schedules().send().await.unwrap();
    let names: Vec<_> = left.schedules().iter().filter_map(|schedule| schedule.name()).collect();
    assert_eq!(names, ["mine"]);
    first.kill().await;
    let second = world("2026-11-23T09:00:01Z", Some(data.path()), functions()).await;
    let there = scheduler(&second).list_schedules().send().await.unwrap();
    let mut names: Vec<_> = there.schedules().iter().filter_map(|schedule| schedule.name()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "local-count-dead-letters",
            "local-retain",
            "local-roll-up",
            "local-sync-numbers",
            "local-sync-templates",
            "local-tick",
            "local-watch-numbers",
            "mine"
        ],
        "the template still says its own"
    );
}

#[tokio::test]
async fn what_cannot_be_delivered_goes_to_the_dead_letters_with_the_reason() {
    let world = world("2026-11-23T09:00:00Z", None, Diary::default().functions(0)).await;
    let (url, dead) = queue(&world, "dead").await;
    let target =
        Target::builder().arn("arn:aws:sqs:us-east-1:000000000000:nowhere").role_arn(ROLE).input("lost");
    let target = target.dead_letter_config(DeadLetterConfig::builder().arn(dead).build()).build().unwrap();
    let make =
        scheduler(&world).create_schedule().name("lost").schedule_expression("at(2026-11-23T09:01:00)");
    let make = make.action_after_completion(ActionAfterCompletion::Delete);
    make.flexible_time_window(off()).target(target).send().await.unwrap();
    world.advance(Duration::from_secs(60)).await;
    let letters = drain(&world, &url).await;
    assert_eq!(bodies(&letters), ["lost"]);
    let attributes = letters[0].message_attributes().unwrap();
    let text = |name: &str| attributes[name].string_value().unwrap();
    assert_eq!(text("ERROR_CODE"), "NO_SUCH_TARGET");
    assert_eq!(text("SCHEDULE_ARN"), "arn:aws:scheduler:us-east-1:000000000000:schedule/default/lost");
}

#[tokio::test]
async fn a_fifo_queue_gets_its_group_and_a_function_what_the_schedule_knows_of_itself() {
    let world = world("2026-11-23T09:00:00Z", None, Diary::default().functions(0)).await;
    let (url, arn) = queue(&world, "ordered.fifo").await;
    let input = "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number>";
    let target = Target::builder().arn(&arn).role_arn(ROLE).input(input);
    let make = |target| {
        let make =
            scheduler(&world).create_schedule().name("fifo").schedule_expression("at(2026-11-23T09:01:00)");
        make.flexible_time_window(off()).target(target).send()
    };
    let error = make(target.clone().build().unwrap()).await.unwrap_err().into_service_error();
    assert!(error.is_validation_exception(), "a FIFO queue needs a group");
    let group = SqsParameters::builder().message_group_id("g").build();
    make(target.sqs_parameters(group).build().unwrap()).await.unwrap();
    world.advance(Duration::from_secs(60)).await;
    let arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/fifo";
    assert_eq!(bodies(&drain(&world, &url).await), [format!("{arn} 2026-11-23T09:01:00Z 1")]);
}

#[tokio::test]
async fn a_time_that_has_passed_or_that_no_clock_shows_is_refused() {
    let world = world("2026-03-01T09:00:00Z", None, Diary::default().functions(0)).await;
    let (_, arn) = queue(&world, "refused").await;
    for (expression, zone) in
        [("at(2026-03-01T08:59:59)", "UTC"), ("at(2026-03-29T02:30:00)", "Europe/Madrid")]
    {
        let target = Target::builder().arn(&arn).role_arn(ROLE).input("x").build().unwrap();
        let make = scheduler(&world).create_schedule().name("refused").schedule_expression(expression);
        let make = make.schedule_expression_timezone(zone).flexible_time_window(off()).target(target);
        let error = make.send().await.unwrap_err().into_service_error();
        assert!(error.is_validation_exception(), "{expression}: {error}");
    }
}

#[tokio::test]
async fn a_request_that_is_repeated_with_its_token_makes_one_schedule() {
    let world = world("2026-11-23T09:00:00Z", None, Diary::default().functions(0)).await;
    let (_, arn) = queue(&world, "token").await;
    let make = |input: &str| {
        let target = Target::builder().arn(&arn).role_arn(ROLE).input(input).build().unwrap();
        let make = scheduler(&world).create_schedule().name("token").schedule_expression("rate(1 day)");
        make.client_token("t").flexible_time_window(off()).target(target).send()
    };
    let first = make("x").await.unwrap().schedule_arn;
    assert_eq!(make("x").await.unwrap().schedule_arn, first);
    assert!(make("y").await.unwrap_err().into_service_error().is_conflict_exception());
}
