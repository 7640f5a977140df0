use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_s_line_says_who_it_is_and_why_in_the_order_of_the_audience() {
    let town = Town::of(105, json!({})).await;
    town.run().await;
    let lines = town.lines().await;
    let ids: Vec<_> = lines.iter().map(|line| line["contact"].as_str().unwrap().to_owned()).collect();
    let expected: Vec<_> = town.people.iter().map(ToString::to_string).collect();
    assert_eq!(ids, expected, "a list is walked in the order of its members");
    let first = &lines[0];
    assert_eq!(
        (&first["name"], &first["template"], &first["country"]),
        (&json!("Person 0"), &json!("hello_world"), &json!("MX"))
    );
    let steps: Vec<_> =
        first["steps"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert!(steps.starts_with(&["accepted", "sent"]), "{first:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_found_by_their_outcome_page_by_page() {
    let town = Town::of(60, json!({"hold_out": 50})).await;
    let report = town.run().await;
    let held_out = town.stage.all(&format!("{}/people?outcome=held_out", town.campaign)).await;
    assert_eq!(json!(held_out.len()), report["skipped"]["held_out"]);
    let why = "was held out to measure the effect";
    assert!(held_out.iter().all(|line| line["steps"][0]["why"] == why), "{held_out:#?}");
    let page = town.stage.read(&format!("{}/people?outcome=held_out&limit=2", town.campaign)).await;
    assert_eq!(page["items"].as_array().unwrap()[..], held_out[..2]);
    let next = page["next"].as_str().unwrap();
    let page =
        town.stage.read(&format!("{}/people?outcome=held_out&limit=2&cursor={next}", town.campaign)).await;
    assert_eq!(page["items"].as_array().unwrap()[..], held_out[2..4]);
    let (status, problem) =
        town.stage.api(Method::GET, &format!("{}/people?outcome=happy", town.campaign), None).await;
    assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("outcome")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_off_has_one_line_with_all_its_turns() {
    let town = Town::of(3, json!({})).await;
    town.an_agent_writes_to(1).await;
    let report = town.run().await;
    assert!(report["put_off"]["pair_rate"].as_u64().unwrap() >= 1, "{report:#}");
    assert_eq!((&report["accepted"], &report["waiting"]), (&json!(3), &json!(0)));
    let lines = town.lines().await;
    let turns = lines.iter().flat_map(|line| line["steps"].as_array().unwrap());
    let turns = turns.filter(|step| step["what"] == "put_off").count();
    let put_off = report["put_off"].as_object().unwrap().values();
    assert_eq!(put_off.map(|n| n.as_u64().unwrap()).sum::<u64>(), turns as u64, "each turn is in a line");
    let steps = lines[1]["steps"].as_array().unwrap();
    assert_eq!(steps[0]["what"], "put_off", "{:#}", lines[1]);
    assert_eq!(steps[0]["why"], "waits between two messages of one number to one person");
    assert_eq!((lines.len(), with_step(&lines, &["accepted"])), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_unknown_in_the_report_and_in_the_line_until_a_status_tells() {
    let town = Town::of(2, json!({})).await;
    let lost = json!({ "graph": [{ "kind": "reset_after", "next": 2 }], "webhooks": { "hold": true } });
    town.stage.sim().add_faults(lost).unwrap();
    town.start().await;
    town.until("nobody knows", |report| report["unknown"] == 2).await;
    assert_eq!(ended(&town.lines().await, "unknown"), 2);
    town.stage.sim().clear_faults().unwrap();
    town.until("statuses tell", |report| report["accepted"] == 2 && report["unknown"] == 0).await;
    assert_eq!(ended(&town.lines().await, "unknown"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_who_was_erased_the_line_has_no_name() {
    let town = Town::of(2, json!({})).await;
    town.run().await;
    let path = format!("/v1/contacts/{}/erase", town.people[0]);
    ask(&town.stage, &path, json!({"reason": "asked by letter"}), StatusCode::ACCEPTED).await;
    let lines = town.lines().await;
    assert_eq!((&lines[0]["name"], &lines[1]["name"]), (&Value::Null, &json!("Person 1")));
}
