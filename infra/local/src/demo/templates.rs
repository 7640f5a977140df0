//! The demo company's templates.

use serde_json::{Value, json};

/// Every template, as the simulator takes it; with a `status` where that is not approved.
pub(super) fn all() -> Vec<Value> {
    let mut all = spanish();
    all.extend(promotions());
    all.extend(english());
    all
}

fn body(text: &str, example: &[&str]) -> Value {
    match example {
        [] => json!({ "type": "BODY", "text": text }),
        example => json!({ "type": "BODY", "text": text, "example": { "body_text": [example] } }),
    }
}

fn header(text: &str) -> Value {
    json!({ "type": "HEADER", "format": "TEXT", "text": text })
}

fn footer(text: &str) -> Value {
    json!({ "type": "FOOTER", "text": text })
}

fn replies(titles: &[&str]) -> Value {
    let buttons: Vec<Value> = titles.iter().map(|it| json!({ "type": "QUICK_REPLY", "text": it })).collect();
    json!({ "type": "BUTTONS", "buttons": buttons })
}

fn template(waba: &str, (name, language, category): (&str, &str, &str), components: Vec<Value>) -> Value {
    json!({ "waba_id": format!("900000000000{waba}"), "name": name, "language": language, "category": category,
        "components": components })
}

fn spanish() -> Vec<Value> {
    let of = |name, category, components| template("101", (name, "es", category), components);
    let service = || footer("Electro Ávila · Servicio técnico");
    vec![
        of(
            "visita_tecnica",
            "UTILITY",
            vec![
                header("Tu visita está confirmada"),
                body(
                    "Hola, {{1}}. {{2}} pasará el {{3}} entre {{4}} para revisar tu equipo. Ten a mano la factura; si necesitas otro horario, toca el botón.",
                    &["Daniela", "Wilmer Rojas", "jueves 19", "9:00 y 11:00"],
                ),
                service(),
                json!({ "type": "BUTTONS", "buttons": [
                    { "type": "QUICK_REPLY", "text": "Cambiar horario" },
                    { "type": "PHONE_NUMBER", "text": "Llamar a servicio", "phone_number": "+584245550188" },
                ] }),
            ],
        ),
        of(
            "recordatorio_pago",
            "UTILITY",
            vec![
                header("Recordatorio de pago"),
                body(
                    "Hola, {{1}}. Tu factura {{2}} vence el {{3}}. Saldo: {{4}}. Si ya pagaste, ignora este mensaje.",
                    &["Carlos", "BOG-7731", "18 de noviembre", "COP 1.240.000"],
                ),
                footer("Electro Ávila"),
                replies(&["Pagar ahora", "Ya pagué"]),
            ],
        ),
        of(
            "pedido_en_camino",
            "UTILITY",
            vec![body(
                "Hola, {{1}}. Tu pedido {{2}} va en camino y llega {{3}}. Te avisamos al estar cerca.",
                &["Beatriz", "EA-20418", "hoy"],
            )],
        ),
        of(
            "encuesta_servicio",
            "UTILITY",
            vec![
                body(
                    "Hola, {{1}}. ¿Cómo te fue con la visita técnica? Responde con un toque, son 5 segundos.",
                    &["Ramón"],
                ),
                replies(&["Muy bien", "Regular", "Mal"]),
            ],
        ),
        template(
            "101",
            ("codigo_acceso", "es", "AUTHENTICATION"),
            vec![
                json!({ "type": "BODY", "text": "Tu código de verificación es *{{1}}*.", "add_security_recommendation": true,
                    "example": { "body_text": [["123456"]] } }),
                json!({ "type": "FOOTER", "text": "Este código caduca en 10 minutos.", "code_expiration_minutes": 10 }),
                json!({ "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Copiar código", "otp_type": "COPY_CODE",
                    "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                    "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"] }] }),
            ],
        ),
    ]
}

fn promotions() -> Vec<Value> {
    let of = |name, components| template("101", (name, "es", "MARKETING"), components);
    let stop = || footer("Electro Ávila · Responde BAJA para no recibir promociones");
    let buttons = || replies(&["Ver modelos", "Hablar con un asesor"]);
    let named = |text| body(text, &["Daniela"]);
    let mut paused = of(
        "credito_facil",
        vec![
            named("Hola, {{1}}. Tu crédito ya está preaprobado. Pide tu nevera hoy y paga en enero."),
            stop(),
        ],
    );
    paused["status"] = "PAUSED".into();
    let mut rejected =
        of("cupon_navidad", vec![named("Hola, {{1}}. Gana premios con tu cupón de Navidad."), stop()]);
    rejected["status"] = "REJECTED".into();
    let mut pending = of(
        "pago_en_cuotas",
        vec![named("Hola, {{1}}. Ahora puedes pagar tu lavadora en tres cuotas sin interés."), stop()],
    );
    pending["status"] = "PENDING".into();
    vec![
        of(
            "semana_de_neveras",
            vec![
                header("Semana de neveras ❄️"),
                named(
                    "Hola, {{1}}. Hasta el domingo, neveras Polar Norte desde USD 419, con entrega e instalación en Caracas.",
                ),
                stop(),
                buttons(),
            ],
        ),
        of(
            "semana_de_neveras_b",
            vec![
                header("Semana de neveras ❄️"),
                named(
                    "Hola, {{1}}. Hasta el domingo tienes *hasta 25 %* de descuento en neveras Polar Norte, con entrega e instalación en Caracas.",
                ),
                stop(),
                buttons(),
            ],
        ),
        of(
            "viernes_negro",
            vec![
                header("Viernes negro"),
                named(
                    "Hola, {{1}}. Desde mañana a las 9, línea blanca y televisores con los precios más bajos del año.",
                ),
                stop(),
                buttons(),
            ],
        ),
        of(
            "catalogo_lavadoras",
            vec![
                named("Hola, {{1}}. Te enviamos el catálogo de lavadoras y torres que pediste."),
                stop(),
                buttons(),
            ],
        ),
        paused,
        rejected,
        pending,
    ]
}

fn english() -> Vec<Value> {
    let of = |name, category, components| template("102", (name, "en_US", category), components);
    vec![
        of(
            "shipment_update",
            "UTILITY",
            vec![body(
                "Hello {{1}}, your order {{2}} left the warehouse and arrives on {{3}}. We will write again when it docks.",
                &["Lucy", "EX-5530", "Tuesday"],
            )],
        ),
        of(
            "invoice_reminder",
            "UTILITY",
            vec![body(
                "Hello {{1}}, invoice {{2}} is due on {{3}}. Please ignore this message if it is paid.",
                &["Ben", "5512", "November 30"],
            )],
        ),
        of(
            "container_offer",
            "MARKETING",
            vec![
                header("Room in Friday's container"),
                body(
                    "Hello {{1}}, there is room for three more pallets on Friday. Freight is 20 % off until Wednesday.",
                    &["Marcus"],
                ),
                footer("Electro Ávila Export · Reply STOP to opt out"),
                replies(&["Get a quote", "Not now"]),
            ],
        ),
    ]
}
