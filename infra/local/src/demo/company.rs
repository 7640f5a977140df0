//! What the demo company has settled: departments, team, labels, fields, quick replies, numbers, templates.

use serde_json::{Value, json};

use super::Trouble;
use super::desk::{Desk, Office};
use super::people::TEAM;
use crate::sim::Sim;

/// Numbers, by their id's last digits: WABA, phone, name, the team's name for it, department, language.
const NUMBERS: [(&str, &str, &str, &str, &str, &str, &str); 3] = [
    ("201", "101", "584125550142", "Electro Ávila", "Ventas Caracas", "ventas", "es"),
    ("202", "101", "584245550188", "Electro Ávila Servicio", "Servicio técnico", "servicio", "es"),
    ("299", "102", "13055550117", "Electro Ávila Export", "Miami Export", "export", "en"),
];

const DEPARTMENTS: [(&str, &str); 3] =
    [("ventas", "Ventas"), ("servicio", "Servicio técnico"), ("export", "Exportación")];

const LABELS: [(&str, &str); 5] = [
    ("Cotización enviada", "#4a63d8"),
    ("Garantía", "#b7791f"),
    ("Entrega hoy", "#2f855a"),
    ("Mayorista", "#805ad5"),
    ("Warranty", "#b7791f"),
];

const QUICK_REPLIES: [(&str, &str); 8] = [
    ("saludo", "¡Hola! Gracias por escribir a Electro Ávila. ¿En qué te ayudo?"),
    (
        "precio",
        "Con gusto te paso precio y disponibilidad. ¿Qué modelo viste y a qué ciudad sería la entrega?",
    ),
    ("presencial", "Te esperamos en Boleíta de lunes a sábado, de 9 a 6."),
    ("preguntas", "Antes de cotizar: ¿qué medida tiene el espacio y qué voltaje hay en la toma?"),
    ("pago", "Aceptamos Zelle, pago móvil, efectivo y punto de venta. ¿Cuál prefieres?"),
    ("garantia", "La garantía es de dos años en el compresor y uno en el resto. Ten a mano tu factura."),
    ("freight", "Containers leave Miami every Friday. Which port should I quote?"),
    ("hours", "We are open Monday to Friday from 8 to 5 and Saturday from 8 to 1, Miami time."),
];

/// Fields of a record: id, label, type, options.
const FIELDS: [(&str, &str, &str, &[&str]); 6] = [
    ("city", "Ciudad", "text", &[]),
    ("address", "Dirección", "text", &[]),
    ("interest", "Interés", "choice", INTERESTS),
    ("budget", "Presupuesto", "money", &[]),
    ("last_purchase", "Última compra", "date", &[]),
    ("invoice", "Factura", "text", &[]),
];

/// What people want to buy.
pub(super) const INTERESTS: &[&str] = &[
    "Neveras",
    "Lavadoras",
    "Cocinas",
    "Aires",
    "Televisores",
    "Microondas",
    "Refrigerators",
    "Washers",
    "Stoves",
    "Air conditioners",
];

/// The company as it is at its number's WhatsApp.
pub(super) fn at_whatsapp(sim: &Sim) -> Result<(), Trouble> {
    for (number, _, phone, name, ..) in NUMBERS {
        sim.change_number(&number_id(number), json!({ "phone": phone, "name": name }))?;
    }
    for template in super::templates::all() {
        let status = template["status"].clone();
        let mut fields = template;
        if let Some(fields) = fields.as_object_mut() {
            fields.shift_remove("status");
        }
        let made = sim.add_template(fields)?;
        if let (Some(id), Some(status)) = (made["template"]["id"].as_str(), status.as_str()) {
            sim.change_template(id, json!({ "status": status }))?;
        }
    }
    Ok(())
}

/// The company as its admin settles it.
pub(super) async fn settle(office: &Office<'_>) -> Result<(), Trouble> {
    let admin = office.desk("carmen")?;
    for (waba, name) in [("101", "Electro Ávila"), ("102", "Electro Ávila Export")] {
        admin
            .put(
                &format!("/v1/wabas/900000000000{waba}"),
                json!({ "name": name, "portfolio": "900000000000301" }),
            )
            .await?;
    }
    for (id, name) in DEPARTMENTS {
        admin.put(&format!("/v1/departments/{id}"), json!({ "name": name })).await?;
    }
    for person in &TEAM {
        let body = json!({
            "name": person.full_name,
            "email": format!("{}@electroavila.example", person.name),
            "role": person.role.to_string(),
            "departments": person.department.into_iter().collect::<Vec<_>>(),
        });
        admin.put(&format!("/v1/agents/{}", person.id), body).await?;
    }
    for (id, label, kind, options) in FIELDS {
        let body = json!({ "label": label, "type": kind, "options": options });
        admin.put(&format!("/v1/fields/{id}"), body).await?;
    }
    for (name, color) in LABELS {
        admin.post("/v1/labels", json!({ "name": name, "color": color })).await?;
    }
    for (shortcut, text) in QUICK_REPLIES {
        admin.post("/v1/quick-replies", json!({ "shortcut": shortcut, "text": text })).await?;
    }
    Ok(())
}

/// What is settled for each number, once Meta has been asked for them.
pub(super) async fn settle_numbers(office: &Office<'_>) -> Result<(), Trouble> {
    let admin = office.desk("carmen")?;
    for (number, _, _, _, name, department, language) in NUMBERS {
        let zone = if language == "es" { "America/Caracas" } else { "America/New_York" };
        let body = json!({
            "name": name,
            "department": department,
            "language": language,
            "hours": { "zone": zone, "week": week() },
        });
        admin.patch(&format!("/v1/numbers/{}", number_id(number)), body).await?;
    }
    keywords(&admin).await
}

/// By which words people say no: in both languages.
async fn keywords(admin: &Desk<'_>) -> Result<(), Trouble> {
    let mut words = admin.get("/v1/settings/opt-out-keywords").await?;
    if let Some(words) = words.as_object_mut() {
        words.retain(|name, _| matches!(name.as_str(), "buttons" | "languages" | "matching" | "purpose"));
    }
    admin.put("/v1/settings/opt-out-keywords", words).await?;
    Ok(())
}

fn week() -> Value {
    let day = json!([{ "from": "09:00", "to": "18:00" }]);
    let saturday = json!([{ "from": "09:00", "to": "13:00" }]);
    json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": saturday })
}

/// A number's id.
pub(super) fn number_id(end: &str) -> String {
    format!("900000000000{end}")
}

/// A label's id, by its name.
pub(super) async fn labels(office: &Office<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let all = office.desk("carmen")?.get("/v1/labels").await?;
    let all = all["items"].as_array().cloned().unwrap_or_default();
    let pair = |label: &Value| Some((label["name"].as_str()?.to_owned(), label["id"].as_str()?.to_owned()));
    Ok(all.iter().filter_map(pair).collect())
}
