//! Meta at its worst: webhooks twice, late, shuffled, in heaps or lost; a Graph API that fails in every way.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::{NUMBER, Stage};

const SUPPORT: &str = "900000000000202";
const NUMBERS: [&str; 2] = [NUMBER, SUPPORT];

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// Puts an answer of one of our numbers on the send queue; its id tells its group.
async fn answers(stage: &Stage, id: &str, from: &str, to: Value) {
    let job = json!({ "v": "1", "source": "tests", "id": id, "from": from, "to": to, "message": text(id) })
        .to_string();
    let request = queue::SendRequest::parse(&job).unwrap();
    let send = stage.world.sqs_client().send_message().queue_url(stage.world.queue_url("SendQueue").unwrap());
    let send = send.message_group_id(request.group()).message_deduplication_id(request.deduplication_id());
    send.message_body(job).send().await.unwrap();
}

/// Every message in every conversation.
async fn messages(stage: &Stage) -> Vec<Value> {
    let mut messages = Vec::new();
    for conversation in stage.all("/v1/conversations").await {
        let path = format!("/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
        messages.extend(stage.all(&path).await);
    }
    messages
}

fn of<'a>(messages: &'a [Value], direction: &str) -> Vec<&'a Value> {
    messages.iter().filter(|message| message["direction"] == direction).collect()
}

/// The answer with this text to the person with this phone.
async fn answer(stage: &Stage, phone: &str, body: &str) -> Value {
    let conversations = stage.all("/v1/conversations").await;
    let theirs = conversations.iter().find(|it| it["contact"]["phone"] == phone).unwrap();
    let messages = stage.all(&format!("/v1/conversations/{}/messages", theirs["id"].as_str().unwrap())).await;
    let found = messages.into_iter().find(|it| it["content"]["text"]["body"] == body);
    found.unwrap_or_else(|| panic!("{body} is nowhere"))
}

/// How far a status is. Nothing that is shown ever gets a smaller one.
fn rank(status: &str) -> usize {
    const UP: [&str; 8] = ["queued", "waiting", "sending", "accepted", "sent", "failed", "delivered", "read"];
    UP.iter().position(|known| *known == status).unwrap_or_else(|| panic!("{status} is no status here"))
}

/// Watches what is shown, as somebody does who reloads all the time.
#[derive(Default)]
struct Watcher {
    ranks: BTreeMap<String, (usize, String)>,
    times: BTreeMap<(String, String), Value>,
    looks: usize,
}

impl Watcher {
    async fn looks(&mut self, stage: &Stage) {
        self.looks += 1;
        let messages = messages(stage).await;
        let wamids: Vec<_> = messages.iter().filter_map(|message| message["wamid"].as_str()).collect();
        assert_eq!(wamids.len(), wamids.iter().collect::<BTreeSet<_>>().len(), "one message for each wamid");
        for message in of(&messages, "outbound") {
            let (id, status) = (message["id"].as_str().unwrap(), message["status"].as_str().unwrap());
            let now = (rank(status), status.to_owned());
            let before = self.ranks.insert(id.to_owned(), now.clone()).unwrap_or_default();
            assert!(before.0 <= now.0, "{id} went from {} back to {status}", before.1);
            for (event, time) in
                message["statuses"].as_object().unwrap().iter().filter(|(_, at)| !at.is_null())
            {
                let known = self.times.entry((id.to_owned(), event.clone())).or_insert_with(|| time.clone());
                assert_eq!(known, time, "the time of {event} of {id} stands once it stands");
            }
        }
    }
}

