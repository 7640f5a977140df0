//! The business around the account: alerts, reviews, settings, solutions, payments.

use crate::ids::PhoneNumberId;

use super::numbers::Decision;

wire! {
    /// `account_alerts`.
    #[derive(PartialEq, Eq)]
    pub struct AccountAlert {
        /// `BUSINESS`, `PHONE_NUMBER`, `CURRENT_STATUS_ID`.
        pub entity_type: Option<String>,
        /// Its id.
        pub entity_id: Option<String>,
        /// The alert.
        pub alert_info: AlertInfo,
    }

    /// An alert.
    #[derive(PartialEq, Eq)]
    pub struct AlertInfo {
        /// `CRITICAL`, `WARNING`, `INFORMATIONAL`.
        pub alert_severity: Option<String>,
        /// `ACTIVE`, `NONE`.
        pub alert_status: Option<String>,
        /// Such as `OBA_APPROVED`.
        pub alert_type: Option<String>,
        /// For people.
        pub alert_description: Option<String>,
    }

    /// `account_review_update`.
    #[derive(PartialEq, Eq)]
    pub struct AccountReview {
        /// Outcome of the policy review.
        pub decision: Decision,
    }

    /// `account_settings_update`.
    #[derive(PartialEq)]
    pub struct AccountSettings {
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// `phone_number_settings`.
        pub kind = "type": Option<String>,
        /// What changed.
        pub phone_number_settings: Option<PhoneNumberSettings>,
    }

    /// Settings of a number.
    #[derive(PartialEq)]
    pub struct PhoneNumberSettings {
        /// The number.
        pub phone_number_id: Option<PhoneNumberId>,
        /// About calls.
        pub calling: Option<CallingSettings>,
    }

    /// Settings of calls.
    #[derive(PartialEq)]
    pub struct CallingSettings {
        /// `ENABLED` or `DISABLED`.
        pub status: Option<String>,
        /// `DEFAULT` or `DISABLE_ALL`.
        pub call_icon_visibility: Option<String>,
        /// `ENABLED` or `DISABLED`.
        pub callback_permission_status: Option<String>,
        /// Opening hours.
        pub call_hours: Option<CallHours>,
        /// SIP servers, as Meta has them.
        pub sip: Option<Sip>,
    }

    /// Opening hours of calls.
    #[derive(PartialEq, Eq)]
    pub struct CallHours {
        /// `ENABLED` or `DISABLED`.
        pub status: Option<String>,
        /// IANA time zone.
        pub timezone_id: Option<String>,
        /// By day of the week.
        pub weekly_operating_hours: Vec<OperatingHours>,
        /// Exceptions.
        pub holiday_schedule: Vec<Holiday>,
    }

    /// Hours of one day.
    #[derive(PartialEq, Eq)]
    pub struct OperatingHours {
        /// Such as `MONDAY`.
        pub day_of_week: Option<String>,
        /// `HHMM`.
        pub open_time: Option<String>,
        /// `HHMM`.
        pub close_time: Option<String>,
    }

    /// Hours of one date.
    #[derive(PartialEq, Eq)]
    pub struct Holiday {
        /// `YYYY-MM-DD`.
        pub date: Option<String>,
        /// `HHMM`.
        pub start_time: Option<String>,
        /// `HHMM`.
        pub end_time: Option<String>,
    }

    /// Calls by SIP.
    #[derive(PartialEq, Eq)]
    pub struct Sip {
        /// `ENABLED` or `DISABLED`.
        pub status: Option<String>,
        /// Where to.
        pub servers: Vec<SipServer>,
    }

    /// A SIP server.
    #[derive(PartialEq, Eq)]
    pub struct SipServer {
        /// Host.
        pub hostname: Option<String>,
        /// Port.
        pub port: Option<i64>,
    }

    /// `partner_solutions`.
    #[derive(PartialEq, Eq)]
    pub struct PartnerSolution {
        /// `SOLUTION_CREATED` or `SOLUTION_UPDATED`.
        pub event: String,
        /// The solution.
        pub solution_id: Option<String>,
        /// `ACTIVE`, `DEACTIVATED`, `DRAFT`, `INITIATED`, `PENDING_DEACTIVATION`, `REJECTED`.
        pub solution_status: Option<String>,
    }

    /// `payment_configuration_update` (India).
    #[derive(PartialEq, Eq)]
    pub struct PaymentConfiguration {
        /// Its name.
        pub configuration_name: String,
        /// `billdesk`, `payu`, `razorpay`, `zaakpay`.
        pub provider_name: Option<String>,
        /// The merchant at the provider.
        pub provider_mid: Option<String>,
        /// `Active`, `Needs Connecting`, `Needs Testing`.
        pub status: Option<String>,
        /// Unix seconds.
        pub created_timestamp: Option<i64>,
        /// Unix seconds.
        pub updated_timestamp: Option<i64>,
    }
}
