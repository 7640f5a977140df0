//! EventBridge and its Scheduler, as any AWS has to play them. The same tests run against the embedded world, on
//! a clock that is moved by hand, and, with `VENTANA_FIDELITY_ENDPOINT`, against another endpoint in its own time.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target as RuleTarget};
use aws_sdk_scheduler::operation::create_schedule::builders::CreateScheduleFluentBuilder;
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_sdk_sqs::types::QueueAttributeName;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use local::world::{Time, World, WorldOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tests::START;

const INPUT: &str = r#"{"campaign":"c1"}"#;

/// An AWS to be tested, with names that nobody else uses there.
struct Cloud {
    /// The embedded one, unless another is asked for.
    world: Option<World>,
    sdk: SdkConfig,
    run: String,
}

/// A queue, as its user and its sender name it.
struct Queue {
    url: String,
    arn: String,
}

impl Cloud {
    async fn find() -> Self {
        let run = Timestamp::now().as_nanosecond().to_string();
        if let Ok(endpoint) = std::env::var("VENTANA_FIDELITY_ENDPOINT") {
            let credentials = Credentials::new("test", "test", None, None, "test");
            let sdk = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .endpoint_url(endpoint)
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .build();
            return Self { world: None, sdk, run };
        }
        let time = Time::Manual(START.parse().unwrap());
        let world = World::start(WorldOptions { time, ..WorldOptions::default() }).await.unwrap();
        Self { sdk: world.sdk().clone(), world: Some(world), run }
    }

    fn scheduler(&self) -> aws_sdk_scheduler::Client {
        aws_sdk_scheduler::Client::new(&self.sdk)
    }

    fn events(&self) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::new(&self.sdk)
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk)
    }

    fn named(&self, name: &str) -> String {
        format!("{name}-{}", self.run)
    }

    fn now(&self) -> Timestamp {
        self.world.as_ref().map_or_else(Timestamp::now, |world| world.clock.now())
    }

    async fn pass(&self, time: Duration) {
        match &self.world {
            Some(world) => world.advance(time).await,
            None => tokio::time::sleep(time).await,
        }
    }

    async fn queue(&self, name: &str) -> Queue {
        let made = self.sqs().create_queue().queue_name(self.named(name)).send().await.unwrap();
        let url = made.queue_url.unwrap();
        let asked =
            self.sqs().get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
        let arn = asked.send().await.unwrap().attributes.unwrap()[&QueueAttributeName::QueueArn].clone();
        Queue { url, arn }
    }

    /// What a queue gets, until it has got `wanted` messages or `seconds` have passed.
    async fn gets(&self, queue: &Queue, wanted: usize, seconds: u32) -> Vec<String> {
        let mut bodies = Vec::new();
        for _ in 0..=seconds {
            let received =
                self.sqs().receive_message().queue_url(&queue.url).max_number_of_messages(10).send().await;
            for message in received.unwrap().messages.unwrap_or_default() {
                let handle = message.receipt_handle.unwrap();
                self.sqs()
                    .delete_message()
                    .queue_url(&queue.url)
                    .receipt_handle(handle)
                    .send()
                    .await
                    .unwrap();
                bodies.push(message.body.unwrap());
            }
            if bodies.len() >= wanted {
                break;
            }
            self.pass(Duration::from_secs(1)).await;
        }
        bodies
    }

    /// A schedule with a queue as its target, still to be made.
    fn schedule(&self, name: &str, expression: &str, queue: &Queue) -> CreateScheduleFluentBuilder {
        let role = "arn:aws:iam::000000000000:role/x";
        let target = Target::builder().arn(&queue.arn).role_arn(role).input(INPUT).build().unwrap();
        let off = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap();
        let schedule =
            self.scheduler().create_schedule().name(self.named(name)).schedule_expression(expression);
        schedule.flexible_time_window(off).target(target)
    }

    /// `at(…)` in so many seconds, on the clocks of a zone.
    fn at(&self, seconds: i64, zone: &str) -> String {
        let then = self.now() + SignedDuration::from_secs(seconds);
        then.to_zoned(TimeZone::get(zone).unwrap()).strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
    }
}

fn entry(source: &str, detail: &Value) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder().source(source).detail_type("x").detail(detail.to_string()).build()
}

