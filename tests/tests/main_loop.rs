//! The main loop: a customer writes, an agent answers, statuses come back.

use serde_json::json;
use tests::Stage;

#[tokio::test]
async fn a_customers_text_is_recorded() {
    let stage = Stage::start().await;
    let ada = stage.person("Ada Fern", "15550109901", json!({}));
    let wamid = stage.writes(&ada, "Is the blue kettle back?");
    stage.pass(5).await;
    println!("{wamid} {:?}", stage.sim().webhooks(&Default::default()));
    let tables = stage
        .world
        .dynamodb()
        .scan()
        .table_name(
            stage
                .world
                .template
                .tables
                .iter()
                .find(|t| t.name.contains("conversations"))
                .unwrap()
                .name
                .clone(),
        )
        .send()
        .await
        .unwrap();
    println!("{:#?}", tables.items());
    panic!("look");
}
