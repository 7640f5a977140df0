//! The one table of what to do about Meta's error codes.

use serde::{Deserialize, Serialize};

/// What to do next. The same codes come as the answer to a send and later in `failed` statuses.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remedy {
    /// Back off and try the same again: too many calls or messages.
    SlowDown,
    /// Too many messages to this one person: wait for the pair.
    WaitPair,
    /// The number is in maintenance: minutes.
    WaitNumber,
    /// This person has had enough marketing: not before tomorrow, never in a loop.
    Later24h,
    /// The window is closed: only a template can go.
    SwitchToTemplate,
    /// This person cannot be reached by this message; others can.
    SkipPerson,
    /// The person asked to stop marketing: add to the suppression list.
    OptOut,
    /// The template or its parameters are wrong: every further person would fail too.
    StopTemplate,
    /// Marketing from this number has to stop: quality or policy.
    StopMarketingOnNumber,
    /// Nothing can leave this number until somebody repairs access, payment or registration.
    StopNumber,
    /// A code we cannot read: hold this send, ask a person. Never skip anybody for it.
    HoldAndAsk,
}

/// What to do about a code of Meta's. See [Cloud API/Error codes], read 2026-11.
///
/// | codes | meaning | remedy |
/// |---|---|---|
/// | 4 | call limit of the app | slow down |
/// | 80007 | call limit of the WABA | slow down |
/// | 130429 | throughput of the number | slow down |
/// | 131056 | pair rate: too many to this one person | wait for the pair |
/// | 131057, 2494100 | number in maintenance, such as a throughput upgrade | wait for the number |
/// | 131049 | marketing limit of this person | later, at least 24 h |
/// | 131047 | 24 h window closed | switch to a template |
/// | 131026 | undeliverable: not on WhatsApp, old client, terms not accepted | skip the person |
/// | 130403 | we blocked this person | skip the person |
/// | 130472 | person is in an experiment | skip the person |
/// | 130497 | we may not message this country | skip the person |
/// | 131021 | sender and recipient are the same | skip the person |
/// | 131030 | not on the test number's list | skip the person |
/// | 131062 | this kind cannot go to a BSUID | skip the person |
/// | 131050 | person opted out of our marketing | opt-out |
/// | 132000–132999 | template: parameters, missing, paused, disabled, flow blocked | stop the template |
/// | 100, 131008, 131009 | parameter invalid or missing | stop the template |
/// | 134101, 134102 | template still syncing to, or unavailable for, marketing messages | stop the template |
/// | 131048 | too many blocks and reports | stop marketing on the number |
/// | 131064 | limited for misclassified templates | stop marketing on the number |
/// | 368 | blocked for a policy violation | stop marketing on the number |
/// | 0, 190 | token invalid or expired | stop the number |
/// | 3, 10, 200–299, 131005 | permission missing | stop the number |
/// | 33 | phone number id deleted or unknown | stop the number |
/// | 131031 | account locked or disabled | stop the number |
/// | 131037 | display name not approved | stop the number |
/// | 131042 | payment problem | stop the number |
/// | 131045, 133000–133999 | registration | stop the number |
/// | every other | not known to this build | hold and ask |
#[must_use]
pub fn remedy(code: u32) -> Remedy {
    match code {
        4 | 80_007 | 130_429 => Remedy::SlowDown,
        131_056 => Remedy::WaitPair,
        131_057 | 2_494_100 => Remedy::WaitNumber,
        131_049 => Remedy::Later24h,
        131_047 => Remedy::SwitchToTemplate,
        131_026 | 130_403 | 130_472 | 130_497 | 131_021 | 131_030 | 131_062 => Remedy::SkipPerson,
        131_050 => Remedy::OptOut,
        132_000..=132_999 | 100 | 131_008 | 131_009 | 134_101 | 134_102 => Remedy::StopTemplate,
        131_048 | 131_064 | 368 => Remedy::StopMarketingOnNumber,
        0 | 3 | 10 | 33 | 190 | 200..=299 => Remedy::StopNumber,
        131_005 | 131_031 | 131_037 | 131_042 | 131_045 | 133_000..=133_999 => Remedy::StopNumber,
        // Never skip a person, let alone an audience, for a code that we cannot read.
        _ => Remedy::HoldAndAsk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [(Remedy, &[u32]); 11] = [
        (Remedy::SlowDown, &[4, 80_007, 130_429]),
        (Remedy::WaitPair, &[131_056]),
        (Remedy::WaitNumber, &[131_057, 2_494_100]),
        (Remedy::Later24h, &[131_049]),
        (Remedy::SwitchToTemplate, &[131_047]),
        (Remedy::SkipPerson, &[131_026, 130_403, 130_472, 130_497, 131_021, 131_030, 131_062]),
        (Remedy::OptOut, &[131_050]),
        (
            Remedy::StopTemplate,
            &[
                132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 132_018, 132_068,
                132_069, 132_999, 131_008, 131_009, 100, 134_101, 134_102,
            ],
        ),
        (Remedy::StopMarketingOnNumber, &[131_048, 131_064, 368]),
        (
            Remedy::StopNumber,
            &[
                0, 3, 10, 33, 190, 200, 250, 299, 131_005, 131_031, 131_037, 131_042, 131_045, 133_000,
                133_004, 133_010, 133_016, 133_999,
            ],
        ),
        (
            Remedy::HoldAndAsk,
            &[1, 2, 131_000, 131_016, 300, 131_051, 131_053, 131_061, 135_000, 137_000, 999_999, u32::MAX],
        ),
    ];

    #[test]
    fn every_row_of_the_table_holds() {
        for (expected, codes) in ROWS {
            for code in codes {
                assert_eq!(remedy(*code), expected, "code {code}");
            }
        }
    }
}
