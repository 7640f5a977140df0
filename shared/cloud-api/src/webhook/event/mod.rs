//! Everything that is neither a message nor a status, by webhook field.

pub mod account;
pub mod business;
pub mod calls;
pub mod coexistence;
pub mod flows;
pub mod groups;
pub mod numbers;
pub mod people;
pub mod routing;
pub mod system;
pub mod templates;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::{Broken, Fields, Unreadable, Wire, is_too_deep, raw_value};

/// One change of one webhook field. Meta adds fields without notice, so this set is open.
///
/// See [Cloud API/Webhooks reference], read 2026-11.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// `account_alerts`.
    AccountAlert(business::AccountAlert),
    /// `account_review_update`.
    AccountReview(business::AccountReview),
    /// `account_settings_update`.
    AccountSettings(business::AccountSettings),
    /// `account_update`.
    AccountUpdate(Box<account::AccountUpdate>),
    /// `automatic_events`.
    AutomaticEvents(people::AutomaticEvents),
    /// `business_capability_update`.
    BusinessCapability(numbers::BusinessCapability),
    /// `business_username_updates`.
    BusinessUsername(numbers::BusinessUsername),
    /// `calls`.
    Calls(calls::Calls),
    /// `flows`.
    Flow(Box<flows::Flow>),
    /// The four fields about groups.
    Groups(groups::Groups),
    /// `history`.
    History(coexistence::History),
    /// `messaging_handovers`.
    Handover(Box<routing::Handover>),
    /// `smb_message_echoes`, and `message_echoes` should it have that shape.
    MessageEchoes(coexistence::MessageEchoes),
    /// `partner_solutions`.
    PartnerSolution(business::PartnerSolution),
    /// `payment_configuration_update`.
    PaymentConfiguration(business::PaymentConfiguration),
    /// `phone_number_name_update`.
    PhoneNumberName(numbers::PhoneNumberName),
    /// `phone_number_quality_update`.
    PhoneNumberQuality(numbers::PhoneNumberQuality),
    /// `security`.
    Security(numbers::Security),
    /// `smb_app_state_sync`.
    AppStateSync(coexistence::AppStateSync),
    /// `standby`.
    Standby(routing::Standby),
    /// `messages`, without messages and statuses.
    System(system::System),
    /// `template_category_update`.
    TemplateCategory(templates::TemplateCategory),
    /// `message_template_components_update`.
    TemplateComponents(templates::TemplateComponents),
    /// `message_template_quality_update`, also when Meta names another field.
    TemplateQuality(templates::TemplateQuality),
    /// `message_template_status_update`.
    TemplateStatus(Box<templates::TemplateStatus>),
    /// `user_preferences`.
    UserPreferences(people::UserPreferences),
    /// A field this build does not know, or whose shape nobody knows (`tracking_events`,
    /// `template_correct_category_detection`, `user_id_update`).
    Unknown {
        /// The field.
        field: String,
        /// The whole value.
        raw: Box<RawValue>,
    },
    /// A known field whose value broke our model. Alarm on this one.
    Malformed {
        /// The field.
        field: String,
        /// Which part is not what it should be; never quotes the content.
        reason: String,
        /// The whole value.
        raw: Box<RawValue>,
    },
}

/// All four have one shape.
const GROUP_FIELDS: [&str; 4] =
    ["group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update"];

impl Event {
    /// Reads the `value` of one change.
    ///
    /// # Errors
    /// [`Unreadable`] when it is not JSON, or nested too deeply to be looked at.
    pub fn parse(field: &str, raw: &str) -> Result<Self, Unreadable> {
        let malformed =
            |reason: String| Self::Malformed { field: field.to_owned(), reason, raw: raw_value(raw) };
        let fields = match Fields::open(raw) {
            Ok(fields) => fields,
            Err(error) if is_json(raw) => return Ok(malformed(error.reason)),
            Err(error) => return Err(error),
        };
        Ok(match fields.first_broken().map_or_else(|| Self::known(field, fields), Err) {
            Ok(Some(event)) => event,
            Ok(None) => Self::Unknown { field: field.to_owned(), raw: raw_value(raw) },
            Err(broken) => malformed(broken.to_string()),
        })
    }

    /// `None`: a field we do not know.
    fn known(field: &str, fields: Fields) -> Result<Option<Self>, Broken> {
        // Meta's own sample carries the name of another field.
        let is_quality = fields.has("new_quality_score");
        let has_echoes = fields.has("message_echoes");
        let is_system = fields.has("errors") || fields.has("user_actions");
        let value = fields.into_value();
        Ok(Some(match field {
            _ if is_quality => Self::TemplateQuality(Wire::read(value)?),
            "account_alerts" => Self::AccountAlert(Wire::read(value)?),
            "account_review_update" => Self::AccountReview(Wire::read(value)?),
            "account_settings_update" => Self::AccountSettings(Wire::read(value)?),
            "account_update" => Self::AccountUpdate(Wire::read(value)?),
            "automatic_events" => Self::AutomaticEvents(Wire::read(value)?),
            "business_capability_update" => Self::BusinessCapability(Wire::read(value)?),
            "business_username_updates" => Self::BusinessUsername(Wire::read(value)?),
            "calls" => Self::Calls(Wire::read(value)?),
            "flows" => Self::Flow(Wire::read(value)?),
            _ if GROUP_FIELDS.contains(&field) => Self::Groups(Wire::read(value)?),
            "history" => Self::History(Wire::read(value)?),
            "messaging_handovers" => Self::Handover(Wire::read(value)?),
            "smb_message_echoes" => Self::MessageEchoes(Wire::read(value)?),
            "message_echoes" if has_echoes => Self::MessageEchoes(Wire::read(value)?),
            "messages" if is_system => Self::System(Wire::read(value)?),
            "partner_solutions" => Self::PartnerSolution(Wire::read(value)?),
            "payment_configuration_update" => Self::PaymentConfiguration(Wire::read(value)?),
            "phone_number_name_update" => Self::PhoneNumberName(Wire::read(value)?),
            "phone_number_quality_update" => Self::PhoneNumberQuality(Wire::read(value)?),
            "security" => Self::Security(Wire::read(value)?),
            "smb_app_state_sync" => Self::AppStateSync(Wire::read(value)?),
            "standby" => Self::Standby(Wire::read(value)?),
            "template_category_update" => Self::TemplateCategory(Wire::read(value)?),
            "message_template_components_update" => Self::TemplateComponents(Wire::read(value)?),
            "message_template_quality_update" => Self::TemplateQuality(Wire::read(value)?),
            "message_template_status_update" => Self::TemplateStatus(Wire::read(value)?),
            "user_preferences" => Self::UserPreferences(Wire::read(value)?),
            _ => return Ok(None),
        }))
    }
}

/// JSON of another kind than an object is a surprise worth an alarm; bytes that are no JSON are not ours.
fn is_json(raw: &str) -> bool {
    !is_too_deep(raw) && serde_json::from_str::<&RawValue>(raw).is_ok()
}
