use super::*;

async fn people(stage: &Stage) {
    fields(stage).await;
    for body in [
        json!({"kind": "lead", "name": "Ana María Núñez", "phone": "+51987654321", "email": "ana@example.org",
            "labels": ["vip"], "fields": {"city": "Lima", "score": 10}}),
        json!({"kind": "contact", "name": "Anabel Ríos", "phone": "+51987654322", "labels": ["vip", "new"],
            "fields": {"city": "Cusco", "score": 7.5, "tours": ["Puno"]}}),
        json!({"kind": "vendor", "name": "Bob Núñez", "phone": "+4915112345678", "labels": ["new"]}),
        json!({"kind": "lead", "name": "王 小明", "fields": {"wholesale": true}}),
    ] {
        post(stage, "/v1/contacts", body).await;
        // Ids begin with the time, to the millisecond: on stage it stands still.
        stage.pass(1).await;
    }
    stage.settle().await;
}

#[tokio::test]
async fn people_are_found_by_whatever_is_known_of_them() {
    let stage = Stage::start().await;
    people(&stage).await;
    let (ana, anabel, bob, wang) = ("Ana María Núñez", "Anabel Ríos", "Bob Núñez", "王 小明");
    for (query, found) in [
        ("q=ana", &[ana, anabel][..]),
        ("q=ANA+nunez", &[ana]),
        ("q=núñ", &[ana, bob]),
        ("q=rios", &[anabel]),
        ("q=王", &[wang]),
        ("q=0151+1234+5678", &[bob]),
        ("q=%2B51+987+654+321", &[ana]),
        ("q=ana@example.org", &[ana]),
        ("filter=kind:lead", &[wang, ana]),
        ("filter=kind:lead,vendor", &[wang, bob, ana]),
        ("filter=label:vip", &[anabel, ana]),
        ("filter=label:vip%20-label:new", &[ana]),
        ("filter=field.city:lima", &[ana]),
        ("filter=field.tours:puno", &[anabel]),
        ("filter=field.score>=8", &[ana]),
        ("filter=field.wholesale:true", &[wang]),
        ("filter=-has:phone", &[wang]),
        ("q=ana&filter=field.score<8", &[anabel]),
        ("q=nobody", &[]),
    ] {
        assert_eq!(names(&stage, &format!("/v1/contacts?{query}")).await, found, "{query}");
    }
    assert_eq!(names(&stage, "/v1/contacts").await, [wang, bob, anabel, ana], "all, newest first");
}

#[tokio::test]
async fn a_record_that_changes_is_found_by_what_it_is_now_and_not_by_what_it_was() {
    let stage = Stage::start().await;
    people(&stage).await;
    let bob = stage.all("/v1/contacts?q=bob").await.remove(0);
    let path = format!("/v1/contacts/{}", id(&bob));
    patch(&stage, &path, json!({"name": "Robert Núñez", "remove_labels": ["new"], "kind": "contact"})).await;
    stage.settle().await;
    for (query, is_found) in [
        ("q=bob", false),
        ("q=robert", true),
        ("q=nunez", true),
        ("filter=label:new", false),
        ("filter=kind:vendor", false),
        ("filter=kind:contact", true),
    ] {
        let found = names(&stage, &format!("/v1/contacts?{query}")).await;
        assert_eq!(found.contains(&"Robert Núñez".to_owned()), is_found, "{query}: {found:?}");
    }
}

#[tokio::test]
async fn pages_of_every_list_hold_each_person_once_and_nobody_is_skipped() {
    let stage = Stage::start().await;
    fields(&stage).await;
    for n in 0..40 {
        let label = if n % 3 == 0 { "third" } else { "other" };
        let body = json!({"kind": "lead", "name": format!("Ana Anabel {n}"), "labels": [label],
            "fields": {"score": n}});
        post(&stage, "/v1/contacts", body).await;
    }
    stage.settle().await;
    for (query, expected) in [
        ("x=", 40),
        ("q=ana", 40),
        ("filter=label:third", 14),
        ("filter=label:third,other", 40),
        ("filter=kind:lead%20field.score>=30", 10),
        ("filter=field.score<5", 5),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = stage.read(&format!("/v1/contacts?limit=7&{query}{cursor}")).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 7);
            seen.extend(items.iter().map(id));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((seen.len(), all), (expected, expected), "{query}");
    }
}
