//! Codes, PINs, registration, display names. Our own table of Meta's rules: the simulator must not share a mistake with
//! the project.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Request;
use super::errors::GraphError;
use crate::sim::ids;
use crate::sim::model::{Due, Number};
use crate::sim::state::{State, ms};
use crate::sim::webhooks::Change;

type Answer = Result<Value, GraphError>;

/// Codes that a number may ask for in an hour.
const CODES: usize = 5;
/// Wrong guesses of a code before it is void, and of a PIN before nobody may guess any more.
const GUESSES: u32 = 5;
/// Registrations of a number in 72 hours.
const REGISTRATIONS: usize = 10;

impl State {
    /// `POST /{number}/request_code`, `verify_code`, `register`, `deregister`, and `POST /{number}` itself.
    pub(crate) fn onboard(&mut self, request: &Request, id: &str, edge: &str, now: Timestamp) -> Answer {
        let body = serde_json::from_slice(&request.body).ok().filter(Value::is_object);
        let mut body: Value = body.unwrap_or_else(|| json!({}));
        // Meta takes parameters in the address as well.
        for (name, value) in &request.query {
            body[name.as_str()] = value.as_str().into();
        }
        let Some(mut number) = self.numbers.get(id).cloned() else {
            return Err(GraphError::unknown_object("post", id));
        };
        let answer = match edge {
            "request_code" => self.request_code(&mut number, &body, now),
            "verify_code" => verify_code(&mut number, &body),
            "register" => register(&mut number, &body, now),
            "deregister" => deregister(&mut number),
            _ => self.change_node(&mut number, &body, now),
        };
        // A wrong guess is remembered too.
        self.disk.put("number", id, Some(&number));
        self.numbers.insert(id.into(), number);
        answer.map(|()| json!({ "success": true }))
    }

    fn request_code(&mut self, number: &mut Number, body: &Value, now: Timestamp) -> Result<(), GraphError> {
        if !["SMS", "VOICE"].iter().any(|method| body["code_method"] == *method) {
            return Err(GraphError::new(100, "Param code_method must be one of {SMS, VOICE}"));
        }
        if !body["language"].is_string() {
            return Err(GraphError::new(100, "The parameter language is required."));
        }
        let onboarding = &mut number.onboarding;
        if onboarding.verified {
            return Err(GraphError::new(136_024, "The phone number is verified already."));
        }
        onboarding.codes.retain(|at| now < *at + SignedDuration::from_hours(1));
        if onboarding.codes.len() >= CODES {
            return Err(GraphError::new(136_024, "Too many codes were requested. Try again later."));
        }
        onboarding.codes.push(now);
        let seq = self.next_seq();
        let digits = ids::fbtrace(self.config.seed, seq)
            .bytes()
            .map(u32::from)
            .fold(seq as u32, |a, b| a.wrapping_mul(31).wrapping_add(b));
        number.onboarding.code = Some(format!("{:06}", digits % 1_000_000));
        number.onboarding.wrong_codes = 0;
        Ok(())
    }

    /// A PIN, or another display name.
    fn change_node(&mut self, number: &mut Number, body: &Value, now: Timestamp) -> Result<(), GraphError> {
        if let Some(name) = body["new_display_name"].as_str() {
            number.onboarding.new_name = Some(name.to_owned());
            number.onboarding.new_name_status = "PENDING_REVIEW".to_owned();
            self.at(now + ms(self.settings.name_review_ms), Due::NameReview(number.id.clone()));
            return Ok(());
        }
        if body["pin"].is_null() {
            return Err(GraphError::new(100, "There is nothing to change."));
        }
        let pin = pin_of(body)?;
        if !number.is_registered() {
            return Err(GraphError::new(133_010, "The number is not registered."));
        }
        number.onboarding.pin = Some(pin);
        number.onboarding.wrong_pins = 0;
        Ok(())
    }

    /// The review of a name ends, and the webhook is told.
    pub(crate) fn name_reviewed(&mut self, id: &str, at: Timestamp) {
        let Some(number) = self.numbers.get_mut(id) else { return };
        let Some(name) = number.onboarding.new_name.take() else { return };
        // Names that shout are refused.
        let refused = name.contains("!!");
        let (decision, reason) =
            if refused { ("REJECTED", json!("NAME_FORMAT_UNACCEPTABLE")) } else { ("APPROVED", Value::Null) };
        number.onboarding.new_name_status = if refused { "DECLINED" } else { "NONE" }.to_owned();
        if !refused {
            number.verified_name.clone_from(&name);
        }
        let value = json!({ "display_phone_number": number.digits, "decision": decision,
            "requested_verified_name": name, "rejection_reason": reason });
        let change = Change {
            waba: number.waba.clone(),
            time: Some(at.as_second()),
            field: "phone_number_name_update".into(),
            value,
        };
        self.disk.put("number", id, Some(&*number));
        self.emit(at, change);
    }
}

fn verify_code(number: &mut Number, body: &Value) -> Result<(), GraphError> {
    let onboarding = &mut number.onboarding;
    let given = body["code"].as_str().unwrap_or_default().replace('-', "");
    if onboarding.code.is_some() && onboarding.code.as_deref() == Some(given.as_str()) {
        onboarding.code = None;
        onboarding.verified = true;
        return Ok(());
    }
    onboarding.wrong_codes += 1;
    if onboarding.wrong_codes >= GUESSES {
        onboarding.code = None;
    }
    Err(GraphError::new(136_025, "The code is not correct or has expired."))
}

fn register(number: &mut Number, body: &Value, now: Timestamp) -> Result<(), GraphError> {
    if body["messaging_product"] != "whatsapp" {
        return Err(GraphError::new(100, "The parameter messaging_product is required."));
    }
    let pin = pin_of(body)?;
    let onboarding = &mut number.onboarding;
    onboarding.registrations.retain(|at| now < *at + SignedDuration::from_hours(72));
    if onboarding.registrations.len() >= REGISTRATIONS {
        return Err(GraphError::new(133_016, "Registration was tried too often within 72 hours."));
    }
    onboarding.registrations.push(now);
    if !onboarding.verified {
        return Err(GraphError::new(133_006, "The phone number needs to be verified before registering."));
    }
    if onboarding.wrong_pins >= GUESSES {
        return Err(GraphError::new(133_008, "Too many two step verification PIN guesses."));
    }
    if onboarding.pin.as_ref().is_some_and(|known| *known != pin) {
        onboarding.wrong_pins += 1;
        return Err(GraphError::new(133_005, "Two step verification PIN mismatch."));
    }
    onboarding.pin = Some(pin);
    onboarding.wrong_pins = 0;
    number.status = "CONNECTED".to_owned();
    Ok(())
}

fn deregister(number: &mut Number) -> Result<(), GraphError> {
    if !number.is_registered() {
        return Err(GraphError::new(133_010, "The number is not registered."));
    }
    number.status = "DISCONNECTED".to_owned();
    Ok(())
}

fn pin_of(body: &Value) -> Result<String, GraphError> {
    let pin = body["pin"].as_str().unwrap_or_default();
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) {
        Ok(pin.to_owned())
    } else {
        Err(GraphError::new(100, "Param pin must be 6 digits"))
    }
}
