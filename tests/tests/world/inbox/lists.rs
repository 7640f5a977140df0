//! Categories, their counts, and filters.

use local::tokens::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::Stage;

use crate::inbox::{a_customer, answers, asks, changes, hired, listed, reads};

const CATEGORIES: [&str; 6] = ["all", "mine", "unassigned", "important", "new", "unknown"];

/// Counts and lists of every category agree; gives the counts.
async fn agreed(stage: &Stage, who: &str) -> Value {
    let counts = reads(stage, who, "/v1/conversations/counts").await;
    for category in CATEGORIES {
        for limit in ["", "&limit=1"] {
            let list = listed(stage, who, &format!("category={category}{limit}")).await;
            assert_eq!(counts[category]["count"], list.len(), "{who}: {category}{limit}: {counts} {list:?}");
            assert_eq!(counts[category]["shown"], list.len().to_string());
        }
    }
    counts
}

#[tokio::test]
async fn counts_are_those_of_the_lists_whatever_happens() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    hired(&stage, "ben", &[], None).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(a_customer(&stage, "A customer", &format!("1555010420{n}")).await.1);
        stage.pass(1).await;
    }
    let counts = agreed(&stage, "ana").await;
    let of = |counts: &Value| CATEGORIES.map(|category| counts[category]["count"].as_u64().unwrap());
    assert_eq!(of(&counts), [5, 0, 5, 0, 5, 5], "everybody is new and unknown");
    changes(&stage, "ana", &ids[0], json!({ "assignee": "me", "important": true })).await;
    changes(&stage, "ana", &ids[1], json!({ "assignee": "ben" })).await;
    changes(&stage, "ana", &ids[2], json!({ "state": "closed", "important": true })).await;
    let tomorrow = json!({ "state": "snoozed", "snoozed_until": "2026-11-24T09:00:00Z" });
    changes(&stage, "ana", &ids[3], tomorrow).await;
    assert_eq!(of(&agreed(&stage, "ana").await), [4, 1, 1, 1, 3, 3]);
    assert_eq!(of(&agreed(&stage, "ben").await), [4, 1, 1, 1, 3, 3]);
    answers(&stage, "ana", &ids[0], "Yes.").await;
    answers(&stage, "ana", &ids[4], "Yes.").await;
    assert_eq!(of(&agreed(&stage, "ana").await), [4, 1, 0, 1, 1, 1], "nobody waits there any more");
}

#[tokio::test]
async fn work_comes_by_how_long_it_has_waited_over_pages_of_any_size() {
    let stage = Stage::start().await;
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(a_customer(&stage, "A customer", &format!("1555010430{n}")).await.1);
        // Two begin to wait in the same second.
        stage.pass(u64::from(n != 3)).await;
    }
    for limit in [1, 2, 3, 50] {
        let list = listed(&stage, "ana", &format!("category=unassigned&limit={limit}")).await;
        let mut sorted = list.clone();
        sorted.sort();
        let mut all = ids.clone();
        all.sort();
        assert_eq!(sorted, all, "each once, with pages of {limit}");
        assert_eq!((&list[0], &list[6]), (&ids[0], &ids[6]));
    }
}

#[tokio::test]
async fn filters_narrow_a_list() {
    let stage = Stage::start().await;
    hired(&stage, "ana", &[], None).await;
    let (_, one) = a_customer(&stage, "Ada Fern", "15550104401").await;
    let (_, two) = a_customer(&stage, "Bo Reed", "15550104402").await;
    let (_, three) = a_customer(&stage, "Cy Moss", "15550104403").await;
    let label = json!({ "name": "Refund", "color": "#AA0011" });
    let (status, label) =
        asks(&stage, "eva", Role::Supervisor, Method::POST, "/v1/labels", Some(label)).await;
    assert_eq!((status, &label["color"]), (StatusCode::CREATED, &json!("#aa0011")));
    let label = label["id"].as_str().unwrap();
    changes(&stage, "ana", &one, json!({ "labels": [label], "assignee": "me" })).await;
    changes(&stage, "ana", &two, json!({ "labels": [label], "state": "pending" })).await;
    let sorted = async |query: &str| {
        let mut ids = listed(&stage, "ana", query).await;
        ids.sort();
        ids
    };
    let both = |a: &String, b: &String| {
        let mut both = vec![a.clone(), b.clone()];
        both.sort();
        both
    };
    assert_eq!(sorted(&format!("label={label}")).await, both(&one, &two));
    assert_eq!(sorted(&format!("category=mine&label={label}")).await, [one.as_str()]);
    assert_eq!(sorted(&format!("category=unassigned&label={label}")).await, [two.as_str()]);
    assert_eq!(sorted("state=pending").await, [two.as_str()]);
    assert_eq!(sorted("assignee=me").await, [one.as_str()]);
    assert_eq!(sorted("assignee=ana&state=open").await, [one.as_str()]);
    assert_eq!(sorted("category=unassigned&state=open").await, [three.as_str()]);
    assert_eq!(sorted("number=900000000000999").await, Vec::<String>::new());
    assert_eq!(sorted("category=unassigned&number=900000000000201").await, both(&two, &three));
    for (query, field) in [("category=odd", "category"), ("state=odd", "state"), ("label=a%20b", "label")] {
        let path = format!("/v1/conversations?{query}");
        let (status, body) = asks(&stage, "ana", Role::Agent, Method::GET, &path, None).await;
        assert_eq!((status.as_u16(), &body["field"]), (400, &json!(field)));
    }
}
