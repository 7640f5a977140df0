//! What can be asked of a business profile, and Meta's limits of it.

use serde::{Deserialize, Serialize};

use crate::outbound::Violation;

/// The industries that a profile can name. See [Cloud API/Business profiles], read 2026-11.
pub const VERTICALS: [&str; 23] = [
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "NONPROFIT",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
    "NOT_A_BIZ",
    "UNDEFINED",
];

/// A change of a business profile: what is absent stays as it is, an empty text takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// The line under the name: 1 to 139 characters. It cannot be taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The address, up to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The description, up to 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The e-mail address, up to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Up to two, of up to 256 characters, each with `http://` or `https://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub websites: Option<Vec<String>>,
    /// One of [`VERTICALS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<String>,
    /// The handle of a picture that was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_picture_handle: Option<String>,
}

impl ProfileChange {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks Meta's limits.
    ///
    /// # Errors
    /// Names the first member that Meta would refuse.
    pub fn check(&self) -> Result<(), Violation> {
        let refused = |field: &str, message: String| Err(Violation { field: field.to_owned(), message });
        let texts = [
            ("about", &self.about, 139),
            ("address", &self.address, 256),
            ("description", &self.description, 512),
            ("email", &self.email, 128),
        ];
        for (field, text, most) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > most) {
                return refused(field, format!("must be a text of at most {most} characters"));
            }
        }
        if self.about.as_ref().is_some_and(|about| about.trim().is_empty()) {
            return refused("about", "must have 1 to 139 characters: it cannot be taken away".to_owned());
        }
        if self.email.as_ref().is_some_and(|email| !email.is_empty() && !is_address(email)) {
            return refused("email", "must be an e-mail address".to_owned());
        }
        self.check_websites()?;
        if self.vertical.as_ref().is_some_and(|vertical| !VERTICALS.contains(&vertical.as_str())) {
            return refused("vertical", format!("must be one of {}", VERTICALS.join(", ")));
        }
        Ok(())
    }

    fn check_websites(&self) -> Result<(), Violation> {
        let websites = self.websites.as_deref().unwrap_or_default();
        if websites.len() > 2 {
            let message = "must be at most 2 addresses".to_owned();
            return Err(Violation { field: "websites".to_owned(), message });
        }
        for (n, website) in websites.iter().enumerate() {
            let is_web = website.starts_with("https://") || website.starts_with("http://");
            if !is_web || website.chars().count() > 256 || website.contains(char::is_whitespace) {
                let message = "must be an address with https:// of at most 256 characters".to_owned();
                return Err(Violation { field: format!("websites[{n}]"), message });
            }
        }
        Ok(())
    }
}

/// Not a proof: Meta looks closer.
fn is_address(email: &str) -> bool {
    let parts = email.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_names_its_member() {
        let text = |n: usize| Some("é".repeat(n));
        let ok = ProfileChange {
            about: text(139),
            address: text(256),
            description: text(512),
            email: Some(String::new()),
            websites: Some(vec!["https://kettles.example/".to_owned()]),
            vertical: Some("RETAIL".to_owned()),
            ..ProfileChange::default()
        };
        assert_eq!(ok.check(), Ok(()));
        let website = |website: &str| Some(vec!["https://a.example".to_owned(), website.to_owned()]);
        for (change, field) in [
            (ProfileChange { about: text(140), ..ok.clone() }, "about"),
            (ProfileChange { about: Some(" ".to_owned()), ..ok.clone() }, "about"),
            (ProfileChange { address: text(257), ..ok.clone() }, "address"),
            (ProfileChange { description: text(513), ..ok.clone() }, "description"),
            (ProfileChange { email: text(129), ..ok.clone() }, "email"),
            (ProfileChange { email: Some("kettles".to_owned()), ..ok.clone() }, "email"),
            (ProfileChange { websites: website("kettles.example"), ..ok.clone() }, "websites[1]"),
            (ProfileChange { websites: Some(vec![String::new(); 3]), ..ok.clone() }, "websites"),
            (ProfileChange { vertical: Some("KETTLES".to_owned()), ..ok.clone() }, "vertical"),
        ] {
            assert_eq!(change.check().unwrap_err().field, field);
        }
    }
}
