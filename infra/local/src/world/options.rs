//! How a world is to be.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::functions;
use crate::lambda::{FunctionsBuilder, Interceptors};

/// Whose time a world goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Time {
    /// The machine's.
    #[default]
    System,
    /// The machine's, until somebody sets it ahead: `POST /sim/clock`.
    Ahead,
    /// A test's, which starts here and moves it.
    Manual(Timestamp),
}

/// What the functions share with Meta, and with nobody.
#[derive(Clone)]
pub struct Secrets {
    /// `META_APP_SECRET`: one or several, comma separated; the first signs what the simulator posts.
    pub app_secret: SecretString,
    /// `META_VERIFY_TOKEN`.
    pub verify_token: SecretString,
    /// `META_ACCESS_TOKEN`.
    pub access_token: SecretString,
    /// `META_APP_ID`: the app of that token. Without it no profile picture can be uploaded.
    pub app_id: Option<String>,
    /// `STACK_KEY`: under it the stack remembers whom it must have forgotten. It must never change.
    pub stack_key: SecretString,
}

impl Secrets {
    /// App secret while Meta is simulated.
    pub const APP_SECRET: &str = "local-app-secret";
    /// Verify token while Meta is simulated.
    pub const VERIFY_TOKEN: &str = "local-verify-token";
    /// Access token while Meta is simulated.
    pub const ACCESS_TOKEN: &str = "local-access-token";
    /// The app while Meta is simulated.
    pub const APP_ID: &str = "900000000000401";

    /// The stack's key while Meta is simulated.
    pub const STACK_KEY: &str = "local-stack-key-0123456789abcdef0123456789";

    /// The secrets that everybody knows, for the simulator.
    #[must_use]
    pub fn of_the_simulator() -> Self {
        Self {
            app_secret: Self::APP_SECRET.into(),
            verify_token: Self::VERIFY_TOKEN.into(),
            access_token: Self::ACCESS_TOKEN.into(),
            app_id: Some(Self::APP_ID.to_owned()),
            stack_key: Self::STACK_KEY.into(),
        }
    }
}

/// How a world is to be. The default one is for tests: in memory, on free ports, simulated.
#[derive(Clone)]
pub struct WorldOptions {
    /// Where everything durable lies; without it, in memory.
    pub data: Option<PathBuf>,
    /// Whose time it goes by.
    pub time: Time,
    /// Where the public listener stands; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the private listener stands: loopback only.
    pub admin_listen: SocketAddr,
    /// Where browsers reach the public listener, e.g. `https://crm.example.com`; without it, its own address.
    pub public_url: Option<String>,
    /// A folder with the console's pages, instead of those of this build.
    pub pages: Option<PathBuf>,
    /// Whether a new world begins with a demo company in it. It needs the simulator.
    pub demo: bool,
    /// A real Graph API instead of the simulator.
    pub graph_url: Option<String>,
    /// What the functions share with Meta.
    pub secrets: Secrets,
    /// A file to which is added what functions were allowed to do, and did. The default takes it from the
    /// variable `VENTANA_RECORD_CALLS`: a whole suite of tests writes to one file.
    pub record_calls: Option<PathBuf>,
    /// Makes interceptors for the AWS clients of a function.
    pub interceptors: Option<Interceptors>,
    /// Where calls of the Graph API pass through.
    pub graph_intercept: Option<Arc<dyn graph::Intercept>>,
    /// Makes the functions.
    pub functions: FunctionsBuilder,
}

impl Default for WorldOptions {
    fn default() -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            data: None,
            time: Time::System,
            listen: anywhere,
            admin_listen: anywhere,
            public_url: None,
            pages: None,
            demo: false,
            graph_url: None,
            secrets: Secrets::of_the_simulator(),
            record_calls: std::env::var_os("VENTANA_RECORD_CALLS").map(PathBuf::from),
            interceptors: None,
            graph_intercept: None,
            functions: Arc::new(|context| Box::pin(functions::build(context))),
        }
    }
}

impl fmt::Debug for WorldOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldOptions")
            .field("data", &self.data)
            .field("time", &self.time)
            .field("listen", &self.listen)
            .field("admin_listen", &self.admin_listen)
            .field("public_url", &self.public_url)
            .field("graph_url", &self.graph_url)
            .finish_non_exhaustive()
    }
}
