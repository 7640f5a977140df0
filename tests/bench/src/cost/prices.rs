//! List prices of us-east-1, per unit in dollars, without free tiers and savings plans. Re-read them before a
//! decision hangs on one.

const MILLION: f64 = 1e6;

/// A call of a Lambda function: $0.20 per million. aws.amazon.com/lambda/pricing as transcribed 2026-09-20.
pub(crate) const LAMBDA_REQUEST: f64 = 0.20 / MILLION;
/// A GB-second of Lambda on arm, first tier. artillery 2.0.28, prices.js.
pub(crate) const LAMBDA_ARM: f64 = 0.000_013_333_4;
/// A GB-second of Lambda on x86, first tier. Same source.
pub(crate) const LAMBDA_X86: f64 = 0.000_016_666_7;
/// A request of an HTTP API: $1.00 per million. wring.co and go-cloud.io, 2026. A Function URL costs nothing.
pub(crate) const HTTP_API: f64 = 1.00 / MILLION;
/// A request of a standard queue: $0.40 per million started 64 KB. factualminds 2026-06-13, cloudburn 2026-03-14.
pub(crate) const SQS_STANDARD: f64 = 0.40 / MILLION;
/// A request of a FIFO queue: $0.50 per million. Same sources.
pub(crate) const SQS_FIFO: f64 = 0.50 / MILLION;
/// A write unit on demand: $0.625 per million since 2024-11-01. airbyte 2025-07-21, jusdb 2025-08-19.
pub(crate) const WRITE_UNIT: f64 = 0.625 / MILLION;
/// A read unit on demand: $0.125 per million. Same sources.
pub(crate) const READ_UNIT: f64 = 0.125 / MILLION;
/// An event on a bus of our own: $1.00 per million. EventBridge guides, March to June 2026.
pub(crate) const EVENT: f64 = 1.00 / MILLION;
/// A message on a WebSocket: $1.00 per million. wring.co 2026.
pub(crate) const SOCKET_MESSAGE: f64 = 1.00 / MILLION;
/// A minute of a WebSocket connection: $0.25 per million. Same source.
pub(crate) const SOCKET_MINUTE: f64 = 0.25 / MILLION;
/// A GB of logs: $0.50. CloudWatch's list price, remembered.
pub(crate) const LOG_GB: f64 = 0.50;