#[tokio::test]
async fn a_rule_hands_on_only_the_events_that_match_its_numbers() {
    let cloud = Cloud::find().await;
    let (events, queue, rule) = (cloud.events(), cloud.queue("matching").await, cloud.named("r"));
    let pattern = json!({"source": ["crm"], "detail": {"amount": [{"numeric": [">", 5]}]}});
    events.put_rule().name(&rule).event_pattern(pattern.to_string()).send().await.unwrap();
    let target = RuleTarget::builder().id("1").arn(&queue.arn).build().unwrap();
    events.put_targets().rule(&rule).targets(target).send().await.unwrap();
    let put = events
        .put_events()
        .entries(entry("crm", &json!({"amount": 9})))
        .entries(entry("crm", &json!({"amount": 1})));
    let put = put.send().await.unwrap();
    assert_eq!(put.failed_entry_count(), 0);
    assert!(put.entries().iter().all(|entry| entry.event_id().is_some()));
    let got = cloud.gets(&queue, 2, 4).await;
    assert_eq!(got.len(), 1, "{got:?}");
    let event: Value = serde_json::from_str(&got[0]).unwrap();
    assert_eq!((&event["detail-type"], &event["detail"]["amount"]), (&json!("x"), &json!(9)));
}

#[tokio::test]
async fn a_single_time_fires_once_with_its_input_and_is_gone_if_that_was_asked() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("at").await;
    let schedule = cloud.schedule("at", &cloud.at(5, "UTC"), &queue);
    schedule.action_after_completion(ActionAfterCompletion::Delete).send().await.unwrap();
    let get = || cloud.scheduler().get_schedule().name(cloud.named("at")).send();
    assert_eq!(get().await.unwrap().schedule_expression_timezone(), Some("UTC"));
    assert_eq!(cloud.gets(&queue, 1, 25).await, [INPUT]);
    cloud.pass(Duration::from_secs(1)).await;
    let error = get().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error}");
    assert_eq!(cloud.gets(&queue, 1, 5).await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_single_time_is_read_in_its_time_zone() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("kolkata").await;
    let schedule = cloud.schedule("kolkata", &cloud.at(5, "Asia/Kolkata"), &queue);
    schedule.schedule_expression_timezone("Asia/Kolkata").send().await.unwrap();
    assert_eq!(cloud.gets(&queue, 1, 20).await, [INPUT]);
}

#[tokio::test]
async fn a_rate_of_one_minute_fires_each_minute() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("rate").await;
    cloud.schedule("rate", "rate(1 minute)", &queue).send().await.unwrap();
    assert_eq!(cloud.gets(&queue, 2, 140).await, [INPUT, INPUT]);
    cloud.scheduler().delete_schedule().name(cloud.named("rate")).send().await.unwrap();
}

#[tokio::test]
async fn a_rule_with_a_rate_calls_its_target_with_its_constant_input() {
    let cloud = Cloud::find().await;
    let (events, queue, rule) = (cloud.events(), cloud.queue("ticks").await, cloud.named("rr"));
    events.put_rule().name(&rule).schedule_expression("rate(1 minute)").send().await.unwrap();
    let target = RuleTarget::builder().id("1").arn(&queue.arn).input(r#"{"tick":1}"#).build().unwrap();
    events.put_targets().rule(&rule).targets(target).send().await.unwrap();
    assert_eq!(cloud.gets(&queue, 1, 80).await, [r#"{"tick":1}"#]);
    events.remove_targets().rule(&rule).ids("1").send().await.unwrap();
    events.delete_rule().name(&rule).send().await.unwrap();
}

#[tokio::test]
async fn a_schedule_that_is_off_does_not_fire_until_it_is_on() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("off").await;
    let state = aws_sdk_scheduler::types::ScheduleState::Disabled;
    cloud.schedule("off", "rate(1 minute)", &queue).state(state).send().await.unwrap();
    assert!(cloud.gets(&queue, 1, 65).await.is_empty());
    let seen = cloud.scheduler().get_schedule().name(cloud.named("off")).send().await.unwrap();
    let on = cloud.scheduler().update_schedule().name(cloud.named("off"));
    let on = on.set_schedule_expression(seen.schedule_expression).set_target(seen.target);
    on.set_flexible_time_window(seen.flexible_time_window).send().await.unwrap();
    assert!(!cloud.gets(&queue, 1, 80).await.is_empty());
    cloud.scheduler().delete_schedule().name(cloud.named("off")).send().await.unwrap();
}

#[tokio::test]
async fn a_name_is_taken_once_and_what_is_not_there_is_not_found() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("names").await;
    let scheduler = cloud.scheduler();
    let make = || cloud.schedule("names", "rate(1 day)", &queue);
    make().state(aws_sdk_scheduler::types::ScheduleState::Disabled).send().await.unwrap();
    let error = make().send().await.unwrap_err().into_service_error();
    assert!(error.is_conflict_exception(), "{error}");
    let error = make().group_name(cloud.named("nowhere")).send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error}");
    scheduler.delete_schedule().name(cloud.named("names")).send().await.unwrap();
    let error =
        scheduler.delete_schedule().name(cloud.named("names")).send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error}");
}

