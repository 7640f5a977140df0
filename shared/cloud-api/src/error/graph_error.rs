//! One error of Meta's, in either of its two shapes.

use std::fmt;

use serde_json::Value;

use crate::wire::{Fields, Wire};

use super::{Remedy, remedy};

wire! {
    /// An error: `error` of an HTTP answer, or a member of `errors[]` in a webhook.
    ///
    /// Decide on `code`; titles change and `error_subcode` is deprecated.
    /// See [Cloud API/Error codes], read 2026-11.
    #[derive(PartialEq, Eq, schemars::JsonSchema, utoipa::ToSchema)]
    pub struct GraphError {
        /// What to decide on.
        pub code: Option<u32>,
        /// Title; webhooks only.
        pub title: Option<String>,
        /// Sentence.
        pub message: Option<String>,
        /// Detail: show this one to people.
        pub error_data: Option<ErrorData>,
        /// Such as `OAuthException`; HTTP only.
        #[schema(rename = "type")]
        pub kind = "type": Option<String>,
        /// Deprecated by Meta.
        pub error_subcode: Option<u32>,
        /// For Meta's support; HTTP only.
        pub fbtrace_id: Option<String>,
        /// A sentence for people; some management calls.
        pub error_user_msg: Option<String>,
        /// Link to the documentation; webhooks only.
        pub href: Option<String>,
    }

    /// Detail of an error.
    #[derive(PartialEq, Eq, schemars::JsonSchema, utoipa::ToSchema)]
    pub struct ErrorData {
        /// For people.
        pub details: Option<String>,
    }
}

impl GraphError {
    /// Reads the body of an HTTP answer. `None`: this is not a Graph error with a code, but, say, a
    /// proxy's page.
    #[must_use]
    pub fn from_body(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let error: Value = Fields::of(body).ok()?.maybe("error")?;
        Self::read(error).ok().filter(|error| error.code.is_some())
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        self.code.map_or(Remedy::HoldAndAsk, remedy)
    }

    /// The most specific of its sentences.
    #[must_use]
    pub fn details(&self) -> &str {
        let data = self.error_data.as_ref().and_then(|data| data.details.as_deref());
        data.or(self.message.as_deref()).or(self.title.as_deref()).unwrap_or_default()
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "Meta's error {code}: {}", self.details()),
            None => write!(f, "an error of Meta's without a code: {}", self.details()),
        }
    }
}

impl std::error::Error for GraphError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_refusal_is_read_with_its_details() {
        let body =
            br#"{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047,
            "error_data":{"messaging_product":"whatsapp","details":"More than 24 hours have passed."},
            "error_subcode":2494010,"fbtrace_id":"Afixture"}}"#;
        let error = GraphError::from_body(body).unwrap();
        assert_eq!(error.code, Some(131_047));
        assert_eq!(error.details(), "More than 24 hours have passed.");
        assert_eq!(error.fbtrace_id.as_deref(), Some("Afixture"));
        assert_eq!(error.remedy(), Remedy::SwitchToTemplate);
    }

    #[test]
    fn a_refusal_in_a_webhook_is_read_with_its_title() {
        let error: GraphError = serde_json::from_str(
            r#"{"code":"131026","title":"Message undeliverable","href":"https://x.example"}"#,
        )
        .unwrap();
        assert_eq!(error.remedy(), Remedy::SkipPerson);
        assert_eq!(error.to_string(), "Meta's error 131026: Message undeliverable");
    }

    #[test]
    fn a_proxys_page_is_no_error_of_metas() {
        for body in [&b"<html>502</html>"[..], b"{}", br#"{"error":"down"}"#, br#"{"error":{"message":"x"}}"#]
        {
            assert_eq!(GraphError::from_body(body), None);
        }
    }
}
