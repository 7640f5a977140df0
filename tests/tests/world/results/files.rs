use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_campaign_are_written_into_a_file() {
    let town = Town::of(101, json!({"hold_out": 10})).await;
    town.an_agent_writes_to(7).await;
    let report = town.run().await;
    let (status, asked) = town.stage.api(Method::POST, &format!("{}/export", town.campaign), None).await;
    assert_eq!((status, &asked["state"]), (StatusCode::ACCEPTED, &json!("running")));
    let path = format!("/v1/campaign-exports/{}", asked["id"].as_str().unwrap());
    let mut export = town.stage.read(&path).await;
    for _ in 0..100 {
        if export["state"] == "finished" {
            break;
        }
        town.stage.settle().await;
        export = town.stage.read(&path).await;
    }
    assert_eq!((&export["state"], &export["lines"]), (&json!("finished"), &json!(101)), "{export:#}");
    let link = export["files"][0].as_str().unwrap();
    let client = graph::client().no_proxy().build().unwrap();
    let file = client.get(link).send().await.unwrap().text().await.unwrap();
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines.len(), 102);
    assert!(lines[0].starts_with("contact,name,outcome,template,country,code,sent_at"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{},Person 0,", town.people[0])), "{}", lines[1]);
    let held_out = lines.iter().filter(|line| line.contains(",held_out,")).count();
    assert_eq!(json!(held_out), report["skipped"]["held_out"]);
    assert!(file.contains("skipped: was held out to measure the effect"), "{file}");
    // Who was put off has all turns in one line, unless they were held out.
    let waited = lines[8].contains("put_off: waits") && lines[8].contains("; accepted; sent");
    assert!(waited || lines[8].contains(",held_out,"), "{}", lines[8]);
    let (status, _) = town.stage.api(Method::GET, "/v1/campaign-exports/01KGONE", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
