//! What people chose and did, other than writing.

use crate::ids::{Bsuid, WaId, Wamid};
use crate::webhook::contact::{ContactProfile, Metadata};

open_enum! {
    /// A choice about marketing.
    pub enum PreferenceValue {
        /// No more marketing.
        Stop = "stop",
        /// Marketing again.
        Resume = "resume",
        /// Signed up inside WhatsApp.
        Signup = "signup",
    }

    /// What Meta recognised in a chat.
    pub enum AutomaticEventName {
        /// A lead.
        LeadSubmitted = "LeadSubmitted",
        /// A purchase.
        Purchase = "Purchase",
    }
}

wire! {
    /// `user_preferences`.
    #[derive(PartialEq)]
    pub struct UserPreferences {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// Who.
        pub contacts: Vec<ContactProfile>,
        /// What they chose.
        pub preferences = "user_preferences": Vec<UserPreference>,
    }

    /// One choice: holds for this person and this portfolio.
    #[derive(PartialEq, Eq)]
    pub struct UserPreference {
        /// The person's number; may be hidden.
        pub wa_id: Option<WaId>,
        /// The person.
        pub user_id: Option<Bsuid>,
        /// For people.
        pub detail: Option<String>,
        /// `marketing_messages`.
        pub category: Option<String>,
        /// The choice.
        pub value: PreferenceValue,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// With a sign-up.
        pub signup_id: Option<String>,
    }

    /// `automatic_events`: leads and purchases that Meta recognised in chats from ads.
    #[derive(PartialEq)]
    pub struct AutomaticEvents {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// What was recognised.
        pub events = "automatic_events": Vec<AutomaticEvent>,
    }

    /// One lead or purchase.
    #[derive(PartialEq)]
    pub struct AutomaticEvent {
        /// The message it was recognised in.
        pub id: Option<Wamid>,
        /// What it is.
        pub event_name: AutomaticEventName,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// Click id of the ad.
        pub ctwa_clid: Option<String>,
        /// Only for purchases.
        pub custom_data: Option<CustomData>,
    }

    /// The amount of a purchase.
    #[derive(PartialEq)]
    pub struct CustomData {
        /// ISO currency.
        pub currency: Option<String>,
        /// The amount times 1000.
        pub value: Option<f64>,
    }

    /// A tap on a link of a marketing message, within 7 days. Says who by tokens only.
    #[derive(PartialEq, Eq)]
    pub struct UserAction {
        /// `marketing_messages_link_click`.
        pub action_type: Option<String>,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// What was tapped.
        pub marketing_messages_link_click_data: Option<LinkClick>,
    }

    /// A tapped link.
    #[derive(PartialEq, Eq)]
    pub struct LinkClick {
        /// Such as `cta`.
        pub click_component: Option<String>,
        /// The product.
        pub product_id: Option<String>,
        /// The click.
        pub click_id: Option<String>,
        /// Correlates it with the message.
        pub tracking_token: Option<String>,
    }
}
