//! Contact cards.

use serde::{Deserialize, Serialize};

use crate::ids::WaId;

use super::validate::Check;

macro_rules! card_part {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $ty:ty,)* })*) => {$(
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "is_default")] pub $field: $ty,)*
        }
    )*};
}

card_part! {
    /// A card. See [Cloud API/Contacts messages], read 2026-11.
    #[schemars(rename = "OutboundContactCard")]
    #[schema(as = OutboundContactCard)]
    pub struct ContactCard {
        /// Required: `formatted_name` and one more part.
        pub name: ContactName,
        /// Phone numbers.
        pub phones: Vec<ContactPhone>,
        /// E-mail addresses.
        pub emails: Vec<ContactEmail>,
        /// Postal addresses.
        pub addresses: Vec<ContactAddress>,
        /// Company.
        pub org: Option<ContactOrg>,
        /// Web addresses.
        pub urls: Vec<ContactUrl>,
        /// `YYYY-MM-DD`.
        pub birthday: Option<String>,
    }

    /// A name.
    pub struct ContactName {
        /// The whole name.
        pub formatted_name: String,
        /// First name.
        pub first_name: Option<String>,
        /// Last name.
        pub last_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// Such as `Dr.`.
        pub prefix: Option<String>,
        /// Such as `Jr.`.
        pub suffix: Option<String>,
    }

    /// A phone number.
    pub struct ContactPhone {
        /// As people write it.
        pub phone: Option<String>,
        /// Its WhatsApp id: adds a button to write to it.
        pub wa_id: Option<WaId>,
        /// Such as `CELL`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
    }

    /// An e-mail address.
    pub struct ContactEmail {
        /// The address.
        pub email: Option<String>,
        /// Such as `WORK`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
    }

    /// A postal address.
    pub struct ContactAddress {
        /// Street and number.
        pub street: Option<String>,
        /// City.
        pub city: Option<String>,
        /// State.
        pub state: Option<String>,
        /// Postal code.
        pub zip: Option<String>,
        /// Country.
        pub country: Option<String>,
        /// ISO code.
        pub country_code: Option<String>,
        /// Such as `HOME`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
    }

    /// A company.
    pub struct ContactOrg {
        /// Company.
        pub company: Option<String>,
        /// Department.
        pub department: Option<String>,
        /// Position.
        pub title: Option<String>,
    }

    /// A web address.
    pub struct ContactUrl {
        /// The address.
        pub url: Option<String>,
        /// Such as `WORK`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Cards in one message: 1 to 257.
pub(super) fn check(cards: &[ContactCard], check: &mut Check) {
    check.count("", cards.len(), 1..=257);
    for (n, card) in cards.iter().enumerate() {
        check.within(&n.to_string(), |check| card.check(check));
    }
}

impl ContactCard {
    fn check(&self, check: &mut Check) {
        let name = &self.name;
        if name.formatted_name.is_empty() {
            check.fail("name.formatted_name", "is required");
        }
        let parts = [&name.first_name, &name.last_name, &name.middle_name, &name.prefix, &name.suffix];
        if parts.iter().all(|part| part.as_deref().is_none_or(str::is_empty)) {
            check.fail("name", "needs one more part than formatted_name, such as first_name");
        }
    }
}
