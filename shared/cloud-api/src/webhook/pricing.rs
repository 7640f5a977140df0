//! What a delivered message costs, as far as webhooks tell.

open_enum! {
    /// How Meta charges.
    pub enum PricingModel {
        /// Per message, since July 2025.
        PerMessage = "PMP",
        /// Per conversation, until then.
        PerConversation = "CBP",
    }

    /// Why a message is charged or free.
    pub enum PricingType {
        /// Charged.
        Regular = "regular",
        /// Inside the monthly free allowance of service messages.
        FreeCustomerService = "free_customer_service",
        /// Inside a free entry point window.
        FreeEntryPoint = "free_entry_point",
        /// The allowance, in a group.
        FreeGroupCustomerService = "free_group_customer_service",
    }

    /// The rate that applies.
    pub enum PricingCategory {
        /// Marketing template.
        Marketing = "marketing",
        /// Marketing template through the Marketing Messages API.
        MarketingLite = "marketing_lite",
        /// Utility template.
        Utility = "utility",
        /// Authentication template.
        Authentication = "authentication",
        /// Authentication template to another country. Meta's pages also write `authentication-international`.
        AuthenticationInternational = "authentication_international",
        /// Free-form message.
        Service = "service",
        /// Free entry point.
        ReferralConversion = "referral_conversion",
        /// Marketing in a group.
        GroupMarketing = "group_marketing",
        /// Utility in a group.
        GroupUtility = "group_utility",
        /// Free-form in a group.
        GroupService = "group_service",
        /// A general-purpose assistant, where law requires access.
        GeneralPurposeAi = "general_purpose_ai",
    }
}

wire! {
    /// The `pricing` object of a status. It may repeat: count one charge per message.
    ///
    /// See [Cloud API/Pricing], read 2026-11.
    #[derive(PartialEq, schemars::JsonSchema, utoipa::ToSchema)]
    pub struct Pricing {
        /// Being phased out: decide from `type` and `category`.
        pub billable: Option<bool>,
        /// How Meta charges.
        pub pricing_model: Option<PricingModel>,
        /// Charged or free.
        #[schema(rename = "type")]
        pub kind = "type": Option<PricingType>,
        /// The rate.
        pub category: Option<PricingCategory>,
        /// An estimate; only for max-price messages.
        pub cost: Option<Cost>,
    }

    /// An amount.
    #[derive(PartialEq, schemars::JsonSchema, utoipa::ToSchema)]
    pub struct Cost {
        /// In units of the currency.
        pub amount: Option<f64>,
        /// ISO currency.
        pub currency: Option<String>,
    }

    /// Meta's billing conversation. Since v24 only for free entry points.
    #[derive(PartialEq, Eq)]
    pub struct BillingConversation {
        /// Its id.
        pub id: Option<String>,
        /// Unix seconds; only on `sent`. For free entry points this one is authoritative.
        pub expiration_timestamp: Option<i64>,
        /// What opened it.
        pub origin: Option<Origin>,
    }

    /// What opened a billing conversation.
    #[derive(PartialEq, Eq)]
    pub struct Origin {
        /// A category.
        pub kind = "type": Option<PricingCategory>,
    }
}
