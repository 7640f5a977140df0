//! Contact cards, as people share them. Outbound cards have the same shape.

use crate::ids::{Bsuid, WaId};

wire! {
    /// One card.
    #[derive(PartialEq, Eq)]
    pub struct ContactCard {
        /// How the contact is called.
        pub name: Option<Name>,
        /// Phone numbers.
        pub phones: Vec<Phone>,
        /// E-mail addresses.
        pub emails: Vec<Email>,
        /// Postal addresses.
        pub addresses: Vec<Address>,
        /// Company.
        pub org: Option<Organisation>,
        /// Web addresses.
        pub urls: Vec<Url>,
        /// `YYYY-MM-DD`.
        pub birthday: Option<String>,
        /// The card as vCard text.
        pub vcard: Option<String>,
        /// `contact_request` when it answers a request for the number, else `other`.
        pub origin: Option<String>,
    }

    /// Parts of a name.
    #[derive(PartialEq, Eq)]
    pub struct Name {
        /// The whole name.
        pub formatted_name: Option<String>,
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
    #[derive(PartialEq, Eq)]
    pub struct Phone {
        /// As written.
        pub phone: Option<String>,
        /// Its WhatsApp id, if it has one.
        pub wa_id: Option<WaId>,
        /// Its id in our portfolio, if Meta tells.
        pub user_id: Option<Bsuid>,
        /// Such as `CELL`.
        pub kind = "type": Option<String>,
    }

    /// An e-mail address.
    #[derive(PartialEq, Eq)]
    pub struct Email {
        /// The address.
        pub email: Option<String>,
        /// Such as `WORK`.
        pub kind = "type": Option<String>,
    }

    /// A postal address.
    #[derive(PartialEq, Eq)]
    pub struct Address {
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
        pub kind = "type": Option<String>,
    }

    /// A company.
    #[derive(PartialEq, Eq)]
    pub struct Organisation {
        /// Company.
        pub company: Option<String>,
        /// Department.
        pub department: Option<String>,
        /// Position.
        pub title: Option<String>,
    }

    /// A web address.
    #[derive(PartialEq, Eq)]
    pub struct Url {
        /// The address.
        pub url: Option<String>,
        /// Such as `WORK`.
        pub kind = "type": Option<String>,
    }
}
