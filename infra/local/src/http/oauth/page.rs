//! The page that asks who it is: a form, no script, in the browser's language.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use crate::demo::TEAM;
use crate::tokens::Role;

/// Nothing but our style sheet, and forms that come back here.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// What the page says above its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Wrong,
    Locked(u64),
    MustChange,
    WeakPassword,
    NotOurs,
    SignedOut,
}

pub(super) struct Page {
    query: String,
    spanish: bool,
    said: Said,
    free: bool,
}

impl Page {
    pub(super) fn new(uri: &Uri, headers: &HeaderMap, said: Said) -> Self {
        let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let spanish = language.is_some_and(|value| value.trim_start().to_lowercase().starts_with("es"));
        Self { query: uri.query().unwrap_or_default().to_owned(), spanish, said, free: false }
    }

    /// Everybody may be anybody of the team.
    pub(super) fn free(self) -> Self {
        Self { free: true, ..self }
    }

    pub(super) fn response(&self, status: StatusCode) -> Response {
        let mut response = (status, Html(self.html())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Said::Locked(seconds) = self.said {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn say(&self, spanish: &'static str, english: &'static str) -> &'static str {
        if self.spanish { spanish } else { english }
    }

    fn html(&self) -> String {
        let (language, title) = (self.say("es", "en"), self.say("Entrar en Ventana", "Sign in to Ventana"));
        let (alert, form) = (self.alert(), self.form());
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"/oauth2/style.css\">\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n{alert}{form}</main>\n</body>\n</html>\n"
        )
    }

    fn alert(&self) -> String {
        let text = match self.said {
            Said::Nothing => return String::new(),
            Said::Wrong => self
                .say("El usuario o la contraseña no son correctos.", "The name or the password is not right.")
                .to_owned(),
            Said::Locked(seconds) => {
                let minutes = seconds.div_ceil(60);
                match self.spanish {
                    true => format!("Demasiados intentos. Prueba de nuevo en {minutes} min."),
                    false => format!("Too many attempts. Try again in {minutes} min."),
                }
            }
            Said::MustChange => self
                .say("Elige una contraseña tuya antes de seguir.", "Choose a password of your own first.")
                .to_owned(),
            Said::WeakPassword => self
                .say(
                    "La contraseña nueva tiene 12 caracteres o más y no es tu usuario ni la anterior.",
                    "A new password has 12 characters or more, and is neither your name nor the old one.",
                )
                .to_owned(),
            Said::NotOurs => self
                .say(
                    "Este enlace no es de la consola de esta dirección.",
                    "This link is not of the console at this address.",
                )
                .to_owned(),
            Said::SignedOut => self.say("Has salido.", "You have signed out.").to_owned(),
        };
        let role = if self.said == Said::SignedOut { "status" } else { "alert" };
        format!("<p role=\"{role}\">{text}</p>\n")
    }

    fn form(&self) -> String {
        match self.said {
            Said::NotOurs => String::new(),
            Said::SignedOut => {
                format!("<p><a href=\"/\">{}</a></p>\n", self.say("Volver a entrar", "Sign in again"))
            }
            _ => {
                let fields = if self.free { self.team() } else { self.fields() };
                let action = escaped(&self.query);
                format!("<form method=\"post\" action=\"/oauth2/authorize?{action}\">\n{fields}</form>\n")
            }
        }
    }

    /// A button for each of the demo company's team.
    fn team(&self) -> String {
        let mut fields = format!(
            "<p>{}</p>\n<ul>\n",
            self.say(
                "WhatsApp es simulado. ¿Quién quieres ser?",
                "WhatsApp is simulated. Who do you want to be?"
            )
        );
        for person in &TEAM {
            let role = match person.role {
                Role::Admin => self.say("Administración", "Admin"),
                Role::Supervisor => self.say("Supervisión", "Supervisor"),
                Role::Agent => self.say("Agente", "Agent"),
            };
            let department = match person.department {
                Some("ventas") => self.say(" · Ventas", " · Sales"),
                Some("servicio") => self.say(" · Servicio técnico", " · Technical service"),
                Some("export") => self.say(" · Exportación", " · Export"),
                _ => "",
            };
            fields += &format!(
                "<li><button name=\"person\" value=\"{}\"><b>{}</b> <span>{role}{department}</span></button></li>\n",
                person.name, person.full_name
            );
        }
        fields + "</ul>\n"
    }

    fn fields(&self) -> String {
        let name = self.say("Usuario", "Name");
        let password = self.say("Contraseña", "Password");
        let mut fields = format!(
            "<label>{name}<input name=\"username\" autocomplete=\"username\" required autofocus></label>\n\
             <label>{password}<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n"
        );
        if matches!(self.said, Said::MustChange | Said::WeakPassword) {
            let new = self.say("Contraseña nueva", "New password");
            fields += &format!(
                "<label>{new}<input name=\"new_password\" type=\"password\" autocomplete=\"new-password\" \
                 minlength=\"12\" required></label>\n"
            );
        }
        fields + &format!("<button>{}</button>\n", self.say("Entrar", "Sign in"))
    }
}

/// A text that may stand in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
