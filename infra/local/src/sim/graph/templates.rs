//! Templates over the Graph API: list, create, edit, delete, and the review that follows.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Request;
use super::errors::GraphError;
use super::nodes::select;
use crate::sim::model::{Due, Template};
use crate::sim::state::{State, ms};

type Answer = Result<Value, GraphError>;

impl Template {
    /// As the Graph API shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "name": self.name, "parameter_format": self.parameter_format, "components": self.components,
            "language": self.language, "status": self.status, "category": self.category,
            "sub_category": "CUSTOM", "quality_score": { "score": self.quality, "date": 1_795_000_000 },
            "rejected_reason": self.rejected_reason, "message_send_ttl_seconds": self.ttl_seconds, "id": self.id,
        })
    }
}

impl State {
    fn waba_exists(&self, request: &Request, waba: &str) -> Result<(), GraphError> {
        match self.wabas.contains_key(waba) {
            true => Ok(()),
            false => Err(GraphError::unknown_object(&request.method, waba)),
        }
    }

    pub(crate) fn list_templates(&self, request: &Request, waba: &str) -> Answer {
        self.waba_exists(request, waba)?;
        let filter = |key: &str, value: &str| {
            request.query.get(key).is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
        };
        let text = |template: &Template| format!("{} {}", template.name, template.components);
        let found: Vec<Value> = self
            .templates
            .values()
            .filter(|t| t.waba == waba && filter("name", &t.name) && filter("language", &t.language))
            .filter(|t| {
                filter("status", &t.status)
                    && filter("category", &t.category)
                    && filter("quality_score", &t.quality)
            })
            .filter(|t| {
                request.query.get("name_or_content").is_none_or(|wanted| text(t).contains(wanted.as_str()))
            })
            .map(Template::shown)
            .collect();
        page(request, found)
    }

    pub(crate) fn template_node(&self, request: &Request, id: &str) -> Answer {
        let template = self.templates.get(id).ok_or_else(|| GraphError::unknown_object("get", id))?;
        select(request, template.shown(), &[])
    }

    pub(crate) fn create_template(&mut self, request: &Request, waba: &str, now: Timestamp) -> Answer {
        self.waba_exists(request, waba)?;
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| GraphError::new(100, "The body is not JSON"))?;
        let (name, language, category) = named(&body)?;
        if self.templates.values().any(|t| t.waba == waba && t.name == name && t.language == language) {
            return Err(GraphError {
                subcode: Some(2_388_024),
                ..GraphError::new(100, "There is already content in this language.")
            });
        }
        let components = components(&body["components"], &category)?;
        let named = body["parameter_format"].as_str().is_some_and(|f| f.eq_ignore_ascii_case("named"));
        let format = if named { "NAMED" } else { "POSITIONAL" };
        let template = Template {
            id: (900_000_000_200_000 + self.next_seq()).to_string(),
            waba: waba.into(),
            name,
            language,
            status: "PENDING".into(),
            category,
            parameter_format: format.into(),
            components,
            quality: "UNKNOWN".into(),
            rejected_reason: "NONE".into(),
            ttl_seconds: body["message_send_ttl_seconds"].as_i64(),
            edited_at: None,
        };
        let answer = json!({ "id": template.id, "status": "PENDING", "category": template.category });
        self.at(now + ms(self.settings.template_review_ms), Due::Review(template.id.clone()));
        self.keep_template(template);
        Ok(answer)
    }

    pub(crate) fn keep_template(&mut self, template: Template) {
        self.disk.put("template", &template.id, Some(&template));
        self.templates.insert(template.id.clone(), template);
    }

    pub(crate) fn edit_template(&mut self, request: &Request, id: &str, now: Timestamp) -> Answer {
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| GraphError::new(100, "The body is not JSON"))?;
        let mut template =
            self.templates.get(id).cloned().ok_or_else(|| GraphError::unknown_object("post", id))?;
        let approved = template.status == "APPROVED";
        if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
            return Err(GraphError::new(
                100,
                format!("A template that is {} cannot be edited.", template.status),
            ));
        }
        let recently = template.edited_at.is_some_and(|at| now < at + SignedDuration::from_hours(24));
        if approved && (recently || body["category"].is_string()) {
            return Err(GraphError::new(
                100,
                "An approved template keeps its category and is edited once in 24 hours.",
            ));
        }
        if let Some(category) = body["category"].as_str() {
            template.category = category.to_ascii_uppercase();
        }
        if !body["components"].is_null() {
            template.components = components(&body["components"], &template.category)?;
        }
        template.ttl_seconds = body["message_send_ttl_seconds"].as_i64().or(template.ttl_seconds);
        template.status = "PENDING".into();
        template.edited_at = Some(now);
        self.keep_template(template);
        self.at(now + ms(self.settings.template_review_ms), Due::Review(id.into()));
        Ok(json!({ "success": true }))
    }

    pub(crate) fn delete_templates(&mut self, request: &Request, waba: &str) -> Answer {
        self.waba_exists(request, waba)?;
        let name = request
            .query
            .get("name")
            .ok_or_else(|| GraphError::new(100, "The parameter name is required."))?;
        let id = request.query.get("hsm_id");
        let doomed = |t: &&Template| t.waba == waba && t.name == *name && id.is_none_or(|id| *id == t.id);
        let ids: Vec<String> = self.templates.values().filter(doomed).map(|t| t.id.clone()).collect();
        if ids.is_empty() {
            return Err(GraphError::new(100, "Message template not found"));
        }
        for id in ids {
            self.templates.remove(&id);
            self.disk.put::<()>("template", id, None);
        }
        Ok(json!({ "success": true }))
    }

    /// Meta's review: variables at the edges or next to each other are refused.
    pub(crate) fn reviewed(&mut self, id: &str, at: Timestamp) {
        let Some(template) = self.templates.get(id).filter(|template| template.status == "PENDING") else {
            return;
        };
        let text = template.components.as_array().into_iter().flatten().find(|c| c["type"] == "BODY");
        let text = text.and_then(|body| body["text"].as_str()).unwrap_or_default();
        let bad = template.category != "AUTHENTICATION"
            && (text.contains("}}{{") || text.starts_with("{{") || text.ends_with("}}"));
        self.set_template_status(id, if bad { "REJECTED" } else { "APPROVED" }, at);
    }
}

