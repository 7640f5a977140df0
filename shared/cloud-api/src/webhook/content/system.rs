//! What is not a person's words.

use crate::ids::{Bsuid, WaId};

open_enum! {
    /// What happened to an account.
    pub enum SystemKind {
        /// The person has a new number, and with it a new BSUID.
        UserChangedNumber = "user_changed_number" | "customer_changed_number",
        /// The person has a new BSUID; the number is hidden from us.
        UserChangedUserId = "user_changed_user_id",
        /// The person's security code changed; only with the identity check switched on.
        CustomerIdentityChanged = "customer_identity_changed" | "user_identity_changed",
    }
}

wire! {
    /// A change of identity. `wa_id` and `user_id` are the new ones; the outer `from` is the old number.
    #[derive(PartialEq, Eq)]
    pub struct System {
        /// What happened.
        pub kind = "type": Option<SystemKind>,
        /// A sentence by Meta.
        pub body: Option<String>,
        /// The new number.
        pub wa_id: Option<WaId>,
        /// The new BSUID.
        pub user_id: Option<Bsuid>,
        /// The new parent BSUID.
        pub parent_user_id: Option<Bsuid>,
        /// The BSUID until now.
        pub previous_user_id: Option<Bsuid>,
        /// The parent BSUID until now.
        pub previous_parent_user_id: Option<Bsuid>,
        /// With a changed identity: whose.
        pub customer: Option<WaId>,
        /// With a changed identity: the new key's hash.
        pub identity: Option<String>,
    }

    /// Something that Meta does not hand over; the message's `errors` say why.
    #[derive(PartialEq, Eq)]
    pub struct Unsupported {
        /// Such as `poll`. The full list is not published.
        pub kind = "type": Option<String>,
    }
}
