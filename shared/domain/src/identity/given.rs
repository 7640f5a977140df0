//! Identities that the company enters: what it knows a person by elsewhere.

use std::fmt;

use cloud_api::{Bsuid, PortfolioId};

use crate::record::fold::fold;
use crate::record::term::username;

/// An identity, as it is entered and looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Given {
    /// A phone number: one owner at a time.
    Phone(String),
    /// A business-scoped user id: one owner for good. Only WhatsApp gives it.
    UserId(PortfolioId, Bsuid),
    /// A parent BSUID: one owner for good. Only WhatsApp gives it.
    Parent(Bsuid),
    /// An e-mail address. A family may share one.
    Email(String),
    /// A WhatsApp username. It changes at any time, and may then be somebody else's.
    Username(String),
    /// An id in another system: one owner.
    External {
        /// The system, such as `shop`.
        system: String,
        /// The id there.
        id: String,
    },
}

/// Why a text is no identity of its kind: the end of a sentence that begins with the member's name.
pub type NotGiven = &'static str;

impl Given {
    /// Reads what somebody enters or asks for.
    ///
    /// # Errors
    /// Says what a value of this kind has to be.
    pub fn read(kind: &str, value: &str) -> Result<Self, NotGiven> {
        let value = value.trim();
        match kind {
            "phone" => {
                let phone = cloud_api::outbound::PhoneNumber::parse(value);
                phone
                    .map(|phone| Self::Phone(phone.as_str().to_owned()))
                    .map_err(|_| "must be a phone number")
            }
            "email" => email(value),
            "username" => {
                let name = username(value);
                let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_';
                let fits = (3..=35).contains(&name.len()) && name.chars().all(is_sign);
                if fits { Ok(Self::Username(name)) } else { Err("must be a username of 3 to 35 characters") }
            }
            "external_id" => {
                let must = "must be a system's name, a colon, and an id of up to 128 characters";
                let (system, id) = value.split_once(':').ok_or(must)?;
                let (system, id) = (system.to_lowercase(), id.trim());
                let is_id = (1..=128).contains(&id.chars().count()) && !id.chars().any(char::is_control);
                if crate::clean::is_plain(&system) && system.len() <= 32 && is_id {
                    Ok(Self::External { system, id: id.to_owned() })
                } else {
                    Err(must)
                }
            }
            _ => Err("must be phone, email, username or external_id"),
        }
    }

    /// The kind's word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::UserId(..) => "user_id",
            Self::Parent(_) => "parent_user_id",
            Self::Email(_) => "email",
            Self::Username(_) => "username",
            Self::External { .. } => "external_id",
        }
    }

    /// The value as people write it.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Phone(value) | Self::Email(value) | Self::Username(value) => value.clone(),
            Self::UserId(_, id) | Self::Parent(id) => id.to_string(),
            Self::External { system, id } => format!("{system}:{id}"),
        }
    }

    /// Reads an identity as a record names it.
    #[must_use]
    pub fn of_record(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once(':')?;
        Some(match kind {
            "phone" => Self::Phone(value.to_owned()),
            "bsuid" => {
                let (portfolio, id) = value.split_once(':')?;
                Self::UserId(PortfolioId::new(portfolio), Bsuid::new(id))
            }
            "parent" => Self::Parent(Bsuid::new(value)),
            "email" => Self::Email(value.to_owned()),
            "username" => Self::Username(value.to_owned()),
            "external" => {
                let (system, id) = value.split_once(':')?;
                Self::External { system: system.to_owned(), id: id.to_owned() }
            }
            _ => return None,
        })
    }
}

/// As a record names it.
impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(phone) => write!(f, "phone:{phone}"),
            Self::UserId(portfolio, id) => write!(f, "bsuid:{portfolio}:{id}"),
            Self::Parent(id) => write!(f, "parent:{id}"),
            Self::Email(address) => write!(f, "email:{address}"),
            Self::Username(name) => write!(f, "username:{name}"),
            Self::External { system, id } => write!(f, "external:{system}:{id}"),
        }
    }
}

/// Two addresses that differ in case are one mailbox, as far as anybody has ever seen.
fn email(value: &str) -> Result<Given, NotGiven> {
    let must = "must be an e-mail address";
    let (name, host) = value.rsplit_once('@').ok_or(must)?;
    let is_sign = |c: char| !c.is_whitespace() && !c.is_control() && !"<>(),;:\"[]\\".contains(c);
    let is_name = !name.is_empty() && !name.contains('@') && name.chars().all(is_sign);
    let is_host =
        host.contains('.') && host.split('.').all(|part| !part.is_empty()) && host.chars().all(is_sign);
    if is_name && is_host && value.len() <= 254 { Ok(Given::Email(fold(value))) } else { Err(must) }
}

/// Why two records may be one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// WhatsApp gives both the same id across linked portfolios.
    ParentUserId,
    /// Both have the same e-mail address.
    Email,
    /// Both had the same username.
    Username,
    /// The names are alike, and so are the last seven digits of their numbers.
    NameAndNumber,
}

impl Likeness {
    /// Its word in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParentUserId => "parent_user_id",
            Self::Email => "email",
            Self::Username => "username",
            Self::NameAndNumber => "name_and_number",
        }
    }
}

/// Whether two names may be one person's: they share a word, whatever the accents and the case.
#[must_use]
pub fn names_alike(a: &str, b: &str) -> bool {
    let words = crate::record::fold::words(a);
    crate::record::fold::words(b).iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_is_read_and_comes_back_as_the_record_names_it() {
        for (kind, value, record) in [
            ("phone", "+55 31 98765-4321", "phone:5531987654321"),
            ("email", " Ada.Fern@Example.ORG ", "email:ada.fern@example.org"),
            ("username", "@Ada.Fern", "username:ada.fern"),
            ("external_id", "Shop:A:17", "external:shop:A:17"),
        ] {
            let given = Given::read(kind, value).unwrap();
            assert_eq!(given.to_string(), record);
            assert_eq!(Given::of_record(record), Some(given.clone()));
            assert_eq!(given.kind(), kind);
        }
        let user_id = "bsuid:main:US.7";
        assert_eq!(Given::of_record(user_id).unwrap().to_string(), user_id);
    }

    #[test]
    fn what_is_no_identity_of_its_kind_is_refused() {
        for (kind, value) in [
            ("phone", "kettle"),
            ("email", "ada"),
            ("email", "ada@example"),
            ("email", "a b@example.org"),
            ("email", "a@b@example.org"),
            ("username", "ad"),
            ("username", "ada fern"),
            ("external_id", "17"),
            ("external_id", "shop:"),
            ("external_id", "the shop:17"),
            ("user_id", "US.7"),
            ("fax", "1"),
        ] {
            assert!(Given::read(kind, value).is_err(), "{kind} {value}");
        }
    }

    #[test]
    fn names_are_alike_if_they_share_a_word() {
        assert!(names_alike("José Núñez", "NUNEZ, Jose Maria"));
        assert!(!names_alike("José Núñez", "Ada Fern"));
        assert!(!names_alike("", ""));
    }
}
