//! `infra/template.yaml` and the templates that it nests, read into what the embedded world creates: what is deployed is what is tested.
//!
//! A resource type, property or intrinsic that this module does not know is an error. Otherwise the template
//! could promise something that no test has ever tried.

mod conditions;
mod events;
mod functions;
mod queues;
mod resolve;
mod roles;
mod schedules;
mod sources;
mod tables;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use functions::{Function, QueueSource, Route, StreamSource};
pub use queues::{Queue, Redrive};
pub use roles::{Role, Statement};
pub use schedules::TemplateSchedule;
pub use sources::{ROOT, Sources};
pub use tables::{Index, KeyPart, Projection, Table};

use resolve::{At, Resolver};

/// The account that everything in the embedded world belongs to.
pub const ACCOUNT: &str = "000000000000";

/// The region that everything in the embedded world lies in.
pub const REGION: &str = "us-east-1";

/// The stage of the embedded world, first part of all its names.
pub const STAGE: &str = "local";

/// Types that mean nothing outside AWS: log groups, alarms, domains, the pool of those who sign in.
const DEPLOY_ONLY: [&str; 19] = [
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
];

/// What stands in the template, with every reference resolved to its local value.
#[derive(Clone, Debug)]
pub struct Template {
    /// DynamoDB tables.
    pub tables: Vec<Table>,
    /// SQS queues, dead-letter queues among them.
    pub queues: Vec<Queue>,
    /// Names of S3 buckets.
    pub buckets: Vec<String>,
    /// Names of schedule groups.
    pub schedule_groups: Vec<String>,
    /// Schedules that call functions.
    pub schedules: Vec<TemplateSchedule>,
    /// Names of event buses.
    pub buses: Vec<String>,
    /// Lambda functions.
    pub functions: Vec<Function>,
    /// Routes of the HTTP API.
    pub routes: Vec<Route>,
    /// Routes of the WebSocket API.
    pub socket_routes: Vec<SocketRoute>,
    /// What the HTTP API's authorizer asks of a bearer token.
    pub authorizer: Option<Authorizer>,
    /// What functions may do.
    pub roles: Vec<Role>,
}

/// A route of the WebSocket API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketRoute {
    /// `$connect`, `$disconnect`, `$default`, or an action.
    pub key: String,
    /// Whether an authorizer stands before it.
    pub authorized: bool,
}

/// The JWT authorizer in front of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorizer {
    /// The issuer that a token must name.
    pub issuer: String,
    /// The audiences of which a token must name one.
    pub audience: Vec<String>,
}

