//! Authentication templates: Meta's own words around a code, and a button that hands it over.

use crate::outbound::validate::Check;

use super::super::parts::{
    ButtonDef, ButtonKind, ComponentDef, ComponentKind as Kind, OtpKind, SupportedApp,
};
use super::check_other;

pub(super) fn check(components: &[ComponentDef], check: &mut Check) {
    let has_button = components.iter().any(|component| component.kind == Kind::Buttons);
    if !has_button {
        check.fail("", "must have BUTTONS with one of type OTP");
    }
    for (n, component) in components.iter().enumerate() {
        check.within(&n.to_string(), |check| check_component(component, check));
    }
}

fn check_component(component: &ComponentDef, check: &mut Check) {
    check_other(&component.other, ComponentDef::MEMBERS, check);
    check.only(component.text.is_none(), "text", "AUTHENTICATION: the words are Meta's");
    match component.kind {
        Kind::Body => {}
        Kind::Footer => {
            if !component.code_expiration_minutes.is_some_and(|minutes| (1..=90).contains(&minutes)) {
                check.fail("code_expiration_minutes", "must be 1 to 90");
            }
        }
        Kind::Buttons => {
            check.count("buttons", component.buttons.len(), 1..=1);
            check.each("buttons", &component.buttons, check_button);
        }
        _ => check.fail("type", "must be one of BODY, FOOTER, BUTTONS in AUTHENTICATION templates"),
    }
}

fn check_button(check: &mut Check, button: &ButtonDef) {
    check_other(&button.other, ButtonDef::MEMBERS, check);
    if button.kind != ButtonKind::Otp {
        return check.fail("type", "must be OTP");
    }
    for (field, label) in [("text", &button.text), ("autofill_text", &button.autofill_text)] {
        if let Some(label) = label {
            check.text(field, label, 25);
        }
    }
    match &button.otp_type {
        Some(OtpKind::CopyCode) => {
            check.only(button.supported_apps.is_empty(), "supported_apps", "COPY_CODE");
        }
        Some(kind @ (OtpKind::OneTap | OtpKind::ZeroTap)) => {
            if button.supported_apps.is_empty() {
                check.fail("supported_apps", "must name an app");
            }
            if *kind == OtpKind::ZeroTap && button.zero_tap_terms_accepted != Some(true) {
                check.fail("zero_tap_terms_accepted", "must be true");
            }
        }
        _ => check.fail("otp_type", "must be one of COPY_CODE, ONE_TAP, ZERO_TAP"),
    }
    check.each("supported_apps", &button.supported_apps, |check, app: &SupportedApp| {
        check_other(&app.other, SupportedApp::MEMBERS, check);
        check.present("package_name", Some(&app.package_name));
        check.present("signature_hash", Some(&app.signature_hash));
    });
}