/// A way to lose one's mind over webhooks.
fn weather(seed: u64) -> [Value; 5] {
    let hooks = |hooks: Value| json!({ "seed": seed, "webhooks": hooks });
    let calm = json!({ "duplicate": 0, "duplicate_after_ms": 0, "reorder": 0, "batch": 0, "merge": false,
        "delay_ms": 0, "drop_share": 0.0 });
    let with = |some: Value| {
        let mut all = calm.clone();
        all.as_object_mut().unwrap().extend(some.as_object().unwrap().clone());
        hooks(all)
    };
    [
        with(json!({ "duplicate": 2, "duplicate_after_ms": 700 })),
        with(json!({ "reorder": 6, "max_wait_ms": 4_000 })),
        with(json!({ "batch": 5, "merge": true, "duplicate": 1 })),
        with(json!({ "delay_ms": 3_000, "drop_share": 0.5, "redeliver_after_ms": 9_000 })),
        with(json!({ "duplicate": 1, "duplicate_after_ms": 2_500, "reorder": 8, "batch": 4, "merge": true,
            "delay_ms": 900, "drop_share": 0.3, "redeliver_after_ms": 5_000, "max_wait_ms": 2_000 })),
    ]
}

/// How many items the simulator posted, how many different ones, and how many posts held several.
fn roughness(stage: &Stage) -> (usize, usize, usize) {
    let (mut items, mut heaps) = (Vec::new(), 0);
    for post in stage.sim().webhooks(&BTreeMap::new()).unwrap().as_array().unwrap() {
        let mut here = Vec::new();
        for change in
            post["body"]["entry"].as_array().unwrap().iter().flat_map(|it| it["changes"].as_array().unwrap())
        {
            let lists = ["messages", "statuses"].map(|list| change["value"][list].as_array());
            here.extend(lists.into_iter().flatten().flatten().map(Value::to_string));
        }
        heaps += usize::from(here.len() > 1);
        items.extend(here);
    }
    (items.len(), items.iter().collect::<BTreeSet<_>>().len(), heaps)
}

#[tokio::test]
async fn whatever_meta_does_to_its_webhooks_every_message_is_shown_once_and_no_status_goes_back() {
    let stage = Stage::start().await;
    let people = ["amara", "noor", "liam", "aoi"];
    for (person, reads) in people.iter().zip([true, false, true, true]) {
        let pace = json!({ "reads": reads, "sent_after_ms": 300, "delivered_after_ms": 1_200, "read_after_ms": 2_600 });
        stage.sim().person_behaves(person, pace).unwrap();
    }
    let mut written = BTreeSet::new();
    let says = |person: &str, to: &str, text: &str| {
        let sent = stage.sim().person_writes(person, json!({ "to": to, "text": text })).unwrap();
        sent["wamid"].as_str().or(sent["id"].as_str()).unwrap().to_owned()
    };
    for person in people {
        written.extend(NUMBERS.map(|number| says(person, number, "Hello?")));
    }
    stage.pass(30).await;
    let mut addresses = BTreeMap::new();
    for conversation in stage.all("/v1/conversations").await {
        let (name, number) = (&conversation["contact"]["name"], &conversation["number"]["id"]);
        addresses
            .insert((name.to_string(), number.to_string()), json!({ "conversation": conversation["id"] }));
    }
    assert_eq!(addresses.len(), people.len() * NUMBERS.len());

    let (mut watcher, mut asked) = (Watcher::default(), 0);
    for (round, faults) in weather(20_261_123).into_iter().enumerate() {
        stage.sim().add_faults(faults).unwrap();
        for (turn, person) in people.iter().enumerate() {
            let number = NUMBERS[(round + turn) % 2];
            written.insert(says(person, number, &format!("question {round} of {person}")));
            let name = &stage.sim().person(person).unwrap()["name"];
            let to = addresses[&(name.to_string(), json!(number).to_string())].clone();
            answers(&stage, &format!("answer {round} to {person}"), number, to).await;
            asked += 1;
            stage.pass(1).await;
            watcher.looks(&stage).await;
        }
        stage.pass(3).await;
        watcher.looks(&stage).await;
    }
    for person in people {
        written.insert(says(person, NUMBER, &format!("last word of {person}")));
    }
    stage.pass(2).await;
    watcher.looks(&stage).await;
    stage.sim().clear_faults().unwrap();
    stage.pass(600).await;
    watcher.looks(&stage).await;

    let messages = messages(&stage).await;
    let inbound: BTreeSet<_> =
        of(&messages, "inbound").iter().map(|it| it["wamid"].as_str().unwrap().to_owned()).collect();
    assert_eq!(inbound, written, "what was written is what is shown");
    let posts = stage.posts();
    let accepted: BTreeSet<_> = posts.iter().map(|post| post["wamid"].as_str().unwrap().to_owned()).collect();
    let outbound = of(&messages, "outbound");
    let shown: BTreeSet<_> = outbound.iter().map(|it| it["wamid"].as_str().unwrap().to_owned()).collect();
    assert_eq!((posts.len(), accepted.len(), outbound.len()), (asked, asked, asked), "each answer left once");
    assert_eq!(shown, accepted, "the ledger knows the same messages");
    for message in outbound {
        let quiet = message["content"]["text"]["body"].as_str().unwrap().ends_with("noor");
        assert_eq!(message["status"], if quiet { "delivered" } else { "read" }, "{message:#}");
        assert!(message["pricing"].is_object(), "{message:#}");
    }
    for conversation in stage.all(&format!("/v1/conversations?number={NUMBER}")).await {
        let preview = conversation["last_message_preview"].as_str().unwrap();
        assert!(preview.starts_with("last word of"), "a late webhook does not turn back: {conversation:#}");
        assert!(conversation["waiting_since"].is_string(), "{conversation:#}");
    }
    assert_eq!(stage.all("/v1/contacts").await.len(), people.len());
    assert!(stage.all("/v1/dead-letters").await.is_empty());
    assert!(stage.all("/v1/events").await.is_empty(), "no status was taken for a stranger's");
    let (posted, distinct, heaps) = roughness(&stage);
    assert!(posted > distinct * 3 / 2 && heaps > 10, "{posted} items, {distinct} distinct, {heaps} heaps");
    println!(
        "{posted} items of {distinct}, {heaps} heaps; {} in, {asked} out, {} looks",
        written.len(),
        watcher.looks
    );
}

