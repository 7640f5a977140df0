//! One newtype per id of Meta's, opaque: compared and carried, never taken apart.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// Wraps Meta's text as it came.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The text, as Meta wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl crate::wire::Wire for $name {
            fn read(value: serde_json::Value) -> Result<Self, crate::wire::Broken> {
                crate::wire::id_text(value).map(Self)
            }
        }
    )*};
}

ids! {
    /// A WhatsApp Business Account (`entry[].id` of most webhooks): owner of templates and numbers.
    WabaId;
    /// A business portfolio: scope of messaging limits and of business-scoped user ids.
    PortfolioId;
    /// One business number; the sender in every call. Not a number that can be dialled.
    PhoneNumberId;
    /// A business number as people read it. Never a key.
    DisplayPhoneNumber;
    /// A customer's WhatsApp phone id: digits with country code. May be absent since 2026.
    WaId;
    /// A business-scoped user id (BSUID), such as `US.77001122334455`: one user in one portfolio.
    Bsuid;
    /// A customer's username: for display, changes at any time.
    Username;
    /// A message's id, in both directions. Opaque: never parsed, never sorted.
    Wamid;
    /// A group's id.
    GroupId;
    /// An uploaded or received media file's id.
    MediaId;
    /// A call's id (`wacid.…`).
    CallId;
    /// A message template's id: a 64-bit number in webhooks, a string in answers.
    TemplateId;
    /// A WhatsApp Flow's id.
    FlowId;
    /// A product catalogue's id.
    CatalogId;
}
