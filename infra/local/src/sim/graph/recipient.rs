//! Who a send is addressed to.

use serde_json::Value;

use super::errors::GraphError;
use crate::sim::ids;
use crate::sim::model::{Number, Person};
use crate::sim::state::State;

/// The address of a send and who stands behind it.
pub(crate) struct Recipient {
    /// As it was given.
    pub(crate) input: String,
    /// Digits, or a BSUID.
    pub(crate) address: String,
    pub(crate) by_user_id: bool,
    pub(crate) person: Option<Person>,
}

impl Recipient {
    /// One key for the pair rate, also for an address that nobody has.
    pub(crate) fn who(&self) -> &str {
        self.person.as_ref().map_or(&self.address, |person| &person.id)
    }
}

impl State {
    pub(crate) fn recipient(&self, number: &Number, body: &Value) -> Result<Recipient, GraphError> {
        match body["recipient_type"].as_str() {
            None | Some("individual") => {}
            Some("group") => return Err(GraphError::new(131_020, "This number has no groups.")),
            Some(_) => {
                return Err(GraphError::new(100, "Param recipient_type must be one of {individual, group}"));
            }
        }
        let text = |key: &str| body[key].as_str().map(str::trim).filter(|text| !text.is_empty());
        // With both given, `to` wins.
        let recipient = match (text("to"), text("recipient")) {
            (Some(to), _) => self.phone(to)?,
            (None, Some(user_id)) => Recipient {
                input: user_id.into(),
                address: user_id.into(),
                by_user_id: true,
                person: self.behind(user_id).filter(|_| is_user_id(user_id)),
            },
            (None, None) => return Err(GraphError::new(100, "The parameter to is required.")),
        };
        if recipient.address == number.digits {
            return Err(GraphError::new(131_021, "Sender and recipient phone number is the same."));
        }
        Ok(recipient)
    }

    /// Letters in `to` are skipped, so a BSUID there means some other number, or none.
    fn phone(&self, to: &str) -> Result<Recipient, GraphError> {
        let address = ids::digits(to);
        if address.is_empty() {
            return Err(GraphError::new(131_009, "Param to is not a phone number"));
        }
        let person = self.behind(&address);
        Ok(Recipient { input: to.into(), address, by_user_id: false, person })
    }

    fn behind(&self, address: &str) -> Option<Person> {
        self.people.get(self.addresses.get(address)?).cloned()
    }
}

/// `CC.` or `CC.ENT.` and up to 128 letters or digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    let plain = (1..=128).contains(&rest.len()) && rest.chars().all(|c| c.is_ascii_alphanumeric());
    country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase()) && plain
}
