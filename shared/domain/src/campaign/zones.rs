//! In which time zones somebody may be, told from the phone's country.
//!
//! A phone travels, and mobile numbers do not say a region: in a country of several zones all of them are possible. The
//! table is libphonenumber's map of time zones (9.0.43, Apache-2.0), with the countries that share a calling code
//! (+1, +7) told apart; Kaliningrad and Morocco, which it gives as their neighbours, are corrected.

use jiff::tz::TimeZone;

const TABLE: &str = include_str!("zones.tsv");

/// The longest prefix of the table.
const LONGEST: usize = 8;

/// The IANA names of the zones of a phone's country. Empty if the country is not known.
#[must_use]
pub fn names_of(phone: &str) -> Vec<&'static str> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).take(LONGEST).collect();
    let mut best: (usize, &'static str) = (0, "");
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let Some((prefixes, zones)) = line.split_once('\t') else { continue };
        for prefix in prefixes.split(' ') {
            if prefix.len() > best.0 && digits.starts_with(prefix) {
                best = (prefix.len(), zones);
            }
        }
    }
    best.1.split_whitespace().collect()
}

/// The zones themselves.
#[must_use]
pub fn of_phone(phone: &str) -> Vec<TimeZone> {
    names_of(phone).into_iter().filter_map(|name| TimeZone::get(name).ok()).collect()
}

/// Whether a phone is of the United States, told by its area code. One that the table does not have is of nowhere.
///
/// See [Cloud API/Per-user marketing limits], read 2026-11: no marketing template reaches such a number.
#[must_use]
pub fn is_of_the_united_states(phone: &str) -> bool {
    let names = names_of(phone);
    names.contains(&"America/Denver") && !names.contains(&"America/Toronto")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_table_is_known() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let (prefixes, zones) = line.split_once('\t').unwrap();
            assert!(prefixes.split(' ').all(|prefix| (1..=LONGEST).contains(&prefix.len())));
            for zone in zones.split(' ') {
                assert!(TimeZone::get(zone).is_ok(), "{zone}");
            }
        }
    }

    #[test]
    fn a_country_of_one_zone_has_one_and_a_wide_one_has_all() {
        assert_eq!(names_of("51987654321"), ["America/Lima"]);
        assert_eq!(names_of("+49 151 2345"), ["Europe/Berlin"]);
        assert!(names_of("5511987654321").contains(&"America/Rio_Branco"));
        assert!(names_of("79161234567").contains(&"Asia/Kamchatka"));
        assert!(names_of("79161234567").contains(&"Europe/Kaliningrad"));
        assert_eq!(names_of("212612345678"), ["Africa/Casablanca"]);
    }

    #[test]
    fn countries_that_share_a_calling_code_are_told_apart() {
        assert_eq!(names_of("18095551234"), ["America/Santo_Domingo"]);
        assert!(names_of("12125551234").contains(&"Pacific/Honolulu"));
        assert!(!names_of("14165551234").contains(&"Pacific/Honolulu"));
        assert!(names_of("14165551234").contains(&"America/St_Johns"));
        assert!(names_of("77011234567").iter().all(|zone| zone.starts_with("Asia/A")));
    }

    #[test]
    fn a_number_of_the_united_states_is_told_from_its_neighbours() {
        assert!(is_of_the_united_states("12125551234"));
        for other in ["14165551234", "18095551234", "51987654321", "15550100177", ""] {
            assert!(!is_of_the_united_states(other), "{other}");
        }
    }

    #[test]
    fn a_number_of_no_country_has_no_zone() {
        assert!(names_of("").is_empty() && names_of("0000").is_empty() && names_of("US.123x").len() < 40);
    }
}
