//! What the field `messages` tells besides messages and statuses.

use crate::error::GraphError;
use crate::webhook::contact::{ContactProfile, Metadata};

use super::people::UserAction;

wire! {
    /// Errors of a number that belong to no message, and taps on links.
    #[derive(PartialEq)]
    pub struct System {
        /// The business number.
        pub metadata: Option<Metadata>,
        /// Who.
        pub contacts: Vec<ContactProfile>,
        /// Such as 130429: too fast.
        pub errors: Vec<GraphError>,
        /// Taps on links of marketing messages.
        pub user_actions: Vec<UserAction>,
    }
}