/// What the Graph API does once, what becomes of the message, and how many of its posts Meta accepted.
struct Case {
    fault: Value,
    status: &'static str,
    remedy: Option<&'static str>,
    accepted: usize,
}

fn case(fault: Value, status: &'static str, accepted: usize) -> Case {
    Case { fault, status, remedy: None, accepted }
}

fn error(code: u32, remedy: &'static str) -> Case {
    let fault = json!({ "kind": "error", "code": code });
    Case { fault, status: "failed", remedy: Some(remedy), accepted: 0 }
}

/// Plays each case with a person of its own and looks at what became of the one message.
async fn plays(stage: &Stage, cases: Vec<Case>) {
    for (n, case) in cases.into_iter().enumerate() {
        let phone = format!("1555012{n:04}");
        let person = stage.person(&format!("Person {n}"), &phone, json!({ "behaviour": { "reads": false } }));
        stage.writes(&person, "Hello?");
        stage.settle().await;
        stage.sim().add_faults(json!({ "graph": [case.fault] })).unwrap();
        let body = format!("answer {n}");
        answers(stage, &body, NUMBER, json!({ "phone": phone })).await;
        stage.settle().await;
        stage.pass(600).await;
        let how = &case.fault;
        let message = answer(stage, &phone, &body).await;
        assert_eq!(message["status"], case.status, "{how}: {message:#}");
        if let Some(remedy) = case.remedy {
            assert_eq!(message["errors"][0]["code"], how["code"], "{message:#}");
            assert_eq!(message["errors"][0]["remedy"], remedy, "{message:#}");
        }
        let mine = |post: &&Value| post["body"]["text"]["body"] == body.as_str();
        let posts = stage.posts();
        let posts: Vec<_> = posts.iter().filter(mine).collect();
        let accepted = posts.iter().filter(|post| post["outcome"] == "accepted").count();
        assert_eq!(accepted, case.accepted, "{how}: {posts:#?}");
        let waits = message["status"] == "delivered" && case.accepted == 1 && posts.len() == 2;
        assert!(
            posts.len() == 1 || waits,
            "what may have been sent is never posted again: {how}: {posts:#?}"
        );
        assert_eq!(stage.sim().faults()["graph"], json!([]), "the fault took place: {how}");
        assert_eq!(message["wamid"].is_string(), case.accepted == 1, "{how}: {message:#}");
    }
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}

