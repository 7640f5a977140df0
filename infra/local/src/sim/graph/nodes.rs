//! Accounts, numbers and their edges.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::Request;
use super::errors::GraphError;
use crate::sim::ids;
use crate::sim::model::Number;
use crate::sim::state::State;

type Answer = Result<Value, GraphError>;

/// The fields that were asked for, or the usual ones; all when `usual` is empty.
pub(crate) fn select(request: &Request, node: Value, usual: &[&str]) -> Answer {
    let Value::Object(mut fields) = node else { return Ok(node) };
    let asked: Vec<&str> = match request.query.get("fields") {
        Some(list) => list.split(',').map(str::trim).filter(|field| !field.is_empty()).collect(),
        None if usual.is_empty() => return Ok(Value::Object(fields)),
        None => usual.to_vec(),
    };
    let mut kept = Map::new();
    for field in asked.into_iter().filter(|field| *field != "id") {
        let value = fields.shift_remove(field);
        // Known fields that this node happens not to have are left out.
        match value {
            Some(value) => _ = kept.insert(field.into(), value),
            None if OPTIONAL.contains(&field) => {}
            None => return Err(GraphError::new(100, format!("Tried accessing nonexisting field ({field})"))),
        }
    }
    if let Some(id) = fields.shift_remove("id") {
        kept.insert("id".into(), id);
    }
    Ok(Value::Object(kept))
}

const OPTIONAL: &[&str] = &[
    "previous_category",
    "correct_category",
    "library_template_name",
    "cta_url_link_tracking_opted_out",
    "username",
    "about",
    "address",
    "description",
    "email",
    "profile_picture_url",
    "websites",
    "vertical",
];

impl State {
    /// All paths that are not messages, media or templates.
    pub(crate) fn node(&mut self, request: &Request, segments: &[&str], now: Timestamp) -> Answer {
        let id = segments.first().copied().unwrap_or_default();
        match (request.method.as_str(), &segments[1..]) {
            ("GET", []) if self.numbers.contains_key(id) => self.number_node(request, id),
            ("POST", []) if self.numbers.contains_key(id) => self.onboard(request, id, "", now),
            ("POST", [edge @ ("request_code" | "verify_code" | "register" | "deregister")])
                if self.numbers.contains_key(id) =>
            {
                self.onboard(request, id, edge, now)
            }
            ("POST", ["uploads"]) if id == crate::world::Secrets::APP_ID => self.begin_upload(request),
            ("POST", []) if id.starts_with("upload:") => self.take_upload(request, id, now),
            ("GET", []) if self.wabas.contains_key(id) => self.waba_node(request, id),
            ("GET", []) if self.portfolios.contains_key(id) => self.portfolio_node(request, id),
            ("GET", ["phone_numbers"]) if self.wabas.contains_key(id) => self.waba_numbers(request, id),
            (_, ["subscribed_apps"]) if self.wabas.contains_key(id) => self.subscribed_apps(request, id),
            (_, ["whatsapp_business_profile"]) if self.numbers.contains_key(id) => self.profile(request, id),
            (_, ["block_users"]) if self.numbers.contains_key(id) => self.block_users(request, id, now),
            (method, []) => Err(GraphError::unknown_object(method, id)),
            (method, _) if !self.known(id) => Err(GraphError::unknown_object(method, id)),
            (_, rest) => Err(GraphError::unknown_path(&format!("/{}", rest.join("/")))),
        }
    }

    fn known(&self, id: &str) -> bool {
        self.numbers.contains_key(id) || self.wabas.contains_key(id) || self.portfolios.contains_key(id)
    }

    fn number_shown(&self, number: &Number) -> Value {
        let portfolio = self.portfolios.get(&self.portfolio_of(&number.id));
        let can_send = if number.status == "CONNECTED" { "AVAILABLE" } else { "BLOCKED" };
        json!({
            "verified_name": number.verified_name,
            "code_verification_status": if number.onboarding.verified { "VERIFIED" } else { "NOT_VERIFIED" },
            "display_phone_number": number.display,
            "quality_rating": number.quality_rating,
            "platform_type": "CLOUD_API",
            "throughput": { "level": if number.mps > 80 { "HIGH" } else { "STANDARD" } },
            "status": number.status,
            "name_status": "APPROVED",
            "new_name_status": number.onboarding.new_name_status,
            "account_mode": "LIVE",
            "is_official_business_account": false,
            "is_on_biz_app": false,
            "is_pin_enabled": number.onboarding.pin.is_some(),
            "whatsapp_business_manager_messaging_limit": portfolio.map(|portfolio| portfolio.tier()),
            "health_status": { "can_send_message": can_send, "entities": [
                { "entity_type": "PHONE_NUMBER", "id": number.id, "can_send_message": can_send } ] },
            "webhook_configuration": { "application": self.config.webhook_url },
            "id": number.id,
        })
    }

    const USUAL: &[&str] = &[
        "verified_name",
        "code_verification_status",
        "display_phone_number",
        "quality_rating",
        "platform_type",
        "throughput",
        "webhook_configuration",
    ];

