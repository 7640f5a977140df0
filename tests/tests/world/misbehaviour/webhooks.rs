//! Webhooks twice, late, shuffled, in heaps or lost.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::{NUMBER, Stage};

use super::{answers, messages, of};

const SUPPORT: &str = "900000000000202";
const NUMBERS: [&str; 2] = [NUMBER, SUPPORT];

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
