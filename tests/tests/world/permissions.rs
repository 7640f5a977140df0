//! Roles allow what functions do, and nothing else.
//!
//! The embedded world refuses a function what its role does not allow, so every other test shows that roles allow
//! enough. That they do not allow too much is shown by a record of the whole suite: see `tests/run`.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeSet;

use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use local::iam::Used;
use local::secrets;
use local::template::{Settings, Sources, Template};
use tests::Stage;

/// What Lambda itself does with the queues that wake a function.
const POLLING: [&str; 3] = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/// What Lambda itself does with the streams that wake a function.
const STREAMING: [&str; 3] = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];

/// The template as the embedded world has it, whose names stand in the record.
fn template() -> Template {
    let parameters = [
        ("WebhookSecretArn", secrets::arn_of(secrets::WEBHOOK)),
        ("GraphSecretArn", secrets::arn_of(secrets::GRAPH)),
        ("StackSecretArn", secrets::arn_of(secrets::STACK)),
        ("TokenIssuer", "issuer".to_owned()),
        ("Stage", "local".to_owned()),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).into();
    let settings = Settings { parameters, endpoint: "http://127.0.0.1".to_owned() };
    Template::parse(&Sources::default(), &settings).unwrap()
}

fn dynamodb(stage: &Stage, function: &str) -> aws_sdk_dynamodb::Client {
    let credentials = Credentials::new(function, function, None, None, "test");
    let config = aws_sdk_dynamodb::config::Builder::from(stage.world.sdk()).credentials_provider(credentials);
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

fn key(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Reads an item as a function; gives the error's code.
async fn reads(stage: &Stage, function: &str, table: &str, pk: &str) -> Result<(), String> {
    let read = dynamodb(stage, function).get_item().table_name(table).key("pk", key(pk)).key("sk", key("x"));
    read.send().await.map(drop).map_err(|error| error.code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_function_is_refused_a_table_and_a_key_that_its_role_does_not_name() {
    let stage = Stage::start().await;
    let denied = Err("AccessDeniedException".to_owned());
    assert_eq!(reads(&stage, "inbound", "local-contacts", "CONTACT#1").await, Ok(()));
    assert_eq!(reads(&stage, "inbound", "local-contacts", "GATE#1").await, denied, "another key");
    assert_eq!(reads(&stage, "inbound", "local-journal", "DEADS").await, denied, "another action");
    assert_eq!(
        reads(&stage, "webhook", "local-contacts", "CONTACT#1").await,
        denied,
        "the webhook has no database"
    );
    assert_eq!(
        reads(&stage, "the owner", "local-journal", "DEADS").await,
        Ok(()),
        "who is no function is the owner"
    );
}

#[tokio::test]
async fn a_query_a_batch_and_a_transaction_are_refused_by_the_keys_that_they_touch() {
    let stage = Stage::start().await;
    let sender = dynamodb(&stage, "sender");
    let query = |pk: &str| {
        let query = sender
            .query()
            .table_name("local-conversations")
            .key_condition_expression("pk = :pk AND sk > :sk");
        query.expression_attribute_values(":pk", key(pk)).expression_attribute_values(":sk", key("a"))
    };
    assert!(query("CONV#1#2").send().await.is_ok());
    assert_eq!(query("CAMP#1").send().await.unwrap_err().code(), Some("AccessDeniedException"));
    let index = query("x").index_name("inbox").key_condition_expression("ib = :pk AND im > :sk");
    assert_eq!(
        index.send().await.unwrap_err().code(),
        Some("AccessDeniedException"),
        "an index is a resource of its own"
    );

    let put = |pk: &str| {
        let put = aws_sdk_dynamodb::types::Put::builder().table_name("local-conversations");
        let put = put.item("pk", key(pk)).item("sk", key("x")).build().unwrap();
        aws_sdk_dynamodb::types::TransactWriteItem::builder().put(put).build()
    };
    let both = sender.transact_write_items().transact_items(put("CONV#1#2")).transact_items(put("GATE#1"));
    assert_eq!(both.send().await.unwrap_err().code(), Some("AccessDeniedException"), "one of two is enough");
    assert_eq!(reads(&stage, "the owner", "local-conversations", "CONV#1#2").await, Ok(()));
}

#[tokio::test]
async fn a_function_is_refused_a_queue_that_its_role_does_not_name() {
    let stage = Stage::start().await;
    let credentials = Credentials::new("status", "status", None, None, "test");
    let config = aws_sdk_sqs::config::Builder::from(stage.world.sdk()).credentials_provider(credentials);
    let status = aws_sdk_sqs::Client::from_conf(config.build());
    let send = |queue: &str| {
        let url = stage.world.queue_url(queue).unwrap();
        status.send_message().queue_url(url).message_body("x").send()
    };
    assert!(send("StatusQueue").await.is_ok());
    assert_eq!(send("InboundQueue").await.unwrap_err().code(), Some("AccessDeniedException"));
}

#[test]
fn no_role_allows_every_action_or_every_resource_of_a_service() {
    for role in template().roles {
        for statement in role.own {
            for action in &statement.actions {
                assert!(!action.contains('*'), "{}: {action}", role.id);
            }
            for resource in &statement.resources {
                // The last part may be a pattern, as in a bucket's `large/*`. X-Ray knows no resources.
                let named =
                    !resource.trim_end_matches("/*").contains('*') || resource.contains(":log-group:");
                assert!(named, "{}: {resource}", role.id);
                let part = resource.contains("/index/") || resource.contains("/stream/");
                let whole_table = resource.contains(":table/") && !part;
                assert!(
                    !whole_table || statement.leading_keys.is_some(),
                    "{}: every key of {resource}",
                    role.id
                );
            }
        }
    }
}

#[test]
fn a_function_may_poll_the_queues_that_wake_it_and_no_other() {
    let template = template();
    for function in &template.functions {
        let role =
            template.role_of(&function.binary).unwrap_or_else(|| panic!("{} has no role", function.id));
        let polled = |action: &str| -> BTreeSet<String> {
            let with = role.own.iter().filter(|statement| statement.actions.iter().any(|it| it == action));
            with.flat_map(|statement| statement.resources.clone()).collect()
        };
        let sources = function
            .sources
            .iter()
            .map(|source| format!("arn:aws:sqs:us-east-1:000000000000:{}", source.queue));
        let sources: BTreeSet<String> = sources.collect();
        for action in POLLING {
            assert_eq!(polled(action), sources, "{}: {action}", function.id);
        }
    }
}

#[test]
fn a_function_may_read_the_streams_that_wake_it_and_no_other() {
    let template = template();
    for function in &template.functions {
        let role = template.role_of(&function.binary).unwrap();
        let sources = function
            .streams
            .iter()
            .map(|source| format!("arn:aws:dynamodb:us-east-1:000000000000:table/{}/stream/*", source.table));
        let sources: BTreeSet<String> = sources.collect();
        for action in STREAMING {
            let with = role.own.iter().filter(|statement| statement.actions.iter().any(|it| it == action));
            let read: BTreeSet<String> = with.flat_map(|statement| statement.resources.clone()).collect();
            assert_eq!(read, sources, "{}: {action}", function.id);
        }
    }
}

/// Run by `tests/run` after the whole suite, which it tells to keep a record.
#[test]
#[ignore = "needs the record of the whole suite: tests/run"]
fn no_role_allows_what_its_function_never_does() {
    let path =
        std::env::var("VENTANA_RECORD_CALLS").expect("VENTANA_RECORD_CALLS names the record of the suite");
    let record = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let used: BTreeSet<Used> = record.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let template = template();
    let mut idle = Vec::new();
    for function in &template.functions {
        for statement in &template.role_of(&function.binary).unwrap().own {
            let mine = |used: &&Used| {
                used.function == function.binary && statement.resources.contains(&used.resource)
            };
            let by_lambda =
                |action: &&String| POLLING.contains(&action.as_str()) || STREAMING.contains(&action.as_str());
            for action in statement.actions.iter().filter(|action| !by_lambda(action)) {
                for resource in &statement.resources {
                    if !used
                        .iter()
                        .filter(mine)
                        .any(|used| used.action == *action && used.resource == *resource)
                    {
                        idle.push(format!("{}: {action} on {resource}", function.binary));
                    }
                }
            }
            for key in statement.leading_keys.iter().flatten() {
                let touched =
                    |used: &Used| used.key.as_ref() == Some(key) && statement.actions.contains(&used.action);
                if !used.iter().filter(mine).any(touched) {
                    idle.push(format!("{}: key {key} with {:?}", function.binary, statement.actions));
                }
            }
        }
    }
    assert!(idle.is_empty(), "allowed, and never needed by any test:\n{}", idle.join("\n"));
}