#[tokio::test]
async fn what_nobody_knows_is_unknown_until_a_status_tells_and_is_never_posted_twice() {
    let stage = Stage::start().await;
    let mut cases = vec![
        case(json!({ "kind": "http_5xx", "status": 502 }), "unknown", 0),
        case(json!({ "kind": "http_5xx", "status": 503 }), "unknown", 0),
        case(json!({ "kind": "http_5xx_after" }), "delivered", 1),
        case(json!({ "kind": "reset_before" }), "unknown", 0),
        case(json!({ "kind": "reset_after" }), "delivered", 1),
        case(json!({ "kind": "reset_mid_body" }), "delivered", 1),
        case(json!({ "kind": "timeout_before", "hang_ms": 8_000 }), "unknown", 0),
        case(json!({ "kind": "timeout_after", "hang_ms": 8_000 }), "delivered", 1),
        // Longer than the function may run: it dies, and its message comes again.
        case(json!({ "kind": "timeout_before" }), "unknown", 0),
        case(json!({ "kind": "timeout_after" }), "delivered", 1),
        case(json!({ "kind": "slow", "hang_ms": 4_000 }), "delivered", 1),
    ];
    let uncertain = [1, 2, 131_000, 131_016];
    cases.extend(uncertain.map(|code| case(json!({ "kind": "graph_5xx", "code": code }), "unknown", 0)));
    plays(&stage, cases).await;
}

#[tokio::test]
async fn a_refusal_fails_the_message_with_what_to_do_about_it() {
    let stage = Stage::start().await;
    let cases = [
        (0, "stop_number"),
        (190, "stop_number"),
        (10, "stop_number"),
        (131_031, "stop_number"),
        (131_042, "stop_number"),
        (133_010, "stop_number"),
        (131_026, "skip_person"),
        (131_021, "skip_person"),
        (130_472, "skip_person"),
        (131_047, "switch_to_template"),
        (131_049, "later24h"),
        (131_050, "opt_out"),
        (132_001, "stop_template"),
        (100, "stop_template"),
        (131_048, "stop_marketing_on_number"),
        (368, "stop_marketing_on_number"),
        (131_051, "hold_and_ask"),
        (999_999, "hold_and_ask"),
    ];
    plays(&stage, cases.map(|(code, remedy)| error(code, remedy)).into()).await;
}

#[tokio::test]
async fn a_limit_is_waited_for_and_the_message_leaves_once() {
    let stage = Stage::start().await;
    let limits = [4, 80_007, 130_429, 131_056, 131_057, 2_494_100];
    let waits = |code: u32| case(json!({ "kind": "error", "code": code }), "delivered", 1);
    plays(&stage, limits.map(waits).into()).await;
}

#[tokio::test]
async fn a_failure_that_a_status_tells_stands_with_its_reason_and_its_remedy() {
    let stage = Stage::start().await;
    for (n, (code, remedy)) in [(131_026, "skip_person"), (131_049, "later24h")].into_iter().enumerate() {
        let phone = format!("1555012{n:04}");
        let person = stage.person("Ada Fern", &phone, json!({}));
        stage.sim().person_behaves(&person, json!({ "fail_with": code })).unwrap();
        stage.writes(&person, "Hello?");
        stage.settle().await;
        let body = format!("answer {n}");
        answers(&stage, &body, NUMBER, json!({ "phone": phone })).await;
        stage.pass(120).await;
        let message = answer(&stage, &phone, &body).await;
        assert_eq!(message["status"], "failed", "{message:#}");
        assert_eq!(message["errors"][0]["code"], code);
        assert_eq!(message["errors"][0]["remedy"], remedy);
        assert!(message["statuses"]["accepted"].is_string(), "it was accepted first: {message:#}");
    }
    assert_eq!(stage.posts().len(), 2);
}

