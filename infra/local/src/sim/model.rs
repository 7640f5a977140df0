//! What the simulated WhatsApp knows: accounts, numbers, people and the messages between them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A business portfolio: the owner of accounts, and the scope of the messaging limit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Portfolio {
    pub(crate) id: String,
    pub(crate) name: String,
    /// People per rolling day; `None` is unlimited.
    pub(crate) limit: Option<u64>,
}

impl Portfolio {
    /// Meta's name for the limit; a limit that Meta does not have is said in digits.
    pub(crate) fn tier(&self) -> String {
        match self.limit {
            None => "TIER_UNLIMITED".into(),
            Some(n) if n >= 1_000 && n % 1_000 == 0 => format!("TIER_{}K", n / 1_000),
            Some(n) => format!("TIER_{n}"),
        }
    }
}

/// A WhatsApp Business Account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Waba {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) portfolio: String,
    pub(crate) subscribed: bool,
    pub(crate) override_uri: Option<String>,
}

/// A business phone number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Number {
    pub(crate) id: String,
    pub(crate) waba: String,
    /// Digits only, as webhooks show it.
    pub(crate) digits: String,
    /// As the Graph API shows it.
    pub(crate) display: String,
    pub(crate) verified_name: String,
    pub(crate) quality_rating: String,
    pub(crate) status: String,
    /// Messages per second, in and out together.
    pub(crate) mps: usize,
    pub(crate) profile: Value,
    #[serde(default)]
    pub(crate) onboarding: Onboarding,
}

impl Number {
    /// Whether it may send, but for what it is punished for.
    pub(crate) fn is_registered(&self) -> bool {
        !matches!(self.status.as_str(), "PENDING" | "UNVERIFIED" | "DISCONNECTED" | "DELETED")
    }
}

/// How a number came onto the platform, or is on its way there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Onboarding {
    pub(crate) verified: bool,
    /// Of two-step verification; whoever registers first chooses it.
    pub(crate) pin: Option<String>,
    /// The code that was sent last. The number's owner reads it here.
    pub(crate) code: Option<String>,
    /// When codes were asked for.
    pub(crate) codes: Vec<Timestamp>,
    pub(crate) wrong_codes: u32,
    pub(crate) wrong_pins: u32,
    /// When registrations were tried.
    pub(crate) registrations: Vec<Timestamp>,
    /// A name that is under review.
    pub(crate) new_name: Option<String>,
    pub(crate) new_name_status: String,
}

impl Default for Onboarding {
    /// A number that has been there for long, with the PIN 000000.
    fn default() -> Self {
        Self { verified: true, pin: Some("000000".into()), ..Self::fresh() }
    }
}

impl Onboarding {
    /// A number that was just entered.
    pub(crate) fn fresh() -> Self {
        Self {
            verified: false,
            pin: None,
            code: None,
            codes: Vec::new(),
            wrong_codes: 0,
            wrong_pins: 0,
            registrations: Vec::new(),
            new_name: None,
            new_name_status: "NONE".into(),
        }
    }
}

/// How a person's phone and its owner behave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Behaviour {
    pub(crate) phone_off: bool,
    pub(crate) phone_off_until: Option<Timestamp>,
    pub(crate) never_delivered: bool,
    pub(crate) reads: bool,
    pub(crate) plays: bool,
    pub(crate) skip_delivered: bool,
    /// Every message to this person ends as `failed` with this code.
    pub(crate) fail_with: Option<u32>,
    pub(crate) sent_after_ms: u64,
    pub(crate) delivered_after_ms: u64,
    pub(crate) read_after_ms: u64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            phone_off: false,
            phone_off_until: None,
            never_delivered: false,
            reads: true,
            plays: true,
            skip_delivered: false,
            fail_with: None,
            sent_after_ms: 200,
            delivered_after_ms: 600,
            read_after_ms: 3_000,
        }
    }
}

impl Behaviour {
    pub(crate) fn is_off(&self, now: Timestamp) -> bool {
        self.phone_off && self.phone_off_until.is_none_or(|until| until > now)
    }
}

/// Somebody with WhatsApp.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Their wa_id: digits. Everybody has one; not every business sees it.
    pub(crate) phone: String,
    /// Other numbers that reach them (the digit rules of Brazil, Mexico, Argentina).
    pub(crate) dialled: Vec<String>,
    pub(crate) username: Option<String>,
    pub(crate) phone_visible: bool,
    pub(crate) user_id: String,
    pub(crate) parent_user_id: Option<String>,
    pub(crate) on_whatsapp: bool,
    pub(crate) stopped_marketing: bool,
    /// Numbers of ours that this person has blocked.
    pub(crate) blocks: BTreeSet<String>,
    pub(crate) behaviour: Behaviour,
}

/// What stands between one number and one person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pair {
    pub(crate) number: String,
    pub(crate) person: String,
    /// Opens the customer service window for a day.
    pub(crate) last_inbound: Option<Timestamp>,
    /// Theoretical arrival time of the pair rate.
    pub(crate) tat: Option<Timestamp>,
    /// When the business last wrote to the phone number: keeps the number visible for 30 days.
    pub(crate) phoned_at: Option<Timestamp>,
    pub(crate) entry_point_until: Option<Timestamp>,
    /// The business has blocked this person.
    pub(crate) blocked: bool,
}

/// Uploaded by the business, or sent by a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) mime_type: String,
    pub(crate) sha256_hex: String,
    pub(crate) size: usize,
    pub(crate) base64: String,
    pub(crate) inbound: bool,
    pub(crate) expires: Timestamp,
}

/// A message template of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) waba: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) status: String,
    pub(crate) category: String,
    pub(crate) parameter_format: String,
    pub(crate) components: Value,
    pub(crate) quality: String,
    pub(crate) rejected_reason: String,
    pub(crate) ttl_seconds: Option<i64>,
    pub(crate) edited_at: Option<Timestamp>,
}

/// A message that the Graph API accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) wamid: String,
    pub(crate) number: String,
    /// `None` when nobody with WhatsApp has this address.
    pub(crate) person: Option<String>,
    /// The address as given: digits, or a BSUID.
    pub(crate) address: String,
    pub(crate) by_user_id: bool,
    pub(crate) kind: String,
    /// `service`, or the template's category in lower case.
    pub(crate) category: String,
    pub(crate) callback: Option<String>,
    pub(crate) body: Value,
    pub(crate) at: Timestamp,
    pub(crate) outside_window: bool,
    pub(crate) fails: Option<(u32, String)>,
    pub(crate) pricing: Value,
    pub(crate) conversation: Option<Value>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
    pub(crate) read_at: Option<Timestamp>,
    pub(crate) failed_at: Option<Timestamp>,
    /// What the person sees.
    pub(crate) seen_as: Value,
}

impl Sent {
    /// Sent, and not yet on the person's phone.
    pub(crate) fn is_on_its_way(&self) -> bool {
        self.sent_at.is_some()
            && self.delivered_at.is_none()
            && self.failed_at.is_none()
            && self.kind != "reaction"
    }
}

/// One line of a chat as the person sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ChatEntry {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) number: String,
    /// `wrote` or `received`.
    pub(crate) direction: String,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) content: Value,
    /// The message that it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quotes: Option<String>,
    #[serde(default)]
    pub(crate) seen: bool,
}

/// Something that happens at a time.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) enum Due {
    Sent(String),
    Delivered(String),
    Read(String),
    Played(String),
    Failed(String),
    PhoneOn(String),
    Review(String),
    /// The review of a number's display name.
    NameReview(String),
    Flush,
    Post(u64),
}
