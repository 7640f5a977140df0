//! Customers and what they write: the same in every run.

use serde_json::json;

/// The WABA and number that everybody writes to.
const WABA: &str = "900000000000101";
const NUMBER: &str = "900000000000201";

/// Lengths of texts in characters: half of them below 60, one in twenty of 400.
const LENGTHS: [usize; 20] =
    [8, 14, 19, 25, 30, 34, 39, 45, 52, 58, 64, 72, 85, 98, 115, 135, 160, 200, 280, 400];

const WORDS: &str = "Hello, is the blue kettle back in stock? I would like two of them, one in the small size, \
                     and please tell me when it can be here. ";

/// A source of numbers that looks like chance and is the same in every run.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The same dice each time.
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// The n-th dice.
    pub(crate) fn of(n: usize) -> Self {
        let mut dice = Self(Self::new().0 ^ (n as u64 + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
        // The first rolls of neighbours are alike.
        for _ in 0..4 {
            dice.roll(1);
        }
        dice
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

/// The webhook of message `n`, written by `person` at `second` (Unix).
pub(crate) fn webhook(person: usize, n: usize, second: i64, dice: &mut Dice) -> Vec<u8> {
    let length = LENGTHS[dice.roll(LENGTHS.len())];
    let text: String = WORDS.chars().cycle().take(length).collect();
    let (phone, user_id) = (phone(person), format!("US.77{person:014}"));
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550100200", "phone_number_id": NUMBER },
        "contacts": [{
            "profile": { "name": format!("Customer {person:05}") }, "wa_id": phone, "user_id": user_id,
        }],
        "messages": [{
            "from": phone, "from_user_id": user_id, "id": wamid(n), "timestamp": second.to_string(),
            "type": "text", "text": { "body": text },
        }],
    });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": WABA, "changes": [{ "value": value, "field": "messages" }] }],
    });
    body.to_string().into_bytes()
}

/// A person's phone.
pub(crate) fn phone(person: usize) -> String {
    format!("1555{person:07}")
}

/// An id as long as Meta's.
pub(crate) fn wamid(n: usize) -> String {
    format!("wamid.HBgLMTU1NTAxMDAyMDAVAgASGBQzQT{n:024}AA==")
}
