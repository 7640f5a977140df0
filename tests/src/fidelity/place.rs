//! Where a check runs.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use local::world::{Time, World, WorldOptions};

use crate::START;

/// The variable that names the endpoint of another implementation, e.g. `http://127.0.0.1:4566`.
pub const ENDPOINT: &str = "VENTANA_FIDELITY_ENDPOINT";

/// Who plays AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    /// The embedded world: dynoxide, and our own SQS.
    Embedded,
    /// The emulator that the rehearsal deploys into.
    Ministack,
}

impl Implementation {
    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "the embedded world",
            Self::Ministack => "ministack",
        }
    }
}

/// Where a check runs: a world of its own, or an endpoint that it shares with other checks.
pub struct Place {
    /// Who plays AWS here.
    pub implementation: Implementation,
    world: Option<World>,
    sdk: SdkConfig,
}

impl Place {
    /// A new world, or the endpoint that the variable [`ENDPOINT`] names.
    ///
    /// # Panics
    /// The world does not start.
    pub async fn start() -> Self {
        if let Ok(endpoint) = std::env::var(ENDPOINT) {
            return Self { implementation: Implementation::Ministack, world: None, sdk: sdk(&endpoint) };
        }
        let time = Time::Manual(START.parse().expect("a time"));
        let world = World::start(WorldOptions { time, ..WorldOptions::default() }).await;
        let world = world.expect("a world starts");
        let sdk = world.sdk().clone();
        Self { implementation: Implementation::Embedded, world: Some(world), sdk }
    }

    /// What points an AWS client at this place.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// A DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk)
    }

    /// A client for the streams of DynamoDB.
    #[must_use]
    pub fn streams(&self) -> aws_sdk_dynamodbstreams::Client {
        aws_sdk_dynamodbstreams::Client::new(&self.sdk)
    }

    /// An SQS client.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk)
    }

    /// Lets time pass: moves the clock of the embedded world, waits elsewhere.
    pub async fn pass(&self, time: Duration) {
        match &self.world {
            Some(world) => world.advance(time).await,
            None => tokio::time::sleep(time).await,
        }
    }

    /// The time here.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.world.as_ref().map_or_else(jiff::Timestamp::now, |world| world.clock.now())
    }

    /// A name that nothing else here has.
    #[must_use]
    pub fn fresh(&self, name: &str) -> String {
        let unique = jiff::Timestamp::now().as_nanosecond();
        format!("{name}-{unique}-{}", std::process::id())
    }
}

/// Nothing of it comes from the machine's environment: a test must not find somebody's real account.
fn sdk(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(lambda_kit::https())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "test",
        )))
        .build()
}
