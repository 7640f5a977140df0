//! Managing numbers and templates over the Graph API: what it answers about them, and what can be asked of it.

mod profile;
pub mod template;

use crate::ids::{DisplayPhoneNumber, PhoneNumberId};
use crate::webhook::event::numbers::MessagingLimit;

pub use profile::{ProfileChange, VERTICALS};

/// The fields of a number that are asked for, as the query's `fields` has them.
pub const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,name_status,\
    new_name_status,code_verification_status,account_mode,is_official_business_account,throughput,\
    whatsapp_business_manager_messaging_limit,health_status";

/// The fields of a business profile that are asked for.
pub const PROFILE_FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";

wire! {
    /// A number, as `GET /{phone_number_id}` and `GET /{waba_id}/phone_numbers` show it. See [Cloud API/Phone numbers],
    /// read 2026-11.
    #[derive(PartialEq, Eq)]
    pub struct NumberNode {
        /// Its id.
        pub id: PhoneNumberId,
        /// How people read it: with `+`, spaces and dashes here.
        pub display_phone_number: Option<DisplayPhoneNumber>,
        /// The display name.
        pub verified_name: Option<String>,
        /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN` or `NA`.
        pub quality_rating: Option<String>,
        /// Such as `CONNECTED` or `DISCONNECTED`.
        pub status: Option<String>,
        /// The review of the display name.
        pub name_status: Option<String>,
        /// The review of the name that was asked for.
        pub new_name_status: Option<String>,
        /// Whether the number was verified by a code.
        pub code_verification_status: Option<String>,
        /// `LIVE` or `SANDBOX`.
        pub account_mode: Option<String>,
        /// Whether it has the badge.
        pub is_official_business_account: Option<bool>,
        /// How many messages a second.
        pub throughput: Option<Throughput>,
        /// The portfolio's messaging limit.
        pub whatsapp_business_manager_messaging_limit: Option<MessagingLimit>,
        /// Whether messages can be sent.
        pub health_status: Option<HealthStatus>,
    }

    /// Whether messages can be sent from a number, with everything that it depends on taken together. See
    /// [Cloud API/Messaging health status], read 2026-11.
    #[derive(PartialEq, Eq)]
    pub struct HealthStatus {
        /// `AVAILABLE`, `LIMITED` or `BLOCKED`.
        pub can_send_message: Option<String>,
    }

    /// How many messages a second a number may send.
    #[derive(PartialEq, Eq)]
    pub struct Throughput {
        /// `STANDARD`, `HIGH` or `NOT_APPLICABLE`.
        pub level: Option<String>,
    }

    /// A page of a WABA's numbers.
    #[derive(PartialEq, Eq)]
    pub struct NumbersPage {
        /// The numbers.
        pub data: Vec<NumberNode>,
        /// Where the next page begins.
        pub paging: Option<Paging>,
    }

    /// Where pages begin and end.
    #[derive(PartialEq, Eq)]
    pub struct Paging {
        /// Places in the list.
        pub cursors: Option<Cursors>,
        /// The address of the next page; missing on the last one.
        pub next: Option<String>,
    }

    /// Places in a list.
    #[derive(PartialEq, Eq)]
    pub struct Cursors {
        /// After this page.
        pub after: Option<String>,
    }

    /// A business profile: what customers see of a number.
    #[derive(PartialEq, Eq)]
    pub struct BusinessProfile {
        /// The line under the name.
        pub about: Option<String>,
        /// The address.
        pub address: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// The e-mail address.
        pub email: Option<String>,
        /// Where the picture can be seen; the address does not last.
        pub profile_picture_url: Option<String>,
        /// Up to two.
        pub websites: Vec<String>,
        /// The industry, one of [`VERTICALS`].
        pub vertical: Option<String>,
    }

    /// The answer to a request for a business profile.
    #[derive(PartialEq, Eq)]
    pub struct ProfileAnswer {
        /// One profile.
        pub data: Vec<BusinessProfile>,
    }

    /// What Meta knows of a file. See [Cloud API/Media], read 2026-11.
    #[derive(PartialEq, Eq)]
    pub struct MediaNode {
        /// Where it can be fetched for five minutes, with a token.
        pub url: Option<String>,
        /// Its media type.
        pub mime_type: Option<String>,
        /// SHA-256 of its bytes, in hexadecimal or Base64.
        pub sha256: Option<String>,
        /// Its bytes. Meta writes it as a number or as a text.
        pub file_size: Option<i64>,
    }

    /// The answer to a file that was given to Meta.
    #[derive(PartialEq, Eq)]
    pub struct MediaAnswer {
        /// Its id, good for 30 days, for messages of the same number.
        pub id: crate::ids::MediaId,
    }

    /// The answer to a request for an upload session.
    #[derive(PartialEq, Eq)]
    pub struct UploadSession {
        /// The session, with `upload:` before it: the path of the upload itself.
        pub id: String,
    }

    /// The answer to an upload.
    #[derive(PartialEq, Eq)]
    pub struct Uploaded {
        /// The handle.
        pub h: String,
    }
}

impl NumbersPage {
    /// The cursor of the next page, if there is one.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        let paging = self.paging.as_ref().filter(|paging| paging.next.is_some())?;
        paging.cursors.as_ref()?.after.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_numbers_is_read_with_what_it_has_and_knows_where_it_goes_on() {
        let page: NumbersPage = serde_json::from_slice(
            br#"{"data":[{"id":"900000000000201","display_phone_number":"+1 555-010-0200","quality_rating":"GREEN",
            "throughput":{"level":"STANDARD"},"whatsapp_business_manager_messaging_limit":"TIER_2K","is_official_business_account":false}],
            "paging":{"cursors":{"before":"a","after":"b"},"next":"https://graph.example/next"}}"#,
        )
        .unwrap();
        assert_eq!(page.next(), Some("b"));
        let limit = page.data[0].whatsapp_business_manager_messaging_limit.as_ref();
        assert_eq!(limit, Some(&MessagingLimit::People(2_000)));
        let last: NumbersPage =
            serde_json::from_slice(br#"{"data":[],"paging":{"cursors":{"after":"b"}}}"#).unwrap();
        assert_eq!(last.next(), None, "a cursor alone is no next page");
        assert!(serde_json::from_slice::<NumbersPage>(b"[]").is_err());
    }
}
