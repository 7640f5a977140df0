use phonenumber::Type;
use proptest::prelude::*;

use super::*;

/// What libphonenumber says of a number.
fn kind(phone: &str) -> Type {
    let number = phonenumber::parse(None, format!("+{phone}")).expect("a number");
    number.number_type(&phonenumber::metadata::DATABASE)
}

#[test]
fn a_brazilian_mobile_number_is_the_same_with_and_without_its_ninth_digit() {
    assert_eq!(variants("553187654321"), ["553187654321", "5531987654321"]);
    assert!(same_line("+55 (31) 98765-4321", "553187654321"));
    assert!(!same_line("5531987654321", "5532987654321"), "another area is another line");
}

#[test]
fn a_landline_has_no_variant_and_matches_no_mobile_number() {
    for landline in ["553132654321", "551123456789", "551145678901"] {
        assert_eq!(kind(landline), Type::FixedLine);
        assert_eq!(variants(landline), [landline]);
        let (area, rest) = landline.split_at(4);
        assert!(!same_line(landline, &format!("{area}9{rest}")));
    }
    for free in ["528001234567", "529001234567", "548001234567", "558001234567"] {
        assert_eq!(variants(free), [free]);
    }
    assert!(!same_line("528001234567", "5218001234567"));
}

#[test]
fn an_argentine_number_is_the_same_with_the_nine_with_the_fifteen_and_bare() {
    let forms = ["5491123456789", "+54 9 11 2345-6789", "541123456789", "54 11 15 2345 6789"];
    for form in forms {
        assert_eq!(line(form), "5491123456789", "{form}");
    }
    for form in ["5492211234567", "542211234567", "54221151234567"] {
        assert_eq!(line(form), "5492211234567", "an area of three digits: {form}");
    }
    assert_eq!(line("54296615423456"), "5492966423456", "an area of four digits");
}

#[test]
fn a_mexican_number_is_the_same_with_and_without_the_old_one() {
    assert_eq!(variants("5215512345678"), ["5215512345678", "525512345678"]);
    assert!(same_line("+52 55 1234 5678", "5215512345678"));
}

#[test]
fn numbers_of_other_countries_have_one_form() {
    for number in ["15550109901", "447700900123", "4915123456789", "34600123456", "5", ""] {
        assert_eq!(variants(number), [number]);
    }
    assert_eq!(line("US.77001122334455"), "US.77001122334455", "what is no number is left alone");
}

/// A number of one of the three plans, or of any other.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "55[1-9][1-9][2-9][0-9]{7}",
        "55[1-9][1-9]9[0-9]{8}",
        "549?(11|2[0-9]{2}|3[0-9]{3})(15)?[0-9]{6,8}",
        "521?[1-9][0-9]{9}",
        "[1-9][0-9]{4,14}",
    ]
}

proptest! {
    #[test]
    fn variants_are_symmetric_and_transitive(number in number()) {
        let forms = variants(&number);
        prop_assert!(forms.contains(&number));
        for form in &forms {
            prop_assert_eq!(&variants(form), &forms, "from {}", form);
            prop_assert_eq!(line(form), line(&number));
        }
        prop_assert!(forms.contains(&line(&number)));
    }

    #[test]
    fn two_numbers_match_exactly_if_one_is_a_form_of_the_other(a in number(), b in number()) {
        prop_assert_eq!(same_line(&a, &b), variants(&a).contains(&b));
    }

    /// No two numbers that libphonenumber calls landline and mobile are ever one line, where both forms exist.
    #[test]
    fn what_libphonenumber_calls_a_brazilian_landline_has_no_variant(number in "55[1-9][1-9][2-9][0-9]{7}") {
        if kind(&number) == Type::FixedLine {
            prop_assert_eq!(variants(&number), [number]);
        }
    }

    /// The plans are those of libphonenumber: what has variants is a valid mobile number in its full form.
    #[test]
    fn a_line_with_variants_is_a_mobile_number_for_libphonenumber(number in "5(5[1-9][1-9]9?[2-9][0-9]{7}|2(1?)[2-9][0-9]{9})") {
        let forms = variants(&number);
        if forms.len() > 1 && number.starts_with("55") {
            prop_assert_eq!(kind(&line(&number)), Type::Mobile);
        }
        if number.starts_with("52") {
            let modern = forms.iter().find(|form| form.len() == 12);
            let kinds = [Type::FixedLineOrMobile, Type::FixedLine, Type::Mobile];
            let kind = kind(modern.unwrap_or(&number));
            // What the plan does not assign yet is left as it is found: nobody has it.
            if kinds.contains(&kind) {
                prop_assert_eq!(forms.len(), 2, "{:?}", forms);
            }
            if [Type::TollFree, Type::PremiumRate, Type::SharedCost, Type::PersonalNumber].contains(&kind) {
                prop_assert_eq!(forms.len(), 1, "{:?}", forms);
            }
        }
    }

    /// And every mobile number of Argentina, however it is dialled, is one line.
    #[test]
    fn an_argentine_mobile_number_is_what_libphonenumber_makes_of_it(rest in "(11[2-7][0-9]{7}|221[4-6][0-9]{6}|2966[4-6][0-9]{5})") {
        let international = format!("549{rest}");
        if kind(&international) == Type::Mobile {
            let cut = match &rest[..1] { "1" => 2, _ if rest.starts_with("221") => 3, _ => 4 };
            let domestic = format!("54{}15{}", &rest[..cut], &rest[cut..]);
            prop_assert_eq!(line(&domestic), line(&international));
            let parsed = phonenumber::parse(None, format!("+{domestic}")).expect("a number");
            prop_assert_eq!(parsed.national().value(), format!("9{rest}").parse::<u64>().unwrap());
        }
    }
}
