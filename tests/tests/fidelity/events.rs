//! EventBridge: buses, rules and their targets.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{InputTransformer, PutEventsRequestEntry, Target};
use serde_json::{Value, json};
use tests::fidelity::{Differs, Place, arn_of, create_queue, holds, refused};

use crate::check;
use crate::schedules::gets;

/// EventBridge, and a queue for its rules.
async fn open(place: &Place) -> Result<(Client, String, String), Differs> {
    let url = create_queue(place, "events", &[]).await?;
    let arn = arn_of(place, &url).await?;
    Ok((Client::new(place.sdk()), url, arn))
}

fn entry(source: &str, detail: &Value) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder().source(source).detail_type("x").detail(detail.to_string()).build()
}

check!(a_rule_hands_on_only_the_events_that_match_its_numbers, async |place| {
    let (events, url, arn) = open(place).await?;
    let (rule, source) = (place.fresh("r"), place.fresh("crm"));
    let pattern = json!({"source": [source], "detail": {"amount": [{"numeric": [">", 5]}]}});
    events.put_rule().name(&rule).event_pattern(pattern.to_string()).send().await?;
    events.put_targets().rule(&rule).targets(Target::builder().id("1").arn(arn).build()?).send().await?;
    let put = events.put_events().entries(entry(&source, &json!({"amount": 9})));
    let put = put.entries(entry(&source, &json!({"amount": 1}))).send().await?;
    holds(put.failed_entry_count() == 0 && put.entries().iter().all(|it| it.event_id().is_some()), put)?;
    let got = gets(place, &url, 2, 4).await?;
    holds(got.len() == 1, &got)?;
    let event: Value = serde_json::from_str(&got[0])?;
    holds(event["detail-type"] == "x" && event["detail"] == json!({"amount": 9}), event)
});

check!(a_rule_with_a_rate_calls_its_target_with_its_constant_input, async |place| {
    let (events, url, arn) = open(place).await?;
    let (rule, input) = (place.fresh("rr"), r#"{"tick":1}"#);
    events.put_rule().name(&rule).schedule_expression("rate(1 minute)").send().await?;
    let target = Target::builder().id("1").arn(arn).input(input).build()?;
    events.put_targets().rule(&rule).targets(target).send().await?;
    let got = gets(place, &url, 1, 80).await?;
    holds(got == [input], got)?;
    events.remove_targets().rule(&rule).ids("1").send().await?;
    events.delete_rule().name(&rule).send().await?;
    Ok(())
});

check!(events_go_to_their_own_bus_and_a_target_gets_what_its_template_makes_of_them, async |place| {
    let (events, url, arn) = open(place).await?;
    let (bus, rule) = (place.fresh("domain"), place.fresh("r"));
    events.create_event_bus().name(&bus).send().await?;
    let pattern = json!({"source": [{"prefix": "crm."}]}).to_string();
    events.put_rule().name(&rule).event_bus_name(&bus).event_pattern(pattern).send().await?;
    let transformer = InputTransformer::builder().input_paths_map("id", "$.detail.id");
    let transformer = transformer.input_template(r#"{"contact": <id>}"#).build()?;
    let target = Target::builder().id("1").arn(arn).input_transformer(transformer).build()?;
    events.put_targets().rule(&rule).event_bus_name(&bus).targets(target).send().await?;
    let mut named = entry("crm.contacts", &json!({"id": "c1"}));
    named.event_bus_name = Some(bus.clone());
    let put = events.put_events().entries(named).entries(entry("crm.contacts", &json!({"id": "c2"})));
    let put = put.send().await?;
    holds(put.failed_entry_count() == 0, put)?;
    let got = gets(place, &url, 2, 4).await?;
    holds(got.len() == 1, &got)?;
    holds(serde_json::from_str::<Value>(&got[0])? == json!({"contact": "c1"}), got)?;
    events.remove_targets().rule(&rule).event_bus_name(&bus).ids("1").send().await?;
    events.delete_rule().name(&rule).event_bus_name(&bus).send().await?;
    events.delete_event_bus().name(&bus).send().await?;
    refused(events.describe_event_bus().name(&bus).send().await, "ResourceNotFoundException")
});

check!(a_rule_is_removed_only_after_its_targets, async |place| {
    let (events, _, arn) = open(place).await?;
    let rule = place.fresh("r");
    events.put_rule().name(&rule).event_pattern(r#"{"source": ["none"]}"#).send().await?;
    events.put_targets().rule(&rule).targets(Target::builder().id("1").arn(arn).build()?).send().await?;
    refused(events.delete_rule().name(&rule).send().await, "ValidationException")?;
    events.remove_targets().rule(&rule).ids("1").send().await?;
    events.delete_rule().name(&rule).send().await?;
    refused(events.describe_rule().name(&rule).send().await, "ResourceNotFoundException")
});

check!(an_event_that_is_none_fails_alone, async |place| {
    let (events, _, _) = open(place).await?;
    let entries = [entry("crm", &json!({})), entry("", &json!({})), entry("crm", &json!(5))];
    let put = events.put_events().set_entries(Some(entries.into())).send().await?;
    let codes: Vec<_> = put.entries().iter().map(|it| it.error_code()).collect();
    let expected = [None, Some("InvalidArgument"), Some("MalformedDetail")];
    holds(put.failed_entry_count() == 2 && codes == expected, format!("codes: {codes:?}"))
});

check!(eleven_events_or_a_pattern_that_is_none_are_refused, async |place| {
    let (events, _, _) = open(place).await?;
    let eleven = (0..11).map(|number| entry("crm", &json!({"number": number}))).collect();
    refused(events.put_events().set_entries(Some(eleven)).send().await, "ValidationException")?;
    let put = events.put_rule().name(place.fresh("wrong")).event_pattern(r#"{"source": "crm"}"#);
    refused(put.send().await, "InvalidEventPatternException")
});