    fn number_node(&self, request: &Request, id: &str) -> Answer {
        let number = self.numbers.get(id).ok_or_else(|| GraphError::unknown_object("get", id))?;
        select(request, self.number_shown(number), Self::USUAL)
    }

    /// In pages of 25, or as many as `limit` says.
    fn waba_numbers(&self, request: &Request, id: &str) -> Answer {
        let limit = request.query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25);
        let after = request.query.get("after").map_or("", String::as_str);
        let mut rest = self.numbers.values().filter(|number| number.waba == id && *number.id > *after);
        let page: Vec<&Number> = rest.by_ref().take(limit).collect();
        let data: Result<Vec<Value>, GraphError> =
            page.iter().map(|number| select(request, self.number_shown(number), Self::USUAL)).collect();
        let mut answer = json!({ "data": data? });
        if let (Some(first), Some(last)) = (page.first(), page.last()) {
            answer["paging"] = json!({ "cursors": { "before": first.id, "after": last.id } });
            if rest.next().is_some() {
                let base = self.config.base_url.trim_end_matches('/');
                answer["paging"]["next"] =
                    format!("{base}/v26.0/{id}/phone_numbers?after={}", last.id).into();
            }
        }
        Ok(answer)
    }

    fn waba_node(&self, request: &Request, id: &str) -> Answer {
        let waba = self.wabas.get(id).ok_or_else(|| GraphError::unknown_object("get", id))?;
        let portfolio = self.portfolios.get(&waba.portfolio);
        let shown = json!({
            "name": waba.name, "timezone_id": "1", "currency": "USD", "message_template_namespace": "fixture_kettles",
            "account_review_status": "APPROVED", "business_verification_status": "verified",
            "owner_business_info": portfolio.map(|p| json!({ "name": p.name, "id": p.id })),
            "whatsapp_business_manager_messaging_limit": portfolio.map(|portfolio| portfolio.tier()),
            "health_status": { "can_send_message": "AVAILABLE", "entities": [
                { "entity_type": "WABA", "id": id, "can_send_message": "AVAILABLE" } ] },
            "id": id,
        });
        select(request, shown, &["name", "timezone_id", "message_template_namespace"])
    }

    fn portfolio_node(&self, request: &Request, id: &str) -> Answer {
        let portfolio = self.portfolios.get(id).ok_or_else(|| GraphError::unknown_object("get", id))?;
        let shown = json!({ "name": portfolio.name, "whatsapp_business_manager_messaging_limit": portfolio.tier(), "id": id });
        select(request, shown, &["name"])
    }

    fn subscribed_apps(&mut self, request: &Request, id: &str) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let Some(waba) = self.wabas.get_mut(id) else { return Err(GraphError::unknown_object("get", id)) };
        match request.method.as_str() {
            "GET" => {
                let mut app = json!({ "whatsapp_business_api_data": { "id": "900000000000401", "name": "Ventana", "link": "https://example.com/" } });
                if let Some(uri) = &waba.override_uri {
                    app["override_callback_uri"] = uri.as_str().into();
                }
                return Ok(json!({ "data": if waba.subscribed { vec![app] } else { vec![] } }));
            }
            "POST" => {
                waba.subscribed = true;
                waba.override_uri = body["override_callback_uri"].as_str().map(String::from);
            }
            _ => waba.subscribed = false,
        }
        self.disk.put("waba", id, Some(&*waba));
        Ok(json!({ "success": true }))
    }

    /// Only people who wrote in the last 24 hours can be blocked.
    fn block_users(&mut self, request: &Request, id: &str, now: Timestamp) -> Answer {
        if request.method == "GET" {
            let blocked = self.pairs.values().filter(|pair| pair.number == id && pair.blocked);
            let data: Vec<Value> = blocked
                .filter_map(|pair| self.people.get(&pair.person))
                .map(|person| json!({ "messaging_product": "whatsapp", "wa_id": person.phone, "user_id": person.user_id }))
                .collect();
            return Ok(json!({ "data": data }));
        }
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| GraphError::new(100, "The body is not JSON"))?;
        let adding = request.method == "POST";
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for user in body["block_users"].as_array().into_iter().flatten() {
            let input = user["user"].as_str().unwrap_or_default();
            let person =
                self.addresses.get(input).or_else(|| self.addresses.get(&ids::digits(input))).cloned();
            let wrote = |at: Timestamp| now < at + SignedDuration::from_hours(24);
            let allowed = |person: &String| {
                !adding || self.pair(id, person).and_then(|p| p.last_inbound).is_some_and(wrote)
            };
            match person.filter(allowed) {
                Some(person) => {
                    self.change_pair(id, &person, |pair| pair.blocked = adding);
                    done.push(json!({ "input": input }));
                }
                None => failed.push(json!({ "input": input, "errors": [{ "code": 139_100 }] })),
            }
        }
        if !failed.is_empty() {
            return Err(GraphError::new(139_100, format!("Not (un)blocked: {}", Value::Array(failed))));
        }
        let key = if adding { "added_users" } else { "removed_users" };
        Ok(json!({ "messaging_product": "whatsapp", "block_users": { key: done } }))
    }
}
