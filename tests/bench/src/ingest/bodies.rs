//! The bodies: samples of `events/`, made compact as Meta sends them, alone and together.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloud_api::signature;
use serde_json::{Value, json};

use crate::BoxError;

/// What signs every body here.
pub(crate) const SECRET: &str = "bench-app-secret";

const TEXT: &str = include_str!("../../../../events/webhook/messages/in.text.json");
const TEXT_BSUID_ONLY: &str = include_str!("../../../../events/webhook/messages/in.text_bsuid_only.json");
const STATUS: &str = include_str!("../../../../events/webhook/messages/status.read_utility.json");

/// A body that Meta signed.
pub(crate) struct Body {
    /// What it is.
    pub(crate) name: &'static str,
    /// What was signed.
    pub(crate) bytes: Vec<u8>,
    /// `X-Hub-Signature-256`.
    pub(crate) signature: String,
    /// The items in it, each as it has to arrive.
    pub(crate) items: Vec<Vec<u8>>,
}

impl Body {
    fn new(name: &'static str, bytes: Vec<u8>, items: Vec<Vec<u8>>) -> Self {
        let signature = signature::sign(SECRET.as_bytes(), &bytes);
        Self { name, bytes, signature, items }
    }

    /// A body of these messages.
    fn of_messages(name: &'static str, messages: &[Value]) -> Result<Self, BoxError> {
        let mut body: Value = serde_json::from_str(TEXT)?;
        let value = &mut body["entry"][0]["changes"][0]["value"];
        let contact = value["contacts"][0].clone();
        let contacts = messages.iter().map(|message| {
            let mut contact = contact.clone();
            contact["wa_id"] = message["from"].clone();
            contact["user_id"] = message["from_user_id"].clone();
            contact
        });
        value["contacts"] = contacts.collect();
        value["messages"] = messages.iter().cloned().collect();
        let items = messages.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
        Ok(Self::new(name, serde_json::to_vec(&body)?, items))
    }

    /// A body that is no webhook: it has to arrive whole.
    fn unreadable(name: &'static str, bytes: Vec<u8>) -> Self {
        Self::new(name, bytes.clone(), vec![bytes])
    }

    /// The event of the Function URL that carries it, as Lambda's runtime hands it over.
    pub(crate) fn event(&self) -> Result<Vec<u8>, BoxError> {
        let text = std::str::from_utf8(&self.bytes);
        let encoded = text.is_err();
        let body = text.map_or_else(|_| STANDARD.encode(&self.bytes), str::to_owned);
        Ok(serde_json::to_vec(&json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": {
                "content-length": self.bytes.len().to_string(),
                "content-type": "application/json",
                "host": "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws",
                "user-agent": "facebookexternalua",
                "accept": "*/*",
                "accept-encoding": "deflate, gzip",
                "x-amzn-trace-id": "Root=1-67000000-000000000000000000000000",
                "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
                "x-amzn-tls-version": "TLSv1.3",
                "x-forwarded-for": "192.0.2.7",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https",
                "x-hub-signature": "sha1=0000000000000000000000000000000000000000",
                "x-hub-signature-256": self.signature,
            },
            "requestContext": {
                "accountId": "anonymous", "apiId": "abcdefghijklmnopqrstuvwxyz012345",
                "domainName": "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws",
                "domainPrefix": "abcdefghijklmnopqrstuvwxyz012345",
                "http": {
                    "method": "POST", "path": "/", "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.7", "userAgent": "facebookexternalua",
                },
                "requestId": "00000000-0000-4000-8000-000000000000", "routeKey": "$default",
                "stage": "$default", "time": "23/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_424_400_000_i64,
            },
            "body": body,
            "isBase64Encoded": encoded,
        }))?)
    }

    /// What is timed: one text of 1.1 KB, twelve messages in one body, 64 KB, one status.
    pub(crate) fn timed() -> Result<Vec<Self>, BoxError> {
        let status: Value = serde_json::from_str(STATUS)?;
        let item = serde_json::to_vec(&status["entry"][0]["changes"][0]["value"]["statuses"][0])?;
        Ok(vec![
            Self::of_messages("text_1.1kb", &[message(1, 600)?])?,
            Self::of_messages("batch_of_12", &messages(12, 40)?)?,
            Self::of_messages("64kb", &messages(193, 90)?)?,
            Self::new("status", serde_json::to_vec(&status)?, vec![item]),
        ])
    }

    /// What is counted: the bodies that lose something elsewhere.
    pub(crate) fn accounted() -> Result<Vec<Self>, BoxError> {
        let mut unknown = message(2, 40)?;
        unknown["type"] = json!("hologram");
        unknown["hologram"] = json!({ "id": "1", "depth": [1, 2, 3] });
        let bsuid_only: Value = serde_json::from_str(TEXT_BSUID_ONLY)?;
        let item = serde_json::to_vec(&bsuid_only["entry"][0]["changes"][0]["value"]["messages"][0])?;
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let mut no_json = serde_json::to_vec(&bsuid_only)?;
        no_json.pop();
        let mut no_utf8 = serde_json::to_vec(&bsuid_only)?;
        no_utf8.insert(10, 0xff);
        Ok(vec![
            Self::of_messages("batch_of_12", &messages(12, 40)?)?,
            Self::new("bsuid_only", serde_json::to_vec(&bsuid_only)?, vec![item]),
            Self::of_messages("unknown_type", &[message(1, 40)?, unknown])?,
            Self::of_messages("64kb", &messages(193, 90)?)?,
            Self::of_messages("3mb_many_items", &messages(9_060, 90)?)?,
            Self::of_messages("3mb_one_item", &[message(1, 40)?, message(2, 3_000_000)?])?,
            Self::unreadable("not_utf8", no_utf8),
            Self::unreadable("not_json", no_json),
            Self::unreadable("deep_nesting", deep.into_bytes()),
            Self::unreadable("3mb_not_utf8", vec![0xff; 3_000_000]),
        ])
    }
}

/// The sample's text, from person `n`, with so many characters.
fn message(n: usize, characters: usize) -> Result<Value, BoxError> {
    let body: Value = serde_json::from_str(TEXT)?;
    let mut message = body["entry"][0]["changes"][0]["value"]["messages"][0].clone();
    message["from"] = json!(format!("1555{n:07}"));
    message["from_user_id"] = json!(format!("US.7700{n:010}"));
    message["id"] = json!(format!("wamid.BENCH{n:020}"));
    message["text"]["body"] = json!("Is the blue kettle back? ".repeat(characters / 25 + 1)[..characters]);
    Ok(message)
}

fn messages(count: usize, characters: usize) -> Result<Vec<Value>, BoxError> {
    (0..count).map(|n| message(n, characters)).collect()
}
