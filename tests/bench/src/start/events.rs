//! Many events from one sample: the same shapes, with other ids.

use std::fs;
use std::path::Path;

use local::world::{Secrets, World};
use serde_json::{Value, json};

use crate::BoxError;
use crate::people;

/// People that the events are about.
const PEOPLE: usize = 200;

/// The samples of one function, ready to be varied.
pub(crate) struct Events {
    function: String,
    samples: Vec<String>,
}

impl Events {
    /// Reads the samples of a function.
    pub(crate) fn of(function: &str) -> Result<Self, BoxError> {
        let names: &[&str] = match function {
            "webhook" => &["function-url/text.json"],
            "inbound" => &["sqs/inbound_pack.json"],
            "status" => &["sqs/status_pack.json"],
            "sender" => &["sqs/send_request.json"],
            "automation" => &["stream/message_received.json"],
            "notifier" => &["sqs/delivery.json"],
            "campaign" => &["sqs/campaign_job.json"],
            "media" => &["sqs/media_job.json"],
            "sync" => &["sqs/send_dlq.json"],
            "api" => &["api/conversations.json", "api/send_text.json"],
            other => return Err(format!("name the samples of {other} in the bench").into()),
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
        let samples = names.iter().map(|name| fs::read_to_string(folder.join(name)));
        Ok(Self { function: function.to_owned(), samples: samples.collect::<Result<_, _>>()? })
    }

    /// The n-th event.
    pub(crate) fn nth(&self, n: usize) -> Result<String, BoxError> {
        let sample = self.samples.get(n % self.samples.len()).ok_or("no sample")?;
        let (phone, digits) = (people::phone(n % PEOPLE), format!("{n:012}"));
        let event = sample
            .replace("15550100177", &phone)
            .replace("+1 555 010 0177", &format!("+{phone}"))
            .replace("US.77001122334455", &format!("US.77{:012}", n % PEOPLE))
            .replace("ZZ0000000", &format!("ZZ{digits}"))
            // The conversation and the second that a message's key names.
            .replace("1795392000000.0123", &format!("1795392000000.{:04}", n % 10_000))
            .replace("invoice-7", &format!("invoice-{n}-"))
            .replace("answer-0001", &format!("answer-{n}"));
        if self.function == "webhook" { signed(&event) } else { Ok(event) }
    }
}

/// Makes people known who can be written to.
pub(crate) async fn meet_people(world: &World) -> Result<(), BoxError> {
    let sim = world.sim.as_ref().ok_or("the world is not simulated")?;
    for n in 0..PEOPLE {
        let person = json!({ "name": format!("Customer {n}"), "phone": people::phone(n) });
        let added = sim.add_person(person)?;
        let id = added["id"].as_str().ok_or("a person without an id")?;
        sim.person_writes(id, json!({ "text": "Hello?" }))?;
    }
    world.settle().await;
    Ok(())
}

/// The event of a Function URL with a body that was changed, signed anew.
fn signed(event: &str) -> Result<String, BoxError> {
    let mut event: Value = serde_json::from_str(event)?;
    let body = event["body"].as_str().ok_or("no body")?;
    let signature = cloud_api::signature::sign(Secrets::APP_SECRET.as_bytes(), body.as_bytes());
    event["headers"]["content-length"] = body.len().to_string().into();
    event["headers"]["x-hub-signature-256"] = signature.into();
    Ok(event.to_string())
}

/// Whether an answer says that everything went well.
pub(crate) fn succeeded(function: &str, answer: &[u8]) -> Result<bool, BoxError> {
    let answer: Value = serde_json::from_slice(answer)?;
    Ok(match function {
        "webhook" | "api" => answer["statusCode"].as_u64().is_some_and(|status| (200..300).contains(&status)),
        _ => answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty),
    })
}
