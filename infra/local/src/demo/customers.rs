//! The demo company's customers: those of the scripts, and some more who are on record.

use serde_json::{Value, json};

use super::Trouble;
use super::company::number_id;
use super::desk::Office;
use super::script::Conversation;
use crate::sim::Sim;

/// How many are on record besides those who write, and how many of them get the campaign of the demo company's week. The
/// others come from a file at its end, which is still being read when the program is ready.
const MORE: usize = 96;
pub(super) const EARLY: usize = 24;

const FIRST: [&str; 16] = [
    "Mariana",
    "Luis",
    "Carolina",
    "Andrés",
    "Verónica",
    "Eduardo",
    "Isabel",
    "Ricardo",
    "Daniel",
    "Teresa",
    "Miguel",
    "Laura",
    "Francisco",
    "Natalia",
    "Alejandro",
    "Rebeca",
];
const LAST: [&str; 13] = [
    "Pérez",
    "Guerrero",
    "Salazar",
    "Rivero",
    "Blanco",
    "Camacho",
    "Zambrano",
    "Lozada",
    "Bermúdez",
    "Acevedo",
    "Quiroz",
    "Toro",
    "Farías",
];
const CITIES: [&str; 7] =
    ["Caracas", "Valencia", "Maracaibo", "Bogotá", "Barquisimeto", "Medellín", "Mérida"];
const INTERESTS: [&str; 5] = ["Neveras", "Lavadoras", "Cocinas", "Aires", "Televisores"];
const PREFIXES: [&str; 5] = ["412", "414", "416", "424", "426"];

/// Somebody who is on record and has not written.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) name: String,
    phone: String,
    kind: &'static str,
    city: &'static str,
    interest: &'static str,
    pub(super) agrees: bool,
}

/// All of them, always the same.
pub(super) fn more() -> Vec<Customer> {
    let one = |i: usize| Customer {
        id: format!("cliente-{i}"),
        name: format!("{} {}", FIRST[i % FIRST.len()], LAST[(i * 5 + i / FIRST.len()) % LAST.len()]),
        phone: format!("58{}5550{:03}", PREFIXES[i % PREFIXES.len()], 200 + i),
        kind: if i.is_multiple_of(3) { "lead" } else { "contact" },
        city: CITIES[i % CITIES.len()],
        interest: INTERESTS[i % INTERESTS.len()],
        agrees: !i.is_multiple_of(8),
    };
    (0..MORE).map(one).collect()
}

/// Everybody gets WhatsApp, and some have trouble with it.
pub(super) fn at_whatsapp(sim: &Sim, scripts: &[Conversation], more: &[Customer]) -> Result<(), Trouble> {
    for it in scripts {
        sim.add_person(json!({ "id": it.key, "name": it.name, "phone": it.phone, "username": it.username,
            "phone_visible": it.username.is_none(), "behaviour": { "fail_with": it.fails } }))?;
    }
    for (i, it) in more.iter().enumerate() {
        let fails = (i % 19 == 7).then_some(131_026);
        let behaviour = json!({ "fail_with": fails, "never_delivered": i % 13 == 5, "reads": i % 4 != 2 });
        sim.add_person(json!({ "id": it.id, "name": it.name, "phone": it.phone, "behaviour": behaviour }))?;
    }
    Ok(())
}

/// Puts everybody on record who is known, from a file, as a company that moves in does.
pub(super) async fn import(
    office: &Office<'_>,
    scripts: &[Conversation],
    more: &[Customer],
    list: &str,
) -> Result<(), Trouble> {
    let admin = office.desk("carmen")?;
    let columns = json!({ "telefono": "phone", "nombre": "name", "correo": "email", "tipo": "kind", "ciudad": "field.city",
        "interes": "field.interest", "promociones": "consent.marketing" });
    let now = office.world.clock.now();
    let plan = json!({ "columns": columns, "kind": "contact", "list": list,
        "consent": { "wording": "Acepto recibir promociones de Electro Ávila por WhatsApp.", "given_at": now } });
    let import = admin.post("/v1/imports", plan).await?;
    let upload = import["upload"].as_str().unwrap_or_default();
    office.http().put(upload).body(file(scripts, more)).send().await?.error_for_status()?;
    let id = import["id"].as_str().unwrap_or_default();
    admin.post(&format!("/v1/imports/{id}/start"), Value::Null).await.map(drop)
}

/// A list for them.
pub(super) async fn list(office: &Office<'_>) -> Result<String, Trouble> {
    let list = office.desk("carmen")?.post("/v1/lists", json!({ "name": "Clientes 2026" })).await?;
    let id = list["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| Trouble::Missing("list of customers".to_owned()))
}

fn file(scripts: &[Conversation], more: &[Customer]) -> String {
    let mut file = String::from("telefono,nombre,correo,tipo,ciudad,interes,promociones\n");
    // Who shows no phone is not in anybody's file, and who is unknown was never entered.
    let known = scripts.iter().filter(|it| it.kind != "unknown" && it.username.is_none());
    for it in known {
        let (place, interest) = (it.place.unwrap_or_default(), it.interest.unwrap_or_default());
        let agrees = if it.kind == "vendor" || it.number == number_id("202") { "" } else { "si" };
        file += &format!(
            "{},{},{}@correo.example,{},{place},{interest},{agrees}\n",
            it.phone, it.name, it.key, it.kind
        );
    }
    for it in more {
        let agrees = if it.agrees { "si" } else { "no" };
        file += &format!(
            "{},{},{}@correo.example,{},{},{},{agrees}\n",
            it.phone, it.name, it.id, it.kind, it.city, it.interest
        );
    }
    file
}
