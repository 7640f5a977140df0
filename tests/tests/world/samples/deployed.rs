//! The functions of a stack that was set up with the samples' secrets.

use std::collections::BTreeMap;
use std::sync::Arc;

use local::lambda::{FunctionContext, Functions, Links};
use tests::Stage;

use super::{APP_SECRET, VERIFY_TOKEN};

/// The functions of this workspace, as a stack has them that was set up with the samples' secrets.
pub(super) async fn functions(stage: &Stage) -> Functions {
    let world = &stage.world;
    // What the simulator signs with stays good beside it.
    let secrets = format!("{APP_SECRET}, {}", local::world::Secrets::APP_SECRET);
    let shared = serde_json::json!({ "META_APP_SECRET": secrets, "META_VERIFY_TOKEN": VERIFY_TOKEN });
    world.secrets.put(local::secrets::WEBHOOK, shared.to_string());
    let table = |name: &str| format!("local-{name}");
    let queue = |id: &str| world.queue_url(id).unwrap();
    let variables: BTreeMap<String, String> = [
        ("CONTACTS_TABLE", table("contacts")),
        ("CONVERSATIONS_TABLE", table("conversations")),
        ("CAMPAIGNS_TABLE", table("campaigns")),
        ("DIRECTORY_TABLE", table("directory")),
        ("JOURNAL_TABLE", table("journal")),
        ("INBOUND_QUEUE_URL", queue("InboundQueue")),
        ("STATUS_QUEUE_URL", queue("StatusQueue")),
        ("SEND_QUEUE_URL", queue("SendQueue")),
        ("LATER_QUEUE_URL", queue("LaterQueue")),
        ("CHANGES_QUEUE_URL", queue("ChangesQueue")),
        ("DELIVERIES_QUEUE_URL", queue("DeliveriesQueue")),
        ("EVENT_BUS", world.template.buses[0].clone()),
        ("LOOPBACK_ENDPOINTS", "on".to_owned()),
        ("JOBS_QUEUE_URL", queue("JobsQueue")),
        ("CAMPAIGNS_QUEUE_URL", queue("CampaignsQueue")),
        ("CHUNKS_QUEUE_URL", queue("ChunksQueue")),
        ("PUSHES_QUEUE_URL", queue("PushesQueue")),
        ("CONNECTIONS_URL", world.admin_url()),
        ("REALTIME_URL", "/realtime".to_owned()),
        ("MEDIA_QUEUE_URL", queue("MediaQueue")),
        ("BUCKET", world.template.buckets[0].clone()),
        ("GRAPH_URL", format!("{}/graph", world.admin_url())),
        ("STAGE", "local".to_owned()),
        ("SIGN_IN_URL", "here".to_owned()),
        ("CLIENT_ID", "console".to_owned()),
        ("MEDIA_ORIGIN", world.origin().to_owned()),
        ("PHONE", "off".to_owned()),
        ("WEBHOOK_SECRET_ARN", local::secrets::arn_of(local::secrets::WEBHOOK)),
        ("GRAPH_SECRET_ARN", local::secrets::arn_of(local::secrets::GRAPH)),
        ("STACK_SECRET_ARN", local::secrets::arn_of(local::secrets::STACK)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let names = [
        "api",
        "automation",
        "campaign",
        "console",
        "inbound",
        "jobs",
        "media",
        "notifier",
        "realtime",
        "sender",
        "status",
        "sync",
        "webhook",
    ];
    let variables = names.map(|name| (name.to_owned(), variables.clone())).into();
    let context = FunctionContext {
        sdk: world.sdk().clone(),
        clock: world.clock.clone(),
        interceptors: None,
        graph_intercept: None,
        links: Links { endpoint: world.origin().to_owned(), secret: "links".into() },
        pages: None,
        variables: Arc::new(variables),
        metrics: Arc::default(),
    };
    local::functions::build(context).await.unwrap()
}
