//! Markets: which rate a person's country has.
//!
//! See [Cloud API/Pricing], read 2026-11. Membership of regions was transcribed by a third party.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A market, by the name that Meta's rate cards have for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Market(String);

impl Market {
    /// Wraps a name as a rate card has it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The market of everybody else.
    #[must_use]
    pub fn other() -> Self {
        Self::new(OTHER)
    }

    /// The market of a phone number, digits with country code: the longest prefix counts.
    #[must_use]
    pub fn of_phone(phone: &str) -> Self {
        Self::new(row_of(phone).map_or(OTHER, |(market, _)| market))
    }

    /// The two letters of a phone's country, short enough to be stored with each person. Canada's numbers count as those
    /// of the United States, whose rates they have.
    #[must_use]
    pub fn country_of_phone(phone: &str) -> Option<&'static str> {
        row_of(phone).and_then(|(_, countries)| countries.split(' ').next())
    }

    /// The market of a country by its two letters, which a business-scoped user id begins with. See ISO 3166.
    #[must_use]
    pub fn of_country(country: &str) -> Self {
        let found = COUNTRIES.iter().find(|(_, code, _)| code.split(' ').any(|code| code == country));
        Self::new(found.map_or(OTHER, |(market, ..)| *market))
    }

    /// The market that counts on cards that do not have this one: nine countries left their regions in October 2026.
    #[must_use]
    pub fn region(&self) -> Option<Self> {
        let found = LEFT.iter().find(|(market, _)| *market == self.0);
        found.map(|(_, region)| Self::new(*region)).or_else(|| (self.0 != OTHER).then(Self::other))
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Market and countries of the longest prefix.
fn row_of(phone: &str) -> Option<(&'static str, &'static str)> {
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    let prefixes = COUNTRIES.iter().flat_map(|(market, countries, prefixes)| {
        prefixes.split(' ').map(move |prefix| (*market, *countries, prefix))
    });
    let found = prefixes
        .filter(|(_, _, prefix)| digits.starts_with(prefix))
        .max_by_key(|(_, _, prefix)| prefix.len());
    found.map(|(market, countries, _)| (market, countries))
}

const OTHER: &str = "Other";
const AFRICA: &str = "Rest of Africa";
const ASIA: &str = "Rest of Asia Pacific";
const EAST: &str = "Rest of Central & Eastern Europe";
const WEST: &str = "Rest of Western Europe";
const LATIN: &str = "Rest of Latin America";
const MIDDLE: &str = "Rest of Middle East";

const LEFT: [(&str, &str); 8] = [
    ("Bangladesh", ASIA),
    ("Iraq", MIDDLE),
    ("Kuwait", MIDDLE),
    ("Morocco", AFRICA),
    ("Nepal", ASIA),
    ("Oman", MIDDLE),
    ("Sri Lanka", ASIA),
    ("Ukraine", EAST),
];

/// Market, country, calling codes.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("Argentina", "AR", "54"),
    ("Brazil", "BR", "55"),
    ("Chile", "CL", "56"),
    ("Colombia", "CO", "57"),
    ("Egypt", "EG", "20"),
    ("France", "FR", "33"),
    ("Germany", "DE", "49"),
    ("Hong Kong", "HK", "852"),
    ("Hungary", "HU", "36"),
    ("India", "IN", "91"),
    ("Indonesia", "ID", "62"),
    ("Israel", "IL", "972"),
    ("Italy", "IT", "39"),
    ("Malaysia", "MY", "60"),
    ("Mexico", "MX", "52"),
    ("Netherlands", "NL", "31"),
    ("Nigeria", "NG", "234"),
    ("Pakistan", "PK", "92"),
    ("Peru", "PE", "51"),
    ("Poland", "PL", "48"),
    ("Qatar", "QA", "974"),
    ("Romania", "RO", "40"),
    ("Russia", "RU", "7"),
    ("Saudi Arabia", "SA", "966"),
    ("Singapore", "SG", "65"),
    ("South Africa", "ZA", "27"),
    ("Spain", "ES", "34"),
    ("Turkey", "TR", "90"),
    ("United Arab Emirates", "AE", "971"),
    ("United Kingdom", "GB", "44"),
    ("Bangladesh", "BD", "880"),
    ("Iraq", "IQ", "964"),
    ("Kazakhstan", "KZ", "76 77"),
    ("Kuwait", "KW", "965"),
    ("Morocco", "MA", "212"),
    ("Nepal", "NP", "977"),
    ("Oman", "OM", "968"),
    ("Sri Lanka", "LK", "94"),
    ("Ukraine", "UA", "380"),
    ("North America", "US CA", "1"),
    (AFRICA, "DZ", "213"),
    (AFRICA, "AO", "244"),
    (AFRICA, "BJ", "229"),
    (AFRICA, "BW", "267"),
    (AFRICA, "BF", "226"),
    (AFRICA, "BI", "257"),
    (AFRICA, "CM", "237"),
    (AFRICA, "TD", "235"),
    (AFRICA, "CG", "242"),
    (AFRICA, "ER", "291"),
    (AFRICA, "ET", "251"),
    (AFRICA, "GA", "241"),
    (AFRICA, "GM", "220"),
    (AFRICA, "GH", "233"),
    (AFRICA, "GW", "245"),
    (AFRICA, "CI", "225"),
    (AFRICA, "KE", "254"),
    (AFRICA, "LS", "266"),
    (AFRICA, "LR", "231"),
    (AFRICA, "LY", "218"),
    (AFRICA, "MG", "261"),
    (AFRICA, "MW", "265"),
    (AFRICA, "ML", "223"),
    (AFRICA, "MR", "222"),
    (AFRICA, "MZ", "258"),
    (AFRICA, "NA", "264"),
    (AFRICA, "NE", "227"),
    (AFRICA, "RW", "250"),
    (AFRICA, "SN", "221"),
    (AFRICA, "SL", "232"),
    (AFRICA, "SO", "252"),
    (AFRICA, "SS", "211"),
    (AFRICA, "SD", "249"),
    (AFRICA, "SZ", "268"),
    (AFRICA, "TZ", "255"),
    (AFRICA, "TG", "228"),
    (AFRICA, "TN", "216"),
    (AFRICA, "UG", "256"),
    (AFRICA, "ZM", "260"),
    (AFRICA, "ZW", "263"),
    (ASIA, "AF", "93"),
    (ASIA, "AU", "61"),
    (ASIA, "KH", "855"),
    (ASIA, "CN", "86"),
    (ASIA, "JP", "81"),
    (ASIA, "LA", "856"),
    (ASIA, "MN", "976"),
    (ASIA, "NZ", "64"),
    (ASIA, "PG", "675"),
    (ASIA, "PH", "63"),
    (ASIA, "TW", "886"),
    (ASIA, "TJ", "992"),
    (ASIA, "TH", "66"),
    (ASIA, "TM", "993"),
    (ASIA, "UZ", "998"),
    (ASIA, "VN", "84"),
    (EAST, "AL", "355"),
    (EAST, "AM", "374"),
    (EAST, "AZ", "994"),
    (EAST, "BY", "375"),
    (EAST, "BG", "359"),
    (EAST, "HR", "385"),
    (EAST, "CZ", "420"),
    (EAST, "GE", "995"),
    (EAST, "GR", "30"),
    (EAST, "LV", "371"),
    (EAST, "LT", "370"),
    (EAST, "MD", "373"),
    (EAST, "MK", "389"),
    (EAST, "RS", "381"),
    (EAST, "SK", "421"),
    (EAST, "SI", "386"),
    (WEST, "AT", "43"),
    (WEST, "BE", "32"),
    (WEST, "DK", "45"),
    (WEST, "FI", "358"),
    (WEST, "IE", "353"),
    (WEST, "NO", "47"),
    (WEST, "PT", "351"),
    (WEST, "SE", "46"),
    (WEST, "CH", "41"),
    (LATIN, "BO", "591"),
    (LATIN, "CR", "506"),
    (LATIN, "DO", "1809 1829 1849"),
    (LATIN, "EC", "593"),
    (LATIN, "SV", "503"),
    (LATIN, "GT", "502"),
    (LATIN, "HT", "509"),
    (LATIN, "HN", "504"),
    (LATIN, "JM", "1658 1876"),
    (LATIN, "NI", "505"),
    (LATIN, "PA", "507"),
    (LATIN, "PY", "595"),
    (LATIN, "PR", "1787 1939"),
    (LATIN, "UY", "598"),
    (LATIN, "VE", "58"),
    (MIDDLE, "BH", "973"),
    (MIDDLE, "JO", "962"),
    (MIDDLE, "LB", "961"),
    (MIDDLE, "YE", "967"),
    // The rest of the North American numbering plan.
    (OTHER, "BS", "1242"),
    (OTHER, "BB", "1246"),
    (OTHER, "AI", "1264"),
    (OTHER, "AG", "1268"),
    (OTHER, "VG", "1284"),
    (OTHER, "VI", "1340"),
    (OTHER, "KY", "1345"),
    (OTHER, "BM", "1441"),
    (OTHER, "GD", "1473"),
    (OTHER, "TC", "1649"),
    (OTHER, "MS", "1664"),
    (OTHER, "MP", "1670"),
    (OTHER, "GU", "1671"),
    (OTHER, "AS", "1684"),
    (OTHER, "SX", "1721"),
    (OTHER, "LC", "1758"),
    (OTHER, "DM", "1767"),
    (OTHER, "VC", "1784"),
    (OTHER, "TT", "1868"),
    (OTHER, "KN", "1869"),
];
