//! Graph errors in Meta's shape. Our own table: the simulator must not share a mistake with the project.

use serde_json::{Value, json};

/// A refusal, before it gets its trace id.
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    pub(crate) code: u32,
    pub(crate) http: u16,
    pub(crate) message: String,
    pub(crate) details: String,
    pub(crate) subcode: Option<u32>,
}

impl GraphError {
    pub(crate) fn new(code: u32, details: impl Into<String>) -> Self {
        Self {
            code,
            http: http(code),
            message: format!("(#{code}) {}", title(code)),
            details: details.into(),
            subcode: None,
        }
    }

    /// An object that does not exist or that this token does not see: code 100, subcode 33.
    pub(crate) fn unknown_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation",
            method.to_ascii_lowercase()
        );
        Self { message, subcode: Some(33), ..Self::new(100, "") }
    }

    pub(crate) fn unknown_path(path: &str) -> Self {
        Self { message: format!("Unknown path components: {path}"), ..Self::new(2500, "") }
    }

    pub(crate) fn body(&self, fbtrace_id: &str) -> Value {
        let kind = match self.code {
            100 if self.subcode == Some(33) => "GraphMethodException",
            _ => "OAuthException",
        };
        let mut error = json!({ "message": self.message, "type": kind, "code": self.code });
        if !self.details.is_empty() {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": self.details });
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        error["fbtrace_id"] = fbtrace_id.into();
        json!({ "error": error })
    }
}

/// The `errors[]` member of a `failed` status.
pub(crate) fn status_error(code: u32, details: &str) -> Value {
    json!({
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

fn http(code: u32) -> u16 {
    match code {
        1 | 2 | 131_000 | 134_102 => 500,
        131_016 | 133_004 => 503,
        0 | 190 => 401,
        3 | 10 | 200..=299 | 368 | 131_005 | 131_031 => 403,
        4 | 80_007 | 130_429 => 429,
        _ => 400,
    }
}

/// Meta's title of a code.
pub(crate) fn title(code: u32) -> &'static str {
    let found = TITLES.iter().find(|(known, _)| *known == code);
    match found {
        Some((_, title)) => title,
        None if (200..=299).contains(&code) => "API Permission",
        None => "Something went wrong",
    }
}

const TITLES: &[(u32, &str)] = &[
    (0, "AuthException"),
    (1, "API Unknown"),
    (2, "API Service"),
    (3, "API Method"),
    (4, "API Too Many Calls"),
    (10, "Permission Denied"),
    (33, "Parameter value is not valid"),
    (100, "Invalid parameter"),
    (190, "Error validating access token: Session has expired"),
    (368, "Temporarily blocked for policies violations"),
    (2500, "An active access token must be used to query information about the current user."),
    (80_007, "Rate limit issues"),
    (130_403, "Business blocked the user"),
    (130_429, "Rate limit hit"),
    (130_472, "User's number is part of an experiment"),
    (130_497, "Business account is restricted from messaging users in this country."),
    (131_000, "Something went wrong"),
    (131_005, "Access denied"),
    (131_008, "Required parameter is missing"),
    (131_009, "Parameter value is not valid"),
    (131_016, "Service unavailable"),
    (131_021, "Recipient cannot be sender"),
    (131_026, "Message undeliverable"),
    (131_031, "Account has been locked"),
    (131_042, "Business eligibility payment issue"),
    (131_045, "Incorrect certificate"),
    (131_047, "Re-engagement message"),
    (131_048, "Spam rate limit hit"),
    (131_049, "This message was not delivered to maintain healthy ecosystem engagement."),
    (131_050, "User has stopped marketing messages from this business"),
    (131_051, "Message type unknown"),
    (131_052, "Media download error"),
    (131_053, "Media upload error"),
    (131_056, "(Business Account, Consumer Account) pair rate limit hit"),
    (131_057, "Account in maintenance mode"),
    (131_062, "Message type not allowed for business-scoped user ids"),
    (131_999, "Messaging limit reached"),
    (132_000, "Number of parameters does not match the expected number of params"),
    (132_001, "Template name does not exist in the translation"),
    (132_005, "Translated text too long"),
    (132_012, "Parameter format does not match format in the created template"),
    (132_015, "Template is paused"),
    (132_016, "Template is disabled"),
    (132_018, "There is an issue with the parameters of the template"),
    (133_005, "Two step verification PIN Mismatch"),
    (133_006, "Phone number re-verification needed"),
    (133_008, "Too Many two step verification PIN Guesses"),
    (133_010, "Phone number not registered"),
    (133_016, "Account register deregister rate limit exceeded"),
    (134_100, "Only marketing messages are supported"),
    (136_024, "Request code error"),
    (136_025, "Verify code error"),
    (139_100, "Failed to block/unblock users"),
];
