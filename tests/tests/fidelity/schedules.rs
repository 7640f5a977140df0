//! EventBridge Scheduler.

use std::time::Duration;

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::builders::CreateScheduleFluentBuilder;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState, Target,
};
use jiff::SignedDuration;
use tests::fidelity::{Differs, Place, arn_of, create_queue, holds, receive, refused};

use crate::check;

const SECOND: Duration = Duration::from_secs(1);
const INPUT: &str = r#"{"campaign":"c1"}"#;

/// What a queue gets until it has got `wanted` messages, or as many `seconds` have passed.
pub(crate) async fn gets(
    place: &Place,
    url: &str,
    wanted: usize,
    seconds: u32,
) -> Result<Vec<String>, Differs> {
    let mut bodies = Vec::new();
    for _ in 0..=seconds {
        for message in receive(place, url).await? {
            let delete = place.sqs().delete_message().queue_url(url);
            delete.set_receipt_handle(message.receipt_handle).send().await?;
            bodies.extend(message.body);
        }
        if bodies.len() >= wanted {
            break;
        }
        place.pass(SECOND).await;
    }
    Ok(bodies)
}

/// A scheduler, and a queue for its schedules.
struct Diary {
    scheduler: Client,
    url: String,
    arn: String,
    name: String,
}

impl Diary {
    async fn open(place: &Place) -> Result<Self, Differs> {
        let url = create_queue(place, "scheduled", &[]).await?;
        let arn = arn_of(place, &url).await?;
        Ok(Self { scheduler: Client::new(place.sdk()), url, arn, name: place.fresh("s") })
    }

    /// A schedule that calls the queue, still to be made.
    fn schedule(&self, expression: &str) -> Result<CreateScheduleFluentBuilder, Differs> {
        let role = "arn:aws:iam::000000000000:role/x";
        let target = Target::builder().arn(&self.arn).role_arn(role).input(INPUT).build()?;
        let off = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()?;
        let schedule = self.scheduler.create_schedule().name(&self.name).schedule_expression(expression);
        Ok(schedule.flexible_time_window(off).target(target))
    }

    async fn forget(&self) -> Result<(), Differs> {
        self.scheduler.delete_schedule().name(&self.name).send().await?;
        Ok(())
    }
}

/// `at(…)` in so many seconds, on the clocks of a zone.
fn at(place: &Place, seconds: i64, zone: &str) -> Result<String, Differs> {
    let then = (place.now() + SignedDuration::from_secs(seconds)).in_tz(zone)?;
    Ok(then.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string())
}

check!(a_single_time_fires_once_with_its_input_and_is_gone_if_that_was_asked, async |place| {
    let diary = Diary::open(place).await?;
    let schedule = diary.schedule(&at(place, 5, "UTC")?)?;
    schedule.action_after_completion(ActionAfterCompletion::Delete).send().await?;
    let get = || diary.scheduler.get_schedule().name(&diary.name).send();
    let there = get().await?;
    holds(there.schedule_expression_timezone() == Some("UTC"), there)?;
    let got = gets(place, &diary.url, 1, 25).await?;
    holds(got == [INPUT], got)?;
    place.pass(SECOND).await;
    refused(get().await, "ResourceNotFoundException")?;
    let again = gets(place, &diary.url, 1, 5).await?;
    holds(again.is_empty(), again)
});

check!(a_single_time_is_read_in_its_time_zone, async |place| {
    let diary = Diary::open(place).await?;
    let schedule = diary.schedule(&at(place, 5, "Asia/Kolkata")?)?;
    schedule.schedule_expression_timezone("Asia/Kolkata").send().await?;
    let got = gets(place, &diary.url, 1, 60).await?;
    holds(got == [INPUT], format!("in time: {got:?}"))
});

check!(a_rate_of_one_minute_fires_each_minute, async |place| {
    let diary = Diary::open(place).await?;
    diary.schedule("rate(1 minute)")?.send().await?;
    let got = gets(place, &diary.url, 2, 140).await?;
    holds(got == [INPUT, INPUT], got)?;
    diary.forget().await
});

check!(a_schedule_that_is_off_does_not_fire_until_it_is_on, async |place| {
    let diary = Diary::open(place).await?;
    diary.schedule("rate(1 minute)")?.state(ScheduleState::Disabled).send().await?;
    let got = gets(place, &diary.url, 1, 65).await?;
    holds(got.is_empty(), got)?;
    let seen = diary.scheduler.get_schedule().name(&diary.name).send().await?;
    let on = diary.scheduler.update_schedule().name(&diary.name);
    let on = on.set_schedule_expression(seen.schedule_expression).set_target(seen.target);
    on.set_flexible_time_window(seen.flexible_time_window).send().await?;
    let got = gets(place, &diary.url, 1, 80).await?;
    holds(!got.is_empty(), got)?;
    diary.forget().await
});

check!(a_schedules_name_is_taken_once_and_what_is_not_there_is_not_found, async |place| {
    let diary = Diary::open(place).await?;
    let make = || Ok::<_, Differs>(diary.schedule("rate(1 day)")?.state(ScheduleState::Disabled));
    make()?.send().await?;
    refused(make()?.send().await, "ConflictException")?;
    refused(make()?.group_name(place.fresh("nowhere")).send().await, "ResourceNotFoundException")?;
    diary.forget().await?;
    let again = diary.scheduler.delete_schedule().name(&diary.name).send().await;
    refused(again, "ResourceNotFoundException")
});

check!(an_expression_that_is_none_is_refused, async |place| {
    let diary = Diary::open(place).await?;
    for expression in ["rate(5)", "every(1 day)", "cron(0 9 * * * *)", "cron(0 9 * * ?)", "at(tomorrow)"] {
        refused(diary.schedule(expression)?.send().await, "ValidationException")?;
    }
    let zone = diary.schedule("rate(1 day)")?.schedule_expression_timezone("Mars/Olympus");
    refused(zone.send().await, "ValidationException")
});

check!(schedules_are_listed_by_group_and_name_in_pages, async |place| {
    let (diary, group) = (Diary::open(place).await?, place.fresh("campaigns"));
    diary.scheduler.create_schedule_group().name(&group).send().await?;
    for name in ["a-1", "b-1", "b-2"] {
        diary.schedule("cron(0 9 L * ? *)")?.name(name).group_name(&group).send().await?;
    }
    let list = || diary.scheduler.list_schedules().group_name(&group);
    let listed = list().name_prefix("b-").send().await?;
    holds(listed.schedules.len() == 2, listed)?;
    let mut pages = list().max_results(2).into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        names.extend(page?.schedules.into_iter().filter_map(|schedule| schedule.name));
    }
    holds(names == ["a-1", "b-1", "b-2"], format!("in pages: {names:?}"))
});

check!(a_group_of_schedules_is_made_once_and_takes_them_with_it, async |place| {
    let (diary, group) = (Diary::open(place).await?, place.fresh("campaigns"));
    let make = || diary.scheduler.create_schedule_group().name(&group).send();
    make().await?;
    refused(make().await, "ConflictException")?;
    diary.schedule("rate(1 day)")?.group_name(&group).send().await?;
    diary.scheduler.delete_schedule_group().name(&group).send().await?;
    let get = || diary.scheduler.get_schedule().group_name(&group).name(&diary.name).send();
    // AWS takes its time over it.
    for _ in 0..60 {
        if get().await.is_err() {
            break;
        }
        place.pass(SECOND).await;
    }
    refused(get().await, "ResourceNotFoundException")
});