#[tokio::test]
async fn what_is_no_expression_is_refused() {
    let cloud = Cloud::find().await;
    let queue = cloud.queue("invalid").await;
    for expression in ["rate(5)", "every(1 day)", "cron(0 9 * * * *)", "cron(0 9 * * ?)", "at(tomorrow)"] {
        let error =
            cloud.schedule("invalid", expression, &queue).send().await.unwrap_err().into_service_error();
        assert!(error.is_validation_exception(), "{expression}: {error}");
    }
    let zone = cloud.schedule("invalid", "rate(1 day)", &queue).schedule_expression_timezone("Mars/Olympus");
    assert!(zone.send().await.unwrap_err().into_service_error().is_validation_exception());
}

#[tokio::test]
async fn a_group_holds_schedules_of_its_own_and_takes_them_with_it() {
    let cloud = Cloud::find().await;
    let (scheduler, queue, group) = (cloud.scheduler(), cloud.queue("group").await, cloud.named("campaigns"));
    scheduler.create_schedule_group().name(&group).send().await.unwrap();
    let again = scheduler.create_schedule_group().name(&group).send().await.unwrap_err().into_service_error();
    assert!(again.is_conflict_exception(), "{again}");
    for name in ["a", "b", "c"] {
        cloud.schedule(name, "cron(0 9 L * ? *)", &queue).group_name(&group).send().await.unwrap();
    }
    let list = || scheduler.list_schedules().group_name(&group);
    let mut pages = list().max_results(2).into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        names.extend(page.unwrap().schedules.into_iter().filter_map(|schedule| schedule.name));
    }
    assert_eq!(names, ["a", "b", "c"].map(|name| cloud.named(name)));
    let listed = list().name_prefix("b-").send().await.unwrap();
    assert_eq!(listed.schedules.len(), 1);
    scheduler.delete_schedule_group().name(&group).send().await.unwrap();
    // AWS takes its time over it.
    for _ in 0..60 {
        if list().send().await.is_err() {
            break;
        }
        cloud.pass(Duration::from_secs(1)).await;
    }
    let gone = scheduler.get_schedule().group_name(&group).name(cloud.named("a")).send().await;
    assert!(gone.unwrap_err().into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn events_go_to_their_own_bus_and_a_target_gets_what_its_template_makes_of_them() {
    let cloud = Cloud::find().await;
    let (events, queue) = (cloud.events(), cloud.queue("bus").await);
    let (bus, rule) = (cloud.named("domain"), cloud.named("r"));
    events.create_event_bus().name(&bus).send().await.unwrap();
    let pattern = json!({"source": [{"prefix": "crm."}]});
    let put = events.put_rule().name(&rule).event_bus_name(&bus).event_pattern(pattern.to_string());
    put.send().await.unwrap();
    let transformer = aws_sdk_eventbridge::types::InputTransformer::builder();
    let transformer = transformer.input_paths_map("id", "$.detail.id").input_template(r#"{"contact": <id>}"#);
    let target =
        RuleTarget::builder().id("1").arn(&queue.arn).input_transformer(transformer.build().unwrap());
    let put = events.put_targets().rule(&rule).event_bus_name(&bus).targets(target.build().unwrap());
    put.send().await.unwrap();
    let on = |bus: Option<&str>, id: &str| {
        let mut made = entry("crm.contacts", &json!({"id": id}));
        made.event_bus_name = bus.map(str::to_owned);
        made
    };
    let entries = [on(Some(&bus), "c1"), on(None, "c2"), entry("", &json!({})), entry("crm.x", &json!(5))];
    let put = events.put_events().set_entries(Some(entries.into())).send().await.unwrap();
    assert_eq!(put.failed_entry_count(), 2);
    let codes: Vec<_> = put.entries().iter().map(|entry| entry.error_code()).collect();
    assert_eq!(codes, [None, None, Some("InvalidArgument"), Some("MalformedDetail")]);
    let got = cloud.gets(&queue, 2, 4).await;
    assert_eq!(got.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&got[0]).unwrap(), json!({"contact": "c1"}));
    assert!(events.delete_rule().name(&rule).event_bus_name(&bus).send().await.is_err(), "it has a target");
    events.remove_targets().rule(&rule).event_bus_name(&bus).ids("1").send().await.unwrap();
    events.delete_rule().name(&rule).event_bus_name(&bus).send().await.unwrap();
    events.delete_event_bus().name(&bus).send().await.unwrap();
    let error = events.describe_event_bus().name(&bus).send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error}");
}

#[tokio::test]
async fn eleven_events_or_a_pattern_that_is_none_are_refused() {
    let cloud = Cloud::find().await;
    let events = cloud.events();
    let eleven = (0..11).map(|number| entry("crm", &json!({"number": number}))).collect();
    assert!(events.put_events().set_entries(Some(eleven)).send().await.is_err());
    let put = events.put_rule().name(cloud.named("wrong")).event_pattern(r#"{"source": "crm"}"#);
    let error = put.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_event_pattern_exception(), "{error}");
    let error =
        events.describe_rule().name(cloud.named("nothing")).send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error}");
}