#[tokio::test]
async fn a_burst_beyond_the_numbers_throughput_leaves_in_the_end_and_nobody_hears_it_twice() {
    let stage = Stage::start().await;
    stage.sim().change_number(NUMBER, json!({ "mps": 3 })).unwrap();
    let people = 12;
    let phone = |n: usize| format!("1555012{n:04}");
    for n in 0..people {
        let person = stage.person(&format!("Person {n}"), &phone(n), json!({}));
        stage.writes(&person, "Hello?");
    }
    stage.pass(60).await;
    for n in 0..people {
        answers(&stage, &format!("answer {n}"), NUMBER, json!({ "phone": phone(n) })).await;
    }
    stage.settle().await;
    let waiting = messages(&stage).await.iter().filter(|message| message["status"] == "waiting").count();
    assert!(waiting > 0, "the number cannot send so many in a second");
    stage.pass(300).await;
    let messages = messages(&stage).await;
    let answers = of(&messages, "outbound");
    assert_eq!(answers.len(), people);
    for message in answers {
        assert!(matches!(message["status"].as_str(), Some("delivered" | "read")), "{message:#}");
        assert_eq!(message["errors"], json!([]), "what it waited for is history");
    }
    let posts = stage.posts();
    let accepted = posts.iter().filter(|post| post["outcome"] == "accepted").count();
    assert_eq!(accepted, people);
    println!("{} posts for {people} messages, {waiting} waited", posts.len());
}

#[tokio::test]
async fn somebody_without_a_phone_number_is_one_person_before_and_after_it_is_shown() {
    let stage = Stage::start().await;
    stage.writes("aoi", "Konnichiwa");
    stage.settle().await;
    let contact = stage.all("/v1/contacts").await.remove(0);
    let user_id = stage.sim().person("aoi").unwrap()["user_id"].clone();
    answers(&stage, "Hello Aoi", NUMBER, json!({ "user_id": user_id })).await;
    stage.pass(600).await;
    let sent = messages(&stage).await;
    assert_eq!(of(&sent, "outbound")[0]["status"], "read");
    stage.sim().change_person("aoi", json!({ "phone_visible": true })).unwrap();
    stage.writes("aoi", "It is me");
    stage.pass(60).await;
    let contacts = stage.all("/v1/contacts").await;
    assert_eq!(contacts.len(), 1, "{contacts:#?}");
    assert_eq!(contacts[0]["id"], contact["id"]);
    assert_eq!(stage.all("/v1/conversations").await.len(), 1);
    assert_eq!(messages(&stage).await.len(), 3);
}

#[tokio::test]
async fn a_status_of_a_message_that_another_program_sent_is_kept_as_an_event() {
    let stage = Stage::start().await;
    let status = json!({ "id": "wamid.ANOTHER", "status": "delivered", "timestamp": "1795424400",
        "recipient_id": "15550100177", "biz_opaque_callback_data": "order 12" });
    let metadata = json!({ "display_phone_number": "15550100200", "phone_number_id": NUMBER });
    let value = json!({ "messaging_product": "whatsapp", "metadata": metadata, "statuses": [status] });
    for _ in 0..3 {
        stage.sim().post_webhook(json!({ "field": "messages", "value": value })).await.unwrap();
    }
    stage.pass(600).await;
    let events = stage.all("/v1/events").await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["reading"], "foreign_status");
    assert_eq!(events[0]["raw"]["biz_opaque_callback_data"], "order 12");
    assert!(stage.all("/v1/conversations").await.is_empty());
    assert!(stage.all("/v1/dead-letters").await.is_empty());
}
