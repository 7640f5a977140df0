//! Who is there.

use serde_json::json;
use tests::Stage;

use super::{Tab, with_ada};
use crate::access::{ANA, BO, with_departments};

#[tokio::test]
async fn colleagues_see_each_other_read_and_write_and_go() {
    let stage = Stage::start().await;
    with_departments(&stage).await;
    let (_, conversation) = with_ada(&stage).await;
    let (mut ana, mut bo) = (Tab::of(&stage, &ANA).await, Tab::of(&stage, &BO).await);
    ana.says(json!({ "action": "open", "conversation": conversation })).await;
    assert_eq!(ana.hears("presence").await["people"], json!([]), "nobody sees themselves");
    bo.says(json!({ "action": "open", "conversation": conversation })).await;
    let there = |id: &str, name: &str, what: &str| json!([{ "id": id, "name": name, "what": what }]);
    assert_eq!(bo.hears("presence").await["people"], there("u-ana", "Ana", "reading"));
    assert_eq!(ana.hears("presence").await["people"], there("u-bo", "Bo", "reading"));
    ana.says(json!({ "action": "typing", "conversation": conversation, "what": "reply" })).await;
    assert_eq!(bo.hears("presence").await["people"], there("u-ana", "Ana", "reply"));
    ana.says(json!({ "action": "typing", "conversation": "900.01K", "what": "note" })).await;
    assert_eq!(ana.all().await.len(), 0, "what is written elsewhere, nobody is told");
    assert_eq!(bo.all().await.len(), 0);
    // Whoever writes says so again; who does not is taken to read.
    stage.pass(15).await;
    let mut second = Tab::of(&stage, &BO).await;
    second.says(json!({ "action": "open", "conversation": conversation })).await;
    assert_eq!(second.hears("presence").await["people"], there("u-ana", "Ana", "reading"));
    assert_eq!(ana.hears("presence").await["people"], there("u-bo", "Bo", "reading"), "two tabs, one person");
    ana.says(json!({ "action": "close" })).await;
    assert_eq!(second.hears("presence").await["people"], json!([]));
    ana.opens(&conversation).await;
    drop(bo);
    drop(second);
    loop {
        if ana.hears("presence").await["people"] == json!([]) {
            break;
        }
    }
}
