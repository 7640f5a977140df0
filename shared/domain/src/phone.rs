//! When two phone numbers are the same line.
//!
//! Three countries write one line in several ways, and WhatsApp keeps the way in which an account was registered:
//! Brazil added a ninth digit to its mobile numbers, Argentina puts a 9 (abroad) or a 15 (at home) into them, Mexico
//! dropped the 1 that it had before them. Numbers are stored as they came, and matched by their line.
//!
//! What is mobile is read from the numbering plans as libphonenumber has them (9.0.33); a test compares both. The
//! metadata of the world would be larger than all of `inbound`, and these three plans are all that it is needed for.

/// The one form that stands for a line: numbers of the same line have the same. Digits with country code.
///
/// A number of a plan that has one form only is that form. A text that is no number is itself.
#[must_use]
pub fn line(phone: &str) -> String {
    let digits = digits(phone);
    let form = match digits.get(..2) {
        Some("54") => argentine(&digits).map(|ten| format!("549{ten}")),
        Some("55") => brazilian(&digits).map(|(area, eight)| format!("55{area}9{eight}")),
        Some("52") => mexican(&digits).map(|ten| format!("521{ten}")),
        _ => None,
    };
    form.unwrap_or(digits)
}

/// Whether both numbers are the same line.
#[must_use]
pub fn same_line(a: &str, b: &str) -> bool {
    line(a) == line(b)
}

/// Every form of a number's line, sorted; the number's own digits are among them. One form means that there is no
/// other way to write it.
#[must_use]
pub fn variants(phone: &str) -> Vec<String> {
    let own = digits(phone);
    let mut forms = match own.get(..2) {
        Some("54") => argentine(&own).map(|ten| {
            // Areas have two digits (Buenos Aires), three or four. The form with the wrong cut is no number at all,
            // so it cannot be another line.
            let cuts: &[usize] = if ten.starts_with('1') { &[2] } else { &[3, 4] };
            let domestic = cuts.iter().flat_map(|cut| {
                let (area, rest) = ten.split_at(*cut);
                [format!("54{area}15{rest}"), format!("549{area}15{rest}")]
            });
            [format!("549{ten}"), format!("54{ten}")].into_iter().chain(domestic).collect()
        }),
        Some("55") => {
            brazilian(&own).map(|(area, eight)| vec![format!("55{area}9{eight}"), format!("55{area}{eight}")])
        }
        Some("52") => mexican(&own).map(|ten| vec![format!("521{ten}"), format!("52{ten}")]),
        _ => None,
    }
    .unwrap_or_else(|| vec![own]);
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The digits of a number as people write it. A text that is no number stays as it is.
fn digits(phone: &str) -> String {
    let phone = phone.trim();
    let is_number = phone.chars().all(|c| c.is_ascii_digit() || "+-(). /\u{a0}".contains(c));
    if is_number { phone.chars().filter(char::is_ascii_digit).collect() } else { phone.to_owned() }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ten digits of an Argentine subscriber, area included: `54 9 A N`, `54 A 15 N`, `54 A N`.
///
/// The 9 and the 15 say that the caller pays for a mobile. The ten digits behind them are given to one line only,
/// fixed or mobile, so the bare form never is somebody else.
fn argentine(digits: &str) -> Option<String> {
    let national = digits.strip_prefix("54").filter(|rest| all_digits(rest))?;
    // No area begins with 9.
    let national = national.strip_prefix('9').unwrap_or(national);
    let area = |ten: &str| ten.starts_with("11") || ten.starts_with(['2', '3']);
    match national.len() {
        10 if area(national) => Some(national.to_owned()),
        12 if area(national) => {
            let cuts: &[usize] = if national.starts_with('1') { &[2] } else { &[3, 4] };
            let cut = cuts.iter().find(|cut| national[**cut..].starts_with("15"))?;
            Some(format!("{}{}", &national[..*cut], &national[cut + 2..]))
        }
        _ => None,
    }
}

/// Area and the eight last digits of a Brazilian mobile number that had eight digits before the ninth was added.
///
/// Those began with 6 to 9. What begins with 2 to 5 is a landline in eight digits, and in nine digits a mobile number
/// that never was shorter: two lines, which never match.
fn brazilian(digits: &str) -> Option<(&str, &str)> {
    let national = digits.strip_prefix("55").filter(|rest| all_digits(rest))?;
    let (area, subscriber) = national.split_at_checked(2)?;
    let mut area_digits = area.bytes();
    let is_area = match (area_digits.next()?, area_digits.next()?) {
        (b'1' | b'4' | b'6' | b'8' | b'9', second) => second != b'0',
        (b'2', second) => matches!(second, b'1' | b'2' | b'4' | b'7' | b'8'),
        (b'3', second) => matches!(second, b'1'..=b'5' | b'7' | b'8'),
        (b'5', second) => matches!(second, b'1' | b'3'..=b'5'),
        (b'7', second) => matches!(second, b'1' | b'3'..=b'5' | b'7' | b'9'),
        _ => false,
    };
    let eight = match subscriber.len() {
        8 => subscriber,
        9 => subscriber.strip_prefix('9')?,
        _ => return None,
    };
    (is_area && eight.starts_with(['6', '7', '8', '9'])).then_some((area, eight))
}

/// The ten digits of a Mexican subscriber: `52 1 N` as it was until 2019, `52 N` since. Numbers without an area (800,
/// 888, 900, 300, 500) never had the 1.
fn mexican(digits: &str) -> Option<&str> {
    let national = digits.strip_prefix("52").filter(|rest| all_digits(rest))?;
    let ten = if national.len() == 11 { national.strip_prefix('1')? } else { national };
    let has_area = !["300", "500", "800", "888", "900"].iter().any(|code| ten.starts_with(code));
    (ten.len() == 10 && has_area && !ten.starts_with(['0', '1'])).then_some(ten)
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
