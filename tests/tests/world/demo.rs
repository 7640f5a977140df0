//! The demo company that a newcomer finds: it has lived through a week, and nothing of it went wrong.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeSet;

use local::tokens::Role;
use local::world::{Time, World, WorldOptions};
use serde_json::Value;

struct Newcomer {
    world: World,
    http: reqwest::Client,
    token: String,
}

impl Newcomer {
    async fn read(&self, path: &str) -> Value {
        let answer =
            self.http.get(self.world.public_url() + path).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// Reports of a month show something in every part, of its week as of what was before it.
    async fn finds_reports(&self) {
        let today =
            jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("America/Caracas").unwrap()).date();
        let first = today - jiff::Span::new().days(29);
        let path = format!("/v1/reports?from={first}&to={today}&zone=America/Caracas");
        let report = self.read(&path).await;
        let parts = ["agents", "departments", "numbers", "hours", "costs", "campaigns"];
        for part in parts {
            assert!(!report[part].as_array().unwrap().is_empty(), "no {part}: {report:#}");
        }
        for total in ["totals", "previous"] {
            let count = |path: &str| report[total].pointer(path).unwrap().as_u64().unwrap();
            assert!(count("/conversations") > 100 && count("/first_response/count") > 100, "{report:#}");
        }
        let days = report["days"].as_array().unwrap();
        let lately = days.iter().rev().take(7).map(|day| day["received"].as_u64().unwrap()).sum::<u64>();
        assert!(lately > 40, "the week itself: {lately}");
        assert!(report["totals"]["sent"]["campaigns"].as_u64().unwrap() > 10, "{report:#}");
    }

    async fn items(&self, path: &str) -> Vec<Value> {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.read(&format!("{path}{next}")).await;
            all.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return all,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_finds_a_company_that_has_lived_through_a_week() {
    let options = WorldOptions { demo: true, time: Time::Ahead, ..WorldOptions::default() };
    let world = World::start(options).await.unwrap();
    world.settle().await;
    let late = jiff::Timestamp::now().duration_since(world.clock.now()).as_secs().abs();
    assert!(late < 30, "it is now again, and not {late} s later");
    let token = world.token(Role::Admin).unwrap();
    let newcomer = Newcomer { world, http: graph::client().no_proxy().build().unwrap(), token };

    let conversations = newcomer.items("/v1/conversations?limit=100&state=any").await;
    assert!(conversations.len() >= 50, "{}", conversations.len());
    let some = |what: &str, is: &dyn Fn(&Value) -> bool| {
        assert!(conversations.iter().any(is), "no conversation is {what}");
    };
    some("with an open window", &|it| it["window"]["open"] == true);
    some("with a closed window", &|it| it["window"]["open"] == false);
    some("important", &|it| it["important"] == true);
    some("labelled", &|it| !it["labels"].as_array().unwrap().is_empty());
    some("unassigned", &|it| it["assignee"].is_null());
    some("somebody's", &|it| it["assignee"] == "demo-mariela");
    some("unknown and without a phone", &|it| {
        it["contact"]["kind"] == "unknown" && it["contact"]["phone"].is_null()
    });
    for state in ["open", "closed", "snoozed", "pending"] {
        some(state, &|it| it["state"] == state);
    }

    newcomer.finds_reports().await;
    let campaigns = newcomer.items("/v1/campaigns?limit=100").await;
    let states: BTreeSet<&str> = campaigns.iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, BTreeSet::from(["draft", "finished", "scheduled"]));
    assert_eq!(
        newcomer.items("/v1/dead-letters?limit=100").await,
        Vec::<Value>::new(),
        "nothing was given up"
    );
    newcomer.world.stop().await;
}
