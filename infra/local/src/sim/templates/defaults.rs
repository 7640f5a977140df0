//! Approved templates over categories and languages, one paused, one rejected.

use serde_json::{Value, json};

use crate::sim::model::Template;

struct Kind {
    name: &'static str,
    language: &'static str,
    category: &'static str,
    format: &'static str,
    status: &'static str,
}

pub(crate) fn templates() -> Vec<Template> {
    let mut all: Vec<Template> = rows()
        .into_iter()
        .zip(1_u64..)
        .map(|((kind, components), i)| template(i, "900000000000101", &kind, components))
        .collect();
    let vendors = kind("delivery_notice", "en_US", "UTILITY", "POSITIONAL");
    let text = "Dear {{1}}, please bring {{2}} boxes to gate 4 tomorrow.";
    all.push(template(90, "900000000000102", &vendors, json!([body(text, &["Noor", "12"])])));
    all
}

fn template(i: u64, waba: &str, kind: &Kind, components: Value) -> Template {
    Template {
        id: (900_000_000_002_000 + i).to_string(),
        waba: waba.into(),
        name: kind.name.into(),
        language: kind.language.into(),
        status: kind.status.into(),
        category: kind.category.into(),
        parameter_format: kind.format.into(),
        components,
        quality: if kind.status == "PAUSED" { "RED" } else { "GREEN" }.into(),
        rejected_reason: if kind.status == "REJECTED" { "INVALID_FORMAT" } else { "NONE" }.into(),
        ttl_seconds: None,
        edited_at: None,
    }
}

fn kind(name: &'static str, language: &'static str, category: &'static str, format: &'static str) -> Kind {
    Kind { name, language, category, format, status: "APPROVED" }
}

fn body(text: &str, example: &[&str]) -> Value {
    if example.is_empty() {
        return json!({ "type": "BODY", "text": text });
    }
    json!({ "type": "BODY", "text": text, "example": { "body_text": [example] } })
}

fn media_header(format: &str) -> Value {
    json!({ "type": "HEADER", "format": format, "example": { "header_handle": ["https://cdn.example/header"] } })
}

fn footer() -> Value {
    json!({ "type": "FOOTER", "text": "Fixture Kettles" })
}

fn rows() -> Vec<(Kind, Value)> {
    let mut rows = utility();
    rows.extend(visits_and_invoices());
    rows.extend(marketing());
    rows.extend(cards_and_offers());
    rows.extend(unusable());
    rows.push((
        kind("fx_otp", "en_US", "AUTHENTICATION", "POSITIONAL"),
        json!([
            { "type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": true,
              "example": { "body_text": [["123456"]] } },
            { "type": "FOOTER", "text": "This code expires in 10 minutes.", "code_expiration_minutes": 10 },
            { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Copy code", "otp_type": "COPY_CODE",
              "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
              "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"] }] },
        ]),
    ));
    rows
}

fn utility() -> Vec<(Kind, Value)> {
    vec![
        (
            kind("order_update_v3", "en_US", "UTILITY", "NAMED"),
            json!([
                media_header("IMAGE"),
                { "type": "BODY", "text": "Hi {{first_name}}, your order {{order_no}} left our store.",
                  "example": { "body_text_named_params": [
                      { "param_name": "first_name", "example": "Amara" },
                      { "param_name": "order_no", "example": "FX-77" } ] } },
                footer(),
                { "type": "BUTTONS", "buttons": [
                    { "type": "QUICK_REPLY", "text": "Stop updates" },
                    { "type": "URL", "text": "Track", "url": "https://shop.example/{{1}}",
                      "example": ["https://shop.example/t/FX-77"] } ] },
            ]),
        ),
        (
            kind("hello_world", "en_US", "UTILITY", "POSITIONAL"),
            json!([{ "type": "HEADER", "format": "TEXT", "text": "Hello World" },
                   body("Welcome to Fixture Kettles. This is a test message.", &[]), footer()]),
        ),
    ]
}

