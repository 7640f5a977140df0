//! WhatsApp Flows: life cycle and health.

use crate::ids::FlowId;

open_enum! {
    /// What `flows` tells.
    pub enum FlowEvent {
        /// Published, throttled, blocked, …
        StatusChange = "FLOW_STATUS_CHANGE",
        /// Errors on people's devices.
        ClientErrorRate = "CLIENT_ERROR_RATE",
        /// Errors of our endpoint.
        EndpointErrorRate = "ENDPOINT_ERROR_RATE",
        /// Our endpoint is slow.
        EndpointLatency = "ENDPOINT_LATENCY",
        /// Our endpoint is away.
        EndpointAvailability = "ENDPOINT_AVAILABILITY",
        /// The flow's version will freeze.
        VersionExpiryWarning = "FLOW_VERSION_EXPIRY_WARNING",
    }
}

wire! {
    /// `flows`. Answers to flows are messages, not this.
    #[derive(PartialEq)]
    pub struct Flow {
        /// What happened.
        pub event: FlowEvent,
        /// The flow.
        pub flow_id: Option<FlowId>,
        /// For people.
        pub message: Option<String>,
        /// With an expiry.
        pub warning: Option<String>,
        /// `DRAFT`, `PUBLISHED`, `DEPRECATED`, `BLOCKED`, `THROTTLED`.
        pub old_status: Option<String>,
        /// The same.
        pub new_status: Option<String>,
        /// `ACTIVATED` or `DEACTIVATED`.
        pub alert_state: Option<String>,
        /// What alarms.
        pub threshold: Option<f64>,
        /// Percent.
        pub error_rate: Option<f64>,
        /// Percent.
        pub availability: Option<f64>,
        /// Milliseconds.
        pub p50_latency: Option<f64>,
        /// Milliseconds.
        pub p90_latency: Option<f64>,
        /// In the window measured.
        pub requests_count: Option<i64>,
        /// By kind.
        pub errors: Vec<FlowError>,
    }

    /// Errors of one kind.
    #[derive(PartialEq)]
    pub struct FlowError {
        /// Such as `TIMEOUT`.
        pub error_type: Option<String>,
        /// Percent.
        pub error_rate: Option<f64>,
        /// How many.
        pub error_count: Option<i64>,
    }
}
