//! What Meta's codes mean, for people who read a report.

/// What a code means, in a few words. `None` for one that is not known to this build. See [Cloud API/Error codes], read
/// 2026-11.
#[must_use]
pub fn meaning(code: u32) -> Option<&'static str> {
    Some(match code {
        0 | 190 => "the access token is invalid or expired",
        3 | 10 | 200..=299 | 131_005 => "a permission is missing",
        4 => "too many calls of the app",
        33 => "the number is not there any more",
        100 | 131_008 | 131_009 => "a parameter is missing or not valid",
        368 => "the account is blocked for a violation of Meta's policies",
        1 | 2 | 131_000 | 131_016 => "something went wrong at Meta",
        80_007 => "too many calls of the WhatsApp Business Account",
        130_403 => "the company blocks the person",
        130_429 => "too many messages a second",
        130_472 => "the person is in an experiment of Meta's",
        130_497 => "the company may not write to this country",
        131_021 => "sender and recipient are the same",
        131_026 => "not deliverable: no WhatsApp, an old version of it, or its terms were not accepted",
        131_030 => "the person is not on the list of a test number",
        131_031 => "the account is locked or disabled",
        131_037 => "the display name is not approved",
        131_042 => "there is a problem with the payment",
        131_045 => "the number is not registered",
        131_047 => "the customer service window is closed",
        131_048 => "too many people blocked or reported the number",
        131_049 => "the person has had enough marketing by Meta's own limit",
        131_050 => "the person stopped marketing of the company",
        131_056 => "too many messages to this one person",
        131_057 | 2_494_100 => "the number is in maintenance",
        131_062 => "this kind of message cannot go to a business-scoped user id",
        131_064 => "marketing is limited because templates had a wrong category",
        132_000..=132_999 => of_template(code),
        133_000..=133_999 => "the number is not registered as it should be",
        134_101 | 134_102 => "the template is not available for marketing messages yet",
        _ => return None,
    })
}

fn of_template(code: u32) -> &'static str {
    match code {
        132_000 => "the number of parameters is not that of the template",
        132_001 => "there is no such template in this language",
        132_005 => "the template with its parameters is too long",
        132_007 => "the template violates Meta's policies",
        132_012 => "a parameter does not have the template's format",
        132_015 => "the template is paused for its quality",
        132_016 => "the template is disabled for its quality",
        132_068 | 132_069 => "the template's flow is blocked or throttled",
        _ => "the template cannot be used like this",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Remedy, remedy};
    use super::*;

    #[test]
    fn every_code_with_a_remedy_of_its_own_has_a_meaning() {
        for code in (0..=4_000).chain(80_000..=81_000).chain(130_000..=135_000).chain([2_494_100]) {
            assert!(remedy(code) == Remedy::HoldAndAsk || meaning(code).is_some(), "{code}");
        }
        assert_eq!(meaning(999_999), None);
    }
}