fn visits_and_invoices() -> Vec<(Kind, Value)> {
    let answers = |yes: &str, no: &str| {
        json!({ "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": yes }, { "type": "QUICK_REPLY", "text": no } ] })
    };
    vec![
        (
            kind("appointment_reminder", "en_GB", "UTILITY", "POSITIONAL"),
            json!([{ "type": "HEADER", "format": "TEXT", "text": "Visit on {{1}}", "example": { "header_text": ["Monday"] } },
                   body("Hello {{1}}, we see you at {{2}} in our shop.", &["Amara", "10:30"]),
                   answers("Confirm", "Reschedule")]),
        ),
        (
            kind("appointment_reminder", "es", "UTILITY", "POSITIONAL"),
            json!([{ "type": "HEADER", "format": "TEXT", "text": "Cita el {{1}}", "example": { "header_text": ["lunes"] } },
                   body("Hola {{1}}, le esperamos a las {{2}} en la tienda.", &["Sofía", "10:30"]),
                   answers("Confirmar", "Cambiar")]),
        ),
        (
            kind("invoice_ready", "de", "UTILITY", "POSITIONAL"),
            json!([
                media_header("DOCUMENT"),
                body("Guten Tag {{1}}, hier ist Ihre Rechnung {{2}} als PDF.", &["Jonas", "R-12"])
            ]),
        ),
    ]
}

fn sale(stop: &str) -> Value {
    json!({ "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Shop", "url": "https://shop.example/sale" },
            { "type": "QUICK_REPLY", "text": stop } ] })
}

fn marketing() -> Vec<(Kind, Value)> {
    vec![
        (
            kind("spring_sale", "en_US", "MARKETING", "POSITIONAL"),
            json!([
                media_header("IMAGE"),
                body("Hi {{1}}, all kettles are 20% off this week.", &["Amara"]),
                footer(),
                sale("Stop promotions")
            ]),
        ),
        (
            kind("spring_sale", "pt_BR", "MARKETING", "POSITIONAL"),
            json!([
                media_header("IMAGE"),
                body("Oi {{1}}, todas as chaleiras com 20% de desconto.", &["João"]),
                footer(),
                sale("Parar promoções")
            ]),
        ),
    ]
}

fn cards_and_offers() -> Vec<(Kind, Value)> {
    let card = json!({ "components": [
        media_header("IMAGE"),
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "More" },
            { "type": "URL", "text": "Buy", "url": "https://shop.example/{{1}}", "example": ["https://shop.example/KETTLE"] } ] } ] });
    vec![
        (
            kind("fx_lto", "en", "MARKETING", "POSITIONAL"),
            json!([media_header("IMAGE"),
                { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Ends soon", "has_expiration": true } },
                body("{{1}}, this price is for you only.", &["Amara"]),
                { "type": "BUTTONS", "buttons": [
                    { "type": "COPY_CODE", "text": "Copy offer code", "example": ["KETTLE20"] },
                    { "type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}", "example": ["https://shop.example/sale"] } ] }]),
        ),
        (
            kind("fx_carousel", "en", "MARKETING", "POSITIONAL"),
            json!([body("{{1}}, these are new in our shop.", &["Amara"]), { "type": "CAROUSEL", "cards": [card.clone(), card] }]),
        ),
    ]
}

fn unusable() -> Vec<(Kind, Value)> {
    let dead = |name, status| Kind { status, ..kind(name, "en_US", "MARKETING", "POSITIONAL") };
    vec![
        (
            dead("win_back", "PAUSED"),
            json!([body("We miss you, {{1}}, come back for tea.", &["Amara"]), sale("Stop promotions")]),
        ),
        (dead("price_drop", "REJECTED"), json!([body("{{1}}{{2}} now cheaper.", &["Kettle", "Blue"])])),
    ]
}
