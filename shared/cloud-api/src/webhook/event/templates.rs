//! Message templates: review, quality, content, category.

use serde::Serialize;
use serde_json::Value;

use crate::ids::TemplateId;
use crate::language::Language;
use crate::wire::{Broken, Fields, Wire};

open_enum! {
    /// What happened to a template.
    pub enum TemplateEvent {
        /// May be sent.
        Approved = "APPROVED",
        /// Refused at review.
        Rejected = "REJECTED",
        /// In review.
        Pending = "PENDING",
        /// Low quality: paused for hours.
        Paused = "PAUSED",
        /// Low quality: for good.
        Disabled = "DISABLED",
        /// Appealed.
        InAppeal = "IN_APPEAL",
        /// Back after an appeal.
        Reinstated = "REINSTATED",
        /// About to be disabled.
        Flagged = "FLAGGED",
        /// Too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// Cannot be changed.
        Locked = "LOCKED",
        /// Not used for a year; cannot be sent.
        Archived = "ARCHIVED",
        /// Out of the archive.
        Unarchived = "UNARCHIVED",
        /// Will vanish.
        PendingDeletion = "PENDING_DELETION",
        /// Gone.
        Deleted = "DELETED",
    }

    /// A template's category.
    pub enum TemplateCategoryName {
        /// Promotion.
        Marketing = "MARKETING",
        /// About an order or an account.
        Utility = "UTILITY",
        /// One-time codes.
        Authentication = "AUTHENTICATION",
    }

    /// A template's quality.
    pub enum QualityScore {
        /// High.
        Green = "GREEN",
        /// Medium.
        Yellow = "YELLOW",
        /// Low.
        Red = "RED",
        /// Not rated.
        Unknown = "UNKNOWN",
    }
}

wire! {
    /// `message_template_status_update`.
    #[derive(PartialEq, Eq)]
    pub struct TemplateStatus {
        /// What happened.
        pub event: TemplateEvent,
        /// The template.
        pub id = "message_template_id": TemplateId,
        /// Its name.
        pub name = "message_template_name": Option<String>,
        /// Its language.
        pub language = "message_template_language": Option<Language>,
        /// Its category.
        pub category = "message_template_category": Option<TemplateCategoryName>,
        /// Why, such as `INVALID_FORMAT`; `NONE` or missing when there is nothing to say.
        pub reason: Option<String>,
        /// With a pause or a lock.
        pub other_info: Option<OtherInfo>,
        /// With `DISABLED`.
        pub disable_info: Option<DisableInfo>,
        /// With `INVALID_FORMAT`.
        pub rejection_info: Option<RejectionInfo>,
    }

    /// About a pause or a lock.
    #[derive(PartialEq, Eq)]
    pub struct OtherInfo {
        /// `FIRST_PAUSE`, `SECOND_PAUSE`, `RATE_LIMITING_PAUSE`, `UNPAUSE`, `DISABLED`.
        pub title: Option<String>,
        /// For people.
        pub description: Option<String>,
    }

    /// About an end.
    #[derive(PartialEq, Eq)]
    pub struct DisableInfo {
        /// Prose, or seconds.
        pub disable_date: Option<String>,
    }

    /// About a rejection.
    #[derive(PartialEq, Eq)]
    pub struct RejectionInfo {
        /// What is wrong.
        pub reason: Option<String>,
        /// What would be right.
        pub recommendation: Option<String>,
    }

    /// `message_template_quality_update`, under whichever field it comes.
    #[derive(PartialEq, Eq)]
    pub struct TemplateQuality {
        /// Until now.
        pub previous_quality_score: Option<QualityScore>,
        /// From now on.
        pub new_quality_score: QualityScore,
        /// The template.
        pub id = "message_template_id": TemplateId,
        /// Its name.
        pub name = "message_template_name": Option<String>,
        /// Its language.
        pub language = "message_template_language": Option<Language>,
    }

    /// `message_template_components_update`: read the template again by its id.
    #[derive(PartialEq, Eq)]
    pub struct TemplateComponents {
        /// The template.
        pub id = "message_template_id": TemplateId,
        /// Its name.
        pub name = "message_template_name": Option<String>,
        /// Its language.
        pub language = "message_template_language": Option<Language>,
        /// Text of the header.
        pub title = "message_template_title": Option<String>,
        /// The body.
        pub element = "message_template_element": Option<String>,
        /// The footer.
        pub footer = "message_template_footer": Option<String>,
        /// Buttons; only those with a link or a number.
        pub buttons = "message_template_buttons": Vec<TemplateButton>,
    }

    /// A button of a template.
    #[derive(PartialEq, Eq)]
    pub struct TemplateButton {
        /// `URL` or `PHONE_NUMBER`.
        pub kind = "message_template_button_type": Option<String>,
        /// Its label.
        pub text = "message_template_button_text": Option<String>,
        /// With `URL`.
        pub url = "message_template_button_url": Option<String>,
        /// With `PHONE_NUMBER`.
        pub phone_number = "message_template_button_phone_number": Option<String>,
    }
}

/// `template_category_update`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateCategory {
    /// The template.
    pub id: TemplateId,
    /// Its name.
    pub name: Option<String>,
    /// Its language.
    pub language: Option<Language>,
    /// Announced or done.
    pub change: CategoryChange,
}

/// A change of category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryChange {
    /// Will happen. Meta's names mislead here: its `new_category` is the one of today.
    Upcoming {
        /// Today's category.
        current: Option<TemplateCategoryName>,
        /// The category to come.
        next: TemplateCategoryName,
        /// Unix seconds, if Meta says when; about 24 h from the notice.
        at: Option<i64>,
    },
    /// Has happened.
    Done {
        /// Until now.
        previous: Option<TemplateCategoryName>,
        /// From now on.
        new: TemplateCategoryName,
    },
}

impl Wire for TemplateCategory {
    fn read(value: Value) -> Result<Self, Broken> {
        let mut fields = Fields::of(value)?;
        // The only reliable difference between the two shapes.
        let change = if fields.has("correct_category") {
            CategoryChange::Upcoming {
                current: fields.take(&["new_category"])?,
                next: fields.take(&["correct_category"])?,
                at: fields.take(&["category_update_timestamp"])?,
            }
        } else {
            CategoryChange::Done {
                previous: fields.take(&["previous_category"])?,
                new: fields.take(&["new_category"])?,
            }
        };
        Ok(Self {
            id: fields.take(&["message_template_id"])?,
            name: fields.take(&["message_template_name"])?,
            language: fields.take(&["message_template_language"])?,
            change,
        })
    }
}
