use super::*;

#[tokio::test]
async fn whoever_is_in_several_groups_has_one_place_and_whoever_is_excluded_is_marked() {
    let stage = with_number(Stage::start().await).await;
    let ids = leads(&stage, 20).await;
    let list =
        ask(&stage, Method::POST, "/v1/lists", Some(json!({"name": "Fair"})), StatusCode::CREATED).await;
    let list = list["id"].as_str().unwrap();
    let some: Vec<_> = ids[5..15].iter().map(ToString::to_string).collect();
    let stranger = json!({"phone": "+51 977 000 222", "kind": "contact"});
    let stranger = ask(&stage, Method::POST, "/v1/contacts", Some(stranger), StatusCode::CREATED).await;
    let on: Vec<_> = some.iter().map(String::as_str).chain([stranger["id"].as_str().unwrap()]).collect();
    let path = format!("/v1/lists/{list}/members");
    ask(&stage, Method::POST, &path, Some(json!({"add": on})), StatusCode::NO_CONTENT).await;
    let without =
        ask(&stage, Method::POST, "/v1/lists", Some(json!({"name": "No"})), StatusCode::CREATED).await;
    let path = format!("/v1/lists/{}/members", without["id"].as_str().unwrap());
    ask(&stage, Method::POST, &path, Some(json!({"add": [some[0]]})), StatusCode::NO_CONTENT).await;
    stage.settle().await;
    let groups = json!({
        "include": [{"filter": "kind:lead"}, {"list": list}], "exclude": [{"list": without["id"]}]
    });
    let id = made(&stage, json!({"audience": groups})).await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    let found = members(&stage, &id).await;
    assert_eq!(found.len(), 21, "twenty leads, and one of the list");
    let excluded: Vec<_> = found.iter().filter(|it| it.excluded).map(|it| it.contact.to_string()).collect();
    assert_eq!(excluded, some[..1]);
}

#[tokio::test]
async fn a_file_is_an_audience_of_its_lines_with_what_fills_the_template() {
    let stage = with_number(Stage::start().await).await;
    let ids = leads(&stage, 2).await;
    let plan = json!({"phone": "Phone", "calling_code": "51"});
    let file = ask(&stage, Method::POST, "/v1/campaign-files", Some(plan), StatusCode::CREATED).await;
    let text = "Phone;Code;Secret\n900000001;A1;x\n955 000 123;B2;y\nno phone;C3;z\n+51 900000000;;w\n900000001;D4;v\n";
    let client = graph::client().no_proxy().build().unwrap();
    let put = client.put(file["upload"].as_str().unwrap()).body(text).send().await.unwrap();
    assert!(put.status().is_success(), "{}", put.status());
    stage.pass(1).await;
    stage.knows_template("spring_offer", "UTILITY", "Your code is {{1}}, until Sunday").await;
    let parameters = json!({"body.1": {"from": {"line": "Code"}, "fallback": "friend"}});
    let id = made(
        &stage,
        json!({
            "audience": {"include": [{"file": file["id"]}]},
            "templates": [{"template": "spring_offer", "parameters": parameters}],
        }),
    )
    .await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    let found = members(&stage, &id).await;
    let code = |n: usize| found[n].line.as_ref().and_then(|line| line.get("Code")).map(String::as_str);
    assert_eq!((code(0), code(1), code(2)), (Some("A1"), Some("B2"), Some("")));
    assert_eq!(found.len(), 3, "a line without a phone is nobody, and the same phone twice is one");
    assert_eq!((&found[0].contact, &found[2].contact), (&ids[1], &ids[0]));
    assert!(!found[0].line.as_ref().unwrap().contains_key("Secret"), "only what fills the template is kept");
    let new = stage.read(&format!("/v1/contacts/{}", found[1].contact)).await;
    assert_eq!(new["phone"], "51955000123", "who was not known is on record");
}

#[tokio::test]
async fn an_audience_may_be_everybody_but_some() {
    let stage = with_number(Stage::start().await).await;
    leads(&stage, 3).await;
    let id = made(&stage, json!({"audience": {"include": [{"filter": "-kind:lead"}]}})).await;
    step(&stage, &id, "start").await;
    stage.settle().await;
    assert_eq!(members(&stage, &id).await.len(), 1, "who passed by");
}
