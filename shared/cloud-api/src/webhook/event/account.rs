//! The account: bans, restrictions, partners, prices.

use crate::ids::{DisplayPhoneNumber, PortfolioId, WabaId};

open_enum! {
    /// What `account_update` tells; decides which companion object is there.
    pub enum AccountEvent {
        /// The WABA is gone.
        AccountDeleted = "ACCOUNT_DELETED",
        /// A policy was violated.
        AccountViolation = "ACCOUNT_VIOLATION",
        /// Some kinds of sends are forbidden for a time.
        AccountRestriction = "ACCOUNT_RESTRICTION",
        /// Disabled, to be disabled, or back.
        DisabledUpdate = "DISABLED_UPDATE",
        /// A customer shared its WABA with us.
        PartnerAdded = "PARTNER_ADDED",
        /// A customer left.
        PartnerRemoved = "PARTNER_REMOVED",
        /// Permission granted.
        PartnerAppInstalled = "PARTNER_APP_INSTALLED",
        /// Permission taken away.
        PartnerAppUninstalled = "PARTNER_APP_UNINSTALLED",
        /// Partner-led verification.
        PartnerClientCertificationStatusUpdate = "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
        /// Eligible for marketing messages.
        AdAccountLinked = "AD_ACCOUNT_LINKED",
        /// Terms of marketing messages accepted.
        MmLiteTermsSigned = "MM_LITE_TERMS_SIGNED",
        /// International authentication prices will apply.
        AuthIntlPriceEligibilityUpdate = "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        /// The business's country.
        BusinessPrimaryLocationCountryUpdate = "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
        /// A volume tier was reached. Duplicates are possible: the smallest time counts.
        VolumeBasedPricingTierUpdate = "VOLUME_BASED_PRICING_TIER_UPDATE",
        /// The Business app left this number.
        AccountOffboarded = "ACCOUNT_OFFBOARDED",
        /// The Business app is back.
        AccountReconnected = "ACCOUNT_RECONNECTED",
    }

    /// What is forbidden.
    pub enum RestrictionType {
        /// Adding numbers.
        AddPhoneNumber = "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
        /// Templates.
        BizInitiatedMessaging = "RESTRICTED_BIZ_INITIATED_MESSAGING",
        /// Replies too.
        CustomerInitiatedMessaging = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
        /// Calling people.
        BusinessInitiatedCalling = "RESTRICTED_BUSINESS_INITIATED_CALLING",
        /// Being called.
        UserInitiatedCalling = "RESTRICTED_USER_INITIATED_CALLING",
        /// All calls.
        AllCalling = "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING",
        /// The call button is hidden.
        CallButtonHidden = "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
        /// Utility templates.
        UtilityTemplates = "RESTRICTED_UTILITY_TEMPLATES",
        /// Direct sends of utility messages.
        DirectSendUtilityTemplates = "RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES",
    }

    /// A ban.
    pub enum BanState {
        /// In force.
        Disable = "DISABLE",
        /// Lifted.
        Reinstate = "REINSTATE",
        /// Announced.
        ScheduleForDisable = "SCHEDULE_FOR_DISABLE",
    }
}

wire! {
    /// `account_update`.
    #[derive(PartialEq, Eq)]
    pub struct AccountUpdate {
        /// What happened.
        pub event: AccountEvent,
        /// The number, where only one is concerned.
        pub phone_number: Option<DisplayPhoneNumber>,
        /// The business's country.
        pub country: Option<String>,
        /// With a violation.
        pub violation_info: Option<ViolationInfo>,
        /// With a restriction.
        pub restriction_info: Vec<Restriction>,
        /// With a ban.
        pub ban_info: Option<BanInfo>,
        /// With partner events: the WABA, since `entry.id` is then a portfolio.
        pub waba_info: Option<WabaInfo>,
        /// When the Business app left.
        pub disconnection_info: Option<DisconnectionInfo>,
        /// With partner-led verification.
        pub partner_client_certification_info: Option<CertificationInfo>,
        /// With international authentication prices.
        pub auth_international_rate_eligibility: Option<RateEligibility>,
        /// With a volume tier.
        pub volume_tier_info: Option<VolumeTier>,
    }

    /// A violation.
    #[derive(PartialEq, Eq)]
    pub struct ViolationInfo {
        /// Such as `SCAM`.
        pub violation_type: Option<String>,
        /// What to do.
        pub remediation: Option<String>,
    }

    /// A restriction.
    #[derive(PartialEq, Eq)]
    pub struct Restriction {
        /// What is forbidden.
        pub restriction_type: Option<RestrictionType>,
        /// Until when, Unix seconds.
        pub expiration: Option<i64>,
        /// What to do.
        pub remediation: Option<String>,
    }

    /// A ban.
    #[derive(PartialEq, Eq)]
    pub struct BanInfo {
        /// Its state.
        pub waba_ban_state: Option<BanState>,
        /// Prose, such as `December 1, 2026`.
        pub waba_ban_date: Option<String>,
    }

    /// The WABA of a partner event.
    #[derive(PartialEq, Eq)]
    pub struct WabaInfo {
        /// The WABA.
        pub waba_id: Option<WabaId>,
        /// Its owner.
        pub owner_business_id: Option<PortfolioId>,
        /// The multi-partner solution.
        pub solution_id: Option<String>,
        /// Its partners.
        pub solution_partner_business_ids: Vec<PortfolioId>,
        /// The app.
        pub partner_app_id: Option<String>,
        /// The ad account.
        pub ad_account_linked: Option<String>,
    }

    /// Why the Business app left.
    #[derive(PartialEq, Eq)]
    pub struct DisconnectionInfo {
        /// Such as `PRIMARY_INACTIVITY`.
        pub reason: Option<String>,
        /// `USER` or `SYSTEM`.
        pub initiated_by: Option<String>,
    }

    /// Partner-led verification.
    #[derive(PartialEq, Eq)]
    pub struct CertificationInfo {
        /// The customer's portfolio.
        pub client_business_id: Option<PortfolioId>,
        /// `APPROVED`, `DISCARDED`, `FAILED`, `PENDING`, `REVOKED`.
        pub status: Option<String>,
        /// Why not.
        pub rejection_reasons: Vec<String>,
    }

    /// International authentication prices.
    #[derive(PartialEq, Eq)]
    pub struct RateEligibility {
        /// From when, Unix seconds.
        pub start_time: Option<i64>,
        /// Countries with another start.
        pub exception_countries: Vec<ExceptionCountry>,
    }

    /// A country with its own start.
    #[derive(PartialEq, Eq)]
    pub struct ExceptionCountry {
        /// ISO code.
        pub country_code: Option<String>,
        /// From when, Unix seconds.
        pub start_time: Option<i64>,
    }

    /// A volume tier.
    #[derive(PartialEq, Eq)]
    pub struct VolumeTier {
        /// Unix seconds.
        pub tier_update_time: Option<i64>,
        /// Such as `UTILITY`.
        pub pricing_category: Option<String>,
        /// `low:high`.
        pub tier: Option<String>,
        /// `YYYY-MM`.
        pub effective_month: Option<String>,
        /// The market.
        pub region: Option<String>,
    }
}
