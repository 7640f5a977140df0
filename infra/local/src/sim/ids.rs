//! Ids and chance, both from the seed, so that a run can be repeated.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A small generator (splitmix64): enough for faults, and the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// True in `share` of the cases, 0 to 1.
    pub(crate) fn hits(&mut self, share: f64) -> bool {
        // 53 bits are what a double holds exactly.
        share >= 1.0 || ((self.next() >> 11) as f64) / ((1_u64 << 53) as f64) < share
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = (self.next() % (i as u64 + 1)) as usize;
            items.swap(i, j);
        }
    }
}

fn digest(seed: u64, seq: u64, what: &str) -> Vec<u8> {
    Sha256::digest(format!("{seed}|{seq}|{what}")).to_vec()
}

/// Opaque and unique, with the characters of base64 in it, as Meta's are.
pub(crate) fn wamid(seed: u64, seq: u64) -> String {
    let mut bytes = b"\x1c\x18\x0b".to_vec();
    bytes.extend_from_slice(&digest(seed, seq, "wamid")[..25]);
    format!("wamid.{}", STANDARD.encode(bytes))
}

/// A trace id as Graph errors carry it.
pub(crate) fn fbtrace(seed: u64, seq: u64) -> String {
    let text = STANDARD.encode(&digest(seed, seq, "trace")[..15]);
    format!("A{}", text.replace(['+', '/'], "_"))
}

/// A business-scoped user id: the country of the number, and digits.
pub(crate) fn user_id(country: &str, seed: u64, seq: u64) -> String {
    let digits: String = digest(seed, seq, "bsuid")[..14].iter().map(|b| char::from(b'0' + b % 10)).collect();
    format!("{country}.7{digits}")
}

/// The country of a phone number, for those that the default people come from.
pub(crate) fn country(phone: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("234", "NG"),
        ("20", "EG"),
        ("27", "ZA"),
        ("33", "FR"),
        ("34", "ES"),
        ("39", "IT"),
        ("44", "GB"),
        ("49", "DE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("61", "AU"),
        ("62", "ID"),
        ("81", "JP"),
        ("90", "TR"),
        ("91", "IN"),
        ("1", "US"),
    ];
    PREFIXES.iter().find(|(prefix, _)| phone.starts_with(prefix)).map_or("XX", |(_, country)| country)
}

/// Only the digits of what was given.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
