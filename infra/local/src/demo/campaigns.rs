//! Campaigns of the demo company: one that has ended, one that is planned, one that is a draft.

use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Trouble;
use super::company::number_id;
use super::customers::Customer;
use super::desk::Office;
use crate::sim::Sim;

/// How long ago the campaign went out that has ended.
pub(super) const STARTED: Duration = Duration::from_secs(102 * 3_600);
/// How long ago the next one was planned.
pub(super) const SCHEDULED: Duration = Duration::from_secs(5 * 3_600);
/// Until it has left, it is looked at so often.
const ROUNDS: usize = 12;

fn named() -> Value {
    json!({ "body.1": { "from": { "record": "name" }, "fallback": "cliente" } })
}

fn plan(name: &str, list: &str, templates: &Value) -> Value {
    json!({
        "name": name,
        "numbers": [number_id("201")],
        "templates": templates,
        "language": { "default": "es" },
        "audience": { "include": [{ "list": list }] },
        "hold_out": 10,
        "reply_hours": 72,
    })
}

/// A week of refrigerators, with two wordings, to everybody who agreed.
pub(super) async fn run(office: &Office<'_>, list: &str) -> Result<String, Trouble> {
    let desk = office.desk("mariela")?;
    let templates = json!([
        { "template": "semana_de_neveras", "parameters": named() },
        { "template": "semana_de_neveras_b", "parameters": named() },
    ]);
    let campaign = desk.post("/v1/campaigns", plan("Semana de neveras", list, &templates)).await?;
    let id = campaign["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/v1/campaigns/{id}");
    desk.post(&format!("{path}/start"), Value::Null).await?;
    for _ in 0..ROUNDS {
        office.pass(Duration::from_secs(30)).await;
        let now = desk.get(&path).await?;
        if !matches!(now["state"].as_str(), Some("starting" | "freezing" | "running")) {
            break;
        }
    }
    office.rest().await;
    Ok(id)
}

/// What some of those said who got it.
pub(super) async fn answers(office: &Office<'_>, sim: &Sim, more: &[Customer]) -> Result<(), Trouble> {
    office.pass(Duration::from_secs(1_800)).await;
    for (i, it) in more.iter().enumerate() {
        let person = sim.person(&it.id)?;
        let got = person["chat"].as_array().and_then(|chat| chat.last()).and_then(|last| last["id"].as_str());
        let Some(got) = got.filter(|_| it.agrees) else { continue };
        let words = match i % 7 {
            1 => "Ver modelos",
            4 => "Hablar con un asesor",
            _ => continue,
        };
        let mut written = json!({ "type": "button", "body": { "payload": words, "text": words }, "reply_to": got,
            "to": number_id("201") });
        if i % 28 == 25 {
            written = json!({ "text": "BAJA", "to": number_id("201") });
        }
        sim.person_writes(&it.id, written)?;
    }
    office.pass(Duration::from_secs(60)).await;
    let desk = office.desk("camila")?;
    // Whoever only pressed a button has been helped since.
    let open = desk.get(&format!("/v1/conversations?number={}&limit=100", number_id("201"))).await?;
    for row in open["items"].as_array().into_iter().flatten() {
        let known = more.iter().any(|it| row["contact"]["name"] == it.name.as_str());
        if let Some(id) = row["id"].as_str().filter(|_| known) {
            desk.patch(&format!("/v1/conversations/{id}"), json!({ "state": "closed" })).await?;
        }
    }
    Ok(())
}

/// What it was good for, and what is planned next.
pub(super) async fn after(office: &Office<'_>, campaign: &str, list: &str) -> Result<(), Trouble> {
    let desk = office.desk("mariela")?;
    let people = desk.get(&format!("/v1/campaigns/{campaign}/people?limit=100")).await?;
    let people: Vec<&str> =
        people["items"].as_array().into_iter().flatten().filter_map(|it| it["contact"].as_str()).collect();
    for (i, contact) in people.iter().enumerate().filter(|(i, _)| i % 9 == 4) {
        let sale = json!({ "id": format!("EA-{}", 20_400 + i), "kind": "purchase", "contact": contact,
            "at": office.world.clock.now() - Duration::from_secs(40 * 3_600),
            "value": { "amount": "419.00", "currency": "USD" } });
        // What was sold, the shop's own program tells: no agent does.
        office.desk("carmen")?.post(&format!("/v1/campaigns/{campaign}/conversions"), sale).await?;
    }
    let day = office.world.clock.now().to_zoned(TimeZone::UTC).datetime().saturating_add(2.days());
    let mut next =
        plan("Viernes negro", list, &json!([{ "template": "viernes_negro", "parameters": named() }]));
    let time = format!("{}T10:00", day.strftime("%Y-%m-%d"));
    next["start"] = json!({ "at": { "time": time, "zone": "America/Caracas" } });
    let next = desk.post("/v1/campaigns", next).await?;
    let id = next["id"].as_str().unwrap_or_default();
    desk.post(&format!("/v1/campaigns/{id}/schedule"), Value::Null).await?;
    let draft = json!([{ "template": "catalogo_lavadoras", "parameters": named() }]);
    desk.post("/v1/campaigns", plan("Lavadoras de Navidad", list, &draft)).await?;
    let segments = [
        ("Línea blanca, interés", "field.interest:Neveras"),
        ("Prospectos", "kind:lead"),
        ("Caracas", "field.city:Caracas"),
    ];
    for (name, filter) in segments {
        desk.post("/v1/segments", json!({ "name": name, "filter": filter })).await?;
    }
    Ok(())
}
