//! The embedded world: every function, the AWS services they use, and a simulated WhatsApp, in one program.
pub mod banner;
pub mod dynamo;
pub mod events;
pub mod functions;
pub mod http;
pub mod iam;
pub mod lambda;
pub mod options;
pub mod s3;
pub mod scheduler;
pub mod secrets;
pub mod sim;
pub mod sqs;
pub mod targets;
pub mod template;
pub mod tokens;
pub mod world;
