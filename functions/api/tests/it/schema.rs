//! The JSON Schema of a send request, which other services post to the send queue.

use std::path::Path;

#[test]
fn the_published_schema_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/send-request.schema.json");
    let schema = schemars::schema_for!(queue::SendRequest);
    let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == schema, "run the tests once with UPDATE=1 and look at what changed");
}