/// What the template does not say itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Values for the template's parameters; those that are not named take their default.
    pub parameters: BTreeMap<String, String>,
    /// Where SQS answers, for queue URLs, e.g. `http://127.0.0.1:8081`.
    pub endpoint: String,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is not YAML.
    #[error("{name} is not readable: {source}")]
    Yaml {
        /// The template's file.
        name: String,
        /// Why not.
        source: serde_norway::Error,
    },
    /// A part of the template cannot be understood.
    #[error("template, {id}, {property}: {reason}")]
    Property {
        /// The logical id of the resource, or the section.
        id: String,
        /// The property, as a path.
        property: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl TemplateError {
    pub(crate) fn new(id: &str, property: &str, reason: impl Into<String>) -> Self {
        Self::Property { id: id.to_owned(), property: property.to_owned(), reason: reason.into() }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`TemplateError`] names the resource and the property that cannot be understood.
    pub fn parse(sources: &Sources, settings: &Settings) -> Result<Self, TemplateError> {
        let documents = sources.parse()?;
        let root = Resolver::new(&documents, ROOT, &settings.parameters, settings)?;
        let globals = functions::Globals::read(&root)?;
        let mut template = Self {
            tables: Vec::new(),
            queues: Vec::new(),
            buckets: Vec::new(),
            schedule_groups: Vec::new(),
            schedules: Vec::new(),
            buses: Vec::new(),
            functions: Vec::new(),
            routes: Vec::new(),
            socket_routes: Vec::new(),
            authorizer: None,
            roles: Vec::new(),
        };
        template.add_all(&root, &globals)?;
        template.check_sources()?;
        roles::join(&mut template.roles)?;
        Ok(template)
    }

    fn add_all(
        &mut self,
        resolver: &Resolver<'_>,
        globals: &functions::Globals,
    ) -> Result<(), TemplateError> {
        for id in resolver.ids()? {
            match resolver.kind(id)? {
                "AWS::CloudFormation::Stack" => {
                    let nested = resolver.nested(id, &At::new(id, "TemplateURL"))?;
                    // SAM hands globals on to no nested template.
                    let own = functions::Globals::read(&nested)?;
                    self.add_all(&nested, &own)?;
                }
                kind => self.add(id, kind, resolver, globals)?,
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        id: &str,
        kind: &str,
        resolver: &Resolver<'_>,
        globals: &functions::Globals,
    ) -> Result<(), TemplateError> {
        match kind {
            "AWS::DynamoDB::Table" => self.tables.push(Table::read(id, resolver.properties(id)?)?),
            "AWS::SQS::Queue" => self.queues.push(Queue::read(id, resolver.properties(id)?)?),
            "AWS::S3::Bucket" => self.buckets.push(bucket_name(id, resolver.properties(id)?)?),
            "AWS::Scheduler::ScheduleGroup" => {
                self.schedule_groups.push(schedules::name(id, resolver.properties(id)?)?);
            }
            "AWS::Events::EventBus" => self.buses.push(schedules::name(id, resolver.properties(id)?)?),
            "AWS::Serverless::Function" => {
                let (function, routes) = Function::read(id, resolver, globals)?;
                self.schedules.extend(function.schedules.clone());
                self.functions.push(function);
                self.routes.extend(routes);
            }
            "AWS::IAM::Role" | "AWS::IAM::ManagedPolicy" => {
                self.roles.push(Role::read(id, kind, resolver.properties(id)?)?);
            }
            "AWS::Serverless::HttpApi" => self.authorizer = Some(authorizer(id, resolver.properties(id)?)?),
            "AWS::ApiGatewayV2::Route" => {
                self.socket_routes.push(socket_route(id, &resolver.properties(id)?)?);
            }
            kind if DEPLOY_ONLY.contains(&kind) => {}
            kind => {
                let reason = format!("the embedded world does not play {kind}");
                return Err(TemplateError::new(id, "Type", reason));
            }
        }
        Ok(())
    }

    /// A source must be something that the template creates, or its function would wait for ever.
    fn check_sources(&self) -> Result<(), TemplateError> {
        for function in &self.functions {
            for source in &function.sources {
                if !self.queues.iter().any(|queue| queue.name == source.queue) {
                    let reason = format!("there is no queue {}", source.queue);
                    return Err(TemplateError::new(
                        &function.id,
                        &format!("Events.{}.Queue", source.event),
                        reason,
                    ));
                }
            }
            for source in &function.streams {
                if !self.tables.iter().any(|table| table.name == source.table && table.stream.is_some()) {
                    let reason = format!("there is no table {} with a stream", source.table);
                    return Err(TemplateError::new(
                        &function.id,
                        &format!("Events.{}.Stream", source.event),
                        reason,
                    ));
                }
            }
        }
        Ok(())
    }

    /// The function whose binary is `binary`.
    #[must_use]
    pub fn function(&self, binary: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.binary == binary)
    }

    /// The role of a function, by the name of its binary.
    #[must_use]
    pub fn role_of(&self, binary: &str) -> Option<&Role> {
        let arn = &self.function(binary)?.role;
        self.roles.iter().find(|role| role.arn == *arn)
    }

    /// The queue with this logical id, e.g. `SendQueue`.
    #[must_use]
    pub fn queue(&self, id: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.id == id)
    }

    /// The table with this logical id, e.g. `Contacts`.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }
}

/// Reads resolved properties into a type; the error names the property's path.
pub(crate) fn typed<T: DeserializeOwned>(id: &str, properties: Value) -> Result<T, TemplateError> {
    serde_path_to_error::deserialize(properties).map_err(|error| {
        let path = error.path().to_string();
        let property = if path == "." { "Properties".to_owned() } else { path };
        TemplateError::new(id, &property, error.into_inner().to_string())
    })
}

fn bucket_name(id: &str, properties: Value) -> Result<String, TemplateError> {
    let name = properties.get("BucketName").and_then(Value::as_str);
    name.map(str::to_owned).ok_or_else(|| TemplateError::new(id, "BucketName", "it must be given"))
}

fn socket_route(id: &str, properties: &Value) -> Result<SocketRoute, TemplateError> {
    let key = properties["RouteKey"].as_str();
    let key = key.ok_or_else(|| TemplateError::new(id, "RouteKey", "it must be given"))?.to_owned();
    match properties["AuthorizationType"].as_str() {
        Some("CUSTOM") => Ok(SocketRoute { key, authorized: true }),
        None | Some("NONE") => Ok(SocketRoute { key, authorized: false }),
        Some(other) => {
            let reason = format!("the embedded world does not know {other}");
            Err(TemplateError::new(id, "AuthorizationType", reason))
        }
    }
}

fn authorizer(id: &str, properties: Value) -> Result<Authorizer, TemplateError> {
    let auth = &properties["Auth"];
    let missing = |property: &str| TemplateError::new(id, property, "it must be given");
    let name = auth["DefaultAuthorizer"].as_str().ok_or_else(|| missing("Auth.DefaultAuthorizer"))?;
    let jwt = &auth["Authorizers"][name]["JwtConfiguration"];
    let issuer = jwt["issuer"].as_str().ok_or_else(|| missing("Auth.Authorizers.JwtConfiguration.issuer"))?;
    let audience: Vec<String> = jwt["audience"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .filter(|list: &Vec<String>| !list.is_empty())
        .ok_or_else(|| missing("Auth.Authorizers.JwtConfiguration.audience"))?;
    Ok(Authorizer { issuer: issuer.to_owned(), audience })
}
