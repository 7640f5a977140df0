//! Groups: life cycle, members, settings, suspension.

use crate::error::GraphError;
use crate::ids::{Bsuid, GroupId, WaId};
use crate::webhook::contact::Metadata;

open_enum! {
    /// What happened to a group.
    pub enum GroupEventType {
        /// Created, or not: see the errors.
        Create = "group_create",
        /// Deleted.
        Delete = "group_delete",
        /// People joined.
        ParticipantsAdd = "group_participants_add",
        /// People left or were removed.
        ParticipantsRemove = "group_participants_remove",
        /// Somebody wants to join.
        JoinRequestCreated = "group_join_request_created",
        /// Somebody no longer wants to.
        JoinRequestRevoked = "group_join_request_revoked",
        /// Subject, description or picture.
        SettingsUpdate = "group_settings_update",
        /// Suspended.
        Suspend = "group_suspend",
        /// No longer suspended.
        SuspendCleared = "group_suspend_cleared",
    }
}

wire! {
    /// `group_lifecycle_update`, `group_participants_update`, `group_settings_update`, `group_status_update`.
    #[derive(PartialEq, Eq)]
    pub struct Groups {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// What happened.
        pub groups: Vec<GroupUpdate>,
        /// Beside the groups in one of Meta's samples, inside them in the others.
        pub initiated_by: Option<String>,
    }

    /// One event of one group.
    #[derive(PartialEq, Eq)]
    pub struct GroupUpdate {
        /// What happened.
        pub kind = "type": GroupEventType,
        /// Unix seconds.
        pub timestamp: Option<i64>,
        /// The group; missing when it could not be created.
        pub group_id: Option<GroupId>,
        /// Our request.
        pub request_id: Option<String>,
        /// What went wrong.
        pub errors: Vec<GraphError>,
        /// With a creation.
        pub subject: Option<String>,
        /// With a creation.
        pub description: Option<String>,
        /// With a creation.
        pub invite_link: Option<String>,
        /// `approval_required` or `auto_approve`.
        pub join_approval_mode: Option<String>,
        /// How people joined, such as `invite_link`.
        pub reason: Option<String>,
        /// Who joined.
        pub added_participants: Vec<Participant>,
        /// Who left.
        pub removed_participants: Vec<Participant>,
        /// Who could not be removed.
        pub failed_participants: Vec<Participant>,
        /// `business` or `participant`.
        pub initiated_by: Option<String>,
        /// A request to join.
        pub join_request_id: Option<String>,
        /// Who asks.
        pub wa_id: Option<WaId>,
        /// Who asks.
        pub user_id: Option<Bsuid>,
        /// With new settings.
        pub profile_picture: Option<PictureSetting>,
        /// With new settings.
        pub group_subject: Option<TextSetting>,
        /// With new settings.
        pub group_description: Option<TextSetting>,
    }

    /// A member.
    #[derive(PartialEq, Eq)]
    pub struct Participant {
        /// As we wrote it.
        pub input: Option<String>,
        /// Phone id.
        pub wa_id: Option<WaId>,
        /// The person.
        pub user_id: Option<Bsuid>,
        /// Why not.
        pub errors: Vec<GraphError>,
    }

    /// A new picture.
    #[derive(PartialEq, Eq)]
    pub struct PictureSetting {
        /// Its type.
        pub mime_type: Option<String>,
        /// Its hash.
        pub sha256: Option<String>,
        /// Did it work?
        pub update_successful: Option<bool>,
        /// Why not.
        pub errors: Vec<GraphError>,
    }

    /// A new subject or description.
    #[derive(PartialEq, Eq)]
    pub struct TextSetting {
        /// The text.
        pub text: Option<String>,
        /// Did it work?
        pub update_successful: Option<bool>,
        /// Why not.
        pub errors: Vec<GraphError>,
    }
}
