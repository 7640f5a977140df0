use super::*;

use domain::consent::{Choice, Entry, Purpose};
use domain::rates::{Category, Market, october_2026};

/// Somebody says no to everything.
async fn opts_out(town: &Town, n: usize) {
    let store = town.stage.store();
    let no = Entry {
        at: town.stage.now(),
        purpose: Some(Purpose::Utility),
        choice: Choice::OptOut,
        portfolio: store.portfolio_of_number(&NUMBER.into()).await.unwrap(),
        number: None,
        source: domain::consent::Source::Api,
        by: None,
        wording: None,
        proof: None,
    };
    store.record_consent(&town.people[n], &no).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_what_a_recount_of_everybody_s_line_finds() {
    let town = Town::of(60, json!({"hold_out": 20})).await;
    opts_out(&town, 3).await;
    for n in [5, 15, 25] {
        town.stage.sim().person_behaves(&phone(n), json!({"fail_with": 131_026})).unwrap();
    }
    town.stage.sim().person_behaves(&phone(6), json!({"reads": false})).unwrap();
    let report = town.run().await;
    let lines = town.lines().await;
    assert_eq!((lines.len(), &report["people"]), (60, &json!(60)));
    let report = town.report().await;
    let lines = town.lines().await;
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(count("accepted"), with_step(&lines, &["accepted"]));
    assert_eq!(count("delivered"), with_step(&lines, &["delivered", "read"]));
    assert_eq!(count("failed"), ended(&lines, "failed"));
    let held_out = ended(&lines, "held_out");
    assert!((2..30).contains(&held_out), "{held_out} of 60");
    let of = |reason: &str| report["skipped"][reason].as_u64().unwrap_or_default();
    assert_eq!((of("held_out"), of("opted_out")), (held_out, ended(&lines, "opted_out")));
    assert_eq!(ended(&lines, "opted_out"), 1);
    // Everybody is in one place.
    let skipped: u64 = report["skipped"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    let places = ["waiting", "accepted", "refused", "held", "unknown"].map(count);
    assert_eq!(places.iter().sum::<u64>() + skipped, 60, "{report:#}");
    // By template and market it is the same; by hour, of those that Meta handed on.
    let handed_on = with_step(&lines, &["sent"]);
    for (part, all) in
        [("by_template", count("accepted")), ("by_market", count("accepted")), ("by_hour", handed_on)]
    {
        let parts = report[part].as_array().unwrap();
        let sum: u64 = parts.iter().map(|it| it["accepted"].as_u64().unwrap()).sum();
        assert_eq!(sum, all, "{part}: {report:#}");
    }
    assert_eq!(report["by_template"][0]["template"], "hello_world");
    let market = &report["by_market"][0];
    assert_eq!((&market["country"], &market["market"]), (&json!("MX"), &json!("Mexico")));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_by_code_with_what_it_means() {
    let town = Town::of(4, json!({})).await;
    for n in [1, 2] {
        town.stage.sim().person_behaves(&phone(n), json!({"fail_with": 131_026})).unwrap();
    }
    town.start().await;
    let told = |report: &Value| report["failed"] == 2 && report["delivered"] == 2;
    let report = town.until("two have failed", told).await;
    let failed = &report["failed_by_code"][0];
    assert_eq!((&failed["code"], &failed["people"]), (&json!(131_026), &json!(2)));
    assert!(failed["meaning"].as_str().unwrap().contains("not deliverable"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_cost_is_the_card_s_price_for_what_meta_said_it_charges() {
    let town = Town::of(10, json!({"budget": {"micros": 5_000_000, "currency": "USD"}})).await;
    let report = town.run().await;
    let cost = &report["cost"];
    let price = october_2026().list_price(&Market::new("Mexico"), Category::Utility).unwrap();
    let price = json!(price.times(10).to_string());
    assert_eq!((&cost["actual"]["amount"], &cost["estimated"]["high"]), (&price, &price), "{cost:#}");
    let actual = &cost["actual"];
    assert_eq!((&actual["charged"], &actual["untold"], &actual["free"]), (&json!(10), &json!(0), &json!(0)));
    assert_eq!((&cost["estimated"]["currency"], &cost["budget"]["limit"]), (&json!("USD"), &json!("5.00")));
    assert_ne!(cost["budget"]["held"], "0.00", "the worst is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_told_by_how_it_is_known() {
    let town = Town::of(3, json!({})).await;
    town.run().await;
    town.writes(0, json!({"to": NUMBER, "text": "Thank you!"}));
    let person = town.stage.sim().person(&phone(1)).unwrap();
    let wamid = person["chat"][0]["id"].as_str().unwrap_or_else(|| panic!("{person:#}"));
    town.writes(1, json!({"to": NUMBER, "text": "Which hours?", "reply_to": wamid}));
    let report = town.until("both are noted", |report| report["replied"] == 2).await;
    assert_eq!(report["replied_by"], json!({"quote": 1, "window": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_it_starts_a_campaign_has_a_report_of_nobody() {
    let town = Town::of(2, json!({})).await;
    let report = town.report().await;
    let counts = ["people", "accepted", "waiting"].map(|name| report[name].as_u64().unwrap());
    assert_eq!((&report["state"], counts), (&json!("draft"), [0, 0, 0]));
    assert_eq!(town.lines().await, Vec::<Value>::new());
    let (status, _) = town.stage.api(Method::GET, "/v1/campaigns/01KGONE/report", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_company_s_report_a_campaign_appears_once_and_its_messages_count_once() {
    let town = Town::of(12, json!({})).await;
    town.stage.sim().person_behaves(&phone(5), json!({"fail_with": 131_026})).unwrap();
    let own = town.run().await;
    let store = town.stage.store();
    let id = town.campaign.rsplit_once('/').unwrap().1;
    let campaign = store.campaign(&domain::campaign::CampaignId::new(id).unwrap()).await.unwrap().unwrap();
    // Whatever threads and campaigns tell, as often as they are asked.
    for _ in 0..2 {
        store.recount_campaign(&campaign, town.stage.now()).await.unwrap();
        for person in &town.people {
            let thread = domain::ConversationId::with_contact(NUMBER.into(), person.clone());
            store.recount(&thread, None, town.stage.now()).await.unwrap();
        }
    }
    for mark in store.marked_days().await.unwrap() {
        store.add_up(&mark, town.stage.now()).await.unwrap();
    }
    let day = jiff::tz::TimeZone::UTC.to_datetime(campaign.started_at.unwrap()).date();
    let last = day.tomorrow().unwrap();
    let report = town.stage.read(&format!("/v1/reports?from={day}&to={last}")).await;
    let campaigns = report["campaigns"].as_array().unwrap();
    assert_eq!(campaigns.len(), 1, "{report:#}");
    assert_eq!((&campaigns[0]["id"], &campaigns[0]["name"]), (&json!(id), &json!("Opening hours")));
    for name in ["accepted", "delivered", "read", "failed"] {
        assert_eq!(campaigns[0][name], own[name], "{name}");
        assert_eq!(report["totals"]["delivery"][name], own[name], "{name}: {report:#}");
    }
    assert_eq!(
        (&report["totals"]["sent"]["campaigns"], &report["totals"]["sent"]["agents"]),
        (&own["accepted"], &json!(0))
    );
    assert_eq!(report["numbers"][0]["delivery"]["accepted"], own["accepted"], "one number sent it all");
    let card = october_2026().list_price(&Market::of_country("MX"), Category::Utility).unwrap().0;
    let charged = own["cost"]["actual"]["charged"].as_u64().unwrap();
    assert_eq!(campaigns[0]["cost"], json!([{ "currency": "USD", "micros": charged * card }]));
    assert_eq!(report["costs"][0]["messages"], charged);
}