/// Name, language and category of a new template.
fn named(body: &Value) -> Result<(String, String, String), GraphError> {
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let (name, language, category) = (text("name"), text("language"), text("category").to_ascii_uppercase());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > 512 || !name.chars().all(plain) {
        return Err(GraphError::new(100, "name: 1 to 512 lowercase letters, digits and underscores"));
    }
    if language.is_empty() || !matches!(category.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
        return Err(GraphError::new(
            100,
            "language and category are required; category is MARKETING, UTILITY or AUTHENTICATION",
        ));
    }
    Ok((name, language, category))
}

/// One page of a list, with opaque cursors.
fn page(request: &Request, found: Vec<Value>) -> Answer {
    let limit =
        request.query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25_usize).clamp(1, 1_000);
    let start = match request.query.get("after") {
        None => 0,
        Some(cursor) => hex::decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok()?.strip_prefix("after:")?.parse().ok())
            .filter(|start| *start <= found.len())
            .ok_or_else(|| GraphError::new(131_059, "The paging cursor is not valid."))?,
    };
    let end = (start + limit).min(found.len());
    let cursor = |place: usize| hex::encode(format!("after:{place}"));
    let data: Result<Vec<Value>, GraphError> =
        found[start..end].iter().map(|template| select(request, template.clone(), &[])).collect();
    let mut paging = json!({ "cursors": { "before": cursor(start), "after": cursor(end) } });
    if end < found.len() {
        paging["next"] =
            format!("https://graph.facebook.com{}?limit={limit}&after={}", request.path, cursor(end)).into();
    }
    Ok(json!({ "data": data?, "paging": paging }))
}

/// The components of a new template, within their limits.
fn components(given: &Value, category: &str) -> Result<Value, GraphError> {
    let list = given.as_array().cloned().unwrap_or_default();
    let mut kept = Vec::new();
    for mut component in list {
        let kind = component["type"].as_str().unwrap_or_default().to_ascii_uppercase();
        let length = component["text"].as_str().unwrap_or_default().chars().count();
        let limit = match kind.as_str() {
            "HEADER" | "FOOTER" => 60,
            "BODY" => 1024,
            _ => usize::MAX,
        };
        if length > limit {
            return Err(GraphError {
                subcode: Some(2_388_040),
                ..GraphError::new(100, format!("{kind} is longer than {limit} characters"))
            });
        }
        component["type"] = kind.as_str().into();
        if kind == "BODY" && category == "AUTHENTICATION" {
            component["text"] = "*{{1}}* is your verification code.".into();
        }
        if kind == "BUTTONS" {
            buttons(&mut component)?;
        }
        kept.push(component);
    }
    if kept.iter().any(|component| component["type"] == "BODY" && component["text"].is_string()) {
        return Ok(Value::Array(kept));
    }
    Err(GraphError::new(100, "The component BODY is required."))
}

fn buttons(component: &mut Value) -> Result<(), GraphError> {
    let buttons = component["buttons"].as_array_mut().map_or(&mut [][..], Vec::as_mut_slice);
    if buttons.len() > 10
        || buttons.iter().any(|b| b["text"].as_str().is_some_and(|t| t.chars().count() > 25))
    {
        return Err(GraphError::new(100, "at most 10 buttons, with labels of at most 25 characters"));
    }
    // The button of an authentication template reads back as a URL button.
    for button in buttons.iter_mut().filter(|button| button["type"] == "OTP") {
        button["type"] = "URL".into();
        button["url"] = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}".into();
    }
    Ok(())
}
