//! Business profiles, and resumable uploads, which their pictures come by.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Request;
use super::errors::GraphError;
use super::nodes::select;
use crate::sim::ids;
use crate::sim::state::State;

type Answer = Result<Value, GraphError>;

const USUAL: &[&str] =
    &["about", "address", "description", "email", "messaging_product", "vertical", "websites"];

const VERTICALS: &str = "ALCOHOL APPAREL AUTO BEAUTY EDU ENTERTAIN EVENT_PLAN FINANCE GOVT GROCERY HEALTH HOTEL NONPROFIT \
    ONLINE_GAMBLING OTC_DRUGS OTHER PHYSICAL_GAMBLING PROF_SERVICES RESTAURANT RETAIL TRAVEL NOT_A_BIZ UNDEFINED";

impl State {
    pub(crate) fn profile(&mut self, request: &Request, id: &str) -> Answer {
        let Some(number) = self.numbers.get_mut(id) else {
            return Err(GraphError::unknown_object("get", id));
        };
        if request.method == "GET" {
            return Ok(json!({ "data": [select(request, number.profile.clone(), USUAL)?] }));
        }
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| GraphError::new(100, "The body is not JSON"))?;
        if body["messaging_product"] != "whatsapp" {
            return Err(GraphError::new(100, "The parameter messaging_product is required."));
        }
        let mut profile = number.profile.clone();
        for (key, value) in body.as_object().into_iter().flatten() {
            fits(key, value)?;
            match key.as_str() {
                "profile_picture_handle" => {
                    let handle = value.as_str().unwrap_or_default();
                    if !self.handles.contains(handle) {
                        return Err(GraphError::new(100, "Param profile_picture_handle is not a handle"));
                    }
                    let url = format!("https://pps.whatsapp.example/{}", ids::digits(id));
                    profile["profile_picture_url"] = url.into();
                }
                key if value.as_str() == Some("") => {
                    _ = profile.as_object_mut().and_then(|profile| profile.shift_remove(key));
                }
                key => profile[key] = value.clone(),
            }
        }
        number.profile = profile;
        self.disk.put("number", id, Some(&*number));
        Ok(json!({ "success": true }))
    }

    /// `POST /{app}/uploads`: begins an upload.
    pub(crate) fn begin_upload(&mut self, request: &Request) -> Answer {
        let asked = |name: &str| request.query.get(name).cloned().unwrap_or_default();
        let length: usize = asked("file_length").parse().unwrap_or_default();
        if length == 0 {
            return Err(GraphError::new(100, "The parameter file_length is required."));
        }
        if !["image/jpeg", "image/jpg", "image/png", "application/pdf", "video/mp4"]
            .contains(&asked("file_type").as_str())
        {
            return Err(GraphError::new(100, "Param file_type is not supported"));
        }
        let seq = self.next_seq();
        let session = format!("upload:{}", URL_SAFE_NO_PAD.encode(ids::fbtrace(self.config.seed, seq)));
        self.uploads.insert(session.clone(), length);
        Ok(json!({ "id": session }))
    }

    /// `POST /upload:<session>`: the bytes, from the first one on.
    pub(crate) fn take_upload(&mut self, request: &Request, session: &str, _now: Timestamp) -> Answer {
        let Some(length) = self.uploads.remove(session) else {
            return Err(GraphError::unknown_object("post", session));
        };
        if request.body.len() != length {
            return Err(GraphError::new(100, format!("{length} bytes were announced")));
        }
        let seq = self.next_seq();
        let handle = format!("4::{}", URL_SAFE_NO_PAD.encode(ids::fbtrace(self.config.seed, seq)));
        self.handles.insert(handle.clone());
        Ok(json!({ "h": handle }))
    }
}

fn fits(key: &str, value: &Value) -> Result<(), GraphError> {
    let limit = match key {
        "about" => 139,
        "address" => 256,
        "description" => 512,
        "email" => 128,
        "websites" => {
            let websites = value.as_array().map_or(&[][..], Vec::as_slice);
            let long = |site: &Value| site.as_str().is_none_or(|site| site.chars().count() > 256);
            if websites.len() > 2 || websites.iter().any(long) {
                return Err(GraphError::new(100, "Param websites must be at most 2 addresses of 256"));
            }
            return Ok(());
        }
        "vertical" => {
            let known = VERTICALS.split_whitespace().any(|vertical| value == vertical);
            let wrong = || GraphError::new(100, format!("Param vertical must be one of {{{VERTICALS}}}"));
            return known.then_some(()).ok_or_else(wrong);
        }
        "messaging_product" | "profile_picture_handle" => return Ok(()),
        _ => return Err(GraphError::new(100, format!("Unexpected key \"{key}\""))),
    };
    let text = value.as_str().unwrap_or_default();
    if text.chars().count() > limit || key == "about" && text.is_empty() {
        return Err(GraphError::new(100, format!("Param {key} must be at most {limit} characters long")));
    }
    Ok(())
}
