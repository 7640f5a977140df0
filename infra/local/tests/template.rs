//! The template is the one source of what the embedded world creates.
#![expect(clippy::unwrap_used, reason = "clippy lets tests unwrap, but not the functions they share")]

use std::collections::BTreeMap;
use std::time::Duration;

use local::template::{ROOT, Settings, Sources, Template};

fn settings() -> Settings {
    let parameters = [
        ("Stage", "local"),
        ("WebhookSecretArn", "arn:webhook"),
        ("GraphSecretArn", "arn:graph"),
        ("StackSecretArn", "arn:stack"),
        ("TokenIssuer", "http://127.0.0.1:8080"),
        ("GraphUrl", "http://127.0.0.1:8081/graph"),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings { parameters: BTreeMap::from(parameters), endpoint: "http://127.0.0.1:8081".to_owned() }
}

fn parse(sources: &Sources) -> Result<Template, String> {
    Template::parse(sources, &settings()).map_err(|error| error.to_string())
}

/// The template as it is.
fn real() -> Template {
    parse(&Sources::default()).unwrap()
}

/// The real templates with one thing changed in one of them.
fn with(file: &str, from: &str, to: &str) -> Result<Template, String> {
    let sources = Sources::default();
    let text = sources.text(file).unwrap().to_owned();
    assert!(text.contains(from), "{file} no longer says {from}");
    parse(&sources.with(file, text.replacen(from, to, 1)))
}

#[test]
fn five_tables_stand_in_the_template_with_a_stream_on_all_but_the_journal() {
    let template = real();
    let names: Vec<&str> = template.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(
        names,
        ["local-contacts", "local-conversations", "local-campaigns", "local-directory", "local-journal"]
    );
    for table in &template.tables {
        let keys: Vec<_> = table.keys.iter().map(|key| (key.attribute.as_str(), key.role.as_str())).collect();
        assert_eq!(keys, [("pk", "HASH"), ("sk", "RANGE")], "{}", table.id);
        assert_eq!(table.ttl.as_deref(), Some("ttl"), "{}", table.id);
        let stream = (table.id != "Journal").then_some("NEW_AND_OLD_IMAGES");
        assert_eq!(table.stream.as_deref(), stream, "{}", table.id);
    }
    let conversations = template.table("Conversations").unwrap();
    let indexes: Vec<_> =
        conversations.indexes.iter().map(|index| (index.name.as_str(), &index.projection)).collect();
    assert_eq!(indexes[0].0, "inbox");
    assert_eq!(indexes[0].1.kind, "KEYS_ONLY");
    assert_eq!(indexes[1].0, "queue");
    assert_eq!(indexes[1].1.attributes, ["st", "su", "imp", "an", "dp", "lb"]);
    assert_eq!(indexes[2].0, "mine");
    assert_eq!(indexes[2].1.attributes, ["st", "su", "imp", "dp", "lb"]);
    assert_eq!(indexes[3].0, "important");
    assert_eq!(indexes[3].1.attributes, ["st", "su", "qk", "dp", "lb"]);
    assert_eq!(indexes.len(), 4);
}

#[test]
fn every_working_queue_is_kept_for_fourteen_days_and_gives_up_into_its_own_dead_letter_queue() {
    let template = real();
    let fed: Vec<&str> = template
        .functions
        .iter()
        .filter(|function| function.binary != "sync")
        .flat_map(|function| function.sources.iter().map(|source| source.queue.as_str()))
        .collect();
    let all = [
        "changes",
        "deliveries",
        "jobs",
        "campaigns",
        "pushes",
        "media",
        "inbound",
        "status",
        "chunks",
        "later",
        "send.fifo",
    ];
    assert_eq!(fed, all.map(|name| format!("local-{name}")));
    for queue in &template.queues {
        // Orders to push are worth nothing after minutes: clients read anew, and nobody has to put them back.
        if queue.name == "local-pushes" {
            assert_eq!((queue.retention, &queue.redrive), (900, &None));
            continue;
        }
        assert_eq!(queue.retention, 14 * 24 * 3600, "{}", queue.id);
        if !fed.contains(&queue.name.as_str()) {
            continue;
        }
        let redrive = queue.redrive.as_ref().unwrap_or_else(|| panic!("{} has no redrive", queue.id));
        // A function gives up with a reason before the queue gives up without one.
        let gives_up =
            if queue.fifo { lambda_kit::fifo::GIVE_UP_AFTER } else { lambda_kit::batch::GIVE_UP_AFTER };
        assert!(redrive.max_receive_count > gives_up, "{}", queue.id);
        let dead = template.queues.iter().find(|other| other.name == redrive.dead_letter_queue).unwrap();
        assert_eq!(dead.fifo, queue.fifo, "{}", queue.id);
        let drained =
            template.function("sync").unwrap().sources.iter().any(|source| source.queue == dead.name);
        assert!(drained, "nobody drains {}", dead.name);
    }
}

#[test]
fn a_message_stays_hidden_for_six_times_as_long_as_its_function_may_take() {
    let template = real();
    for function in &template.functions {
        for source in &function.sources {
            let queue = template.queues.iter().find(|queue| queue.name == source.queue).unwrap();
            let visibility = Duration::from_secs(queue.visibility_timeout.into());
            assert!(visibility >= 6 * function.timeout, "{} for {}", queue.id, function.binary);
            assert!(source.reports_failures, "{}.{}", function.id, source.event);
            // AWS takes more than ten only with a window to wait for them.
            let most = if source.window.is_zero() { 10 } else { 10_000 };
            assert!(source.batch_size <= most, "{}.{}", function.id, source.event);
            assert!(
                visibility >= 6 * function.timeout + source.window,
                "{} for {}",
                queue.id,
                function.binary
            );
        }
    }
}

#[test]
fn variables_hold_local_values_and_of_a_secret_its_address_only() {
    let template = real();
    let webhook = template.function("webhook").unwrap();
    assert!(webhook.url);
    assert_eq!(webhook.variables["WEBHOOK_SECRET_ARN"], "arn:webhook");
    let queue = "http://127.0.0.1:8081/000000000000/local-inbound";
    assert_eq!(webhook.variables["INBOUND_QUEUE_URL"], queue);
    let sender = template.function("sender").unwrap();
    assert_eq!(sender.variables["GRAPH_URL"], "http://127.0.0.1:8081/graph");
    assert_eq!(sender.variables["CONTACTS_TABLE"], "local-contacts");
    let inbound = template.function("inbound").unwrap();
    assert_eq!(inbound.variables["BUCKET"], template.buckets[0]);
    assert_eq!(sender.timeout, Duration::from_secs(20));
    let routes: Vec<_> =
        template.routes.iter().map(|r| (r.method.as_str(), r.path.as_str(), r.binary.as_str())).collect();
    let api = [("ANY", "/v1/{proxy+}", "api"), ("ANY", "/service/v1/{proxy+}", "api")];
    assert_eq!(routes, [&api[..], &[("ANY", "$default", "console")]].concat());
    assert_eq!(template.routes.iter().map(|route| route.open).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(template.authorizer.unwrap().issuer, "http://127.0.0.1:8080");
}

#[test]
fn a_mistake_in_the_template_is_told_by_resource_and_property() {
    let variable = "WebhookFunction, Environment.Variables.INBOUND_QUEUE_URL";
    let output = "!GetAtt Queues.Outputs.InboundQueue\n";
    let cases = [
        (ROOT, output, "!GetAtt Queues.Outputs.InboundQueu\n", variable),
        (ROOT, output, "!GetAtt Queue.Outputs.InboundQueue\n", variable),
        (ROOT, output, "!ImportValue x\n", variable),
        (
            ROOT,
            "ApiId: !Ref HttpApi, Auth",
            "ApiId: !Ref HttpApi, Method: GET, Auth",
            "ConsoleFunction, Events.Pages",
        ),
        (ROOT, "AuthType: NONE", "AuthType: AWS_IAM", "WebhookFunction, FunctionUrlConfig.AuthType"),
        (ROOT, "TemplateURL: data.yaml", "TemplateURL: date.yaml", "Data, TemplateURL"),
        (
            ROOT,
            "!If [ReservesWebhook,",
            "!If [ReserveWebhook,",
            "WebhookFunction, ReservedConcurrentExecutions",
        ),
        (ROOT, "Condition: OwnPool", "Condition: OwnPond", "SignIn, Condition"),
        (
            "queues.yaml",
            "!GetAtt InboundDlq.Arn",
            "!GetAtt InboundDlq.Color",
            "InboundQueue, RedrivePolicy.deadLetterTargetArn",
        ),
        (
            "queues.yaml",
            "maxReceiveCount: 25",
            "maxReceiveCount: often",
            "InboundQueue, RedrivePolicy.maxReceiveCount",
        ),
        ("queues.yaml", "VisibilityTimeout: 120", "VisibilityTimeOut: 120", "InboundQueue, "),
        (
            "queues.yaml",
            "QueueName: !Sub '${Stage}-send.fifo'",
            "QueueName: !Sub '${Stage}-send'",
            "SendQueue, QueueName",
        ),
        (
            "queues.yaml",
            "QueueName: !Sub '${Stage}-inbound'",
            "QueueName: !GetAtt InboundQueue.Arn",
            "InboundQueue, ",
        ),
        ("data.yaml", "Type: AWS::S3::Bucket\n", "Type: AWS::SNS::Subscription\n", "Bucket, Type"),
        (
            "data.yaml",
            "TableName: !Sub '${Stage}-contacts'",
            "TableName: !Sub '${Stage-contacts'",
            "Contacts, TableName",
        ),
        (
            "roles.yaml",
            "Effect: Allow\n                Action: ['sqs:SendMessage']",
            "Effect: Deny\n                Action: ['sqs:SendMessage']",
            "Webhook, Policies[0].PolicyDocument.Statement[0]",
        ),
        (
            "roles.yaml",
            "'ForAllValues:StringLike'",
            "'ForAnyValue:StringLike'",
            "Inbound, Policies[0].PolicyDocument.Statement",
        ),
        (
            "roles.yaml",
            "[!Ref EveryFunction]",
            "['arn:aws:iam::aws:policy/AdministratorAccess']",
            "Webhook, ManagedPolicyArns",
        ),
        (
            "background.yaml",
            "!Ref GraphUrl",
            "'{{resolve:ssm:url}}'",
            "SyncFunction, Environment.Variables.GRAPH_URL",
        ),
    ];
    for (file, from, to, place) in cases {
        let error = with(file, from, to).expect_err(to);
        assert!(error.contains(place), "{to}: {error}");
    }
}

#[test]
fn a_parameter_without_value_or_default_is_named() {
    let mut settings = settings();
    settings.parameters.remove("GraphSecretArn");
    let error = Template::parse(&Sources::default(), &settings).unwrap_err().to_string();
    assert!(error.contains("GraphSecretArn"), "{error}");
    settings.parameters.insert("Nonsense".into(), String::new());
    settings.parameters.insert("GraphSecretArn".into(), "x".into());
    let error = Template::parse(&Sources::default(), &settings).unwrap_err().to_string();
    assert!(error.contains("Nonsense"), "{error}");
}

#[test]
fn a_data_directory_follows_a_changed_index_and_refuses_a_changed_key() {
    use local::dynamo::{Dynamo, DynamoError};
    let directory = tempfile::tempdir().unwrap();
    let clock = lambda_kit::Clock::system();
    let start = |template: Template| Dynamo::start(Some(directory.path()), &clock, &template.tables);
    drop(start(real()).unwrap());
    let indexes = |dynamo: &Dynamo| {
        let request = serde_json::json!({ "TableName": "local-conversations" });
        let table = dynamo.database().describe_table(serde_json::from_value(request).unwrap()).unwrap().table;
        let indexes = table.global_secondary_indexes.unwrap_or_default().into_iter();
        let mut names: Vec<String> = indexes.map(|index| index.index_name).collect();
        names.sort();
        names
    };
    let renamed = start(with("data.yaml", "IndexName: inbox", "IndexName: mailbox").unwrap()).unwrap();
    assert_eq!(indexes(&renamed), ["important", "mailbox", "mine", "queue"]);
    drop(renamed);
    assert_eq!(indexes(&start(real()).unwrap()), ["important", "inbox", "mine", "queue"]);
    let key = "KeySchema: [{ AttributeName: pk, KeyType: HASH }, { AttributeName: sk, KeyType: RANGE }]";
    let changed = with("data.yaml", key, "KeySchema: [{ AttributeName: pk, KeyType: HASH }]").unwrap();
    let error = start(changed).err().unwrap();
    assert!(matches!(error, DynamoError::Changed { .. }), "{error}");
    assert!(error.to_string().contains("local-contacts"), "{error}");
}
