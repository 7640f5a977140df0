//! Business numbers: limits, names, usernames, PINs.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::ids::{DisplayPhoneNumber, Username};
use crate::wire::{Broken, Wire};

/// How many people a portfolio may address outside open windows in any 24 hours.
///
/// Meta writes one limit in many ways: `TIER_2K`, `2000`, `"2000"`, and `-1` or `TIER_UNLIMITED`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagingLimit {
    /// That many people.
    People(u32),
    /// No limit.
    Unlimited,
    /// `TIER_NOT_SET`.
    NotSet,
    /// A value this build does not know.
    Other(String),
}

impl From<&str> for MessagingLimit {
    fn from(text: &str) -> Self {
        let folded = text.trim().to_ascii_uppercase();
        let tier = folded.strip_prefix("TIER_").unwrap_or(&folded);
        match tier {
            "UNLIMITED" | "-1" => return Self::Unlimited,
            "NOT_SET" => return Self::NotSet,
            _ => {}
        }
        let (digits, unit) = match tier.strip_suffix('K') {
            Some(thousands) => (thousands, 1000),
            None => (tier, 1),
        };
        let people = digits.parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
        people.map_or_else(|| Self::Other(text.to_owned()), Self::People)
    }
}

impl fmt::Display for MessagingLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::People(people) => write!(f, "{people}"),
            Self::Unlimited => f.write_str("TIER_UNLIMITED"),
            Self::NotSet => f.write_str("TIER_NOT_SET"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Serialize for MessagingLimit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Wire for MessagingLimit {
    fn read(value: Value) -> Result<Self, Broken> {
        String::lenient(value).map(|text| Self::from(text.as_str())).ok_or_else(|| Broken::new("not a limit"))
    }
}

deserialize_as_read!(MessagingLimit);

open_enum! {
    /// What happened to a number.
    pub enum NumberEvent {
        /// It came to the platform.
        Onboarding = "ONBOARDING",
        /// It may send 1,000 messages a second.
        ThroughputUpgrade = "THROUGHPUT_UPGRADE",
        /// Low quality; until February 2026.
        Flagged = "FLAGGED",
        /// No longer low; until February 2026.
        Unflagged = "UNFLAGGED",
        /// Higher limit; until February 2026.
        Upgrade = "UPGRADE",
        /// Lower limit; until February 2026.
        Downgrade = "DOWNGRADE",
    }

    /// Review of something.
    pub enum Decision {
        /// Accepted.
        Approved = "APPROVED",
        /// Refused.
        Rejected = "REJECTED",
        /// Open.
        Pending = "PENDING",
        /// Put off.
        Deferred = "DEFERRED",
    }

    /// State of the business's own username.
    pub enum UsernameStatus {
        /// In use.
        Approved = "approved",
        /// Kept for us.
        Reserved = "reserved",
        /// Given up.
        Deleted = "deleted",
    }

    /// About the two-step PIN.
    pub enum SecurityEvent {
        /// It was changed.
        PinChanged = "PIN_CHANGED",
        /// Somebody wants it reset.
        PinResetRequest = "PIN_RESET_REQUEST",
        /// The reset was granted.
        PinRequestSuccess = "PIN_REQUEST_SUCCESS",
    }
}

wire! {
    /// `business_capability_update`.
    #[derive(PartialEq, Eq)]
    pub struct BusinessCapability {
        /// The messaging limit.
        pub max_daily_conversations_per_business: Option<MessagingLimit>,
        /// The same per number; removed in February 2026, may linger.
        pub max_daily_conversation_per_phone: Option<MessagingLimit>,
        /// While the limit is 250.
        pub max_phone_numbers_per_business: Option<i64>,
        /// Once the limit is above 250.
        pub max_phone_numbers_per_waba: Option<i64>,
    }

    /// `phone_number_quality_update`. Despite its name it tells limits, not quality.
    #[derive(PartialEq, Eq)]
    pub struct PhoneNumberQuality {
        /// The number.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// What happened.
        pub event: NumberEvent,
        /// The messaging limit.
        pub max_daily_conversations_per_business: Option<MessagingLimit>,
        /// The limit as told until February 2026.
        pub current_limit: Option<MessagingLimit>,
        /// The limit before that.
        pub old_limit: Option<MessagingLimit>,
    }

    /// `phone_number_name_update`.
    #[derive(PartialEq, Eq)]
    pub struct PhoneNumberName {
        /// The number.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// Outcome of the review.
        pub decision: Decision,
        /// The name asked for.
        pub requested_verified_name: Option<String>,
        /// Such as `NAME_FORMAT_UNACCEPTABLE`.
        pub rejection_reason: Option<String>,
    }

    /// `business_username_updates`.
    #[derive(PartialEq, Eq)]
    pub struct BusinessUsername {
        /// The number.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// The username; missing when it is deleted.
        pub username: Option<Username>,
        /// Its state.
        pub status: UsernameStatus,
    }

    /// `security`.
    #[derive(PartialEq, Eq)]
    pub struct Security {
        /// The number.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// What happened.
        pub event: SecurityEvent,
        /// Who asked.
        pub requester: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_limit_is_written_in_many_ways() {
        for two_thousand in ["\"TIER_2K\"", "2000", "\"2000\"", "\"tier_2k\""] {
            let limit: MessagingLimit = serde_json::from_str(two_thousand).unwrap();
            assert_eq!(limit, MessagingLimit::People(2000), "{two_thousand}");
        }
        for unlimited in ["-1", "\"-1\"", "\"TIER_UNLIMITED\""] {
            let limit: MessagingLimit = serde_json::from_str(unlimited).unwrap();
            assert_eq!(limit, MessagingLimit::Unlimited, "{unlimited}");
        }
        assert_eq!(MessagingLimit::from("TIER_50"), MessagingLimit::People(50));
        assert_eq!(MessagingLimit::from("TIER_100K"), MessagingLimit::People(100_000));
        assert_eq!(MessagingLimit::from("TIER_NOT_SET"), MessagingLimit::NotSet);
        assert_eq!(MessagingLimit::from("TIER_X"), MessagingLimit::Other("TIER_X".to_owned()));
    }
}
